from odoo import models
from odoo.fields import Domain


class RgpdDataShipped(models.AbstractModel):
    """Rows of the map that shipped data may complete after discovery found them.

    An add-on installed later ships the classification of its own fields; by then
    discovery may already have made rows for them. The shipped row takes the existing
    one over, and what the company decided on it stays.
    """

    _name = "rgpd.data.shipped"
    _description = "Row of the Data Map That Shipped Data Completes"

    # Fields that name one row, unique together
    _shipped_key = ()

    def _load_records(self, data_list, update=False):
        self._adopt_found_rows(data_list)
        return super()._load_records(data_list, update=update)

    def _adopt_found_rows(self, data_list):
        """Give the external identifiers of shipped rows to the rows found before.

        :param list[dict] data_list: rows as ``_load_records`` takes them
        """
        wanted = {
            self._get_shipped_key(data["values"]): data
            for data in data_list
            if data.get("xml_id")
            and not self.env.ref(data["xml_id"], raise_if_not_found=False)
            and all(data["values"].get(name) for name in self._shipped_key[:1])
        }
        if not wanted:
            return
        first = self._shipped_key[0]
        found = self.with_context(active_test=False).search(
            Domain(first, "in", list({key[0] for key in wanted}))
        )
        adopted = []
        for row in found:
            key = self._get_shipped_key({name: row[name] for name in self._shipped_key})
            if key in wanted:
                data = wanted[key]
                adopted.append(
                    {
                        "xml_id": data["xml_id"],
                        "record": row,
                        "noupdate": data.get("noupdate", False),
                    }
                )
                # Defaults are not applied on an existing row
                data["values"].setdefault("origin", "shipped")
        self.env["ir.model.data"].sudo()._update_xmlids(adopted)

    def _get_shipped_key(self, values):
        return tuple(values.get(name) or "" for name in self._shipped_key)
