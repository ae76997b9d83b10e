from odoo import api, fields, models
from odoo.tools import SQL, format_date

from ..journal.sql_array import int_array


class RgpdRetentionRun(models.Model):
    """What one night of retention did for a company."""

    _name = "rgpd.retention.run"
    _description = "Retention Run"
    _order = "id desc"
    _rec_name = "date_start"

    simulation_id = fields.Many2one(
        "rgpd.simulation", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="simulation_id.company_id", store=True, string="Controller"
    )
    state = fields.Selection(
        [
            ("running", "Running"),
            ("done", "Done"),
            ("stopped", "Stopped by the safety limit"),
            ("lapsed", "Stopped: the approval is no longer valid"),
        ],
        default="running",
        required=True,
        readonly=True,
    )
    date_start = fields.Datetime(
        string="Started on", default=fields.Datetime.now, readonly=True
    )
    date_end = fields.Datetime(string="Ended on", readonly=True)
    due_count = fields.Integer(string="Due", readonly=True)
    erased_count = fields.Integer(string="Erased", readonly=True)
    failed_count = fields.Integer(string="Failed", readonly=True)
    review_count = fields.Integer(string="To review", readonly=True)
    kept_count = fields.Integer(
        string="Kept",
        readonly=True,
        help="Persons of the company whom a reason still keeps, with each reason on "
        "their record.",
    )
    archived_count = fields.Integer(
        string="Archived",
        readonly=True,
        help="Persons moved to the intermediate archive: only the law or a possible "
        "dispute still needs their data.",
    )
    ended_count = fields.Integer(
        string="Categories ended",
        readonly=True,
        help="Categories of archived data destroyed because their last reason ended, "
        "while another one keeps the rest.",
    )
    # Persons of one day: a run that a limit pauses goes on the day after
    day = fields.Date(readonly=True)
    day_count = fields.Integer(readonly=True)
    erasure_ids = fields.Many2many(
        "rgpd.erasure", string="Certificates", readonly=True, copy=False
    )

    @api.depends("date_start")
    @api.depends_context("lang", "tz")
    def _compute_display_name(self):
        for run in self:
            run.display_name = self.env._(
                "Night of %(date)s",
                date=format_date(
                    self.env, fields.Date.context_today(run, run.date_start)
                ),
            )

    def _count_persons(self, count):
        """Note that persons were treated today."""
        today = self.env["rgpd.reason"]._get_today()
        before = self.day_count if self.day == today else 0
        self.write({"day": today, "day_count": before + count})

    def _add_erasures(self, erasures):
        """Note the certificates of a batch, without reading those of the night again.

        ``write`` reads all that are there: of a long night, in each batch.
        """
        self.ensure_one()
        field = self._fields["erasure_ids"]
        self.env.cr.execute(
            SQL(
                "INSERT INTO %s (%s, %s) SELECT %s, unnest(%s) ON CONFLICT DO NOTHING",
                SQL.identifier(field.relation),
                SQL.identifier(field.column1),
                SQL.identifier(field.column2),
                self.id,
                int_array(erasures.ids),
            )
        )
        self.invalidate_recordset(["erasure_ids"], flush=False)

    def action_open_erasures(self):
        """Show the certificates of this run."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "rgpd_fichier_client.rgpd_erasure_action"
        )
        action["domain"] = [("id", "in", self.erasure_ids.ids)]
        return action
