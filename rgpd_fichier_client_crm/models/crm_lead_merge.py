from odoo import models


class CrmLead(models.Model):
    _inherit = "crm.lead"

    def _merge_dependences(self, opportunities):
        """Keep the openings of the merged leads with the one that stays (Art. 15)."""
        result = super()._merge_dependences(opportunities)
        # sudo: rgpd.access.log - whoever may merge leads causes this
        log = self.env["rgpd.access.log"].sudo()
        log.search(
            [("model", "=", self._name), ("res_id", "in", opportunities.ids)]
        ).write({"res_id": self.id})
        return result
