from odoo import api, models


class RgpdMeasure(models.Model):
    """The measure as it leaves for another tool, and as it comes from one."""

    _name = "rgpd.measure"
    _inherit = ["rgpd.measure", "rgpd.exchange.mixin"]

    @api.model
    def _get_exchange_fields(self):
        return {
            "name": "name",
            "guide_number": "guide_number",
            "part": "part",
            "description": "description",
            "state": "state",
            "proof": "proof",
            "date_checked": "date_checked",
        }
