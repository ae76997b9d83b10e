from lxml import etree

from odoo import SUPERUSER_ID, api, models
from odoo.tools.misc import file_open

MODULE = "rgpd_fichier_client"
# The files whose rows belong to the company from the first installation on
FILES = (
    "rgpd_measure",
    "rgpd_notice",
    "rgpd_person_category",
    "rgpd_processing",
    "rgpd_purpose",
    "rgpd_recipient",
    "rgpd_retention_rule",
)


class RgpdShipped(models.AbstractModel):
    """What a later version of the add-on adds to rows that the company owns.

    Shipped rows are never written again by an update (``noupdate``): what the company
    chose stays. A new row arrives by itself; a text that a row did not have arrives
    here, when nobody has touched the row.
    """

    _name = "rgpd.shipped"
    _description = "Texts delivered with the add-on"

    @api.model
    def _fill_new_texts(self):
        """Fill the empty texts of the rows that nobody has changed; at each update."""
        for name in FILES:
            with file_open(f"{MODULE}/data/register/{name}.xml", "rb") as source:
                nodes = etree.parse(source).iter("record")
                for node in nodes:
                    self._fill(node)
        return True

    @api.model
    def _fill(self, node):
        xml_id = f"{MODULE}.{node.get('id')}"
        record = self.env.ref(xml_id, raise_if_not_found=False)
        # An empty text on a row that a user has written is a choice.
        if not record or record.write_uid.id not in (False, SUPERUSER_ID):
            return
        record = record.with_context(lang="en_US", tracking_disable=True)
        vals = {
            field.get("name"): field.text
            for field in node.iterchildren("field")
            if self._is_new_text(record, field)
        }
        if vals:
            record.write(vals)

    @api.model
    def _is_new_text(self, record, node):
        """Tell whether a shipped value is a plain text that the row lacks."""
        field = record._fields.get(node.get("name"))
        if not field or field.type not in ("char", "text") or len(node.attrib) > 1:
            return False
        return bool(node.text and node.text.strip() and not record[field.name])
