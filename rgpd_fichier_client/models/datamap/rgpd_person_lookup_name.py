from odoo import api, models

from ...core.datamap import bundle_secret


class RgpdPersonLookup(models.AbstractModel):
    """What to call a record on the screen of the lookup."""

    _inherit = "rgpd.person.lookup"

    @api.model
    def _get_name(self, record):
        """Return what to call a record: a message often has no subject."""
        preview = record["preview"] if "preview" in record._fields else ""
        name = record.display_name
        if name in (f"{record._name},{record.id}", f"{record.id}"):  # it has no name
            name = self._get_first_text(record)
        return name or preview or f"{record.id}"

    @api.model
    def _get_first_text(self, record):
        """Return the first short text of a record that has no name."""
        for field in record._fields.values():
            if (
                field.store
                and field.type == "char"
                and not bundle_secret.is_secret(field.name)
            ):
                if text := record[field.name]:
                    return text
        return f"{self._get_label(record._name)} {record.id}"
