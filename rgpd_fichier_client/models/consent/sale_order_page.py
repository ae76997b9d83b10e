from odoo import api, models
from odoo.tools import format_date


def get_page_rows(record, names, looks=None):
    """Return those of these fields that have a value and that the user may read.

    :param looks: ``{value: class of a badge}``
    """
    rows = []
    for name in names:
        field = record._fields[name]
        if not record._has_field_access(field, "read") or not record[name]:
            continue
        shown = value = record[name]
        if field.type == "date":
            shown = format_date(record.env, value)
        elif field.type == "selection":
            shown = dict(field._description_selection(record.env))[value]
        rows.append(
            {
                "name": name,
                "label": field._description_string(record.env),
                "help": field._description_help(record.env) or "",
                "value": shown,
                "look": (looks or {}).get(value, ""),
            }
        )
    return rows


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
        rows = self._get_rgpd_page_rows(["rgpd_choice_summary"])
        return [{"title": "", "empty": self.env._("Nothing yet."), "rows": rows}]

    def _get_rgpd_page_rows(self, names, looks=None):
        return get_page_rows(self, names, looks)
