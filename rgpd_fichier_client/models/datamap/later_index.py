"""Indexes that the installation leaves to a job where the table is large.

They cost seconds to minutes on a million rows, during which nobody may write in the
table, and nothing but speed depends on them.
"""

import logging
from threading import Thread, current_thread

from odoo import models
from odoo.sql_db import db_connect
from odoo.tools import SQL, sql

_logger = logging.getLogger(__name__)

# Of the table without its indexes: some 100,000 contacts
LARGE = 32 * 1024 * 1024
_LOCK = "rgpd_fichier_client: build of indexes"


class LaterIndex(models.Index):
    """An index that is built with the table where it is small, or else by the job."""

    def apply_to_database(self, model):
        cr = model.env.cr
        cr.execute(SQL("SELECT pg_relation_size(%s::regclass)", f'"{model._table}"'))
        if cr.fetchone()[0] < LARGE:
            super().apply_to_database(model)
            return
        name = self.full_name(model)
        _definition, comment = sql.index_definition(cr, name)
        if comment and comment != self.get_definition(model.pool):
            sql.drop_index(cr, name, model._table)

    def get_steps(self, model, is_there, concurrently):
        """Return the statements that build it, each of them a transaction if wanted.

        :param bool is_there: an index of that name is there, which is of no use
        """
        name = SQL.identifier(self.full_name(model))
        way = SQL("CONCURRENTLY") if concurrently else SQL()
        definition = self.get_definition(model.pool)
        if is_there:
            yield SQL("DROP INDEX %s IF EXISTS %s", way, name)
        yield SQL(
            "CREATE INDEX %s %s ON %s %s",
            way,
            name,
            SQL.identifier(model._table),
            # pylint: disable=sql-injection
            SQL(definition.removeprefix("INDEX ").replace("%", "%%")),
        )
        # By which Odoo knows whether the definition changed
        yield SQL("COMMENT ON INDEX %s IS %s", name, definition)


def start(db_name, steps):
    """Run these statements once the transactions of now are over, without waiting.

    ``CREATE INDEX CONCURRENTLY`` waits for every transaction that began before it. Odoo
    keeps one open for as long as a job runs: a job that waited for the index would
    wait for ever.
    """
    Thread(target=_run, args=(db_name, steps), name=_LOCK, daemon=True).start()


def _run(db_name, steps):
    current_thread().dbname = db_name
    try:
        with db_connect(db_name).cursor() as cr:
            cr._cnx.autocommit = True
            cr.execute(SQL("SELECT pg_try_advisory_lock(hashtext(%s))", _LOCK))
            if not cr.fetchone()[0]:
                return  # the build of the last time is not done
            try:
                for step in steps:
                    cr.execute(step)
            finally:
                cr.execute(SQL("SELECT pg_advisory_unlock(hashtext(%s))", _LOCK))
    except Exception:
        # The next run of the job drops what is left of it and begins again
        _logger.warning("An index could not be built", exc_info=True)
