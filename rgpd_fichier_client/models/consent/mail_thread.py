from odoo import api, models
from odoo.tools import email_normalize

from ...core.consent.delivery import is_failure


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    @api.model
    def _routing_handle_bounce(self, email_message, message_dict):
        """A notice that comes back has told nobody (Art. 13 and 14 GDPR)."""
        result = super()._routing_handle_bounce(email_message, message_dict)
        if is_failure(self._get_rgpd_actions(email_message)):
            self.env["rgpd.notice.shown"]._note_mail_returned(
                message_dict["bounced_msg_ids"] or (),
                email_normalize(message_dict["bounced_email"] or "") or None,
                message_dict["bounced_partner"],
            )
        return result

    @api.model
    def _get_rgpd_actions(self, email_message):
        """Return what a report says of each recipient (RFC 3464, section 2.3.3)."""
        if not email_message:
            return []
        return [
            str(block.get("Action") or "")
            for part in email_message.walk()
            if part.get_content_type() == "message/delivery-status"
            for block in part.get_payload()
            if hasattr(block, "get")  # a string, where the report is ill-formed
        ]

    @api.model
    def _routing_reset_bounce(self, email_message, message_dict):
        """A mail that comes from an address proves that the address works."""
        result = super()._routing_reset_bounce(email_message, message_dict)
        email = email_normalize(message_dict["email_from"])
        if email:
            self.env["rgpd.contact.bounce"]._note_answer(email)
        return result
