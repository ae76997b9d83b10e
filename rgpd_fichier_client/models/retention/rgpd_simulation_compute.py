from odoo import api, fields, models
from odoo.tools import SQL

HELD_BACK = ("request", "hold", "other_company")
# The night may not take far more than what was approved
MARGIN_RATIO = 0.2
MARGIN_COUNT = 20


class RgpdSimulation(models.Model):
    """Counts what the night would do, person by person."""

    _inherit = "rgpd.simulation"

    def _start_computing(self):
        """Compute while the DPO waits; hook for what would take too long."""
        for step in self._get_steps():
            getattr(self, step)()

    @api.model
    def _get_steps(self):
        """Return the names of the steps, each to be saved on its own; hook."""
        return ["_refresh_reasons", "_fill_lines"]

    def _refresh_reasons(self):
        # sudo: rgpd.reason - computed from the facts, no one chooses the result
        self.env["rgpd.reason"].sudo()._refresh()

    def _fill_lines(self):
        """Write one line per person of the company, in one statement."""
        self.ensure_one()
        self.env.flush_all()
        cr = self.env.cr
        cr.execute(
            SQL("DELETE FROM rgpd_simulation_line WHERE simulation_id = %s", self.id)
        )
        cr.execute(
            SQL(
                """
                INSERT INTO rgpd_simulation_line (simulation_id, company_id, subject_id,
                       decision, phase, purpose_id, legal_basis, date_last_contact,
                       date_end)
                SELECT %(simulation)s, %(company)s, s.id, %(decision)s, s.phase,
                       s.last_purpose_id, s.legal_basis, s.date_last_contact,
                       s.date_retention
                  FROM rgpd_subject s
             LEFT JOIN rgpd_purpose p ON p.id = s.last_purpose_id
                 WHERE s.active AND s.is_natural AND s.is_in_file
                   AND s.phase IS NOT NULL
                   AND (s.retention_company_id = %(company)s OR EXISTS (
                       SELECT 1 FROM rgpd_reason r
                        WHERE r.subject_id = s.id AND r.company_id = %(company)s))
                """,
                simulation=self.id,
                company=self.company_id.id,
                decision=self._get_decision_sql(),
            )
        )
        self.env["rgpd.simulation.line"].invalidate_model()
        counts = dict(
            self.env["rgpd.simulation.line"]._read_group(
                [("simulation_id", "=", self.id)], ["decision"], ["__count"]
            )
        )
        # sudo: rgpd.reason - a number of persons, whichever of them the DPO may read
        kept = self.env["rgpd.reason"].sudo()._count_kept(self.company_id)
        self._decide(
            {
                "state": "computed",
                "date_computed": fields.Datetime.now(),
                "fingerprint": self._get_fingerprint(),
                "erase_count": counts.get("erase", 0),
                "review_count": counts.get("review", 0),
                "held_count": sum(counts.get(code, 0) for code in HELD_BACK),
                "archive_count": counts.get("archive", 0),
                "keep_count": counts.get("keep", 0),
                # The night does not count them again
                "kept_count": kept,
                "confirm_count": 0,
            }
        )
        self.invalidate_recordset(["line_ids"])

    def _get_decision_sql(self):
        """Return what happens to subject ``s`` whose last purpose is ``p``."""
        approved = self._get_valid().company_id | self.company_id
        return SQL(
            """
            CASE WHEN s.phase = 'active' THEN 'keep'
                 WHEN s.phase = 'archive' THEN 'archive'
                 WHEN EXISTS (SELECT 1 FROM rgpd_reason r
                               WHERE r.subject_id = s.id AND r.hold_id IS NOT NULL
                                 AND (r.date_archive_end IS NULL
                                      OR r.date_archive_end >= %(today)s))
                 THEN 'hold'
                 WHEN %(request)s THEN 'request'
                 WHEN s.retention_company_id NOT IN %(approved)s
                      OR EXISTS (SELECT 1 FROM rgpd_reason r
                                  WHERE r.subject_id = s.id
                                    AND r.company_id NOT IN %(approved)s)
                 THEN 'other_company'
                 WHEN p.end_action IN ('review', 'archive') THEN 'review'
                 ELSE 'erase' END
            """,
            today=self.env["rgpd.reason"]._get_today(),
            request=self.env["rgpd.reason"]._get_open_request_sql(),
            approved=tuple(approved.ids),
        )

    def _get_most(self):
        """Return how many persons a night may erase under this approval at most.

        Those whose period has ended by today among the persons of the simulation, and
        a margin for who came since.
        """
        self.ensure_one()
        today = self.env["rgpd.reason"]._get_today()
        expected = self.env["rgpd.simulation.line"].search_count(
            [("simulation_id", "=", self.id), ("date_end", "<", today)]
        )
        return int(expected * (1 + MARGIN_RATIO)) + MARGIN_COUNT

    @api.autovacuum
    def _gc_lines(self):
        """Forget the persons of simulations that no longer count."""
        old = self.search([("state", "in", ("replaced", "revoked"))])
        month_ago = fields.Datetime.subtract(fields.Datetime.now(), days=30)
        drafts = self.search(
            [
                ("state", "in", ("draft", "computing", "computed")),
                ("write_date", "<", month_ago),
            ]
        )
        for simulation in old | drafts:
            self.env.cr.execute(
                SQL(
                    "DELETE FROM rgpd_simulation_line WHERE simulation_id = %s",
                    simulation.id,
                )
            )
        self.env["rgpd.simulation.line"].invalidate_model()
