from odoo import api, models
from odoo.fields import Command

from .rgpd_processor import ARRANGEMENT, CLAUSES

COUNTRIES = {"hosting": "hosting_country_ids", "access": "access_country_ids"}


class RgpdProcessor(models.Model):
    """The processor as it leaves for another tool, and as it comes from one."""

    _name = "rgpd.processor"
    _inherit = ["rgpd.processor", "rgpd.exchange.mixin"]

    @api.model
    def _get_exchange_fields(self):
        return {
            "name": "name",
            "role": "role",
            "service": "service",
            "registry_number": "registry_number",
            "certifications": "certifications",
            "certification_end": "certification_end",
            "contact_email": "contact_email",
            "breach_hours": "breach_hours",
            "contract_date": "contract_date",
            "contract_end": "contract_end",
            "date_review": "date_review",
        }

    def _get_exchange(self):
        return self._get_exchange_tree(self)

    def _get_exchange_tree(self, seen):
        """Return the processor with its sub-processors, each of them once."""
        children = self.child_ids - seen
        return {
            **self._get_copied_values(),
            "country": self.country_id.code or "",
            "country_name": self.country_id.name or "",
            **{key: self[name].mapped("code") for key, name in COUNTRIES.items()},
            "clauses": [name for name in CLAUSES + ARRANGEMENT if self[name]],
            "subprocessors": [
                child._get_exchange_tree(seen | children) for child in children
            ],
        }

    @api.model
    def _prepare_exchange_vals(self, values):
        vals = super()._prepare_exchange_vals(values)
        held = set(values.get("clauses", ()))
        vals |= {name: True for name in CLAUSES + ARRANGEMENT if name in held}
        country = self.env["rgpd.register.importer"]._find_country(values)
        if country:
            vals["country_id"] = country.id
        for key, name in COUNTRIES.items():
            codes = values.get(key) or []
            found = self.env["res.country"].search([("code", "in", codes)])
            vals[name] = [Command.set(found.ids)]
        return vals
