"""The one index of what contacts are looked up by that no column holds as it is.

PostgreSQL opens each index of a table for each statement that reads the table, and Odoo
reads contacts in most of what it does: every index on them is paid by everybody's daily
work, whether or not it serves. So words of names, ends of numbers and further addresses
share one.
"""

from odoo.tools import SQL

from .digits_index import get_digits_sql, get_digits_text
from .rgpd_person_finder_query import BETWEEN
from .rgpd_words import get_words_text

# Each row found is compared with all keys of one look
KEYS_AT_ONCE = 200

# The last digits of the number as typed; all addresses, where the field holds several.
# What is longer than any address (RFC 5321, 4.5.3.1.3) is none: a picture pasted as
# text is larger than a key may be, and the contact could not be saved
_KEYS = (
    f"array_remove(ARRAY[{get_digits_text('phone')}]"
    " || CASE WHEN email ~ '[,;]' THEN string_to_array(regexp_replace("
    f"regexp_replace(lower(email), '{BETWEEN}', ' ', 'g'),"
    " '[^ ]{255,}', ' ', 'g'), ' ') END, NULL)"
)


def get_contact_index():
    """Return the definition of the index.

    New rows wait in a list that each look reads: it is kept short.
    """
    columns = f"({get_words_text(('name',))}), ({_KEYS})"
    return f"USING gin ({columns}) WITH (gin_pending_list_limit = 256)"


def get_keys_condition(values):
    """Return the condition that a contact has one of these keys.

    A key does not say which field it comes from: ask about that field besides.

    :param values: last digits, or addresses in lower case
    :rtype: SQL
    """
    values = list(values)
    # pylint: disable=sql-injection
    keys = SQL(_KEYS.replace("%", "%%"))
    looks = [
        SQL("%s && %s::text[]", keys, values[start : start + KEYS_AT_ONCE])
        for start in range(0, len(values), KEYS_AT_ONCE)
    ]
    return SQL("(%s)", SQL(" OR ").join(looks)) if looks else SQL("FALSE")


def get_digits_condition(model, column, digits):
    """Return the condition that a number ends with one of these digits.

    :param str model: name of the model whose table has the column
    :param digits: see ``normalise.phone_digits``
    :rtype: SQL
    """
    key = get_digits_sql(SQL.identifier(column))
    exact = SQL("%s = ANY(%s)", key, list(digits))
    if (model, column) == ("res.partner", "phone"):
        return SQL("%s AND %s", get_keys_condition(digits), exact)
    return exact
