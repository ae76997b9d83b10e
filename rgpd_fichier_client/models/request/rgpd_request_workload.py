from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class RgpdRequestWorkload(models.Model):
    """What each officer has to answer, and how soon; one row per company too."""

    _name = "rgpd.request.workload"
    _description = "Workload of an Officer"
    _auto = False
    _depends = {
        "rgpd.request": [
            "company_id",
            "date_due",
            "is_done",
            "is_suspended",
            "officer_id",
            "state",
        ]
    }
    _order = "overdue_count DESC, week_count DESC, open_count DESC, id"
    _rec_name = "officer_id"

    officer_id = fields.Many2one("res.users", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    open_count = fields.Integer(string="In hand", readonly=True)
    week_count = fields.Integer(
        string="Due within 7 days", readonly=True, help="Today and the next seven days."
    )
    overdue_count = fields.Integer(
        string="Overdue", readonly=True, help="The planned day is over."
    )
    waiting_count = fields.Integer(
        string="Waiting for the person",
        readonly=True,
        help="Who they are, or what they mean, was asked.",
    )
    date_next = fields.Date(
        string="Next due date",
        readonly=True,
        help="The planned day of the request to answer first.",
    )

    @property
    def _table_query(self):
        today = fields.Date.context_today(self)
        return SQL(
            """
            SELECT (row_number() OVER (ORDER BY company_id, officer_id))::int AS id,
                   officer_id, company_id,
                   count(*) AS open_count,
                   count(*) FILTER (
                       WHERE NOT is_suspended
                         AND date_due BETWEEN %(today)s AND %(week)s
                   ) AS week_count,
                   count(*) FILTER (
                       WHERE NOT is_suspended AND date_due < %(today)s
                   ) AS overdue_count,
                   count(*) FILTER (
                       WHERE state IN ('identity', 'clarification')
                   ) AS waiting_count,
                   min(date_due) FILTER (WHERE NOT is_suspended) AS date_next
              FROM rgpd_request
             WHERE NOT is_done
             GROUP BY company_id, officer_id
            """,
            today=today,
            week=fields.Date.add(today, days=7),
        )

    # === ACTION METHODS === #

    def action_open(self):
        """Show the open requests of the officer."""
        return self._open_requests(Domain.TRUE)

    def action_open_week(self):
        """Show those due within seven days."""
        today = fields.Date.context_today(self)
        return self._open_requests(
            Domain("is_suspended", "=", False)
            & Domain("date_due", ">=", today)
            & Domain("date_due", "<=", fields.Date.add(today, days=7))
        )

    def action_open_overdue(self):
        """Show those whose planned day is over."""
        return self._open_requests(
            Domain("is_suspended", "=", False)
            & Domain("date_due", "<", fields.Date.context_today(self))
        )

    def action_open_waiting(self):
        """Show those that wait for the person."""
        return self._open_requests(Domain("state", "in", ("identity", "clarification")))

    def _open_requests(self, domain):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "rgpd_fichier_client.rgpd_request_action"
        )
        domain &= Domain("is_done", "=", False)
        domain &= Domain("officer_id", "=", self.officer_id.id)
        domain &= Domain("company_id", "=", self.company_id.id)
        return {**action, "domain": list(domain), "context": {}}
