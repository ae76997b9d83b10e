from odoo import fields, models


class RgpdRetentionRule(models.Model):
    """A period that differs from the main one of its purposes (Art. 30.1.f).

    Card numbers, proofs of consent, contracts of more than 120 euros: a purpose has
    one main period, some of its data another.
    """

    _name = "rgpd.retention.rule"
    _description = "Retention rule"
    _inherit = ["rgpd.retention.mixin", "rgpd.sheet.part.mixin"]
    _order = "retention_key, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    is_forbidden = fields.Boolean(
        string="Never kept", help="These data are not kept at all, not one day."
    )
    is_limit = fields.Boolean(
        string="Upper limit",
        help="The longest that the law or the CNIL allows, and not what you chose: the "
        "period of the purpose must stay within it.",
    )
    condition = fields.Text(translate=True, help="When the rule applies.")
    data_category_ids = fields.Many2many("rgpd.data.category", string="Data categories")
    purpose_ids = fields.Many2many("rgpd.purpose", string="Purposes")
    company_id = fields.Many2one("res.company")

    def _get_retention_text(self, events, ends):
        if self.is_forbidden:
            return self.env._("never kept")
        text = super()._get_retention_text(events, ends)
        if text and self.is_limit:
            return self.env._("at most %(period)s", period=text)
        return text

    def _get_fingerprint(self):
        """Return what these rules decide, as JSON-able values in a fixed order."""
        return [
            {
                "start": rule.start_event,
                "periods": [list(length) for length in rule._get_periods()],
                "forbidden": rule.is_forbidden,
                "limit": rule.is_limit,
                "categories": sorted(rule.data_category_ids.mapped("code")),
            }
            for rule in self.sorted("id")
        ]

    def _get_sheets(self):
        purposes = self.with_context(active_test=True).purpose_ids
        return purposes.processing_id

    def _get_snapshot(self):
        """Return the rule as JSON-able values, in the language of the user."""
        self.ensure_one()
        return {
            "name": self.name,
            "retention": self.retention_text or "",
            "data": sorted(self.data_category_ids.mapped("code")),
        }
