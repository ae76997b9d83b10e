from contextlib import contextmanager

from odoo import api, models
from odoo.tools import SQL, ormcache

from .reload import Reload


class RgpdEverMixin(models.AbstractModel):
    """A table of which each process knows whether it ever held a row.

    Everyday work asks such tables about each contact, and most companies never put
    anything in them. The sequence of their numbers tells: it goes forward at once, for
    every transaction, and never back, so that "never" comes from no old snapshot.
    """

    _name = "rgpd.ever.mixin"
    _description = "Table That May Never Have Held a Row"

    @api.model
    @ormcache()
    def _has_ever_held(self):
        """Tell whether the table may hold a row; False only when it never did."""
        query = SQL(
            """SELECT EXISTS (SELECT 1 FROM %(table)s)
                   OR EXISTS (SELECT 1 FROM pg_sequences
                               WHERE schemaname = current_schema
                                 AND sequencename = %(sequence)s
                                 AND last_value IS NOT NULL)""",
            table=SQL.identifier(self._table),
            sequence=f"{self._table}_id_seq",
        )
        return self.env.execute_query(query)[0][0]

    @contextmanager
    def _announcing_rows(self):
        """Insert rows inside the block: every process learns that there are some.

        The others are told once the rows are saved, before whoever inserts them gets an
        answer. Told again by whoever sees no row, also when those before were deleted.
        """
        query = SQL("SELECT 1 FROM %s LIMIT 1", SQL.identifier(self._table))
        is_known = self.env.execute_query(query)
        yield
        if not is_known:
            self.env.registry.clear_cache()
            self.env.cr.postcommit.add(Reload(self.env.registry))

    @api.model_create_multi
    def create(self, vals_list):
        with self._announcing_rows():
            return super().create(vals_list)
