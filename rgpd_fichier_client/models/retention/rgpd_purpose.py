from odoo import api, fields, models

from ...core.retention.rules import Rule


class RgpdRetentionRule(models.Model):
    _inherit = "rgpd.retention.rule"

    minimum_amount = fields.Float(
        help="The rule applies from this amount, taxes included, in the currency of "
        "the company (electronic contracts: 120 euros, art. D213-1 C. conso)."
    )

    @api.model
    def _get_exchange_fields(self):
        return super()._get_exchange_fields() | {"minimum_amount": "minimum_amount"}


class RgpdPurpose(models.Model):
    _inherit = "rgpd.purpose"

    def _get_retention_rules(self):
        """Return ``{purpose: Rule}`` for the purposes that have a period."""
        rule = self._get_electronic_rule()
        return {
            purpose: purpose._prepare_rule(rule)
            for purpose in self
            if purpose.start_event and purpose._has_period()
        }

    def _prepare_rule(self, electronic):
        self.ensure_one()
        is_order = self.code == "order"
        return Rule(
            code=self.code,
            legal_basis=self.legal_basis,
            start_event=self.start_event,
            active_delay=self.active_delay,
            active_unit=self.active_unit,
            archive_delay=self.archive_delay,
            archive_unit=self.archive_unit,
            categories=frozenset(self.data_category_ids.mapped("code")),
            is_prospecting=self.is_prospecting,
            electronic_years=electronic.archive_delay if is_order else 0,
        )

    def _get_electronic_rule(self):
        """Return the rule R05: electronic contracts of consumers."""
        return self.env["rgpd.retention.rule"].search(
            [("retention_key", "=", "R05"), ("archive_unit", "=", "year")], limit=1
        )
