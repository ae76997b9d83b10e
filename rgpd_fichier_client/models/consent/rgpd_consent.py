from datetime import date

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL, split_every

from ...core.consent.fold import CHOICES, Act, fold, is_over
from .selections import DECISIONS, SCOPES

BATCH = 5000
CRON_BATCH = 200


class RgpdConsent(models.Model):
    """The choice of a person today, per company, purpose and channel.

    A projection of ``rgpd.consent.event``: nobody writes it by hand, and
    :meth:`_rebuild` makes it again from the events.
    """

    _name = "rgpd.consent"
    _description = "Consent"
    _order = "subject_id, purpose_code, channel"
    _log_access = False
    _inherit = ["rgpd.purpose.label.mixin"]
    _rec_name = "purpose_code"

    subject_id = fields.Many2one(
        "rgpd.subject", string="Person", required=True, index=True, ondelete="cascade"
    )
    subject_uid = fields.Char(related="subject_id.uid")
    company_id = fields.Many2one(
        "res.company", required=True, index=True, ondelete="cascade"
    )
    purpose_code = fields.Char(
        required=True, help="Empty text: every purpose (objection to everything)."
    )
    channel = fields.Selection(SCOPES, required=True)
    status = fields.Selection(DECISIONS, required=True)
    moment = fields.Datetime(string="Since", required=True)
    expires_on = fields.Date(string="Valid until")
    event_id = fields.Many2one(
        "rgpd.consent.event", required=True, ondelete="cascade", index=True
    )
    is_to_renew = fields.Boolean(related="event_id.is_to_renew")
    is_valid = fields.Boolean(
        string="Valid today",
        compute="_compute_is_valid",
        search="_search_is_valid",
        help="Given and not over.",
    )

    _scope_unique = models.Constraint(
        "UNIQUE(subject_id, company_id, purpose_code, channel)",
        "There is one current choice per person, company, purpose and channel.",
    )

    @api.depends("status", "expires_on")
    def _compute_is_valid(self):
        today = self.env["rgpd.consent.event"]._get_today()
        for consent in self:
            consent.is_valid = consent.status == "given" and not is_over(
                consent.expires_on or None, today
            )

    def _search_is_valid(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = self.env["rgpd.consent.event"]._get_today()
        valid = fields.Domain("status", "=", "given") & (
            fields.Domain("expires_on", "=", False)
            | fields.Domain("expires_on", ">=", today)
        )
        if set(value) >= {True, False}:
            return fields.Domain.TRUE
        return valid if True in set(value) else ~valid

    @api.depends("purpose_id", "channel", "status")
    def _compute_display_name(self):
        statuses = dict(self._fields["status"]._description_selection(self.env))
        channels = dict(self._fields["channel"]._description_selection(self.env))
        for consent in self:
            consent.display_name = (
                f"{consent.purpose_label} · {channels.get(consent.channel)} · "
                f"{statuses.get(consent.status)}"
            )

    # === BUSINESS METHODS: entry point === #

    @api.model
    def _record(
        self,
        record,
        purpose_code,
        channel,
        decision,
        *,
        version=None,
        method="form",
        collection_point="paper",
        proof=None,
        company=None,
        moment=None,
        request_key=None,
        origin=None,
        actor=None,
        guardian=None,
        is_mailbox_proved=False,
        is_stranger=False,
    ):
        """Record one act of a person and return its ``rgpd.consent.event``.

        Art. 7.1 (proof), 7.3 (withdrawal), 21.2 (objection) GDPR. A grant is refused
        on a record that is missing, archived or erased, and without an address for
        the channel; an objection and a withdrawal are always accepted.

        :param record: one record of any anchor model, or one ``rgpd.subject``
        :param purpose_code: a purpose of the register; ``None`` means every purpose
            (not for a grant or a refusal)
        :param channel: ``email sms phone post partners tracking``, or ``all`` (not for
            a grant or a refusal)
        :param decision: ``given refused withdrawn objected`` (``expired`` is recorded
            by the cron)
        :param version: ``rgpd.notice.version`` shown to the person; without it a grant
            is flagged as to renew
        :param method: see ``METHODS``; ``collection_point``: see ``COLLECTION_POINTS``
        :param proof: ``{"name", "content" (base64), "note"}`` or ``None``
        :param moment: UTC datetime of the act, now by default, never in the future
        :param request_key: a second call with the same key returns the first event
        :param origin: record the choice was collected with (an order)
        :param actor: ``self``, ``parent``, ``staff`` or ``system``; from the user by
            default. Below 15 only the ``parent`` gives consent (art. 8 GDPR)
        :param guardian: name of the holder of parental authority who consents; kept
            in the erasable proof
        :param is_mailbox_proved: who acts holds a link sent to the mailbox; otherwise a
            consent to e-mail may wait for one, as the company decided: the event then
            says ``pending`` and opens nothing
        :param is_stranger: nobody knows who acts, the address was typed by them: see
            ``rgpd.consent.stranger``
        :raise UserError: in plain words when the act cannot be recorded
        """
        recorder = self.env["rgpd.consent.recorder"]
        return recorder._record(
            record,
            recorder._prepare_act(
                purpose_code=purpose_code,
                channel=channel,
                decision=decision,
                version=version,
                method=method,
                collection_point=collection_point,
                company=company,
                moment=moment,
                request_key=request_key,
                origin=origin,
                actor=actor,
                guardian=guardian,
                is_stranger=is_stranger,
            ),
            proof,
            is_mailbox_proved,
        )

    # === BUSINESS METHODS: projection === #

    @api.model
    def _get_acts(self, subjects, company, channel=None):
        """Return ``{subject_id: [Act]}``, read from the evidence in one query."""
        self.env["rgpd.consent.event"].flush_model()
        channels = SQL("AND channel IN %s", (channel, "all")) if channel else SQL()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT subject_id, decision, moment, purpose_code, channel,
                       expires_on, id, actor
                  FROM rgpd_consent_event
                 WHERE company_id = %s AND subject_id = ANY(%s)
                   AND decision = ANY(%s) %s
                """,
                company.id,
                list(subjects.ids),
                list(CHOICES),
                channels,
            )
        )
        acts = {}
        for subject_id, decision, moment, purpose, *rest in rows:
            acts.setdefault(subject_id, []).append(
                Act(decision, moment, purpose or None, *rest)
            )
        return acts

    @api.model
    def _get_choices(self, subjects, purpose_code, channel, company):
        """Return ``{subject_id: Choice}`` today for one purpose and channel."""
        today = self.env["rgpd.consent.event"]._get_today()
        acts = self._get_acts(subjects, company, channel)
        return {
            subject_id: fold(their_acts, purpose_code, channel, today)
            for subject_id, their_acts in acts.items()
        }

    @api.model
    def _prepare_rows(self, subject_id, company, acts):
        """Return the projection rows of one person in one company.

        One row per scope the person spoke about. An act about everything and a
        cross-purpose objection show in the rows they change.
        """
        rows = []
        for purpose, scope in sorted(
            {(act.purpose or "", act.channel) for act in acts}
        ):
            choice = fold(
                [act for act in acts if purpose or not act.purpose],
                purpose or None,
                scope,
                # No consent is over on that day: rows do not depend on the date.
                date.min,
            )
            if choice.key is not None:
                rows.append(
                    (
                        subject_id,
                        company.id,
                        purpose,
                        scope,
                        choice.status,
                        choice.key,
                    )
                )
        return rows

    @api.model
    def _refresh(self, subjects, company):
        """Make the rows of these persons agree with their events, set-based."""
        acts = self._get_acts(subjects, company)
        rows = [
            row
            for subject_id, their_acts in acts.items()
            for row in self._prepare_rows(subject_id, company, their_acts)
        ]
        self._upsert(rows)
        self._delete_stale(subjects, company, rows)
        self.invalidate_model()

    @api.model
    def _upsert(self, rows):
        """Insert or update rows; two transactions on one row make one retry."""
        if not rows:
            return
        values = SQL(", ").join(SQL("%s", row) for row in rows)
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO rgpd_consent (subject_id, company_id, purpose_code,
                    channel, status, event_id, moment, expires_on, purpose_id)
                SELECT v.subject_id, v.company_id, v.purpose_code, v.channel,
                       v.status, v.event_id, e.moment, e.expires_on,
                       (SELECT own.purpose_id FROM rgpd_consent_event own
                         WHERE own.subject_id = v.subject_id
                           AND own.company_id = v.company_id
                           AND own.purpose_code = v.purpose_code
                         ORDER BY own.id DESC LIMIT 1)
                  FROM (VALUES %s) v (subject_id, company_id, purpose_code, channel,
                       status, event_id)
                  JOIN rgpd_consent_event e ON e.id = v.event_id
                ON CONFLICT (subject_id, company_id, purpose_code, channel)
                DO UPDATE SET status = EXCLUDED.status, moment = EXCLUDED.moment,
                    expires_on = EXCLUDED.expires_on, event_id = EXCLUDED.event_id
                """,
                values,
            )
        )

    @api.model
    def _delete_stale(self, subjects, company, rows):
        """Remove the rows that no event supports."""
        # sudo: rgpd.consent - nobody may delete rows by hand
        stale = self.sudo().search(
            [("subject_id", "in", subjects.ids), ("company_id", "=", company.id)]
        )
        kept = {(row[0], row[2], row[3]) for row in rows}
        stale.filtered(
            lambda row: (row.subject_id.id, row.purpose_code, row.channel) not in kept
        ).unlink()

    @api.model
    def _rebuild(self, subjects=None):
        """Make the whole projection again from the events; return how many persons.

        Safe at any time; everyone when ``subjects`` is ``None``.
        """
        # sudo: rgpd.subject - the projection of everybody, whatever the user sees
        Subject = self.env["rgpd.subject"].sudo().with_context(active_test=False)
        if subjects is None:
            subjects = Subject.search([])  # pylint: disable=no-search-all
        done = 0
        for batch in split_every(BATCH, subjects.ids):
            for company in self.env["res.company"].sudo().search([]):  # pylint: disable=no-search-all
                self._refresh(Subject.browse(batch), company)
            done += len(batch)
        return done

    @api.model
    def action_rebuild(self):
        """Make the choices in force again from the history, and say how many changed.

        :raise AccessError: the user is not the DPO
        """
        if not self.env.user.has_group("rgpd_fichier_client.group_rgpd_dpo"):
            raise AccessError(self.env._("Only the DPO may do this."))
        before = self._read_rows()
        persons = self._rebuild()
        changed = len(before ^ self._read_rows())
        message = self.env._("%(persons)s persons read again.", persons=persons)
        if changed:
            message += " " + self.env._(
                "%(count)s rows did not match the history.", count=changed
            )
        else:
            message += " " + self.env._("Nothing had changed.")
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": message,
                "type": "warning" if changed else "success",
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    @api.model
    def _read_rows(self):
        """Return the rows as a set, to compare."""
        self.env.flush_all()
        return set(
            self.env.execute_query(
                SQL(
                    "SELECT subject_id, company_id, purpose_code, channel, status,"
                    " event_id FROM rgpd_consent"
                )
            )
        )

    # === CRON === #

    @api.model
    def _cron_expire(self):
        """Record the end of consents that are over, so that the history shows it.

        The gate does not wait for this: an end date counts by itself.
        """
        today = self.env["rgpd.consent.event"]._get_today()
        domain = [("status", "=", "given"), ("expires_on", "<", today)]
        cron = self.env["ir.cron"]
        remaining = self.search_count(domain)
        cron._commit_progress(remaining=remaining)
        while consents := self.search(domain, limit=CRON_BATCH):
            for consent in consents:
                consent._expire()
            if not cron._commit_progress(len(consents)):
                break

    def _expire(self):
        """Record the end of one consent."""
        self.ensure_one()
        self._record(
            self.subject_id,
            self.purpose_code,
            self.channel,
            "expired",
            method="end",
            collection_point="system",
            company=self.company_id,
            actor="system",
        )
