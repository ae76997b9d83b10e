from odoo import api, models
from odoo.tools import email_normalize


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    @api.model
    def _routing_reset_bounce(self, email_message, message_dict):
        """A mail that comes from an address proves that the address works."""
        result = super()._routing_reset_bounce(email_message, message_dict)
        email = email_normalize(message_dict["email_from"])
        if email:
            self.env["rgpd.contact.bounce"]._note_answer(email)
        return result
