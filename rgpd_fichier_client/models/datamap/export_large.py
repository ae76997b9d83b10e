"""Values too large to be read and masked as a whole (used by the exporter)."""

from odoo.tools import SQL

# In bytes: masking takes some thirty times as much memory
LARGEST_VALUE = 1 << 23
# What the database holds compressed, it does so by 512 times at most
_MOST_COMPRESSED = 512
_TEXTS = ("text", "varchar", "jsonb")


def get_large(records):
    """Return the columns too large to be read: ``{id: {field names}}``.

    The database tells their length without reading them; what is neither exported nor
    shown counts too, as Odoo reads all fields of a record together.

    :param records: of one model, with all rights
    """
    names = [
        name
        for name, field in records._fields.items()
        if field.store and field.column_type and field.column_type[0] in _TEXTS
    ]
    if not names or not records.ids or not records._auto:
        return {}
    records.env.flush_all()
    sizes = [SQL("(%s)", _is_large(records, name)) for name in names]
    rows = records.env.execute_query(
        SQL(
            "SELECT t.id, ARRAY[%s] FROM %s t WHERE t.id = ANY(%s) AND (%s)",
            SQL(", ").join(sizes),
            SQL.identifier(records._table),
            list(records.ids),
            SQL(" OR ").join(sizes),
        )
    )
    return {
        res_id: {name for name, is_large in zip(names, flags, strict=True) if is_large}
        for res_id, flags in rows
    }


def set_apart(records, large):
    """Return the records one by one, so that no large value is read with another.

    :param dict large: see ``get_large``
    """
    if not large:
        return records
    rest = [res_id for res_id in records.ids if res_id not in large]
    return [
        record.with_context(prefetch_fields=False).with_prefetch()
        if record.id in large
        else record.with_prefetch(rest)
        for record in records
    ]


def _is_large(records, name):
    column = SQL.identifier("t", name)
    return SQL(
        "COALESCE(pg_column_size(%s) > %s AND octet_length(%s::text) > %s, FALSE)",
        column,
        LARGEST_VALUE // _MOST_COMPRESSED,
        column,
        LARGEST_VALUE,
    )
