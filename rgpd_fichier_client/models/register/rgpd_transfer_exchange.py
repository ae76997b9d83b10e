from odoo import api, models


class RgpdTransfer(models.Model):
    """The transfer as it leaves for another tool, and as it comes from one."""

    _name = "rgpd.transfer"
    _inherit = ["rgpd.transfer", "rgpd.exchange.mixin"]

    @api.model
    def _get_exchange_fields(self):
        return {
            "name": "name",
            "safeguard": "safeguard",
            "scc_module": "scc_module",
            "art49_ground": "art49_ground",
            "certification_checked": "certification_checked",
            "fallback": "fallback",
            "fallback_safeguard": "fallback_safeguard",
            "impact_assessment_date": "impact_assessment_date",
            "document": "document_url",
            "is_commercial": "is_commercial",
        }

    def _get_exchange(self):
        return {
            **super()._get_exchange(),
            "country": self.country_id.code or "",
            "country_name": self.country_id.name or "",
            "processor": self.processor_id.name or "",
        }

    @api.model
    def _prepare_exchange_vals(self, values):
        vals = super()._prepare_exchange_vals(values)
        country = self.env["rgpd.register.importer"]._find_country(values)
        if country:
            vals["country_id"] = country.id
        return vals
