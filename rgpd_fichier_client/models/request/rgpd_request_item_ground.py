from odoo import api, fields, models

from ...core.request import letters


class RgpdRequestItem(models.Model):
    """The grounds the law knows for refusing a right; a screen offers no other."""

    _inherit = "rgpd.request.item"

    known_grounds = fields.Json(
        string="Grounds the law knows", compute="_compute_known_grounds"
    )

    @api.depends("right", "is_prospecting")
    def _compute_known_grounds(self):
        for item in self:
            item.known_grounds = list(
                letters.get_grounds(
                    item.right or "access", is_prospecting=item.is_prospecting
                )
            )
