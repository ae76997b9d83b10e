from odoo import api, models

from .rgpd_contact_address import EMAIL_FIELDS, PHONE_FIELDS


class RgpdSuppressionMixin(models.AbstractModel):
    """Looks at the suppression list when an address is entered, by whatever way.

    For the models whose records stand for persons. It costs nothing when no address
    is written, and never stops anybody (invariant 13).
    """

    _name = "rgpd.suppression.mixin"
    _description = "Addresses looked up in the suppression list"

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        entered = records.browse(
            [
                record.id
                for record, vals in zip(records, vals_list, strict=True)
                if self._rgpd_has_address(vals)
            ]
        )
        if entered:
            self.env["rgpd.suppression"]._welcome(entered)
        return records

    def write(self, vals):
        result = super().write(vals)
        if self and self._rgpd_has_address(vals):
            self.env["rgpd.suppression"]._welcome(self)
        return result

    @api.model
    def _rgpd_has_address(self, vals):
        return any(vals.get(name) for name in (*EMAIL_FIELDS, *PHONE_FIELDS))
