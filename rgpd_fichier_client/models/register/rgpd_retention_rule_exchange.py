from odoo import api, models


class RgpdRetentionRule(models.Model):
    """The rule as it leaves for another tool, and as it comes from one."""

    _name = "rgpd.retention.rule"
    _inherit = ["rgpd.retention.rule", "rgpd.exchange.mixin"]

    @api.model
    def _get_exchange_fields(self):
        return {
            "name": "name",
            "condition": "condition",
            "is_forbidden": "is_forbidden",
            "is_limit": "is_limit",
            "retention_key": "retention_key",
            "retention_reference": "retention_reference",
            "source": "source",
            "date_checked": "date_checked",
        }

    def _get_exchange(self):
        return {
            **super()._get_exchange(),
            "start_event": self.start_event or "",
            "active": [self.active_delay, self.active_unit],
            "archive": [self.archive_delay, self.archive_unit],
            "end_action": self.end_action,
            "data": self.data_category_ids.mapped("code"),
        }

    @api.model
    def _prepare_exchange_vals(self, values):
        vals = super()._prepare_exchange_vals(values)
        return vals | self.env["rgpd.purpose"]._prepare_period_vals(values)
