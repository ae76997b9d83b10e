from odoo import models
from odoo.tools import SQL


class CrmLead(models.Model):
    _inherit = "crm.lead"

    def _merge_dependences(self, opportunities):
        """Keep what merged leads know of the person with the one that stays."""
        result = super()._merge_dependences(opportunities)
        self._rgpd_take_contact(opportunities)
        # sudo: rgpd.access.log - whoever may merge leads causes this (Art. 15)
        log = self.env["rgpd.access.log"].sudo()
        log.search(
            [("model", "=", self._name), ("res_id", "in", opportunities.ids)]
        ).write({"res_id": self.id})
        return result

    def _rgpd_take_contact(self, opportunities):
        """Let the one that stays be entered on the day of the last one (R01).

        That the person came again is a contact from them: without its day the merged
        lead would be erased too early, and so would they. Messages and orders move with
        it, the day of entry alone would go with the row. In SQL: the ORM writes no day
        of creation.
        """
        last = max(opportunities.mapped("create_date"), default=self.create_date)
        if last <= self.create_date:
            return
        self.env.cr.execute(
            SQL("UPDATE crm_lead SET create_date = %s WHERE id = %s", last, self.id)
        )
        self.invalidate_recordset(["create_date"], flush=False)
