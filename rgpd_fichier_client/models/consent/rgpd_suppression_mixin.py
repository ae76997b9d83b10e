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
        changed = self._rgpd_get_changed(vals)
        result = super().write(vals)
        if changed:
            self.env["rgpd.suppression"]._welcome(changed)
        return result

    def _rgpd_get_changed(self, vals):
        """Return the records to which these values give another address.

        The one they have already was looked up when it was entered: many leads are
        merged by writing it again.
        """
        suppressions = self.env["rgpd.suppression"]
        if not self._rgpd_has_address(vals) or not suppressions._has_ever_held():
            return self.browse()
        names = [
            name
            for name in (*EMAIL_FIELDS, *PHONE_FIELDS)
            if vals.get(name) and name in self._fields
        ]
        # sudo: any anchor - whoever may write the address causes this
        changed = self.sudo().filtered(
            lambda record: any(record[name] != vals[name] for name in names)
        )
        return self.browse(changed.ids)

    @api.model
    def _rgpd_has_address(self, vals):
        return any(vals.get(name) for name in (*EMAIL_FIELDS, *PHONE_FIELDS))
