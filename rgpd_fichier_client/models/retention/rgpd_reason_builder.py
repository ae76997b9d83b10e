from odoo import models
from odoo.tools import SQL

from ...core.retention.facts import CUSTOMER, FUTURE
from ...core.retention.rules import (
    TRIGGER_ALL,
    TRIGGER_CUSTOMER,
    TRIGGER_HOLD,
    TRIGGER_NONE,
    TRIGGER_PROFESSIONAL,
)
from .rgpd_reason import TIMEZONE

PERSONS = SQL.identifier("rgpd_tmp_person")
FACTS = SQL.identifier("rgpd_tmp_fact")
SUMS = SQL.identifier("rgpd_tmp_sum")
REASONS = SQL.identifier("rgpd_tmp_reason")
CHANGES = SQL.identifier("rgpd_tmp_change")
PHASES = SQL.identifier("rgpd_tmp_phase")
NEW_PHASE = SQL(
    """k.phase, k.date_next, k.date_retention, k.date_last_contact, main.legal_basis,
       (k.latest %% 10000000)::int, k.company_id"""
)
KINDS = (
    "contact",
    "quotation",
    "order",
    "delivery",
    "invoice",
    "payment",
    "login",
    "claim",
    "click",
    "electronic",
    "employer",
)


class RgpdReasonBuilder(models.AbstractModel):
    """Computes the reasons of everybody, or of some, in a handful of statements.

    The conditions are those of ``core.retention`` (a test compares the two): persons,
    then their facts, then one row of last days per person and company, then one
    statement per purpose, then the difference with what is stored.
    """

    _name = "rgpd.reason.builder"
    _description = "Builder of reasons to keep"

    def _build(self, subjects=None):
        """Bring ``rgpd_reason`` and the subjects up to date; return how many."""
        if subjects is None:
            self.env["rgpd.subject"]._take_memory()
        self._create_tables()
        count = self._fill_persons(subjects)
        self.env["rgpd.fact.collector"]._collect(FACTS, self._get_persons(subjects))
        self._sum_up()
        self._fill_reasons()
        self._fill_holds()
        self._store_reasons(subjects)
        self._store_subjects(subjects)
        return count

    # === PERSONS === #

    def _create_tables(self):
        # Temporary tables of the transaction; a second refresh in it starts again.
        for table in (PERSONS, FACTS, SUMS, REASONS, CHANGES, PHASES):
            self.env.cr.execute(SQL("DROP TABLE IF EXISTS pg_temp.%s", table))
        self.env.cr.execute(
            SQL(
                """
                CREATE TEMPORARY TABLE %s (
                    subject_id int, res_model varchar, res_id int, company_id int,
                    collected date, is_professional boolean, household_id int,
                    erased date
                ) ON COMMIT DROP
                """,
                PERSONS,
            )
        )
        self.env.cr.execute(
            SQL(
                """
                CREATE TEMPORARY TABLE %s (
                    res_model varchar, res_id int, company_id int, kind varchar,
                    is_inbound boolean, day date
                ) ON COMMIT DROP
                """,
                FACTS,
            )
        )
        self.env.cr.execute(
            SQL(
                """
                CREATE TEMPORARY TABLE %s (
                    subject_id int, purpose_id int, company_id int,
                    legal_basis varchar, date_start date, date_active_end date,
                    date_archive_end date, fact_kind varchar, hold_id int,
                    rule_id int
                ) ON COMMIT DROP
                """,
                REASONS,
            )
        )

    def _fill_persons(self, subjects):
        """List the persons of the customer file with what the rules ask of them."""
        count = 0
        # sudo: res.company - the first company stands in when none is known
        main = self.env["res.company"].sudo().search([], order="id", limit=1)
        for model in self.env["rgpd.fact.collector"]._get_anchor_models():
            only = SQL("TRUE")
            if subjects is not None:
                only = SQL("s.id = ANY(%s)", list(subjects.ids))
            self.env.cr.execute(
                SQL(
                    """
                    INSERT INTO %(persons)s
                    SELECT s.id, s.res_model, s.res_id,
                           COALESCE(s.company_id, creator.company_id, %(main)s),
                           (COALESCE(a.create_date, s.create_date)
                            AT TIME ZONE 'UTC' AT TIME ZONE %(tz)s)::date,
                           %(professional)s, %(household)s, %(erased)s
                      FROM rgpd_subject s
                      JOIN %(anchor)s a ON a.id = s.res_id
                 LEFT JOIN res_users creator ON creator.id = a.create_uid
                     WHERE s.res_model = %(model)s AND %(only)s AND %(scope)s
                    """,
                    persons=PERSONS,
                    main=main.id,
                    tz=TIMEZONE,
                    professional=self._get_professional_sql(model),
                    household=SQL("a.commercial_partner_id")
                    if model == "res.partner"
                    else SQL("NULL::int"),
                    anchor=SQL.identifier(self.env[model]._table),
                    model=model,
                    erased=SQL("s.erased_on::date")
                    if "erased_on" in self.env["rgpd.subject"]._fields
                    else SQL("NULL::date"),
                    only=only,
                    scope=self._get_scope_sql(),
                )
            )
            count += self.env.cr.rowcount
        self.env.cr.execute(SQL("ANALYZE %s", PERSONS))
        return count

    def _get_scope_sql(self):
        """Return the condition on subjects ``s`` whose data have a retention."""
        return SQL("s.active AND s.is_natural AND s.is_in_file")

    def _get_professional_sql(self, model):
        """Return whether anchor ``a`` is addressed in their trade.

        Hook: glue add-ons say it for their anchors.
        """
        if model == "res.partner":
            return SQL(
                """(a.is_company IS TRUE OR COALESCE(a.vat, '') <> ''
                    OR (a.commercial_partner_id <> a.id
                        AND EXISTS (SELECT 1 FROM res_partner e
                                     WHERE e.id = a.commercial_partner_id
                                       AND e.is_company)))"""
            )
        return SQL("FALSE")

    def _get_persons(self, subjects):
        """Return the ids of anchors whose facts matter for these subjects.

        Those of the household or employer too: an order delivered to the address of
        somebody is theirs, a contact lives as long as the customer they work for.
        """
        if subjects is None:
            return None
        persons = {}
        for model, some in subjects.grouped("res_model").items():
            persons[model] = set(some.mapped("res_id"))
        if persons.get("res.partner"):
            rows = self.env.execute_query(
                SQL(
                    """SELECT id FROM res_partner
                        WHERE commercial_partner_id IN (
                            SELECT commercial_partner_id FROM res_partner
                             WHERE id = ANY(%s))""",
                    list(persons["res.partner"]),
                )
            )
            persons["res.partner"].update(row[0] for row in rows)
        return persons

    # === FACTS === #

    def _sum_up(self):
        """Make one row of last days per person and company."""
        self.env.cr.execute(SQL("ANALYZE %s", FACTS))
        today = self.env["rgpd.reason"]._get_today()
        found = self.env.execute_query(SQL("SELECT DISTINCT kind FROM %s", FACTS))
        # Only what happened here is looked for; the mapping makes the employer
        kinds = {row[0] for row in found} | {"employer"}
        columns = [
            SQL(
                "%s AS %s",
                SQL("max(day) FILTER (WHERE kind = %s)", kind)
                if kind in kinds
                else SQL("NULL::date"),
                SQL.identifier(f"last_{kind}"),
            )
            for kind in KINDS
        ]
        self.env.cr.execute(
            SQL(
                """
                CREATE TEMPORARY TABLE %(sums)s ON COMMIT DROP AS
                SELECT p.subject_id, k.company_id, p.is_professional,
                       LEAST(p.collected, %(today)s) AS last_collection, %(names)s
                  FROM %(persons)s p
                  JOIN (SELECT subject_id, company_id,
                               max(day) FILTER (WHERE is_inbound) AS last_inbound,
                               %(columns)s
                          FROM (SELECT subject_id, company_id, kind, is_inbound,
                                       CASE WHEN kind IN %(future)s THEN day
                                            ELSE LEAST(day, %(today)s) END AS day
                                  FROM (%(facts)s) f0) f1
                         GROUP BY subject_id, company_id) k USING (subject_id)
                """,
                sums=SUMS,
                today=today,
                persons=PERSONS,
                names=SQL(", ").join(
                    SQL.identifier(f"last_{kind}") for kind in ("inbound", *KINDS)
                ),
                columns=SQL(", ").join(columns),
                future=FUTURE,
                facts=self._get_mapped_facts(),
            )
        )
        self.env.cr.execute(SQL("ANALYZE %s", SUMS))

    def _get_mapped_facts(self):
        """Return facts per subject: own, of their addresses, of their employer.

        A fact without company belongs to the company that collected the person.
        """
        return SQL(
            """
            SELECT subject_id, company_id, NULL::varchar AS kind,
                   FALSE AS is_inbound, NULL::date AS day FROM %(persons)s
             UNION ALL
            SELECT p.subject_id, COALESCE(f.company_id, p.company_id), f.kind,
                   f.is_inbound, f.day
              FROM %(facts)s f JOIN %(persons)s p USING (res_model, res_id)
             UNION ALL
            SELECT p.subject_id, COALESCE(f.company_id, p.company_id), f.kind,
                   f.is_inbound, f.day
              FROM %(facts)s f
              JOIN res_partner child ON child.id = f.res_id
                   AND child.commercial_partner_id <> child.id
              JOIN %(persons)s p ON p.res_model = 'res.partner'
                   AND p.res_id = child.commercial_partner_id
             WHERE f.res_model = 'res.partner'
             UNION ALL
            SELECT p.subject_id, COALESCE(e.company_id, p.company_id), 'employer',
                   FALSE, e.day
              FROM %(persons)s p
              JOIN (SELECT other.commercial_partner_id, f.company_id,
                           max(f.day) AS day
                      FROM %(facts)s f
                      JOIN res_partner other ON other.id = f.res_id
                     WHERE f.res_model = 'res.partner' AND f.kind IN %(customer)s
                     GROUP BY 1, 2) e ON e.commercial_partner_id = p.household_id
             WHERE p.res_model = 'res.partner' AND p.household_id <> p.res_id
            """,
            persons=PERSONS,
            facts=FACTS,
            customer=CUSTOMER,
        )

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

    # === STORING THE DIFFERENCE === #

    def _store_reasons(self, subjects):
        """Remove the reasons that are gone, add or correct the others.

        Compared first: of most persons nothing changed since the last refresh, and
        their rows are neither written nor locked.
        """
        cr = self.env.cr
        cr.execute(SQL("ANALYZE %s", REASONS))
        only = SQL("TRUE")
        if subjects is not None:
            only = SQL("subject_id = ANY(%s)", list(subjects.ids))
        columns = (
            "legal_basis",
            "date_start",
            "date_active_end",
            "date_archive_end",
            "fact_kind",
            "hold_id",
        )
        names = SQL(", ").join(map(SQL.identifier, columns))
        new = SQL(", ").join(SQL.identifier("n", c) for c in columns)
        old = SQL(", ").join(SQL.identifier("r", c) for c in columns)
        cr.execute(
            SQL(
                """
                CREATE TEMPORARY TABLE %(changes)s ON COMMIT DROP AS
                SELECT r.id AS known_id, n.*
                  FROM (SELECT * FROM rgpd_reason WHERE %(only)s) r
                  FULL JOIN %(reasons)s n
                    ON n.subject_id = r.subject_id AND n.purpose_id = r.purpose_id
                       AND n.company_id = r.company_id
                       AND COALESCE(n.rule_id, 0) = COALESCE(r.rule_id, 0)
                 WHERE r.id IS NULL OR n.subject_id IS NULL
                       OR (%(old)s) IS DISTINCT FROM (%(new)s)
                """,
                changes=CHANGES,
                only=only,
                reasons=REASONS,
                old=old,
                new=new,
            )
        )
        cr.execute(
            SQL(
                """DELETE FROM rgpd_reason r USING %s n
                    WHERE r.id = n.known_id AND n.subject_id IS NULL""",
                CHANGES,
            )
        )
        # A refresh at the same moment may have added the same reason
        cr.execute(
            SQL(
                """
                INSERT INTO rgpd_reason AS r (subject_id, purpose_id, company_id,
                                              rule_id, %(names)s)
                SELECT subject_id, purpose_id, company_id, rule_id, %(names)s
                  FROM %(changes)s WHERE subject_id IS NOT NULL
                ON CONFLICT (subject_id, purpose_id, company_id, COALESCE(rule_id, 0))
                DO UPDATE
                   SET (%(names)s) = ROW(%(new)s)
                """,
                names=names,
                changes=CHANGES,
                new=SQL(", ").join(SQL.identifier("excluded", c) for c in columns),
            )
        )

    def _store_subjects(self, subjects):
        """Write the phase, the dates and the main basis on the side table.

        The main reason is the one in the earliest phase that ends last. It travels
        through the aggregate in one number: phase, days, purpose. Only rows that
        change are written.
        """
        only = SQL("TRUE")
        if subjects is not None:
            only = SQL("known.id = ANY(%s)", list(subjects.ids))
        columns = (
            "phase",
            "date_next",
            "date_retention",
            "date_last_contact",
            "legal_basis",
            "last_purpose_id",
            "retention_company_id",
        )
        names = SQL(", ").join(map(SQL.identifier, columns))
        self.env.cr.execute(
            SQL(
                """
                CREATE TEMPORARY TABLE %(phases)s (id, %(names)s) ON COMMIT DROP AS
                SELECT known.id, %(new)s
                  FROM rgpd_subject known
             LEFT JOIN (%(query)s) k ON k.subject_id = known.id
             LEFT JOIN rgpd_purpose main ON main.id = (k.main %% 10000000)::int
                 WHERE %(only)s AND (%(old)s) IS DISTINCT FROM (%(new)s)
                """,
                phases=PHASES,
                names=names,
                new=NEW_PHASE,
                old=SQL(", ").join(SQL.identifier("known", c) for c in columns),
                query=self._get_phase_query(),
                only=only,
            )
        )
        self.env.cr.execute(SQL("ANALYZE %s", PHASES))
        self.env.cr.execute(
            SQL(
                """UPDATE rgpd_subject s SET (%(names)s) = ROW(%(found)s)
                     FROM %(phases)s changed WHERE s.id = changed.id""",
                names=names,
                found=SQL(", ").join(SQL.identifier("changed", c) for c in columns),
                phases=PHASES,
            )
        )

    def _get_phase_query(self):
        return SQL(
            """
            SELECT p.subject_id, p.company_id, g.main, g.latest, c.date_last_contact,
                   %(phase)s AS phase,
                   CASE g.phase WHEN 'active' THEN g.active_end
                                WHEN 'archive' THEN g.archive_end END AS date_next,
                   g.archive_end AS date_retention
              FROM %(persons)s p
         LEFT JOIN (SELECT subject_id,
                           CASE WHEN bool_or(%(is_active)s) THEN 'active'
                                WHEN bool_or(%(is_live)s) THEN 'archive'
                                ELSE 'expired' END AS phase,
                           CASE WHEN bool_and(date_active_end IS NOT NULL)
                                THEN max(date_active_end) END AS active_end,
                           CASE WHEN bool_and(date_archive_end IS NOT NULL)
                                THEN max(date_archive_end) END AS archive_end,
                           max(CASE WHEN %(is_active)s THEN 2 WHEN %(is_live)s THEN 1
                                    ELSE 0 END * 10000000000000
                               + %(number)s) AS main,
                           max(%(number)s) AS latest
                      FROM %(reasons)s r GROUP BY subject_id) g USING (subject_id)
         LEFT JOIN (SELECT subject_id, max(last_inbound) AS date_last_contact
                      FROM %(sums)s GROUP BY subject_id) c USING (subject_id)
            """,
            phase=self._get_phase_sql(),
            persons=PERSONS,
            reasons=REASONS,
            sums=SUMS,
            is_active=SQL("(date_active_end >= %s) IS NOT FALSE", self._today()),
            is_live=SQL("(date_archive_end >= %s) IS NOT FALSE", self._today()),
            number=SQL(
                """COALESCE(date_archive_end - DATE '1900-01-01', 999999)::bigint
                   * 10000000 + purpose_id"""
            ),
        )

    def _get_phase_sql(self):
        """Return the phase to store: none once what had to go is gone."""
        if "erased_on" not in self.env["rgpd.subject"]._fields:
            return SQL("COALESCE(g.phase, 'expired')")
        return SQL(
            """CASE WHEN COALESCE(g.phase, 'expired') = 'expired'
                     AND p.erased > COALESCE(g.archive_end, p.erased - 1)
                    THEN NULL ELSE COALESCE(g.phase, 'expired') END"""
        )

    def _today(self):
        return self.env["rgpd.reason"]._get_today()
