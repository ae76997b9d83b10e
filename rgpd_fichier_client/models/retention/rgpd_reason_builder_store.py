from datetime import date

from odoo import models
from odoo.tools import SQL

from .rgpd_reason_builder import CHANGES, PHASES, REASONS, SUMS

# What a reason says, besides whose it is
STORED = (
    "legal_basis",
    "date_start",
    "date_active_end",
    "date_archive_end",
    "fact_kind",
    "hold_id",
)
# What the phase query finds, in the order it is stored
NEW = (
    # None once what had to go is gone
    SQL(
        """CASE WHEN k.phase = 'expired'
                     AND k.erased > COALESCE(k.date_retention, k.erased - 1)
                THEN NULL ELSE k.phase END"""
    ),
    SQL("k.date_next"),
    SQL("k.date_retention"),
    SQL("k.date_last_contact"),
    SQL("main.legal_basis"),
    SQL("(k.latest %% 10000000)::int"),
    SQL("k.company_id"),
)
# Days since then stand for dates in the numbers of the phase query, and this for none
EPOCH = SQL("DATE '1900-01-01'")
NO_END = 9999999


class RgpdReasonBuilder(models.AbstractModel):
    """Stores what differs from what is known, and nothing else."""

    _inherit = "rgpd.reason.builder"

    # === STORING THE DIFFERENCE === #

    def _store_reasons(self, subjects):
        """Remove the reasons that are gone, add or correct the others.

        Compared first: of most persons nothing changed since the last refresh, and
        their rows are neither written nor locked.
        """
        if self._create_table(CHANGES, [self._get_changes(subjects)]):
            self._remove_reasons()
            self._write_reasons()

    def _get_changes(self, subjects):
        """Return the reasons that are new, differ from what is known, or are gone."""
        return SQL(
            """
            SELECT r.id AS known_id, n.*
              FROM (SELECT * FROM rgpd_reason WHERE %(only)s) r
              FULL JOIN %(reasons)s n
                ON n.subject_id = r.subject_id AND n.purpose_id = r.purpose_id
                   AND n.company_id = r.company_id
                   AND COALESCE(n.rule_id, 0) = COALESCE(r.rule_id, 0)
             WHERE r.id IS NULL OR n.subject_id IS NULL
                   OR (%(old)s) IS DISTINCT FROM (%(new)s)
            """,
            only=self._get_only(SQL("subject_id"), subjects),
            reasons=REASONS,
            old=SQL(", ").join(SQL.identifier("r", name) for name in STORED),
            new=SQL(", ").join(SQL.identifier("n", name) for name in STORED),
        )

    def _remove_reasons(self):
        """Remove those that are gone; most times there are none.

        Looked for first (MATERIALIZED): the planner believes of a table that was
        emptied that it holds nothing, and would read all changes for each row.
        """
        self.env.cr.execute(
            SQL(
                """WITH gone AS MATERIALIZED (
                       SELECT known_id FROM %s WHERE subject_id IS NULL)
                   DELETE FROM rgpd_reason r USING gone WHERE r.id = gone.known_id""",
                CHANGES,
            )
        )

    def _write_reasons(self):
        """Add or correct; a refresh at the same moment may have added the same one."""
        self.env.cr.execute(
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
                names=SQL(", ").join(map(SQL.identifier, STORED)),
                changes=CHANGES,
                new=SQL(", ").join(SQL.identifier("excluded", name) for name in STORED),
            )
        )

    def _store_subjects(self, subjects):
        """Write the phase, the dates and the main basis on the side table.

        The main reason is the one in the earliest phase that ends last. It travels
        through the aggregate in one number: phase, days, purpose. Only rows that
        change are written.
        """
        columns = (
            "phase",
            "date_next",
            "date_retention",
            "date_last_contact",
            "legal_basis",
            "last_purpose_id",
            "retention_company_id",
        )
        ids = [SQL.identifier(column) for column in columns]
        names = SQL(", ").join(ids)
        phases = SQL(
            """
            SELECT known.id, %(new)s
              FROM rgpd_subject known
         LEFT JOIN (%(query)s) k ON k.subject_id = known.id
         LEFT JOIN rgpd_purpose main ON main.id = (k.main %% 10000000)::int
             WHERE %(only)s AND (%(old)s) IS DISTINCT FROM (%(values)s)
            """,
            new=SQL(", ").join(
                SQL("%s AS %s", value, name)
                for value, name in zip(NEW, ids, strict=True)
            ),
            values=SQL(", ").join(NEW),
            old=SQL(", ").join(SQL.identifier("known", c) for c in columns),
            query=self._get_phase_query(),
            only=self._get_only(SQL("known.id"), subjects),
        )
        if not self._create_table(PHASES, [phases], ("id",)):
            return
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
        """Return the phase of each person, from three numbers about their reasons.

        Days without end are the largest, so that one number per reason tells what is
        live, what ends last, and which purpose that is: phase, days, purpose.
        """
        today = (self._today() - date(1900, 1, 1)).days
        return SQL(
            """
            SELECT subject_id, company_id, main, latest, date_last_contact, erased,
                   %(epoch)s + NULLIF(latest / 10000000, %(no_end)s)::int
                   AS date_retention,
                   CASE WHEN active >= %(today)s
                        THEN %(epoch)s + NULLIF(active, %(no_end)s)
                        WHEN latest / 10000000 >= %(today)s
                        THEN %(epoch)s + NULLIF(latest / 10000000, %(no_end)s)::int
                        END AS date_next,
                   CASE WHEN active >= %(today)s THEN 'active'
                        WHEN latest / 10000000 >= %(today)s THEN 'archive'
                        ELSE 'expired' END AS phase
              FROM (SELECT subject_id, max(home_id) AS company_id,
                           max(last_inbound) AS date_last_contact,
                           max(erased) AS erased,
                           max(active) AS active, max(number) AS latest,
                           max(CASE WHEN active >= %(today)s THEN 2
                                    WHEN number / 10000000 >= %(today)s THEN 1
                                    ELSE 0 END * 100000000000000 + number) AS main
                      FROM (SELECT subject_id, NULL::int AS home_id,
                                   NULL::date AS last_inbound, NULL::date AS erased,
                                   COALESCE(date_active_end - %(epoch)s, %(no_end)s)
                                   AS active,
                                   COALESCE(date_archive_end - %(epoch)s, %(no_end)s)
                                   ::bigint * 10000000 + purpose_id AS number
                              FROM %(reasons)s
                             UNION ALL
                            SELECT subject_id, home_id, last_inbound, erased,
                                   NULL, NULL
                              FROM %(sums)s) w
                     GROUP BY subject_id) g
            """,
            reasons=REASONS,
            sums=SUMS,
            epoch=EPOCH,
            no_end=NO_END,
            today=today,
        )
