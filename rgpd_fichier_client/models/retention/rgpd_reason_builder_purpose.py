from odoo import models
from odoo.tools import SQL

from ...core.retention.facts import CUSTOMER
from ...core.retention.rules import (
    TRIGGER_ALL,
    TRIGGER_CUSTOMER,
    TRIGGER_HOLD,
    TRIGGER_NONE,
    TRIGGER_PROFESSIONAL,
)
from .rgpd_reason_builder import PERSONS, REASONS, SUMS


class RgpdReasonBuilder(models.AbstractModel):
    """Makes the reasons of each purpose and of the holds from the last days."""

    _inherit = "rgpd.reason.builder"

    # === REASONS === #

    def _fill_reasons(self):
        """Add the reasons of each purpose, one statement per purpose."""
        by_purpose = {}
        # sudo: rgpd.purpose - the rules in force, whoever refreshes
        for company in self.env["res.company"].sudo().search([]):  # pylint: disable=no-search-all
            purposes = self.env["rgpd.purpose"].sudo()._get_purposes(company)
            for purpose, rule in purposes._get_retention_rules(company).items():
                by_purpose.setdefault((purpose, rule), []).append(company)
        for (purpose, rule), companies in by_purpose.items():
            condition = self._get_condition(rule, purpose)
            if condition is not None:
                self._fill_purpose(purpose, rule, companies, condition)
                if rule.variants:
                    # Read again below: the planner must know how long it has become
                    self.env.cr.execute(SQL("ANALYZE %s", REASONS))
                for variant in rule.variants:
                    self._fill_variant(purpose, rule, variant, companies)

    def _fill_purpose(self, purpose, rule, companies, condition):
        start = self._get_start(rule)
        if rule.start_event == "fiscal_year_end":
            start = self._get_fiscal_year_end(start)
        electronic = SQL("NULL::date")
        if rule.electronic_years:
            electronic = SQL(
                """CASE WHEN NOT w.is_professional
                        THEN (w.last_electronic + %s::interval)::date END""",
                f"{rule.electronic_years} years",
            )
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO %(reasons)s
                SELECT w.subject_id, %(purpose)s, w.company_id, %(basis)s,
                       d1.start, d2.active_end,
                       GREATEST((d2.active_end + %(archive)s::interval)::date,
                                %(electronic)s),
                       CASE WHEN %(event)s IS NULL THEN 'collection'
                            ELSE %(kind)s END, NULL, NULL
                  FROM %(sums)s w
                  JOIN (VALUES %(fiscal)s) fy (company_id, month, day)
                       USING (company_id)
            CROSS JOIN LATERAL (SELECT (%(start)s)::date AS start) d1
            CROSS JOIN LATERAL (
                       SELECT (d1.start + %(active)s::interval)::date AS active_end) d2
                 WHERE %(condition)s
                """,
                reasons=REASONS,
                purpose=purpose.id,
                basis=rule.legal_basis,
                archive=f"{rule.archive_delay} {rule.archive_unit}s",
                electronic=electronic,
                event=self._get_event(rule),
                kind=rule.start_event,
                sums=SUMS,
                fiscal=SQL(", ").join(map(self._get_fiscal_row, companies)),
                start=start,
                active=f"{rule.active_delay} {rule.active_unit}s",
                condition=condition,
            )
        )

    def _fill_variant(self, purpose, rule, variant, companies):
        """Add what a rule about some data keeps longer than its purpose does.

        Where its event never happened, or where it ends within the reason of the
        purpose, there is nothing to add.
        """
        start = event = self._get_event(variant)
        if variant.start_event == "fiscal_year_end":
            start = self._get_fiscal_year_end(event)
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO %(reasons)s
                SELECT r.subject_id, r.purpose_id, r.company_id, r.legal_basis,
                       d1.start, d2.active_end, d3.archive_end, %(kind)s, NULL,
                       %(rule)s
                  FROM %(reasons)s r
                  JOIN %(sums)s w USING (subject_id, company_id)
                  JOIN (VALUES %(fiscal)s) fy (company_id, month, day)
                       USING (company_id)
            CROSS JOIN LATERAL (SELECT (%(start)s)::date AS start) d1
            CROSS JOIN LATERAL (
                       SELECT (d1.start + %(active)s::interval)::date AS active_end) d2
            CROSS JOIN LATERAL (SELECT (d2.active_end + %(archive)s::interval)::date
                                       AS archive_end) d3
                 WHERE r.purpose_id = %(purpose)s AND r.rule_id IS NULL
                   AND %(event)s IS NOT NULL
                   AND (%(wider)s OR d3.archive_end > r.date_archive_end
                        OR (%(has_active)s AND d2.active_end > r.date_active_end))
                """,
                reasons=REASONS,
                kind=variant.start_event,
                rule=variant.key,
                sums=SUMS,
                fiscal=SQL(", ").join(map(self._get_fiscal_row, companies)),
                start=start,
                active=f"{variant.active_delay} {variant.active_unit}s",
                archive=f"{variant.archive_delay} {variant.archive_unit}s",
                purpose=purpose.id,
                event=event,
                wider=not variant.categories <= rule.categories,
                has_active=bool(variant.active_delay),
            )
        )

    def _get_event(self, rule):
        """Return the last event a rule counts from, NULL when there was none."""
        columns = []
        for kind in rule.start_kinds:
            if kind == "last_contact":
                columns += [SQL("w.last_inbound"), SQL("w.last_employer")]
            else:
                columns.append(SQL.identifier("w", f"last_{kind}"))
        if not columns:
            return SQL("NULL::date")
        return SQL("GREATEST(%s)", SQL(", ").join(columns))

    def _get_start(self, rule):
        return SQL("COALESCE(%s, w.last_collection)", self._get_event(rule))

    def _get_fiscal_row(self, company):
        month = int(company.fiscalyear_last_month or 12)
        return SQL("(%s, %s, %s)", company.id, month, company.fiscalyear_last_day or 31)

    def _get_fiscal_year_end(self, day):
        """Return the closing day of the financial year that holds a day."""
        closing = SQL(
            """LEAST(make_date(y, fy.month, 1) + CASE
                     WHEN fy.month = 2 AND fy.day >= 28 THEN 30 ELSE fy.day - 1 END,
                     (make_date(y, fy.month, 1) + interval '1 month - 1 day')::date)"""
        )
        return SQL(
            """(SELECT min(%(closing)s) FILTER (WHERE %(closing)s >= %(day)s)
                  FROM generate_series(extract(year FROM %(day)s)::int,
                                       extract(year FROM %(day)s)::int + 1) y)""",
            closing=closing,
            day=day,
        )

    def _get_condition(self, rule, purpose):
        """Return when a rule applies; None for those that never keep anybody."""
        trigger = rule.trigger
        if trigger in (TRIGGER_NONE, TRIGGER_HOLD):
            return None
        conditions = []
        if trigger == TRIGGER_CUSTOMER:
            kinds = [SQL.identifier("w", f"last_{kind}") for kind in CUSTOMER]
            conditions.append(SQL("COALESCE(%s) IS NOT NULL", SQL(", ").join(kinds)))
        elif trigger == TRIGGER_PROFESSIONAL:
            conditions.append(SQL("w.is_professional"))
        elif trigger != TRIGGER_ALL:
            column = SQL.identifier("w", f"last_{trigger}")
            conditions.append(SQL("%s IS NOT NULL", column))
        if rule.needs_consent:
            conditions.append(self._get_consent_sql(rule))
        if rule.is_prospecting:
            conditions.append(SQL("NOT (%s)", self._get_objection_sql(rule, purpose)))
        return SQL(" AND ").join(conditions) if conditions else SQL("TRUE")

    def _get_consent_sql(self, rule):
        """Return whether a consent to the purpose is in force (art. 6.1.a)."""
        if "rgpd.consent" not in self.env:
            return SQL("FALSE")
        return SQL(
            """EXISTS (SELECT 1 FROM rgpd_consent c
                        WHERE c.subject_id = w.subject_id
                          AND c.company_id = w.company_id
                          AND c.purpose_code = %s AND c.status = 'given'
                          AND (c.expires_on IS NULL OR c.expires_on >= %s))""",
            rule.code,
            self.env["rgpd.reason"]._get_today(),
        )

    def _get_objection_sql(self, rule, purpose):
        """Return whether the person objected to every way of using the purpose.

        Art. 21.3: data are no longer used for prospecting, so prospecting no longer
        keeps them. A consent given to the purpose afterwards takes it back.
        """
        if "rgpd.consent" not in self.env:
            return SQL("FALSE")
        channels = tuple(purpose._get_channels()) or ("all",)
        return SQL(
            """(SELECT count(DISTINCT c.channel) FILTER (WHERE c.channel <> 'all')
                       >= %(needed)s OR bool_or(c.channel = 'all')
                  FROM rgpd_consent c
                 WHERE c.subject_id = w.subject_id AND c.company_id = w.company_id
                   AND c.status = 'objected' AND c.purpose_code IN (%(code)s, '')
                   AND c.channel IN %(channels)s) IS TRUE
               AND NOT %(consent)s""",
            needed=len(channels),
            code=rule.code,
            channels=(*channels, "all"),
            consent=self._get_consent_sql(rule),
        )

    # === HOLDS === #

    def _fill_holds(self):
        """Add the reasons that holds make; they cover everything."""
        kinds_by_purpose = {}
        for kind, purpose in self.env["rgpd.hold"]._get_purposes_by_kind().items():
            kinds_by_purpose.setdefault(purpose, []).append(kind)
        for purpose, kinds in kinds_by_purpose.items():
            self.env.cr.execute(
                SQL(
                    """
                    INSERT INTO %(reasons)s
                    SELECT p.subject_id, %(purpose)s, h.company_id, %(basis)s,
                           min(h.date_start),
                           CASE WHEN bool_and(h.date_end IS NOT NULL)
                                THEN max(h.date_end) END,
                           CASE WHEN bool_and(h.date_end IS NOT NULL)
                                THEN max(h.date_end) END,
                           'hold', max(h.id), NULL
                      FROM (%(holds)s) h
                      JOIN %(persons)s p ON p.res_model = 'res.partner'
                           AND (p.res_id = h.partner_id
                                OR p.household_id = h.partner_id)
                     GROUP BY p.subject_id, h.company_id
                    """,
                    reasons=REASONS,
                    purpose=purpose.id,
                    basis=purpose.legal_basis,
                    holds=self.env["rgpd.hold"]._get_person_query(kinds),
                    persons=PERSONS,
                )
            )
