from odoo import api, models

from .rgpd_selection import to_text


class RgpdExchangeMixin(models.AbstractModel):
    """A record as the plain values that leave and enter with the register.

    Codes and ISO dates, never labels: what an import reads is what an export wrote.
    """

    _name = "rgpd.exchange.mixin"
    _description = "Exchange of the register"

    @api.model
    def _get_exchange_fields(self):
        """Return ``{key of the file: field}`` for the values that are copied as is."""
        return {}

    def _get_exchange(self):
        """Return the record as JSON-able values, in the language of the user."""
        self.ensure_one()
        return self._get_copied_values()

    def _get_copied_values(self):
        return {
            key: self._get_exchange_value(name)
            for key, name in self._get_exchange_fields().items()
        }

    def _get_exchange_value(self, name):
        kind, value = self._fields[name].type, self[name]
        if kind == "date":
            return to_text(value)
        if kind in ("boolean", "integer", "float"):
            return value
        return value or ""

    @api.model
    def _prepare_exchange_vals(self, values):
        """Return the values of the ORM; what the file leaves empty is left out.

        An import completes and corrects; it never empties what the company wrote.
        """
        return {
            name: values[key]
            for key, name in self._get_exchange_fields().items()
            if values.get(key) or self._is_refusal(name, values.get(key))
        }

    def _is_refusal(self, name, value):
        """Tell whether "no" says something: the field is "yes" when nobody speaks."""
        field = self._fields[name]
        return value is False and field.type == "boolean" and bool(field.default)
