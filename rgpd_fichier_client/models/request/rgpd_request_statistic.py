from odoo import fields, models
from odoo.tools import SQL


class RgpdRequestStatistic(models.Model):
    """Each right that was exercised, and how the company answered; no personal data.

    A request for several rights counts once per right; a right answered by a letter of
    its own is answered on the day of that letter. What was joined to an older request
    counts there.
    """

    _name = "rgpd.request.statistic"
    _description = "Statistics of Requests"
    _auto = False
    _depends = {
        "rgpd.request": [
            "channel",
            "company_id",
            "date_answered",
            "date_due",
            "date_due_legal",
            "date_received",
            "duplicate_of_id",
            "is_done",
            "is_extended",
            "is_suspended",
            "name",
            "officer_id",
            "state",
        ],
        "rgpd.request.item": ["decision", "letter_id", "request_id", "right"],
        "rgpd.request.letter": ["date_sent"],
    }
    _order = "date_received DESC, id DESC"

    name = fields.Char(string="Reference", readonly=True)
    request_id = fields.Many2one("rgpd.request", string="Requests", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    officer_id = fields.Many2one("res.users", readonly=True)
    channel = fields.Selection(
        selection=lambda self: (
            self.env["rgpd.request"]._fields["channel"]._description_selection(self.env)
        ),
        readonly=True,
    )
    right = fields.Selection(
        selection=lambda self: (
            self.env["rgpd.request.item"]
            ._fields["right"]
            ._description_selection(self.env)
        ),
        readonly=True,
    )
    decision = fields.Selection(
        selection=lambda self: (
            self.env["rgpd.request.item"]
            ._fields["decision"]
            ._description_selection(self.env)
        ),
        readonly=True,
    )
    outcome = fields.Selection(
        [
            ("in_time", "Answered in time"),
            ("late", "Answered late"),
            ("open", "Being answered"),
            ("overdue", "Overdue"),
            ("cancelled", "Given up"),
        ],
        readonly=True,
        help="In time: at the latest on the legal due date, an extension included "
        "(Art. 12.3 GDPR).",
    )
    date_received = fields.Date(string="Received on", readonly=True)
    date_answered = fields.Date(string="Answered on", readonly=True)
    is_extended = fields.Boolean(string="Extended", readonly=True)
    in_time_count = fields.Integer(string="Rights answered in time", readonly=True)
    late_count = fields.Integer(string="Rights answered late", readonly=True)
    in_time_rate = fields.Float(
        string="Share in time (%)",
        readonly=True,
        aggregator="avg",
        digits=(5, 1),
        help="Of the rights that were answered.",
    )
    days_median = fields.Float(
        string="Median days to answer",
        readonly=True,
        aggregator="median",
        digits=(6, 1),
        help="Half of the rights were answered in fewer days, half in more: one long "
        "case does not hide the others.",
    )
    days_mean = fields.Float(
        string="Mean days to answer", readonly=True, aggregator="avg", digits=(6, 1)
    )

    @property
    def _table_query(self):
        return SQL(
            """
            WITH rights AS (
                SELECT CASE WHEN item.id IS NULL THEN 2 * request.id
                            ELSE 2 * item.id + 1 END AS id,
                       request.id AS request_id, request.name, request.company_id,
                       request.officer_id, request.channel, request.date_received,
                       request.date_due, request.date_due_legal, request.state,
                       request.is_done, request.is_suspended, request.is_extended,
                       item."right", item.decision,
                       LEAST(letter.date_sent::date, request.date_answered)
                           AS date_answered
                  FROM rgpd_request request
                  LEFT JOIN rgpd_request_item item ON item.request_id = request.id
                  LEFT JOIN rgpd_request_letter letter ON letter.id = item.letter_id
                 WHERE request.duplicate_of_id IS NULL
            )
            SELECT id, request_id, name, company_id, officer_id, channel, "right",
                   decision, date_received, date_answered, is_extended,
                   CASE WHEN date_answered <= date_due_legal THEN 'in_time'
                        WHEN date_answered IS NOT NULL THEN 'late'
                        WHEN is_done THEN 'cancelled'
                        WHEN date_due < %(today)s AND NOT is_suspended THEN 'overdue'
                        ELSE 'open' END AS outcome,
                   (date_answered <= date_due_legal)::int AS in_time_count,
                   (date_answered > date_due_legal)::int AS late_count,
                   (date_answered <= date_due_legal)::int * 100 AS in_time_rate,
                   date_answered - date_received AS days_median,
                   date_answered - date_received AS days_mean
              FROM rights
            """,
            today=fields.Date.context_today(self),
        )

    def _read_group_select(self, aggregate_spec, query):
        """Know one aggregate more than the ORM: the median."""
        name, _colon, function = aggregate_spec.partition(":")
        if function != "median" or self._fields[name].aggregator != "median":
            return super()._read_group_select(aggregate_spec, query)
        return SQL(
            "PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY %s)",
            self._field_to_sql(self._table, name, query),
        )

    # === ACTION METHODS === #

    def action_open_request(self):
        """Show the request behind a row."""
        self.ensure_one()
        return self.request_id._get_form_action()
