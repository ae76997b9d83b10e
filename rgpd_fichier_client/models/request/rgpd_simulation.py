from odoo import api, fields, models


class RgpdSimulation(models.Model):
    _inherit = "rgpd.simulation"

    request_due_count = fields.Integer(
        string="Requests to minimise",
        compute="_compute_request_due_count",
        help="Requests of persons, closed for longer than their own period: names, "
        "words and letters go, figures and digests stay (Art. 5.1 e GDPR).",
    )

    @api.depends("company_id", "state")
    def _compute_request_due_count(self):
        # sudo: rgpd.request - counted, nothing of them is shown
        requests = self.env["rgpd.request"].sudo()
        for simulation in self:
            simulation.request_due_count = requests._count_to_minimise(
                simulation.company_id
            )
