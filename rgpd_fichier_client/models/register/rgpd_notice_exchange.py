from odoo import api, models


class RgpdNotice(models.Model):
    """The text as it leaves for another tool, and as it comes from one."""

    _name = "rgpd.notice"
    _inherit = ["rgpd.notice", "rgpd.exchange.mixin"]

    @api.model
    def _get_exchange_fields(self):
        return {
            "name": "name",
            "kind": "kind",
            "channel": "channel",
            "sequence": "sequence",
            "text": "text",
        }
