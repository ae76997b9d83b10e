"""Tables and columns that no model of Odoo uses any more.

An add-on that is removed may leave its tables, a field that goes leaves its column:
nobody sees, corrects or exports what is in them. Here: which they are, whether they
look personal, and the statement that drops them, to be run by an administrator.
"""

from dataclasses import dataclass

from . import propose

# What Odoo itself keeps beside its models
OWN_PREFIXES = ("orm_signaling_", "base_registry_signaling", "base_cache_signaling")
# Types of PostgreSQL in which somebody may write about a person
FREE_TYPES = {"text", "varchar", "bpchar", "json", "jsonb", "_text", "_varchar", "xml"}
FILE_TYPES = {"bytea"}
PERSON_TABLES = {"res_partner", "res_users"}


@dataclass(frozen=True, slots=True)
class Found:
    """A table (``column`` is empty) or a column that no model uses."""

    table: str
    column: str = ""
    types: tuple = ()  # ((column, type of PostgreSQL), …)


def find(catalogue, known):
    """Return what no model uses.

    :param catalogue: ``{table: {column: type}}`` of the database
    :param known: ``{table: set of columns}`` of the models; None instead of a set for a
        table that only links two models
    :rtype: list[Found]
    """
    found = []
    for table, columns in sorted(catalogue.items()):
        if table.startswith(OWN_PREFIXES):
            continue
        if table not in known:
            found.append(Found(table, "", tuple(columns.items())))
            continue
        if known[table] is None:
            continue
        for column, ttype in columns.items():
            if column not in known[table]:
                found.append(Found(table, column, ((column, ttype),)))
    return found


def judge(columns, samples, person_columns=()):
    """Return what looks personal in some columns, the most telling first.

    :param columns: ``((column, type), …)``
    :param samples: ``{column: [values as text]}``; looked at and forgotten
    :param person_columns: columns that lead to a contact or a user
    :return: list of ``(column, ground, category)``; ground is ``link``, ``words``,
        ``values``, or ``type`` for a text that says nothing of itself
    """
    seen = []
    for column, ttype in columns:
        values = samples.get(column, ())
        if column in person_columns:
            seen.append((column, "link", "identity"))
            continue
        kind = "text" if ttype in FREE_TYPES else "binary"
        if ttype not in FREE_TYPES | FILE_TYPES:
            # A number or a date says something by its name only
            proposal = propose.propose(column, "", "")
            if proposal.ground == "words" and proposal.category in (
                "birth",
                "sensitive",
            ):
                seen.append((column, "words", proposal.category))
            continue
        proposal = propose.propose(column, "", kind, values)
        seen.append((column, proposal.ground, proposal.category))
    order = ("link", "values", "words", "type")
    return sorted(seen, key=lambda item: order.index(item[1]))


def is_telling(ground):
    """Tell whether a ground is more than the type of the column."""
    return ground in ("link", "words", "values")


def get_statement(table, column=""):
    """Return the SQL that drops a table or a column, for an administrator to run."""
    if column:
        return f"ALTER TABLE {_quote(table)} DROP COLUMN {_quote(column)};"
    return f"DROP TABLE {_quote(table)};"


def _quote(name):
    return '"' + name.replace('"', '""') + '"'
