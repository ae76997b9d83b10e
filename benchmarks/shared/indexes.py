"""What the indexes take that the add-ons add to tables of Odoo."""

import time

from odoo.tools import SQL


def find(env):
    """Return ``[(name, table, statement that builds it)]``."""
    return env.execute_query(
        SQL(
            """SELECT i.indexname, i.tablename, i.indexdef
                 FROM pg_indexes i
                WHERE i.schemaname = current_schema
                  AND i.indexname LIKE '%%rgpd%%' AND i.tablename NOT LIKE '%%rgpd%%'
                ORDER BY i.tablename, i.indexname"""
        )
    )


def measure(env):
    """Build each anew, one after the other, and print a row of the table for each."""
    print("| Index | Size | Built in | Rows of the table |")
    for name, table, statement in find(env):
        env.cr.execute(SQL("DROP INDEX %s", SQL.identifier(name)))
        start = time.perf_counter()
        env.cr.execute(SQL(statement.replace("%", "%%")))
        seconds = time.perf_counter() - start
        [(size, rows)] = env.execute_query(
            SQL(
                "SELECT pg_relation_size(%s::regclass), count(*) FROM %s",
                name,
                SQL.identifier(table),
            )
        )
        print(f"| `{name}` | {_format(size)} | {seconds:.2f} s | {rows:,} |")


def _format(size):
    return f"{size / 2**20:.1f} MiB" if size > 2**17 else f"{size // 2**10} KiB"
