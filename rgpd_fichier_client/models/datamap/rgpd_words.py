"""Words of a name as the database indexes them: folded, in any order.

The same text makes the index and the condition, or the index would not serve.
"""

from odoo.tools import SQL

_PLAIN = {
    "a": "àáâãäåāăą",
    "c": "çćĉċč",
    "d": "ďđ",
    "e": "èéêëēĕėęě",
    "g": "ĝğġģ",
    "h": "ĥħ",
    "i": "ìíîïĩīĭįı",
    "j": "ĵ",
    "k": "ķ",
    "l": "ĺļľŀł",
    "n": "ñńņň",
    "o": "òóôõöøōŏő",
    "r": "ŕŗř",
    "s": "śŝşšș",
    "t": "ţťŧț",
    "u": "ùúûüũūŭůűų",
    "w": "ŵ",
    "y": "ýÿŷ",
    "z": "źżž",
    # Kept as one word by PostgreSQL otherwise: an address of the web, a path
    " ": "._/@:-’ʼ",
}
# Where the database does not know the case of accented letters, lower() leaves them
_FROM = "".join(accented + accented.upper() for accented in _PLAIN.values())
_TO = "".join(plain * 2 * len(accented) for plain, accented in _PLAIN.items())
_PAIRS = (("œ", "oe"), ("æ", "ae"), ("ß", "ss"))
_MARKS = "".join(character for character in _PLAIN[" "] if character.isascii())


def get_words_text(columns):
    """Return the SQL text of the words of some columns, for an index.

    Most names have nothing to fold, and folding costs ten times the rest: PostgreSQL
    looks each letter up in the whole list.
    """
    parts = " || ' ' || ".join(f"COALESCE({column}, '')" for column in columns)
    plain = f"translate(lower({parts}), '{_MARKS}', '{' ' * len(_MARKS)}')"
    text = f"lower(normalize({parts}, NFC))"
    for pair, letters in _PAIRS:
        text = f"replace({text}, '{pair}', '{letters}')"
    folded = f"translate({text}, '{_FROM}', '{_TO}')"
    return (
        f"to_tsvector('simple'::regconfig, CASE WHEN octet_length({parts})"
        f" = char_length({parts}) THEN {plain} ELSE {folded} END)"
    )


def get_words_sql(columns):
    """Return the same as an ``SQL``, for a condition."""
    # pylint: disable=sql-injection
    return SQL(get_words_text(columns))


def get_words_index(columns):
    """Return the definition of the index."""
    return f"USING gin (({get_words_text(columns)}))"
