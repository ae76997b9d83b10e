from odoo import api, fields, models

from ...core.retention.rules import VARIANT_EVENTS, Rule, Variant


class RgpdRetentionRule(models.Model):
    _inherit = "rgpd.retention.rule"

    minimum_amount = fields.Float(
        help="The rule applies from this amount, taxes included, in the currency of "
        "the company (electronic contracts: 120 euros, art. D213-1 C. conso)."
    )

    @api.model
    def _get_exchange_fields(self):
        return super()._get_exchange_fields() | {"minimum_amount": "minimum_amount"}

    def _get_fingerprint(self):
        decided = super()._get_fingerprint()
        for rule, values in zip(self.sorted("id"), decided, strict=True):
            values["amount"] = rule.minimum_amount
        return decided

    def _prepare_variants(self, company):
        """Return the rules that keep some data on a clock of their own (R06, R08…).

        Upper limits and forbidden data keep nothing; a rule with an amount speaks of
        some contracts only, which the orders themselves tell.

        :param company: rules of other companies are left out; None for no company
        """
        return tuple(
            Variant(
                key=rule.id,
                start_event=rule.start_event,
                active_delay=rule.active_delay,
                active_unit=rule.active_unit,
                archive_delay=rule.archive_delay,
                archive_unit=rule.archive_unit,
                categories=frozenset(rule.data_category_ids.mapped("code")),
            )
            for rule in self.sorted("id")
            if rule.active
            and rule.start_event in VARIANT_EVENTS
            and not (rule.is_limit or rule.is_forbidden or rule.minimum_amount)
            and (not rule.company_id or rule.company_id == company)
        )


class RgpdPurpose(models.Model):
    _inherit = "rgpd.purpose"

    def _get_retention_rules(self, company=None):
        """Return ``{purpose: Rule}`` for the purposes that have a period.

        :param company: whose rules about some data only apply; None for common ones
        """
        rule = self._get_electronic_rule()
        return {
            purpose: purpose._prepare_rule(rule, company)
            for purpose in self
            if purpose.start_event and purpose._has_period()
        }

    def _prepare_rule(self, electronic, company=None):
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
            variants=self.rule_ids._prepare_variants(company),
        )

    def _get_electronic_rule(self):
        """Return the rule R05: electronic contracts of consumers."""
        return self.env["rgpd.retention.rule"].search(
            [("retention_key", "=", "R05"), ("archive_unit", "=", "year")], limit=1
        )
