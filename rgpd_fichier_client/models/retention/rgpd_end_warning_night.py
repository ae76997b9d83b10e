import logging

from markupsafe import Markup, escape

from odoo import api, fields, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL, format_date

from ...core.retention import warning as core

_logger = logging.getLogger(__name__)

PERSONS_PER_BATCH = 100


class RgpdEndWarning(models.Model):
    """The job that warns: the salesperson, and once the person if the company wants."""

    _inherit = "rgpd.end.warning"

    # === CRON === #

    @api.model
    def _cron_warn(self):
        """Warn of the persons who leave soon; commits after each batch.

        Only for companies whose DPO approved a simulation: before that nobody leaves,
        and a message that announces an erasure would be untrue (invariant 3).
        """
        cron = self.env["ir.cron"]
        self._close_past()
        approved = self.env["rgpd.simulation"]._get_valid().company_id
        companies = approved.filtered(lambda c: c.rgpd_warning_days > 0)
        counts = [self._count_coming(company, approved) for company in companies]
        cron._commit_progress(remaining=sum(counts))
        for company in companies:
            while subjects := self._get_coming(company, approved):
                self._warn(subjects, company, approved)
                if not cron._commit_progress(len(subjects)):
                    return

    @api.model
    def _warn(self, subjects, company, approved):
        """Write the rows of a batch, then tell who is to be told."""
        # The stored date is a lower bound: an order of yesterday postpones it
        self.env["rgpd.reason"]._refresh_subjects(subjects)
        warnings = self._insert(subjects, company, approved)
        for warning in warnings:
            try:
                with self.env.cr.savepoint():
                    warning._tell()
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                raise
            except Exception as error:  # noqa: BLE001  # one person stops nobody else
                _logger.warning(
                    "warning %s could not be given: %s",
                    warning.id,
                    type(error).__name__,
                )
                warning.invalidate_recordset()
                warning.refusal_code = "failed"
        self.env["rgpd.journal"]._record_many(
            "retention.warned",
            [
                (
                    warning.subject_id,
                    {
                        "warning": warning.id,
                        "day": fields.Date.to_string(warning.date_end),
                        "asked": bool(warning.date_asked),
                    },
                )
                for warning in warnings
            ],
            company,
        )

    def _tell(self):
        self.ensure_one()
        self._warn_salesperson()
        self._ask_person()

    # === WHO LEAVES === #

    @api.model
    def _get_coming(self, company, approved):
        """Return persons to warn of, locked until the end of the transaction."""
        rows = self.env.execute_query(
            SQL(
                """SELECT s.id FROM rgpd_subject s WHERE %s
                    ORDER BY s.date_next, s.id LIMIT %s FOR UPDATE OF s SKIP LOCKED""",
                self._get_coming_sql(company, approved),
                PERSONS_PER_BATCH,
            )
        )
        # sudo: rgpd.subject - side table of persons, for the job
        return self.env["rgpd.subject"].sudo().browse(row[0] for row in rows)

    @api.model
    def _count_coming(self, company, approved):
        query = SQL(
            "SELECT count(*) FROM rgpd_subject s WHERE %s",
            self._get_coming_sql(company, approved),
        )
        return self.env.execute_query(query)[0][0]

    @api.model
    def _get_coming_sql(self, company, approved):
        """Return the condition on subject ``s``: leaves soon, not announced yet.

        The reasons of this company are among those that end last, and every company
        concerned agreed to let persons go.
        """
        today = self.env["rgpd.reason"]._get_today()
        return SQL(
            """
            s.phase = 'active' AND s.active
            AND s.date_next BETWEEN %(today)s AND %(last)s
            AND (s.erased_on IS NULL OR s.date_last_contact > s.erased_on::date)
            AND s.retention_company_id IN %(approved)s
            AND EXISTS (SELECT 1 FROM rgpd_reason r
                         WHERE r.subject_id = s.id AND r.company_id = %(company)s
                           AND r.date_active_end = s.date_next)
            AND NOT EXISTS (SELECT 1 FROM rgpd_reason r
                             WHERE r.subject_id = s.id
                               AND r.company_id NOT IN %(approved)s)
            AND NOT EXISTS (SELECT 1 FROM rgpd_end_warning w
                             WHERE w.subject_id = s.id AND w.company_id = %(company)s
                               AND w.date_end = s.date_next)
            AND NOT %(request)s
            """,
            today=today,
            last=fields.Date.add(today, days=company.rgpd_warning_days),
            company=company.id,
            approved=tuple(approved.ids),
            request=self.env["rgpd.reason"]._get_open_request_sql(),
        )

    @api.model
    def _insert(self, subjects, company, approved):
        """Write one row per person still concerned; return the new rows."""
        rows = self.env.execute_query(
            SQL(
                """
                INSERT INTO rgpd_end_warning (subject_id, company_id, date_end,
                       date_warned, fate, state)
                SELECT s.id, %(company)s, s.date_next, %(today)s,
                       CASE WHEN s.date_retention IS NULL
                                 OR s.date_retention > s.date_next THEN %(archive)s
                            WHEN p.end_action IN ('review', 'archive') THEN %(review)s
                            ELSE %(erase)s END,
                       'warned'
                  FROM rgpd_subject s
             LEFT JOIN rgpd_purpose p ON p.id = s.last_purpose_id
                 WHERE s.id = ANY(%(ids)s) AND %(coming)s
                    ON CONFLICT DO NOTHING
             RETURNING id
                """,
                company=company.id,
                today=self.env["rgpd.reason"]._get_today(),
                archive=core.ARCHIVE,
                review=core.REVIEW,
                erase=core.ERASE,
                ids=list(subjects.ids),
                coming=self._get_coming_sql(company, approved),
            )
        )
        return self.browse(row[0] for row in rows)

    @api.model
    def _close_past(self):
        """Close the rows whose term has passed, or moved because something happened."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                UPDATE rgpd_end_warning w
                   SET state = CASE WHEN s.phase = 'active' AND s.date_next > w.date_end
                                    THEN 'postponed' ELSE 'ended' END
                  FROM rgpd_subject s
                 WHERE s.id = w.subject_id AND w.state IN ('warned', 'asked')
                   AND ((s.phase = 'active'
                         AND (s.date_next IS NULL OR s.date_next > w.date_end))
                        OR w.date_end < %s OR s.phase IS DISTINCT FROM 'active')
             RETURNING w.id
                """,
                self.env["rgpd.reason"]._get_today(),
            )
        )
        closed = self.browse(row[0] for row in rows)
        closed.invalidate_recordset()
        closed._close_activity()

    # === THE SALESPERSON === #

    def _warn_salesperson(self):
        """Put one task on the list of the salesperson, with the date and why."""
        self.ensure_one()
        record = self._get_record()
        user = self._get_salesperson(record)
        if not user:
            return
        subject = self.subject_id.with_context(
            lang=user.lang, allowed_company_ids=self.company_id.ids
        )
        lines = subject._get_explanation_text().splitlines()
        speaker = self.with_context(lang=user.lang)
        # Quiet: hundreds of persons a night are a list to work on, not mails
        activity = record.with_context(mail_activity_quick_update=True)
        self.activity_id = activity.activity_schedule(
            "mail.mail_activity_data_todo",
            date_deadline=self.date_end,
            user_id=user.id,
            summary=speaker._get_activity_summary(),
            note=Markup("<p>%s</p><p>%s</p>")
            % (
                speaker._get_activity_text(),
                Markup("<br/>").join(escape(line) for line in lines),
            ),
        )
        self.user_id = user

    def _get_record(self):
        """Return the record of the person, with all rights; empty when it is gone."""
        subject = self.subject_id.sudo()  # sudo: rgpd.subject - for the job
        record = subject._records().get(subject.res_model)
        return record.exists() if record else self.env["res.partner"]

    @api.model
    def _get_salesperson(self, record):
        """Return who looks after a person and may read them; none otherwise.

        Hook: glue add-ons know others.
        """
        users = self.env["res.users"]
        if not record or "activity_ids" not in record._fields:
            return users
        if "user_id" in record._fields:
            users = record.user_id
        if not users and record._name == "res.partner":
            users = record.commercial_partner_id.user_id
        return users.filtered(
            lambda user: (
                user.active
                and not user.share
                and record.with_user(user).has_access("read")
            )
        )

    def _get_activity_summary(self):
        day = format_date(self.env, self.date_end)
        if self.fate == core.ARCHIVE:
            return self.env._("Leaves the daily file after %(day)s", day=day)
        if self.fate == core.REVIEW:
            return self.env._("To be reviewed by the DPO after %(day)s", day=day)
        return self.env._("Will be erased after %(day)s", day=day)

    def _get_activity_text(self):
        if self.fate == core.ARCHIVE:
            return self.env._(
                "Nothing keeps this person in daily use any more: the data go to the "
                "intermediate archive, which you cannot see. A contact that comes "
                "from the person (an order, a question) keeps them; a mail of yours "
                "does not."
            )
        return self.env._(
            "The last reason to keep this person ends. A contact that comes from the "
            "person (an order, a question) keeps them; a mail of yours does not."
        )

    # === THE PERSON === #

    def _ask_person(self):
        """Send the one message that asks whether to stay in touch, if allowed."""
        self.ensure_one()
        subject = self.subject_id.sudo()  # sudo: rgpd.subject - for the job
        code = core.refusal_to_ask(
            # sudo: res.company - the setting of the controller
            is_wanted=self.company_id.sudo().rgpd_stay_question,
            fate=self.fate,
            today=self.env["rgpd.reason"]._get_today(),
            end=self.date_end,
            asked_on=self._get_last_asked(),
            last_contact=subject.date_last_contact or None,
        )
        verdict = None
        if not code:
            verdict = self._check_contact()
            if not verdict["allowed"]:
                code = verdict["code"]
        if not code and not self._send_question(verdict["purpose"]):
            code = "failed"
        if code:
            self.refusal_code = code
        else:
            self.write({"state": "asked", "date_asked": fields.Datetime.now()})

    def _get_last_asked(self):
        """Return the day this company last asked the person, None if it never did."""
        last = self.search(
            [
                ("subject_id", "=", self.subject_id.id),
                ("company_id", "=", self.company_id.id),
                ("date_asked", "!=", False),
            ],
            order="date_asked DESC",
            limit=1,
        )
        return last.date_asked.date() if last else None

    def _check_contact(self):
        """Ask the contact check whether offers by e-mail may reach the person.

        The message announces an erasure, but what it asks is whether the person wants
        to hear from the company: it goes to those only whom offers may still reach
        (L. 34-5 CPCE, Art. 21 GDPR), for a purpose that keeps the person today.
        """
        record = self._get_record()
        refused = {"allowed": False, "code": "no_purpose"}
        codes = self._get_offer_purposes()
        if not record or not codes:
            return refused
        verdicts = self.env["rgpd.contact.gate"]._check_any(
            record, codes, "email", self.company_id
        )
        return verdicts.get(record.id, refused)

    def _get_offer_purposes(self):
        """Return the codes of the purposes of e-mail offers that keep the person."""
        # sudo: rgpd.reason - those of the controller, for the job
        reasons = self.subject_id.sudo().reason_ids.filtered(
            lambda reason: (
                reason.company_id == self.company_id and reason.phase == "active"
            )
        )
        purposes = reasons.purpose_id.filtered(
            lambda purpose: (
                purpose.is_prospecting and "email" in purpose._get_channels()
            )
        )
        return purposes.mapped("code")

    def _send_question(self, purpose_code):
        """Send the message; return whether it could be prepared.

        Hook: letters to persons are known to a lower topic.

        :param str purpose_code: purpose under which the person may be contacted
        """
        return False
