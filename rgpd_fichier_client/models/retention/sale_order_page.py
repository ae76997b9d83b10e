from odoo import api, models

LOOKS = {"active": "success", "archive": "info", "expired": "danger"}


class SaleOrder(models.Model):
    _inherit = "sale.order"

    @api.readonly
    def rgpd_get_retention(self):
        """Return why the order is kept, and until when; see ``rgpd_get_choices``.

        :raise AccessError: the user may not read the order
        """
        self.ensure_one()
        self.check_access("read")
        why = self._get_rgpd_page_rows(["rgpd_legal_basis", "rgpd_explanation"])
        names = [
            "rgpd_phase",
            "rgpd_date_last_contact",
            "rgpd_date_retention",
            "rgpd_leaving",
        ]
        until = self._get_rgpd_page_rows(names, LOOKS)
        return [
            {"title": self.env._("Why it is kept"), "empty": "", "rows": why},
            {"title": self.env._("Until when"), "empty": "", "rows": until},
        ]
