from odoo import models
from odoo.tools import SQL

from ..journal.sql_array import int_array

PERSONS = SQL.identifier("rgpd_tmp_person")
FACTS = SQL.identifier("rgpd_tmp_fact")
CHILDREN = SQL.identifier("rgpd_tmp_child")
LAST = SQL.identifier("rgpd_tmp_last")
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
        """Bring ``rgpd_reason`` and the subjects up to date; return how many.

        :param subjects: None for everybody; a ``range`` of their ids
        """
        # Of what is made here the planner needs to know little, and each table costs
        self.env.cr.execute("SET LOCAL default_statistics_target = 20")
        # To compile the statement of all purposes takes PostgreSQL 16 s, running it
        # 8 ms; from 1,000 persons on it would. For this transaction alone
        self.env.cr.execute("SET LOCAL jit = off")
        if self._is_about_many(subjects):
            self.env["rgpd.subject"]._take_memory()
        count = self._fill_persons(subjects)
        self._fill_facts(subjects)
        self._sum_up(subjects)
        self._fill_reasons(subjects)
        self._store_reasons(subjects)
        self._store_subjects(subjects)
        return count

    # === TOOLS === #

    def _is_about_many(self, subjects):
        """Tell whether tables are read as a whole, not by the ids of some persons."""
        return subjects is None or isinstance(subjects, range)

    def _create_table(self, table, queries, columns=()):
        """Make a temporary table of the transaction from queries; return its length.

        A second refresh in the transaction makes it again.

        :param columns: by which it is joined: the planner has to know their values
        """
        cr = self.env.cr
        cr.execute(SQL("DROP TABLE IF EXISTS pg_temp.%s", table))
        cr.execute(
            SQL(
                "CREATE TEMPORARY TABLE %s ON COMMIT DROP AS %s",
                table,
                SQL(" UNION ALL ").join(queries),
            )
        )
        count = cr.rowcount
        if columns:
            names = SQL(", ").join(map(SQL.identifier, columns))
            cr.execute(SQL("ANALYZE %s (%s)", table, names))
        return count

    def _get_only(self, column, subjects):
        """Return the condition that keeps the persons looked at."""
        if subjects is None:
            return SQL("TRUE")
        if isinstance(subjects, range):
            return SQL(
                "(%(column)s >= %(first)s AND %(column)s < %(stop)s)",
                column=column,
                first=subjects.start,
                stop=subjects.stop,
            )
        return SQL("%s = ANY(%s)", column, int_array(subjects.ids))

    def _today(self):
        return self.env["rgpd.reason"]._get_today()
