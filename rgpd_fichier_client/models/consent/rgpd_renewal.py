from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date, split_every

from ...core.consent.renewal import get_exclusion
from .selections import CHANNELS

BATCH = 1000
SEND_BATCH = 50
DAYS = 60
# What lets a message to ask leave by e-mail, in the order of the register.
MAIL_PURPOSES = ("prospect_email_b2c", "softoptin", "prospect_b2b_email")


class RgpdRenewal(models.Model):
    """Ask once, before their end, those whose consents run out.

    By e-mail, to those the contact check still allows, with the link to their choices
    where nothing is ticked. Silence is a no: the consent ends on its day. Whoever
    refused, withdrew or objected is never asked (art. 7 and 21.3 GDPR).
    """

    _name = "rgpd.renewal"
    _description = "Renewal of Consents"
    _order = "id desc"

    name = fields.Char(required=True, default=lambda self: self._default_name())
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    purpose_id = fields.Many2one(
        "rgpd.purpose",
        domain="[('legal_basis', '=', 'consent'),"
        " ('company_id', 'in', (False, company_id))]",
        help="Empty: every purpose that rests on consent.",
    )
    channel = fields.Selection(CHANNELS, help="Empty: every channel.")
    ends_before = fields.Date(
        string="Consents that end until",
        required=True,
        default=lambda self: self._default_ends_before(),
        help="A consent to be called lasts one year at most and is not renewed by "
        "silence (décret 2026-662).",
    )
    with_unknown_text = fields.Boolean(
        string="Also those whose text is not known",
        help="Old consents that were imported without the words the person read "
        "prove little (art. 7.1 GDPR): they are asked again.",
    )
    state = fields.Selection(
        [
            ("draft", "To prepare"),
            ("ready", "To check"),
            ("running", "Sending"),
            ("done", "Sent"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
    )
    started_on = fields.Datetime(readonly=True, copy=False)
    line_ids = fields.One2many("rgpd.renewal.line", "renewal_id", readonly=True)
    asked_line_ids = fields.One2many(
        "rgpd.renewal.line",
        "renewal_id",
        domain=[("state", "!=", "excluded")],
        readonly=True,
    )
    excluded_line_ids = fields.One2many(
        "rgpd.renewal.line",
        "renewal_id",
        domain=[("state", "=", "excluded")],
        readonly=True,
    )
    waiting_count = fields.Integer(string="To ask", compute="_compute_counts")
    asked_count = fields.Integer(string="Persons asked", compute="_compute_counts")
    excluded_count = fields.Integer(string="Left out", compute="_compute_counts")

    # === COMPUTE METHODS === #

    @api.model
    def _default_name(self):
        today = fields.Date.context_today(self)
        return self.env._("Renewal of %(date)s", date=format_date(self.env, today))

    @api.model
    def _default_ends_before(self):
        return fields.Date.context_today(self) + timedelta(days=self._get_days())

    @api.depends("line_ids.state")
    def _compute_counts(self):
        groups = self.env["rgpd.renewal.line"]._read_group(
            [("renewal_id", "in", self.ids)], ["renewal_id", "state"], ["__count"]
        )
        counts = {(renewal.id, state): count for renewal, state, count in groups}
        for renewal in self:
            renewal.waiting_count = counts.get((renewal.id, "waiting"), 0)
            renewal.asked_count = counts.get((renewal.id, "asked"), 0)
            renewal.excluded_count = counts.get((renewal.id, "excluded"), 0)

    # === CRUD METHODS === #

    def write(self, vals):
        """Let nobody change whom a campaign is about once it was started."""
        scope = {"company_id", "purpose_id", "channel", "ends_before"}
        scope.add("with_unknown_text")
        if scope & vals.keys():
            if self.filtered(lambda renewal: renewal.state in ("running", "done")):
                raise UserError(self.env._("This renewal was started already."))
            vals = vals | {"state": "draft"}
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_started(self):
        """Keep what tells that a person was asked: once is enough."""
        if self.filtered(lambda renewal: renewal.state in ("running", "done")):
            raise UserError(
                self.env._(
                    "A renewal that was started is kept: it says who was asked, so "
                    "that nobody is asked twice."
                )
            )

    # === ACTIONS === #

    def action_prepare(self):
        """Look who would be asked and who is left out; nothing leaves."""
        self.ensure_one()
        if self.state not in ("draft", "ready"):
            raise UserError(self.env._("This renewal was started already."))
        # sudo: rgpd.renewal.line - the campaign makes its lines, nobody by hand
        lines = self.env["rgpd.renewal.line"].sudo()
        self.line_ids.sudo().unlink()
        lines.create(self._prepare_lines())
        self.state = "ready"

    def action_start(self):
        """Have the messages sent by the cron."""
        self.ensure_one()
        if self.state != "ready" or not self.waiting_count:
            raise UserError(self.env._("There is nobody to ask."))
        self.write({"state": "running", "started_on": fields.Datetime.now()})
        # sudo: rgpd.journal - as for a single act
        self.env["rgpd.journal"].sudo()._record(
            "renewal.started",
            None,
            {
                "renewal": self.id,
                "waiting": self.waiting_count,
                "excluded": self.excluded_count,
            },
            company=self.company_id,
        )
        # sudo: ir.cron - an officer starts the sending
        self.env.ref("rgpd_fichier_client.rgpd_renewal_cron_send").sudo()._trigger()

    def action_open_lines(self):
        """Open the persons of the campaign, by reason for those left out."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "rgpd_fichier_client.rgpd_renewal_line_action"
        )
        state = self.env.context.get("rgpd_renewal_state")
        context = {"search_default_" + state: 1} if state else {}
        if state == "excluded":
            context["search_default_group_code"] = 1
        return action | {
            "domain": [("renewal_id", "=", self.id)],
            "context": context,
        }

    # === BUSINESS METHODS === #

    @api.model
    def _get_days(self):
        """Return how long before its end a consent is asked again."""
        return self.env["rgpd.contact.rule"]._get_number("renewal_days", DAYS)

    def _get_consents(self):
        """Return the consents in force that end in the period."""
        today = self.env["rgpd.consent.event"]._get_today()
        ends = fields.Domain("expires_on", ">=", today) & fields.Domain(
            "expires_on", "<=", self.ends_before
        )
        if self.with_unknown_text:
            in_force = fields.Domain("is_valid", "=", True)
            ends |= fields.Domain("event_id.is_to_renew", "=", True) & in_force
        domain = ends & fields.Domain(
            [
                ("status", "=", "given"),
                ("company_id", "=", self.company_id.id),
                ("purpose_id.legal_basis", "=", "consent"),
            ]
        )
        if self.purpose_id:
            domain &= fields.Domain("purpose_code", "=", self.purpose_id.code)
        if self.channel:
            domain &= fields.Domain("channel", "=", self.channel)
        # sudo: rgpd.consent - the officer prepares for the company of the campaign
        return self.env["rgpd.consent"].sudo().search(domain)

    def _prepare_lines(self):
        """Return the values of the lines, asked and left out, set-based."""
        values = []
        for ids in split_every(BATCH, self._get_consents().ids):
            consents = self.env["rgpd.consent"].sudo().browse(ids)  # sudo: as above
            judged = self._judge(consents.event_id)
            values += [
                {
                    "renewal_id": self.id,
                    "event_id": consent.event_id.id,
                    "subject_id": consent.subject_id.id,
                    "state": "excluded"
                    if judged[consent.event_id.id][0]
                    else "waiting",
                    "code": judged[consent.event_id.id][0],
                }
                for consent in consents
            ]
        return values

    def _judge(self, events):
        """Return ``{event id: (code or None, purpose of the message)}``.

        The code says why a person is not asked about the consent.
        """
        asked = self._get_asked(events)
        verdicts = self._get_verdicts(events)
        judged = {}
        for event in events:
            own, mail = verdicts.get(event.id, (None, None))
            code = get_exclusion(own, mail, event.id in asked)
            judged[event.id] = (code, mail and mail["purpose"])
        return judged

    def _get_asked(self, events):
        """Return the ids of the consents about which the person was asked already."""
        # sudo: rgpd.renewal.line - campaigns of every user count
        lines = self.env["rgpd.renewal.line"].sudo()
        domain = [("event_id", "in", events.ids), ("state", "=", "asked")]
        return set(lines.search(domain).event_id.ids)

    def _get_verdicts(self, events):
        """Return ``{event id: (verdict of the consent, verdict of the e-mail)}``."""
        gate = self.env["rgpd.contact.gate"]
        scopes = defaultdict(list)
        for event in events.filtered("subject_id"):
            model = event.subject_id.res_model
            scopes[model, event.purpose_code, event.channel].append(event.id)
        result = {}
        for (model, code, channel), ids in scopes.items():
            same = events.browse(ids)
            records = same.subject_id._records().get(model)
            if not records:
                continue
            own = gate._check(records, code, channel, self.company_id)
            mail = gate._check_any(records, MAIL_PURPOSES, "email", self.company_id)
            for event in same:
                res_id = event.subject_id.res_id
                if res_id in own:
                    result[event.id] = (own[res_id], mail[res_id])
        return result

    # === CRON === #

    @api.model
    def _cron_send(self):
        """Ask those who wait, some at a time; each is asked about again first."""
        Line = self.env["rgpd.renewal.line"]
        domain = [("state", "=", "waiting"), ("renewal_id.state", "=", "running")]
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=Line.search_count(domain))
        while lines := Line.search(domain, limit=SEND_BATCH):
            # All that one person is asked leaves in one message
            lines = Line.search(
                [
                    *domain,
                    ("renewal_id", "in", lines.renewal_id.ids),
                    ("subject_id", "in", lines.subject_id.ids),
                ]
            )
            for renewal, same in lines.grouped("renewal_id").items():
                renewal._send(same)
            if not cron._commit_progress(len(lines)):
                break
        self._close_sent()

    @api.model
    def _close_sent(self):
        """Close the campaigns that have nobody left to ask."""
        running = self.search([("state", "=", "running")])
        running.filtered(lambda renewal: not renewal.waiting_count).state = "done"

    def _send(self, lines):
        """Ask the persons of these lines, or say why they are left out after all."""
        self._lock(lines.subject_id)
        judged = self._judge(lines.event_id)
        for line in lines:
            code, _purpose = judged[line.event_id.id]
            if code:
                line.write({"state": "excluded", "code": code})
        waiting = lines.filtered(lambda line: line.state == "waiting")
        for subject, same in waiting.grouped("subject_id").items():
            _code, purpose = judged[same[:1].event_id.id]
            self._send_one(subject, same, purpose)

    @api.model
    def _lock(self, subjects):
        """Serialise with the acts of these persons: a no recorded now counts."""
        self.env.cr.execute(
            SQL(
                "UPDATE rgpd_subject SET id = id WHERE id = ANY(%s)",
                list(subjects.ids),
            )
        )

    def _send_one(self, subject, lines, purpose_code):
        """Queue the message to one person, and keep that they were asked."""
        self.env["rgpd.renewal.mail"]._send(subject, lines.event_id, self, purpose_code)
        lines.write({"state": "asked", "asked_on": fields.Datetime.now()})
        for event in lines.event_id:
            # sudo: rgpd.journal - as for a single act
            self.env["rgpd.journal"].sudo()._record(
                "renewal.asked",
                subject,
                {
                    "renewal": self.id,
                    "consent": event.uid,
                    "purpose": event.purpose_code,
                    "channel": event.channel,
                },
                company=self.company_id,
            )
