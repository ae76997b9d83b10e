"""Names of tables and columns that another program gave."""

from odoo.tools import SQL


def quote(name):
    """Return a name of the catalogue as it is written in a statement."""
    return '"' + name.replace('"', '""') + '"'


def quoted(name, *names):
    """Return a name of the catalogue as SQL, whatever its characters.

    ``SQL.identifier`` takes the names Odoo gives only; the tables of other programs may
    have capitals and spaces.

    :param str name: of a table, or of a table or its alias followed by its column
    """
    return SQL(".".join(map(quote, (name, *names))).replace("%", "%%"))
