from odoo import api, models


class RgpdRecipient(models.Model):
    """The recipient as it leaves for another tool, and as it comes from one."""

    _name = "rgpd.recipient"
    _inherit = ["rgpd.recipient", "rgpd.exchange.mixin"]

    @api.model
    def _get_exchange_fields(self):
        return {"name": "name", "kind": "kind", "description": "description"}
