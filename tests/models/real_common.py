"""Tests with real transactions: what is committed here is removed after."""

from contextlib import contextmanager

from psycopg2 import IntegrityError

from odoo import SUPERUSER_ID, api
from odoo.tools import SQL, mute_logger

from ..common import RgpdCase


class RealCase(RgpdCase):
    """Commits on cursors of its own and leaves the database as it was."""

    def setUp(self):
        super().setUp()
        # Ids from here on are removed after the test
        with self.real() as env:
            rows = env.execute_query(
                SQL(
                    """SELECT c.relname FROM pg_class c
                         JOIN pg_namespace n ON n.oid = c.relnamespace
                         JOIN pg_attribute a ON a.attrelid = c.oid
                              AND a.attname = 'id' AND NOT a.attisdropped
                        WHERE n.nspname = 'public' AND c.relkind = 'r'"""
                )
            )
            self.starts = {
                table: env.execute_query(
                    SQL("SELECT COALESCE(max(id), 0) FROM %s", SQL.identifier(table))
                )[0][0]
                for (table,) in rows
            }
        self.addCleanup(self.clean)

    @contextmanager
    def real(self):
        """An environment of its own whose transaction is committed at the end."""
        with self.registry.cursor() as cr:
            yield api.Environment(cr, SUPERUSER_ID, {})

    def clean(self):
        """Remove every row that came, those that guard themselves too."""
        with self.registry.cursor() as cr:
            cr.execute(
                """SELECT DISTINCT c.relname FROM pg_trigger t
                     JOIN pg_class c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal"""
            )
            tables = [SQL.identifier(name) for (name,) in cr.fetchall()]
            for table in tables:
                cr.execute(SQL("ALTER TABLE %s DISABLE TRIGGER USER", table))
            left = self.starts
            while left:
                blocked = {t: i for t, i in left.items() if not self.remove(cr, t, i)}
                self.assertLess(len(blocked), len(left), blocked)
                left = blocked
            for table in tables:
                cr.execute(SQL("ALTER TABLE %s ENABLE TRIGGER USER", table))
        self.env.invalidate_all()

    def remove(self, cr, table, start):
        """Return False while rows of other tables need these."""
        try:
            with mute_logger("odoo.sql_db"), cr.savepoint(flush=False):
                cr.execute(
                    SQL("DELETE FROM %s WHERE id > %s", SQL.identifier(table), start)
                )
                cr.execute("SET CONSTRAINTS ALL IMMEDIATE")
        except IntegrityError:
            return False
        return True
