from odoo import api, models

from ..datamap import page_rows
from .selections import LOOKS


class SaleOrder(models.Model):
    _inherit = "sale.order"

    @api.readonly
    def rgpd_get_retention(self):
        """Return why the order is kept, and until when; see ``rgpd_get_choices``.

        :raise AccessError: the user may not read the order
        """
        self.ensure_one()
        self.check_access("read")
        why = page_rows.get(self, ["rgpd_legal_basis", "rgpd_explanation"])
        names = [
            "rgpd_phase",
            "rgpd_date_last_contact",
            "rgpd_date_retention",
            "rgpd_leaving",
        ]
        until = page_rows.get(self, names, LOOKS)
        return [
            {"title": self.env._("Why it is kept"), "empty": "", "rows": why},
            {"title": self.env._("Until when"), "empty": "", "rows": until},
        ]
