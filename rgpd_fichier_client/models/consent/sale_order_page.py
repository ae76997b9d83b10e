from odoo import api, models

from ..datamap import page_rows


class SaleOrder(models.Model):
    """What the pages of the form of an order tell, once somebody opens them.

    Everybody who sells opens this form all day, few look at these pages: the form
    itself reads nothing of it.
    """

    _inherit = "sale.order"

    @api.readonly
    def rgpd_get_choices(self):
        """Return what the customer decided about offers, for the page of the form.

        :return: ``[{title, rows: [{name, label, help, value, look}], empty}]``
        :raise AccessError: the user may not read the order
        """
        self.ensure_one()
        self.check_access("read")
        rows = page_rows.get(self, ["rgpd_choice_summary"])
        return [{"title": "", "empty": self.env._("Nothing yet."), "rows": rows}]
