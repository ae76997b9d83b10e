from odoo import api, models


class LinkTrackerClick(models.Model):
    """A click is not kept of who did not agree to be followed (art. 82 LIL)."""

    _inherit = "link.tracker.click"

    @api.model
    def add_click(self, code, **route_values):
        """Keep the click of a person only with their consent, asked at the click."""
        trace_id = route_values.get("mailing_trace_id")
        if trace_id:
            # sudo: mailing.trace - a visitor has no rights
            trace = self.env["mailing.trace"].sudo().browse(trace_id).exists()
            if trace and not trace._rgpd_may_track():
                return self.browse()
        return super().add_click(code, **route_values)
