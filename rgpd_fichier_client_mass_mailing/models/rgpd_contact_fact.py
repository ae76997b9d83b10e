from odoo import api, models


class RgpdContactFact(models.AbstractModel):
    _inherit = "rgpd.contact.fact"

    @api.model
    def _get_referred(self, records):
        """Those who got a mailing of referral already: one message, no more."""
        # sudo: mailing.trace - the gate answers whoever asks
        traces = (
            self.env["mailing.trace"]
            .sudo()
            .search(
                [
                    ("model", "=", records._name),
                    ("res_id", "in", records.ids),
                    ("rgpd_code", "=", "referral_once"),
                    ("trace_status", "not in", ("cancel", "error", "outgoing")),
                ]
            )
        )
        return super()._get_referred(records) | set(traces.mapped("res_id"))
