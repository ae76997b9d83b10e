from odoo import api, models


class RgpdJournalSeal(models.Model):
    _inherit = "rgpd.journal.seal"

    @api.model
    def _get_head_recipients(self):
        """Add the designated DPO of each company, who may be no user (Art. 37.6)."""
        companies = self.env["res.company"].search([("rgpd_dpo_id", "!=", False)])
        return super()._get_head_recipients() | companies.rgpd_dpo_id.filtered("email")
