import textwrap

from odoo import models
from odoo.tools import mail


class MailMessage(models.Model):
    _inherit = "mail.message"

    def _compute_preview(self):
        """Leave offers out of the preview: Odoo hides it in the mail of everybody."""
        result = super()._compute_preview()
        blocks = self.env["rgpd.marketing.block"]
        for message in self:
            if blocks._has(message.body):
                text = mail.html2plaintext(blocks._strip(message.body))
                message.preview = textwrap.shorten(text, 190)
        return result
