from odoo import api, models

from ...core.datamap import fingerprint
from .rgpd_data_map import get_relation


class RgpdDataMap(models.AbstractModel):
    """How each worker sees at its start whether the map is still that of its fields."""

    _inherit = "rgpd.data.map"

    @api.model
    def _get_live_fingerprint(self):
        """Return the digest of the registry, without describing each column."""
        return fingerprint.get_digest(
            {
                name: [
                    (field.name, field.type, get_relation(field))
                    for field in model._fields.values()
                    if field.store and field.type != "one2many"
                ]
                for name, model in self.env.registry.items()
                if self._is_in_map(model)
            }
        )
