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
from .rgpd_reason_builder import LAST, PERSONS, REASONS, SUMS


class RgpdReasonBuilder(models.AbstractModel):
    """Makes the reasons of each purpose and of the holds from the last days."""

    _inherit = "rgpd.reason.builder"

    # === REASONS === #

    def _fill_reasons(self, subjects):
        """Make the reasons of all purposes and holds in one statement."""
        by_purpose = {}
        # sudo: rgpd.purpose - the rules in force, whoever refreshes
        for company in self.env["res.company"].sudo().search([]):  # pylint: disable=no-search-all
            purposes = self.env["rgpd.purpose"].sudo()._get_purposes(company)
            for purpose, rule in purposes._get_retention_rules(company).items():
                by_purpose.setdefault((purpose, rule), []).append(company)
        queries = self._get_hold_queries()
        consented = self._get_consented(subjects)
        for (purpose, rule), companies in by_purpose.items():
            if rule.needs_consent and rule.code not in consented:
                continue  # Everybody would be looked at, to find nobody
            condition = self._get_condition(rule, purpose, subjects)
            if condition is None:
                continue
            everybody = rule.trigger in (TRIGGER_ALL, TRIGGER_PROFESSIONAL)
            table = SUMS if everybody else LAST
            base = self._get_base(table, rule, companies, condition)
            queries.append(self._get_purpose_query(purpose, rule, base))
            base = self._get_base(LAST, rule, companies, condition)
            queries += [
                self._get_variant_query(purpose, rule, variant, base)
                for variant in rule.variants
            ]
        none = SQL(
            """SELECT 0 AS subject_id, 0 AS purpose_id, 0 AS company_id,
                      ''::varchar AS legal_basis, NULL::date AS date_start,
                      NULL::date AS date_active_end, NULL::date AS date_archive_end,
                      ''::varchar AS fact_kind, NULL::int AS hold_id,
                      NULL::int AS rule_id
                WHERE FALSE"""
        )
        self._create_table(REASONS, [none, *queries], ("subject_id", "purpose_id"))

    def _get_base(self, table, rule, companies, condition):
        """Return the start and the ends of a purpose, for whom it applies to."""
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
        return SQL(
            """%(table)s w
                  JOIN (VALUES %(fiscal)s) fy (company_id, month, day)
                       USING (company_id)
            CROSS JOIN LATERAL (SELECT (%(start)s)::date AS start) d1
            CROSS JOIN LATERAL (
                       SELECT (d1.start + %(active)s::interval)::date AS active_end) d2
            CROSS JOIN LATERAL (
                       SELECT GREATEST((d2.active_end + %(archive)s::interval)::date,
                                       %(electronic)s) AS archive_end) d3
                 WHERE %(condition)s""",
            table=table,
            fiscal=SQL(", ").join(map(self._get_fiscal_row, companies)),
            start=start,
            active=f"{rule.active_delay} {rule.active_unit}s",
            archive=f"{rule.archive_delay} {rule.archive_unit}s",
            electronic=electronic,
            condition=condition,
        )

    def _get_purpose_query(self, purpose, rule, base):
        return SQL(
            """
                SELECT w.subject_id, %(purpose)s, w.company_id, %(basis)s::varchar,
                       d1.start, d2.active_end, d3.archive_end,
                       CASE WHEN %(event)s IS NULL THEN 'collection'
                            ELSE %(kind)s END::varchar, NULL::int, NULL::int
                  FROM %(base)s
                """,
            purpose=purpose.id,
            basis=rule.legal_basis,
            event=self._get_event(rule),
            kind=rule.start_event,
            base=base,
        )

    def _get_variant_query(self, purpose, rule, variant, base):
        """Return what a rule about some data keeps longer than its purpose does.

        Where its event never happened, or where it ends within the reason of the
        purpose, there is nothing to add.
        """
        start = event = self._get_event(variant)
        if variant.start_event == "fiscal_year_end":
            start = self._get_fiscal_year_end(event)
        return SQL(
            """
                SELECT v.subject_id, %(purpose)s, v.company_id, %(basis)s::varchar,
                       v.start, e1.active_end, e2.archive_end, %(kind)s::varchar,
                       NULL::int, %(rule)s
                  FROM (SELECT w.subject_id, w.company_id, (%(start)s)::date AS start,
                               d2.active_end AS base_active_end,
                               d3.archive_end AS base_archive_end
                          FROM %(base)s AND %(event)s IS NOT NULL) v
            CROSS JOIN LATERAL (
                       SELECT (v.start + %(active)s::interval)::date AS active_end) e1
            CROSS JOIN LATERAL (SELECT (e1.active_end + %(archive)s::interval)::date
                                       AS archive_end) e2
                 WHERE %(wider)s OR e2.archive_end > v.base_archive_end
                       OR (%(has_active)s AND e1.active_end > v.base_active_end)
                """,
            purpose=purpose.id,
            basis=rule.legal_basis,
            kind=variant.start_event,
            rule=variant.key,
            start=start,
            base=base,
            event=event,
            active=f"{variant.active_delay} {variant.active_unit}s",
            archive=f"{variant.archive_delay} {variant.archive_unit}s",
            wider=not variant.categories <= rule.categories,
            has_active=bool(variant.active_delay),
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

    def _get_condition(self, rule, purpose, subjects):
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
            conditions.append(self._get_consent_sql(rule, subjects))
        if rule.is_prospecting:
            conditions.append(
                SQL("NOT (%s)", self._get_objection_sql(rule, purpose, subjects))
            )
        return SQL(" AND ").join(conditions) if conditions else SQL("TRUE")

    def _get_consented(self, subjects):
        """Return the codes of the purposes that one of the persons agreed to."""
        if "rgpd.consent" not in self.env:
            return set()
        query = SQL(
            """SELECT DISTINCT purpose_code FROM rgpd_consent
                WHERE status = 'given' AND %s""",
            self._get_only(SQL("subject_id"), subjects),
        )
        return {row[0] for row in self.env.execute_query(query)}

    def _get_consent_sql(self, rule, subjects):
        """Return whether a consent to the purpose is in force (art. 6.1.a)."""
        if "rgpd.consent" not in self.env:
            return SQL("FALSE")
        # Read once, whatever the planner believes: IS TRUE keeps it from a loop
        return SQL(
            """((w.subject_id, w.company_id) IN (
                    SELECT c.subject_id, c.company_id FROM rgpd_consent c
                     WHERE c.purpose_code = %(code)s AND c.status = 'given'
                       AND (c.expires_on IS NULL OR c.expires_on >= %(today)s)
                       AND %(only)s)) IS TRUE""",
            code=rule.code,
            today=self._today(),
            only=self._get_only(SQL("c.subject_id"), subjects),
        )

    def _get_objection_sql(self, rule, purpose, subjects):
        """Return whether the person objected to every way of using the purpose.

        Art. 21.3: data are no longer used for prospecting, so prospecting no longer
        keeps them. A consent given to the purpose afterwards takes it back.
        """
        if "rgpd.consent" not in self.env:
            return SQL("FALSE")
        channels = tuple(purpose._get_channels()) or ("all",)
        # Read once: few object, and everybody is asked about
        return SQL(
            """(w.subject_id, w.company_id) IN (
                   SELECT c.subject_id, c.company_id FROM rgpd_consent c
                    WHERE c.status = 'objected' AND c.purpose_code IN (%(code)s, '')
                      AND c.channel IN %(channels)s AND %(only)s
                    GROUP BY c.subject_id, c.company_id
                   HAVING count(DISTINCT c.channel) FILTER (WHERE c.channel <> 'all')
                          >= %(needed)s OR bool_or(c.channel = 'all'))
               AND NOT (%(consent)s)""",
            needed=len(channels),
            code=rule.code,
            channels=(*channels, "all"),
            only=self._get_only(SQL("c.subject_id"), subjects),
            consent=self._get_consent_sql(rule, subjects),
        )

    # === HOLDS === #

    def _get_hold_queries(self):
        """Return the reasons that holds make; they cover everything.

        The holds are found first (OFFSET 0): else the persons are read for each.
        """
        kinds_by_purpose = {}
        for kind, purpose in self.env["rgpd.hold"]._get_purposes_by_kind().items():
            kinds_by_purpose.setdefault(purpose, []).append(kind)
        return [
            SQL(
                """
                SELECT p.subject_id, %(purpose)s, h.company_id, %(basis)s::varchar,
                       min(h.date_start),
                       CASE WHEN bool_and(h.date_end IS NOT NULL)
                            THEN max(h.date_end) END,
                       CASE WHEN bool_and(h.date_end IS NOT NULL)
                            THEN max(h.date_end) END,
                       'hold'::varchar, max(h.id), NULL::int
                  FROM (SELECT a.*, TRUE AS is_partner FROM (%(holds)s OFFSET 0)
                               a (id, company_id, person_id, date_start, date_end)
                         UNION ALL
                        SELECT b.*, FALSE FROM (%(others)s OFFSET 0) b) h
                  JOIN (SELECT subject_id, res_id AS held_id, TRUE AS is_partner
                          FROM %(persons)s WHERE res_model = 'res.partner'
                         UNION ALL
                        SELECT subject_id, household_id, TRUE FROM %(persons)s
                         WHERE res_model = 'res.partner'
                               AND household_id <> res_id
                         UNION ALL
                        SELECT subject_id, subject_id, FALSE FROM %(persons)s
                         WHERE res_model <> 'res.partner') p
                       ON p.held_id = h.person_id AND p.is_partner = h.is_partner
                 GROUP BY p.subject_id, h.company_id
                """,
                purpose=purpose.id,
                basis=purpose.legal_basis,
                holds=self.env["rgpd.hold"]._get_person_query(kinds),
                others=self.env["rgpd.hold"]._get_subject_query(kinds),
                persons=PERSONS,
            )
            for purpose, kinds in kinds_by_purpose.items()
        ]
