from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _update_foreign_keys(self, src_partners, dst_partner):
        """Keep the openings of the merged contacts with the one that stays."""
        # sudo: rgpd.access.log - whoever may merge contacts causes this
        log = self.env["rgpd.access.log"].sudo()
        log.search(
            [("model", "=", "res.partner"), ("res_id", "in", src_partners.ids)]
        ).write({"res_id": dst_partner.id})
        return super()._update_foreign_keys(src_partners, dst_partner)
