from odoo import api, models
from odoo.exceptions import UserError

from .rgpd_request_letter import SENT_SENTINEL


class IrAttachment(models.Model):
    """Keeps the letters that were sent: the file is the evidence of the answer."""

    _inherit = "ir.attachment"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_rgpd_letter(self):
        if self.env.context.get("rgpd_letter_sent") is SENT_SENTINEL:
            return
        # sudo: rgpd.request.letter - evidence, whoever deletes the file
        letters = self.env["rgpd.request.letter"].sudo()
        if letters.search_count([("pdf_id", "in", self.ids)], limit=1):
            raise UserError(
                self.env._(
                    "This file is a letter that was sent about the rights of a person: "
                    "it is kept as evidence of the answer."
                )
            )
