from odoo import api, models
from odoo.tools import email_normalize

from ...core.consent.delivery import Recipient, is_report, select_failed

STATUS = "message/delivery-status"


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    @api.model
    def _routing_handle_bounce(self, email_message, message_dict):
        """A notice that comes back has told nobody (Art. 13 and 14 GDPR)."""
        result = super()._routing_handle_bounce(email_message, message_dict)
        shown = self.env["rgpd.notice.shown"]
        refs = message_dict["bounced_msg_ids"] or ()
        for failed in self._get_rgpd_failed(email_message, message_dict):
            shown._note_mail_returned(
                refs,
                failed.email,
                self._find_rgpd_returning(failed.email, message_dict),
                is_dead=failed.is_dead,
            )
        return result

    @api.model
    def _get_rgpd_failed(self, email_message, message_dict):
        """Return the ``Recipient`` to whom a message could not be delivered.

        Odoo reads the first recipient only. Where the report names none, its guess
        counts.
        """
        if not self._is_rgpd_report(email_message, message_dict):
            return []
        guess = email_normalize(message_dict["bounced_email"] or "") or None
        recipients = self._get_rgpd_recipients(email_message) or [Recipient(guess)]
        return [
            one if one.email else one._replace(email=guess)
            for one in select_failed(recipients)
        ]

    @api.model
    def _is_rgpd_report(self, email_message, message_dict):
        """Tell whether a mail server speaks of delivery, and no reader."""
        if not email_message:
            return False
        return is_report(
            email_message.get_param("report-type"),
            any(part.get_content_type() == STATUS for part in email_message.walk()),
            email_normalize(message_dict.get("email_from") or ""),
        )

    @api.model
    def _get_rgpd_recipients(self, email_message):
        """Return what a report says of each recipient (RFC 3464, section 2.3).

        The address we wrote to comes first, where a server forwarded the message.
        """
        return [
            Recipient(
                self._read_rgpd_address(block.get("Original-Recipient"))
                or self._read_rgpd_address(block.get("Final-Recipient")),
                str(block.get("Action") or ""),
                str(block.get("Status") or ""),
            )
            for part in email_message.walk()
            if part.get_content_type() == STATUS
            for block in part.get_payload()
            # a string, where the report is ill-formed
            if hasattr(block, "get")
            and ("Action" in block or "Final-Recipient" in block)
        ]

    @api.model
    def _read_rgpd_address(self, value):
        """Return the address in ``rfc822; someone@example.com``, or ``None``."""
        return email_normalize(str(value or "").rpartition(";")[2].strip()) or None

    @api.model
    def _find_rgpd_returning(self, email, message_dict):
        """Return the contacts who have an address that returned a message."""
        if not email:
            return message_dict["bounced_partner"]
        # sudo: res.partner - the mail gateway has no rights of its own
        partners = self.env["res.partner"].sudo()
        return partners.search([("email_normalized", "=", email)])

    @api.model
    def _routing_reset_bounce(self, email_message, message_dict):
        """A mail that comes from an address proves that the address works."""
        result = super()._routing_reset_bounce(email_message, message_dict)
        email = email_normalize(message_dict["email_from"])
        if email:
            self.env["rgpd.contact.bounce"]._note_answer(email)
        return result
