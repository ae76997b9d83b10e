from odoo import api, fields, models
from odoo.tools import SQL

# So many persons are looked at in a few minutes
SAMPLE_SIZE = 10


class RgpdSimulation(models.Model):
    """What a DPO reads of a simulation: who leaves when, and a sample to open."""

    _inherit = "rgpd.simulation"

    run_count = fields.Integer(compute="_compute_run_count")
    coming_count = fields.Integer(
        string="Next 12 months",
        compute="_compute_coming_count",
        help="Persons whose last reason ends within the next twelve months, if they "
        "do not come back.",
    )
    month_count = fields.Integer(
        string="This month",
        compute="_compute_month_count",
        help="Persons whose last reason has ended, or ends before the end of the "
        "month, if they do not come back.",
    )
    sample_ids = fields.Many2many(
        "rgpd.simulation.line",
        compute="_compute_sample_ids",
        help="Drawn among those who leave this month: open some, and see whether the "
        "rules are right.",
    )

    # === COMPUTE METHODS === #

    @api.depends("run_ids")
    def _compute_run_count(self):
        for simulation in self:
            simulation.run_count = len(simulation.run_ids)

    @api.depends("line_ids")
    def _compute_coming_count(self):
        self._count_lines("coming_count", self._get_coming_domain())

    @api.depends("line_ids")
    def _compute_month_count(self):
        self._count_lines("month_count", self._get_month_domain())

    def _count_lines(self, name, domain):
        groups = self.env["rgpd.simulation.line"]._read_group(
            fields.Domain("simulation_id", "in", self.ids) & domain,
            ["simulation_id"],
            ["__count"],
        )
        counts = dict(groups)
        for simulation in self:
            simulation[name] = counts.get(simulation, 0)

    @api.depends("line_ids")
    def _compute_sample_ids(self):
        lines = self.env["rgpd.simulation.line"]
        for simulation in self:
            query = lines._search(
                fields.Domain("simulation_id", "=", simulation.id)
                & self._get_month_domain()
            )
            # Drawn, but the same as long as the simulation is: a page that changes
            # under the eyes proves nothing
            query.order = SQL("md5(%s || id)", simulation.fingerprint or "")
            query.limit = SAMPLE_SIZE
            simulation.sample_ids = lines.browse(query)

    # === ACTION METHODS === #

    def action_open_lines(self):
        """Show the persons of this simulation, grouped by decision."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "rgpd_fichier_client.rgpd_simulation_line_action"
        )
        action["domain"] = [("simulation_id", "=", self.id)]
        decision = self.env.context.get("rgpd_decision")
        action["context"] = {
            f"search_default_{decision}": 1,
            "search_default_group_decision": not decision,
        }
        return action

    def action_open_coming(self):
        """Show month by month who leaves within a year, if nobody comes back."""
        return self._open_lines(
            "rgpd_simulation_line_coming_action", self._get_coming_domain()
        )

    def action_open_month(self):
        """Show who leaves this month, per rule."""
        return self._open_lines(
            "rgpd_simulation_line_month_action", self._get_month_domain()
        )

    def _open_lines(self, action_name, domain):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            f"rgpd_fichier_client.{action_name}"
        )
        action["domain"] = list(fields.Domain("simulation_id", "=", self.id) & domain)
        return action

    def action_open_runs(self):
        """Show what the nightly runs did under this approval."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "rgpd_fichier_client.rgpd_retention_run_action"
        )
        action["domain"] = [("simulation_id", "=", self.id)]
        return action

    # === BUSINESS METHODS === #

    @api.model
    def _get_coming_domain(self):
        """Return the domain of lines that end in the twelve months to come."""
        today = self.env["rgpd.reason"]._get_today()
        return fields.Domain("date_end", ">=", today) & fields.Domain(
            "date_end", "<", fields.Date.add(today, years=1)
        )

    @api.model
    def _get_month_domain(self):
        """Return the domain of lines that leave before the end of the month."""
        today = self.env["rgpd.reason"]._get_today()
        last = fields.Date.end_of(today, "month")
        return fields.Domain("decision", "=", "erase") | (
            fields.Domain("decision", "in", ("keep", "archive"))
            & fields.Domain("date_end", "<", last)
        )
