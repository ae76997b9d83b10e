from odoo import api, fields, models

# Named on the screen; further ones are counted
MOST_NAMED = 20


class RgpdRequestCopy(models.Model):
    """Texts too long to be masked, which stay out of the copy: the officer is told."""

    _inherit = "rgpd.request.copy"

    large_places = fields.Json(
        readonly=True, help="Where each of them stands, in words."
    )
    large_count = fields.Integer(
        string="Texts too long for the copy", compute="_compute_large"
    )
    large_text = fields.Text(string="Where they are", compute="_compute_large")

    @api.depends("large_places")
    @api.depends_context("lang")
    def _compute_large(self):
        for copy in self:
            places = copy.large_places or []
            copy.large_count = len(places)
            shown = places[:MOST_NAMED]
            if len(places) > MOST_NAMED:
                shown.append(
                    self.env._("%(count)s more", count=len(places) - MOST_NAMED)
                )
            copy.large_text = "\n".join(shown)

    def _start_scan(self):
        """Forget what an earlier reading found."""
        self.sudo().large_places = False  # sudo: written by its methods alone
        return super()._start_scan()
