from odoo import models
from odoo.tools import SQL

from ...core.retention import snapshot


class RgpdReason(models.Model):
    """Spares the second look of the night where nobody saved anything meanwhile."""

    _inherit = "rgpd.reason"

    def _get_newer(self, fresh, subjects):
        if self._is_current(fresh):
            return subjects.browse()
        return super()._get_newer(fresh, subjects)

    def _is_current(self, fresh):
        """Tell whether a newer transaction can see nothing that this one cannot.

        :param fresh: environment of that transaction
        """
        query = SQL("SELECT pg_current_snapshot()::text")
        return snapshot.is_current(
            self.env.execute_query(query)[0][0], fresh.execute_query(query)[0][0]
        )
