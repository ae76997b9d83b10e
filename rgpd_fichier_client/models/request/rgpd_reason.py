from odoo import api, models
from odoo.tools import SQL


class RgpdReason(models.Model):
    _inherit = "rgpd.reason"

    @api.model
    def _get_open_request_sql(self):
        """Restricted data wait as well: nothing but storing is allowed (Art. 18.2)."""
        return SQL(
            """
            (%s OR EXISTS (
                SELECT 1 FROM rgpd_restriction x
                 WHERE x.subject_id = s.id AND x.date_lifted IS NULL))
            """,
            super()._get_open_request_sql(),
        )
