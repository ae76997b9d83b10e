from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date

from ...core.request import clock

URGENCIES = [
    ("0_overdue", "Overdue"),
    ("1_now", "Within 3 days"),
    ("2_week", "Within 7 days"),
    ("3_soon", "Within 15 days"),
    ("4_later", "Later"),
    ("5_waiting", "Waiting for the person"),
    ("6_done", "Done"),
]


class RgpdRequest(models.Model):
    """The clock of a request: one month from receipt, three when extended (Art. 12.3).

    The days are counted in `core.request.clock`, by Regulation 1182/71; the clock
    stands still while identity is awaited.
    """

    _inherit = "rgpd.request"

    date_received = fields.Date(
        string="Received on",
        required=True,
        default=fields.Date.context_today,
        tracking=True,
        help="Day on which the request reached the company, at any address.",
    )
    date_due = fields.Date(
        string="Plan for",
        compute="_compute_due",
        store=True,
        index=True,
        help="One month after receipt, three when extended; plan on this day.",
    )
    date_due_legal = fields.Date(
        string="Legal due date",
        compute="_compute_due",
        store=True,
        help="The same day, or the next working day when it falls on a weekend or a "
        "public holiday (Reg. 1182/71, art. 3.4).",
    )
    is_suspended = fields.Boolean(compute="_compute_due", store=True)
    days_left = fields.Integer(compute="_compute_days_left")
    urgency = fields.Selection(
        URGENCIES,
        compute="_compute_urgency",
        store=True,
        index=True,
        help="Refreshed every day.",
    )
    is_extended = fields.Boolean(readonly=True, copy=False)
    date_extended = fields.Date(readonly=True, copy=False)
    extension_reason = fields.Text(
        copy=False,
        help="Complexity or number of requests; the person is told it within the "
        "first month (Art. 12.3 GDPR).",
    )
    date_answered = fields.Date(readonly=True, copy=False, tracking=True)
    days_to_answer = fields.Integer(
        compute="_compute_days_to_answer", store=True, aggregator="avg"
    )
    is_in_time = fields.Boolean(
        string="Answered in time", compute="_compute_days_to_answer", store=True
    )
    alerts_given = fields.Json(readonly=True, copy=False)

    # === COMPUTE METHODS === #

    @api.depends(
        "date_received", "is_extended", "date_identity_asked", "date_identity_received"
    )
    def _compute_due(self):
        today = fields.Date.context_today(self)
        for request in self:
            request.is_suspended = bool(
                request.date_identity_asked and not request.date_identity_received
            )
            if not request.date_received:
                request.date_due = request.date_due_legal = False
                continue
            due = clock.compute_due(
                request.date_received,
                extended=request.is_extended,
                suspensions=request._get_suspensions(),
                today=today,
            )
            request.date_due, request.date_due_legal = due.plan, due.legal

    @api.depends("date_due", "is_done")
    def _compute_days_left(self):
        today = fields.Date.context_today(self)
        for request in self:
            is_open = request.date_due and not request.is_done
            request.days_left = (request.date_due - today).days if is_open else 0

    @api.depends("date_due", "is_done", "is_suspended", "state")
    def _compute_urgency(self):
        today = fields.Date.context_today(self)
        for request in self:
            request.urgency = request.date_due and clock.get_urgency(
                request.date_due,
                today,
                done=request.is_done,
                suspended=request.is_suspended or request.state == "clarification",
            )

    @api.depends("date_answered", "date_received", "date_due_legal")
    def _compute_days_to_answer(self):
        for request in self:
            answered = request.date_answered
            request.is_in_time = bool(answered) and answered <= request.date_due_legal
            request.days_to_answer = (
                (answered - request.date_received).days if answered else 0
            )

    # === CONSTRAINT METHODS === #

    @api.constrains("date_received")
    def _check_date_received(self):
        today = fields.Date.context_today(self)
        if any(request.date_received > today for request in self):
            raise ValidationError(
                self.env._("A request cannot be received in the future.")
            )

    # === BUSINESS METHODS === #

    def _check_extension(self, today):
        """Raise unless the request may be extended today.

        :raise UserError: too late, twice, or without reasons
        """
        self.ensure_one()
        try:
            clock.check_extension(
                self.date_received,
                today=today,
                suspensions=self._get_suspensions(),
                extended=self.is_extended,
            )
        except clock.ExtensionTooLateError as error:
            raise UserError(
                self.env._(
                    "The first month is over: the person had to be told within it "
                    "(Art. 12.3 GDPR). Answer as soon as possible."
                )
            ) from error
        except clock.AlreadyExtendedError as error:
            raise UserError(
                self.env._("The period was extended once; it cannot be again.")
            ) from error
        if not (self.extension_reason or "").strip():
            raise UserError(
                self.env._("Write the reasons first: the person is told them.")
            )

    def _get_suspensions(self):
        """Return the periods during which the clock stood still."""
        self.ensure_one()
        if not self.date_identity_asked:
            return []
        return [(self.date_identity_asked, self.date_identity_received or None)]

    # === CRON METHODS === #

    @api.model
    def _cron_alert(self, batch=200):
        """Refresh urgencies and remind the officers 15, 7 and 3 days before the end.

        Each alert is given once; safe to trigger at any time.
        """
        open_requests = self.search([("is_done", "=", False)])
        done = 0
        for start in range(0, len(open_requests), batch):
            part = open_requests[start : start + batch]
            part._compute_due()
            part._compute_urgency()
            for request in part:
                request._give_alert()
            done += len(part)
            left = self.env["ir.cron"]._commit_progress(
                len(part), remaining=len(open_requests) - done
            )
            if not left:
                break

    def _give_alert(self):
        """Schedule the reminder that is due today, if any."""
        self.ensure_one()
        if self.is_suspended or self.is_done or not self.date_due:
            return
        today = fields.Date.context_today(self)
        alert = clock.get_alert(self.date_due, today, self.alerts_given or ())
        if alert is None:
            return
        self.alerts_given = [*(self.alerts_given or ()), alert]
        user = self.officer_id or self.env.user
        self.activity_schedule(
            "mail.mail_activity_data_todo",
            date_deadline=max(today, self.date_due),
            summary=self.with_context(lang=user.lang)._get_alert_summary(alert),
            user_id=user.id,
        )

    def _get_alert_summary(self, alert):
        if not alert:
            return self.env._("Request %(name)s is overdue", name=self.name)
        return self.env._(
            "Request %(name)s: answer due on %(date)s",
            name=self.name,
            date=format_date(self.env, self.date_due),
        )
