from odoo import models
from odoo.tools import SQL

PERSONS = SQL.identifier("rgpd_tmp_person")
FACTS = SQL.identifier("rgpd_tmp_fact")
SUMS = SQL.identifier("rgpd_tmp_sum")
REASONS = SQL.identifier("rgpd_tmp_reason")
CHANGES = SQL.identifier("rgpd_tmp_change")
PHASES = SQL.identifier("rgpd_tmp_phase")
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

    def _today(self):
        return self.env["rgpd.reason"]._get_today()
