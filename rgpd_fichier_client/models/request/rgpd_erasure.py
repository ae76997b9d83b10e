from odoo import models

from ...core.retention import certificate


class RgpdErasure(models.Model):
    """Letters about the rights of a person outlive the erasure they confirm.

    They prove the answer, and go with their request at the end of its own retention.
    """

    _inherit = "rgpd.erasure"

    def _decide_file(self, hit):
        # sudo: ir.attachment - the sweep reads every file
        file = self.env["ir.attachment"].sudo().browse(hit["id"])
        if file.res_model in ("rgpd.request", "rgpd.request.letter"):
            return certificate.RESIDUE_EVIDENCE
        return super()._decide_file(hit)
