from odoo import api, models

from .rgpd_purpose import CHANNELS

BALANCING = ("balancing_interest", "balancing_necessity", "balancing_result")
PERIOD = ("start_event", "active", "archive", "end_action")


class RgpdPurpose(models.Model):
    """The purpose as it leaves for another tool, and as it comes from one."""

    _name = "rgpd.purpose"
    _inherit = ["rgpd.purpose", "rgpd.exchange.mixin"]

    @api.model
    def _get_exchange_fields(self):
        return {
            "code": "code",
            "name": "name",
            "public_name": "public_name",
            "is_in_preferences": "is_in_preferences",
            "sequence": "sequence",
            "basis": "legal_basis",
            "legal_reference": "legal_reference",
            "interest": "interest",
            "balancing_conclusion": "balancing_conclusion",
            "condition": "condition",
            "is_prospecting": "is_prospecting",
            "retention_key": "retention_key",
            "retention_reference": "retention_reference",
            "source": "source",
            "date_checked": "date_checked",
        }

    def _get_exchange(self):
        snapshot = self._get_snapshot()
        shared = ("balancing", "channels", "data", *PERIOD)
        return {
            **super()._get_exchange(),
            **{key: snapshot[key] for key in shared},
            "rules": [rule._get_exchange() for rule in self.rule_ids],
            "notices": [notice._get_exchange() for notice in self.notice_ids],
        }

    @api.model
    def _prepare_exchange_vals(self, values):
        vals = super()._prepare_exchange_vals(values)
        texts = values.get("balancing", ())
        vals |= {
            name: text for name, text in zip(BALANCING, texts, strict=False) if text
        }
        channels = values.get("channels", ())
        vals |= {
            f"channel_{channel}": True for channel in CHANNELS if channel in channels
        }
        return vals | self._prepare_period_vals(values)

    @api.model
    def _prepare_period_vals(self, values):
        """Return a whole period or nothing: half of one would be another rule."""
        if not values.get("start_event"):
            return {}
        return {
            "start_event": values["start_event"],
            "active_delay": values["active"][0],
            "active_unit": values["active"][1],
            "archive_delay": values["archive"][0],
            "archive_unit": values["archive"][1],
            "end_action": values["end_action"],
        }
