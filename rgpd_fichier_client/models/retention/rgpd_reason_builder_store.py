from odoo import models
from odoo.tools import SQL

from .rgpd_reason_builder import CHANGES, PERSONS, PHASES, REASONS, SUMS

NEW_PHASE = SQL(
    """k.phase, k.date_next, k.date_retention, k.date_last_contact, main.legal_basis,
       (k.latest %% 10000000)::int, k.company_id"""
)


class RgpdReasonBuilder(models.AbstractModel):
    """Stores what differs from what is known, and nothing else."""

    _inherit = "rgpd.reason.builder"

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
