"""The index of phone numbers by their last nine digits, the same in every spelling.

Without it each lookup by a number reads the whole table.
"""

from odoo.tools import SQL

# Odoo leaves a number it finds unlikely in the spelling of whoever typed it: numbers
# are compared by the end that a country prefix does not change.
DIGITS = 9


def get_digits_text(column):
    """Return the SQL text of the last digits of a column with phone numbers."""
    return f"\"right\"(regexp_replace({column}, '[^0-9]', '', 'g'), {DIGITS})"


def get_digits_sql(column):
    """Return the same of a column given as SQL: what the index holds."""
    # pylint: disable=sql-injection
    return SQL(get_digits_text("%s"), column)


def get_digits_index(column="phone"):
    """Return the definition of the index of a column with phone numbers."""
    return f"({get_digits_text(column)}) WHERE {column} IS NOT NULL"
