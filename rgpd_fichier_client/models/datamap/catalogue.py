"""What tables and columns the database has, whatever the ORM knows of them."""

from odoo.tools import SQL


def get_columns(env, condition):
    """Return the tables of the current schema with their columns, in order.

    Ordinary and partitioned tables; the partitions are read through these.

    :param SQL condition: on the table ``c`` (pg_class), the column ``a``
        (pg_attribute) and its type ``t`` (pg_type)
    :return: ``{table: {column: type}}``
    """
    rows = env.execute_query(
        SQL(
            """
            SELECT c.relname, a.attname, t.typname
              FROM pg_class c
              JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
                   AND NOT a.attisdropped
              JOIN pg_type t ON t.oid = a.atttypid
             WHERE c.relnamespace = current_schema::regnamespace
               AND c.relkind IN ('r', 'p') AND NOT c.relispartition
               AND %s
             ORDER BY c.relname, a.attnum
            """,
            condition,
        )
    )
    tables = {}
    for table, column, typname in rows:
        tables.setdefault(table, {})[column] = typname
    return tables
