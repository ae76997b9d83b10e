from odoo import api, models
from odoo.tools import SQL


class RgpdContactGate(models.AbstractModel):
    """What retention knows that closes the gate (art. 5.1.e and 17 GDPR)."""

    _inherit = "rgpd.contact.gate"

    @api.model
    def _get_blocked(self, records):
        """Nobody writes to an erased person, until the record lives again."""
        blocked = super()._get_blocked(records)
        for res_id in self._search_subjects(
            records, SQL("erased_on IS NOT NULL AND phase IS NULL")
        ):
            blocked[res_id] = "person_erased"
        return blocked

    @api.model
    def _get_archived(self, records):
        """What only the law or a dispute still needs is not for advertising."""
        archived = super()._get_archived(records)
        return archived | self._search_subjects(
            records, SQL("phase IN ('archive', 'expired')")
        )

    @api.model
    def _search_subjects(self, records, condition):
        """Return the ids of the records whose person fulfils a condition."""
        self.env["rgpd.subject"].flush_model(["erased_on", "phase"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT res_id FROM rgpd_subject
                 WHERE res_model = %s AND res_id = ANY(%s) AND %s
                """,
                records._name,
                list(records.ids),
                condition,
            )
        )
        return {res_id for (res_id,) in rows}
