"""Indexes that the installation leaves to a job where the table is large.

They cost seconds to minutes on a million rows, during which nobody may write in the
table, and nothing but speed depends on them.
"""

import logging
from threading import Thread, current_thread

import psycopg2

from odoo import models
from odoo.sql_db import db_connect
from odoo.tools import SQL

_logger = logging.getLogger(__name__)

# Of the table without its indexes: some 100,000 contacts
LARGE = 32 * 1024 * 1024
_LONGEST_NAME = 63
_LOCK = "rgpd_fichier_client: build of indexes"


class LaterIndex(models.Index):
    """An index that is built with the table where it is small, or else by the job."""

    def apply_to_database(self, model):
        cr = model.env.cr
        cr.execute(SQL("SELECT pg_relation_size(%s::regclass)", f'"{model._table}"'))
        if cr.fetchone()[0] < LARGE:
            super().apply_to_database(model)
            return
        # One of another definition serves until the job has built the new one

    def get_steps(self, model, concurrently):
        """Return the statements that build it, each of them a transaction if wanted.

        It is built beside the one that is there, if any, whose place it takes: what has
        the name is whole, and has the comment by which its definition is known.
        """
        name = self.full_name(model)
        new = SQL.identifier(get_new_name(name))
        old = SQL.identifier(name)
        way = SQL("CONCURRENTLY") if concurrently else SQL()
        definition = self.get_definition(model.pool)
        yield get_drop(name, concurrently)
        yield SQL(
            "CREATE INDEX %s %s ON %s %s",
            way,
            new,
            SQL.identifier(model._table),
            # pylint: disable=sql-injection
            SQL(definition.removeprefix("INDEX ").replace("%", "%%")),
        )
        # By which Odoo knows whether the definition changed
        yield SQL("COMMENT ON INDEX %s IS %s", new, definition)
        yield SQL("DROP INDEX %s IF EXISTS %s", way, old)
        yield SQL("ALTER INDEX %s RENAME TO %s", new, old)


def get_new_name(name):
    """Return the name of the index that is being built to be the one of this name."""
    return f"{name[: _LONGEST_NAME - 4]}_new"


def get_drop(name, concurrently):
    """Return the statement that removes what is left of a build."""
    way = SQL("CONCURRENTLY") if concurrently else SQL()
    new = SQL.identifier(get_new_name(name))
    return SQL("DROP INDEX %s IF EXISTS %s", way, new)


def start(db_name, builds):
    """Run these once the transactions of now are over, without waiting.

    ``CREATE INDEX CONCURRENTLY`` waits for every transaction that began before it. Odoo
    keeps one open for as long as a job runs: a job that waited for the index would
    wait for ever.

    :param builds: ``{name of the index: its statements}``
    """
    Thread(target=_run, args=(db_name, builds), name=_LOCK, daemon=True).start()


def _run(db_name, builds):
    current_thread().dbname = db_name
    try:
        with db_connect(db_name).cursor() as cr:
            cr._cnx.autocommit = True
            cr.execute(SQL("SELECT pg_try_advisory_lock(hashtext(%s))", _LOCK))
            if not cr.fetchone()[0]:
                return  # the build of the last time is not done
            try:
                for name, steps in builds.items():
                    _build(cr, name, steps)
            finally:
                cr.execute(SQL("SELECT pg_advisory_unlock(hashtext(%s))", _LOCK))
    except Exception:
        # The next run of the job drops what is left of it and begins again
        _logger.warning("The indexes could not be built", exc_info=True)


def _build(cr, name, steps):
    """Build one: what is in a table may stop it, and stops no other."""
    try:
        for step in steps:
            cr.execute(step)
    except psycopg2.Error:
        if cr._cnx.closed:
            raise
        _logger.warning("The index %s could not be built", name, exc_info=True)
        # Half of one costs each write, which it may refuse, and serves no search
        cr.execute(get_drop(name, concurrently=True))
