from odoo import models
from odoo.tools import SQL

from ...core.retention.facts import CUSTOMER, FUTURE
from ..journal.sql_array import Ids, int_array
from .rgpd_fact_collector import Span
from .rgpd_reason import get_day_sql
from .rgpd_reason_builder import CHILDREN, FACTS, KINDS, LAST, PERSONS, SUMS

# More relatives elsewhere than this are not looked for one by one
MOST_SCATTERED = 10000
NAMES = SQL(", ").join(SQL.identifier(f"last_{kind}") for kind in ("inbound", *KINDS))


class RgpdReasonBuilder(models.AbstractModel):
    """Lists the persons, and sums up what happened to each: one row of last days."""

    _inherit = "rgpd.reason.builder"

    # === PERSONS === #

    def _fill_persons(self, subjects):
        """List the persons of the customer file with what the rules ask of them."""
        # sudo: res.company - the first company stands in when none is known
        main = self.env["res.company"].sudo().search([], order="id", limit=1)
        models_ = self.env["rgpd.fact.collector"]._get_anchor_models()
        queries = [self._get_person_query(model, main, subjects) for model in models_]
        columns = ("subject_id", "res_model", "res_id", "household_id")
        return self._create_table(PERSONS, queries, columns)

    def _get_person_query(self, model, main, subjects):
        is_partner = model == "res.partner"
        knows_erasure = "erased_on" in self.env["rgpd.subject"]._fields
        return SQL(
            """
            SELECT s.id AS subject_id, s.res_model, s.res_id,
                   COALESCE(s.company_id, creator.company_id, %(main)s) AS company_id,
                   %(collected)s AS collected,
                   %(professional)s AS is_professional,
                   %(household)s AS household_id, %(erased)s AS erased
              FROM rgpd_subject s
              JOIN %(anchor)s a ON a.id = s.res_id
         LEFT JOIN res_users creator ON creator.id = a.create_uid
             WHERE s.res_model = %(model)s AND %(only)s AND %(scope)s
            """,
            main=main.id,
            collected=get_day_sql(SQL("COALESCE(a.create_date, s.create_date)")),
            professional=self._get_professional_sql(model),
            household=SQL("a.commercial_partner_id" if is_partner else "NULL::int"),
            anchor=SQL.identifier(self.env[model]._table),
            model=model,
            erased=SQL("s.erased_on::date" if knows_erasure else "NULL::date"),
            only=self._get_only(SQL("s.id"), subjects),
            scope=self._get_scope_sql(),
        )

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
        if isinstance(subjects, range):
            return self._get_spans()
        persons = {model: set(ids) for model, ids in subjects._get_keys().items()}
        if persons.get("res.partner"):
            rows = self.env.execute_query(
                SQL(
                    """SELECT id FROM res_partner
                        WHERE commercial_partner_id IN (
                            SELECT commercial_partner_id FROM res_partner
                             WHERE id = ANY(%s))""",
                    int_array(persons["res.partner"]),
                )
            )
            persons["res.partner"].update(row[0] for row in rows)
        return {model: Ids(ids) for model, ids in persons.items()}

    def _get_spans(self):
        """Return the same of the persons listed, as ids from one to another.

        Of a table of facts the part about them is read then, not the whole of it for
        each slice of a large database. None when they are too scattered.
        """
        spans = {
            model: Span(first, last)
            for model, first, last in self.env.execute_query(
                SQL(
                    "SELECT res_model, min(res_id), max(res_id) FROM %s GROUP BY 1",
                    PERSONS,
                )
            )
        }
        if span := spans.get("res.partner"):
            more = self._get_household_outside(span)
            if len(more) > MOST_SCATTERED:
                return None
            spans["res.partner"] = span._replace(more=more)
        return spans

    def _get_household_outside(self, span):
        """Return who belongs to the household or employer of a person, elsewhere."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id FROM res_partner
                 WHERE commercial_partner_id <> id
                   AND id NOT BETWEEN %(first)s AND %(last)s
                   AND commercial_partner_id IN (SELECT household_id FROM %(persons)s)
                 UNION
                SELECT household_id FROM %(persons)s
                 WHERE household_id NOT BETWEEN %(first)s AND %(last)s
                 LIMIT %(most)s
                """,
                persons=PERSONS,
                first=span.first,
                last=span.last,
                most=MOST_SCATTERED + 1,
            )
        )
        return [row[0] for row in rows]

    # === FACTS === #

    def _fill_facts(self, subjects):
        """Read every source once, all of them in one statement."""
        collector = self.env["rgpd.fact.collector"]
        none = SQL(
            """SELECT ''::varchar AS res_model, 0 AS res_id, NULL::int AS company_id,
                      ''::varchar AS kind, FALSE AS is_inbound, NULL::date AS day
                WHERE FALSE"""
        )
        queries = collector._get_queries(self._get_persons(subjects))
        self._create_table(FACTS, [none, *queries], ("res_model", "res_id", "kind"))

    def _sum_up(self, subjects):
        """Make one row of last days per person and company.

        What happened is summed up first, since to most persons nothing did: they get
        the row of the company that collected them. The first table is read for the
        purposes that need an event, the second for those about everybody.
        """
        last = self._get_last_query(subjects)
        self._create_table(LAST, [last], ("subject_id", "company_id"))
        query = SQL(
            """
            SELECT p.subject_id, p.company_id, p.company_id AS home_id,
                   p.is_professional, LEAST(p.collected, %(today)s) AS last_collection,
                   p.erased, %(names)s
              FROM %(persons)s p
         LEFT JOIN %(last)s k ON k.subject_id = p.subject_id
                   AND k.company_id = p.company_id
             UNION ALL
            SELECT subject_id, company_id, NULL, is_professional, last_collection,
                   erased, %(names)s
              FROM %(last)s k
             WHERE company_id <> home_id
            """,
            persons=PERSONS,
            last=LAST,
            today=self._today(),
            names=NAMES,
        )
        self._create_table(SUMS, [query], ("subject_id", "company_id"))

    def _get_last_query(self, subjects):
        """Return the last day of each kind of event, per person and company."""
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
        return SQL(
            """
            SELECT subject_id, company_id, max(home_id) AS home_id,
                   bool_or(is_professional) AS is_professional,
                   LEAST(max(collected), %(today)s) AS last_collection,
                   max(erased) AS erased,
                   max(day) FILTER (WHERE is_inbound) AS last_inbound,
                   %(columns)s
              FROM (SELECT subject_id, company_id, home_id, is_professional, collected,
                           erased, kind, is_inbound,
                           CASE WHEN kind IN %(future)s THEN day
                                ELSE LEAST(day, %(today)s) END AS day
                      FROM (%(facts)s) f0) f1
             GROUP BY subject_id, company_id
            """,
            columns=SQL(", ").join(columns),
            future=FUTURE,
            today=self._today(),
            facts=self._get_mapped_facts(subjects),
        )

    def _get_mapped_facts(self, subjects):
        """Return facts per subject: own, of their addresses, of their employer.

        A fact without company belongs to the company that collected the person.
        """
        children = "SELECT id, commercial_partner_id FROM res_partner"
        if self._is_about_many(subjects):
            # Most people have no employer: few are looked at instead of everybody
            query = SQL(f"{children} WHERE commercial_partner_id <> id")
            self._create_table(CHILDREN, [query], ("id", "commercial_partner_id"))
            children = "SELECT * FROM rgpd_tmp_child"
        person = "p.company_id AS home_id, p.is_professional, p.collected, p.erased"
        return SQL(
            """
            SELECT p.subject_id, COALESCE(f.company_id, p.company_id) AS company_id,
                   f.kind, f.is_inbound, f.day, %(person)s
              FROM %(facts)s f JOIN %(persons)s p USING (res_model, res_id)
             UNION ALL
            SELECT p.subject_id, COALESCE(f.company_id, p.company_id), f.kind,
                   f.is_inbound, f.day, %(person)s
              FROM (SELECT f.*, child.commercial_partner_id
                      FROM %(facts)s f
                      JOIN (%(children)s) child ON child.id = f.res_id
                     WHERE f.res_model = 'res.partner' OFFSET 0) f
              JOIN %(persons)s p ON p.res_model = 'res.partner'
                   AND p.res_id = f.commercial_partner_id
             WHERE f.commercial_partner_id <> f.res_id
             UNION ALL
            SELECT p.subject_id, COALESCE(e.company_id, p.company_id), 'employer',
                   FALSE, e.day, %(person)s
              FROM %(persons)s p
              JOIN (SELECT other.commercial_partner_id, f.company_id,
                           max(f.day) AS day
                      FROM %(facts)s f
                      JOIN res_partner other ON other.id = f.res_id
                     WHERE f.res_model = 'res.partner' AND f.kind IN %(customer)s
                     GROUP BY 1, 2) e ON e.commercial_partner_id = p.household_id
             WHERE p.res_model = 'res.partner' AND p.household_id <> p.res_id
            """,
            person=SQL(person),
            persons=PERSONS,
            facts=FACTS,
            children=SQL(children),
            customer=CUSTOMER,
        )
