"""Many numbers or texts as one constant of a statement.

A list is written by the driver as ``ARRAY[1, 2, …]``, of which PostgreSQL reads each
item as an expression of its own: for thousands of them, named once for each table that
is looked at, that takes longer than to look them up.
"""

from functools import cached_property

from odoo.tools import SQL


def int_array(numbers):
    """Return the SQL of an array of numbers.

    :param numbers: iterable of numbers, none of them empty; or an ``Ids``
    """
    if isinstance(numbers, Ids):
        return numbers.sql
    return SQL("%s::int[]", f"{{{','.join(map(str, numbers))}}}")


def text_array(texts):
    """Return the SQL of an array of texts; None in it is NULL."""
    items = ",".join(map(_quote, texts))
    return SQL("%s::text[]", f"{{{items}}}")


def _quote(text):
    if text is None:
        return "NULL"
    # A text of markup would escape what comes instead
    escaped = str(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


class Ids(list):
    """A list of numbers that many parts of a statement name."""

    @cached_property
    def sql(self):
        return SQL("%s::int[]", f"{{{','.join(map(str, self))}}}")
