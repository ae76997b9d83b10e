from odoo import api, fields, models
from odoo.tools import SQL

from ..register.rgpd_selection import LEGAL_BASES
from .selections import PHASES

TIMEZONE = "Europe/Paris"


def get_day_sql(moment):
    """Return the day it is in France at a moment in UTC.

    France is one or two hours ahead: most moments are of the same day there, and need
    no conversion, which takes longer than all else that is asked about a person.
    """
    return SQL(
        """CASE WHEN (%(moment)s)::time < '22:00' THEN (%(moment)s)::date
                ELSE (%(moment)s AT TIME ZONE 'UTC' AT TIME ZONE %(tz)s)::date END""",
        moment=moment,
        tz=TIMEZONE,
    )


class RgpdReason(models.Model):
    """Why one company may still keep the data of one person, and until when.

    Rows are computed from what happened (``rgpd.fact.source``) and the purposes; no
    user writes them. Ended reasons stay until the erasure, as explanation.
    """

    _name = "rgpd.reason"
    _description = "Reason to Keep"
    _order = "date_archive_end desc, id"
    _rec_name = "purpose_id"
    # Filled in bulk by SQL: nobody's name is worth keeping on a computed row.
    _log_access = False

    subject_id = fields.Many2one(
        "rgpd.subject",
        string="Person",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    purpose_id = fields.Many2one(
        "rgpd.purpose",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    rule_id = fields.Many2one(
        "rgpd.retention.rule",
        string="Special rule",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
        help="Rule of the register that keeps some data of this purpose longer than "
        "the purpose itself. Empty: the purpose.",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )
    legal_basis = fields.Selection(LEGAL_BASES, required=True, readonly=True)
    date_start = fields.Date(
        string="Counted from",
        required=True,
        readonly=True,
        help="Day of the latest event that starts the period.",
    )
    date_active_end = fields.Date(
        string="In use until",
        readonly=True,
        help="Last day of daily use; after it only the intermediate archive.",
    )
    date_archive_end = fields.Date(
        string="Kept until",
        readonly=True,
        help="Last day. Empty: no end is known, because of a hold.",
    )
    fact_kind = fields.Char(
        string="Starting event",
        readonly=True,
        help="Event the period is counted from.",
    )
    hold_id = fields.Many2one("rgpd.hold", readonly=True, ondelete="cascade")
    phase = fields.Selection(PHASES, compute="_compute_phase", search="_search_phase")

    _subject_purpose_rule_company_unique = models.UniqueIndex(
        "(subject_id, purpose_id, company_id, COALESCE(rule_id, 0))",
        "A person has one reason per purpose, special rule and company.",
    )
    _company_index = models.Index("(company_id, date_archive_end)")

    # === COMPUTE METHODS === #

    @api.depends("date_active_end", "date_archive_end")
    def _compute_phase(self):
        today = self._get_today()
        for reason in self:
            if not reason.date_active_end or today <= reason.date_active_end:
                reason.phase = "active"
            elif not reason.date_archive_end or today <= reason.date_archive_end:
                reason.phase = "archive"
            else:
                reason.phase = "expired"

    def _search_phase(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = self._get_today()
        live = fields.Domain("date_archive_end", "=", False) | fields.Domain(
            "date_archive_end", ">=", today
        )
        active = fields.Domain("date_active_end", "=", False) | fields.Domain(
            "date_active_end", ">=", today
        )
        domains = {"active": active, "archive": live & ~active, "expired": ~live}
        return fields.Domain.OR(domains[phase] for phase in value if phase in domains)

    def _field_to_sql(self, alias, field_expr, query=None):
        """Let the phase be grouped by: it is read from the two dates."""
        if field_expr != "phase":
            return super()._field_to_sql(alias, field_expr, query)
        today = self._get_today()
        return SQL(
            """CASE WHEN COALESCE(%(active)s >= %(today)s, TRUE) THEN 'active'
                    WHEN COALESCE(%(archive)s >= %(today)s, TRUE) THEN 'archive'
                    ELSE 'expired' END""",
            active=super()._field_to_sql(alias, "date_active_end", query),
            archive=super()._field_to_sql(alias, "date_archive_end", query),
            today=today,
        )

    @api.depends("purpose_id", "rule_id")
    def _compute_display_name(self):
        for reason in self:
            names = (reason.purpose_id.display_name, reason.rule_id.display_name)
            reason.display_name = " – ".join(filter(None, names))

    # === BUSINESS METHODS === #

    @api.model
    def _get_today(self):
        """Return the day it is in France: periods of the law count such days."""
        return fields.Date.context_today(self.with_context(tz=TIMEZONE))

    @api.model
    def _refresh(self, records=None):
        """Compute reasons, phases and next dates again, set-based.

        :param records: anchors (partners…); None means every person of the database
        :return: number of persons looked at

        Invariant 2: the stored next date is a lower bound; this is the check made
        when it has passed, or eagerly after a withdrawal, an objection, a
        cancellation, a lifted hold or a changed rule.
        """
        if records is None:
            # sudo: rgpd.subject - the side table of everybody
            self.env["rgpd.subject"].sudo()._refresh()
            return self._refresh_subjects(None)
        # sudo: rgpd.subject - side table of records the caller already holds
        subjects = self.env["rgpd.subject"].sudo()._of(records)
        return self._refresh_subjects(subjects)

    @api.model
    def _refresh_subjects(self, subjects=None):
        """Do the work of `_refresh` for subjects; None means all of them."""
        if subjects is not None and not subjects:
            return 0
        self.env.flush_all()
        count = self.env["rgpd.reason.builder"]._build(subjects)
        self.env["rgpd.reason"].invalidate_model(flush=False)
        self.env["rgpd.subject"].invalidate_model(flush=False)
        return count

    @api.model
    def _get_live_domain(self):
        """Return the domain of reasons that have not ended."""
        return fields.Domain("date_archive_end", "=", False) | fields.Domain(
            "date_archive_end", ">=", self._get_today()
        )

    @api.model
    def _get_kept(self, subjects):
        """Return what live reasons still cover, for the eraser and for people.

        :return: ``{subject_id: {category_code: [dict]}}`` with, in each dict,
            ``purpose_code``, ``purpose_id``, ``article``, ``basis``, ``end_date``
            (None: no end known), ``company_id`` and ``reason_id``; longest first.
            A category that is missing has no reason left.
        """
        # sudo: rgpd.reason - the reasons of every company count, whoever asks
        reasons = self.sudo().search(
            self._get_live_domain() & fields.Domain("subject_id", "in", subjects.ids)
        )
        every = None
        kept = {subject_id: {} for subject_id in subjects.ids}
        for reason in reasons.sorted(lambda r: r._get_sort_key(), reverse=True):
            covering = reason.rule_id or reason.purpose_id
            codes = covering.data_category_ids.mapped("code")
            if reason.hold_id:
                every = every or self.env["rgpd.data.category"].sudo().search([])  # pylint: disable=no-search-all
                codes = every.mapped("code")
            for code in codes:
                category = kept[reason.subject_id.id].setdefault(code, [])
                category.append(reason._prepare_kept())
        return kept

    def _get_sort_key(self):
        end = self.date_archive_end
        return (not end, end or self.date_start, self.id)

    def _get_explanation_line(self):
        """Say in one sentence what keeps the data, from when, until when, and why."""
        self.ensure_one()
        basis = dict(self._fields["legal_basis"]._description_selection(self.env))
        date = self.env["ir.qweb.field.date"]
        values = {
            "purpose": self.display_name,
            "basis": basis[self.legal_basis],
            "start": date.value_to_html(self.date_start, {}),
            "text": self.rule_id.retention_reference
            or self.purpose_id.retention_reference
            or self.purpose_id.legal_reference
            or "",
        }
        if not self.date_archive_end:
            return self.env._(
                "%(purpose)s (%(basis)s): since %(start)s, no end known – %(text)s",
                **values,
            )
        values["end"] = date.value_to_html(self.date_archive_end, {})
        if self.phase == "expired":
            return self.env._(
                "%(purpose)s (%(basis)s): counted from %(start)s, ended on %(end)s – "
                "%(text)s",
                **values,
            )
        return self.env._(
            "%(purpose)s (%(basis)s): counted from %(start)s, kept until %(end)s – "
            "%(text)s",
            **values,
        )

    def _prepare_kept(self):
        self.ensure_one()
        purpose = self.purpose_id
        return {
            "reason_id": self.id,
            "purpose_id": purpose.id,
            "purpose_code": purpose.code,
            "article": self.rule_id.retention_reference
            or purpose.retention_reference
            or purpose.legal_reference
            or "",
            "basis": self.legal_basis,
            "end_date": self.date_archive_end or None,
            "company_id": self.company_id.id,
        }

    @api.model
    def _get_due(self, company, limit=1000, approved=None):
        """Return the persons of a company whom nothing keeps any more.

        Rows locked by another worker are skipped (`SKIP LOCKED`), the others are
        locked until the end of the transaction. Two workers begin at the two ends:
        neighbours share orders, mailings and households, and would be in each other's
        way. Those whom any company still has a
        reason to keep are not due; nor those that concern a company outside
        ``approved`` (itself by default), because it decided nothing yet; nor those
        erased since their last reason ended. Whoever waited for another day comes after
        the others, in the order of the index: of those who still wait no row is looked
        at.

        :param company: whose persons: it collected them, or had a reason to keep them
        :param int limit: at most so many
        :param approved: companies that agreed to let persons go
        :rtype: rgpd.subject
        """
        rows = self.env.execute_query(
            SQL(
                """
                SELECT s.id FROM rgpd_subject s
                 WHERE %(due)s
                   AND (s.retention_company_id = %(company)s OR EXISTS (
                       SELECT 1 FROM rgpd_reason r
                        WHERE r.subject_id = s.id AND r.company_id = %(company)s))
                   AND s.retention_company_id IN %(approved)s
                   AND NOT EXISTS (
                       SELECT 1 FROM rgpd_reason r
                        WHERE r.subject_id = s.id
                          AND r.company_id NOT IN %(approved)s OFFSET 0)
                 ORDER BY COALESCE(s.retention_retry, '-infinity') %(direction)s,
                          s.id %(direction)s
                 LIMIT %(limit)s
                   FOR UPDATE OF s SKIP LOCKED
                """,
                direction=self._get_direction_sql(company),
                due=self._get_due_sql(),
                company=company.id,
                approved=tuple((approved or company).ids),
                limit=limit,
            )
        )
        return self.env["rgpd.subject"].browse(row[0] for row in rows)

    @api.model
    def _get_direction_sql(self, company):
        """Return at which end to begin: the other one if somebody is at the first."""
        query = SQL(
            "SELECT pg_try_advisory_xact_lock(hashtext(%s), %s)",
            self._name,
            company.id,
        )
        return SQL("ASC" if self.env.execute_query(query)[0][0] else "DESC")

    @api.model
    def _get_due_sql(self, today=None):
        """Return the condition on subject ``s``: nothing keeps it on a day.

        Asked person by person (OFFSET 0): else all reasons are read for each batch.
        """
        today = today or self._get_today()
        return SQL(
            """s.phase = 'expired' AND s.active
               AND COALESCE(s.retention_retry, '-infinity') <= %(today)s
               AND NOT EXISTS (
                   SELECT 1 FROM rgpd_reason r
                    WHERE r.subject_id = s.id
                      AND (r.date_archive_end IS NULL
                           OR r.date_archive_end >= %(today)s) OFFSET 0)""",
            today=today,
        )
