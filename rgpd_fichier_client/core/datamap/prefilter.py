r"""What is asked first of each row, before ``scan`` reads its texts.

Conditions are wide: no text that holds an identifier escapes them. The database answers
regular expressions, all in one; what is many, or slow to ask for in that way, is left
to ``sieve``, which all rows pass. So a text is read a few times whatever the number of
identifiers.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property

from . import hidden, redaction, scan, sieve

# Above this, one reading of everything is faster than asking for each of them
MOST_ALTERNATIVES = 40
MOST_LOGINS = 8
MOST_NUMBERS = 2
MOST_LITERALS = 4
ADDRESSES = ("email", "login")
# As JSON has them, in JSON or not
_ESCAPED = r"\\+(?:u[0-9a-f]{4}|x[0-9a-f]{2})"
_ENCODED = "%(?:25)*[0-9a-f]{2}"
_AND = r"(?:&|\\+(?:u0026|x26))"
_LESS, _MORE = r"(?:<|\\+(?:u003|x3)c)", r"(?:>|\\+(?:u003|x3)e)"
_ENTITY = rf"{_AND}#?[0-9a-z]{{2,8}};"
_TAG = rf"{_LESS}[^<>]*{_MORE}"
_GAP = rf"(?:[^0-9A-Za-z]|{_ENTITY}|{_ENCODED}|{_ESCAPED}|\\+[nrtbfv]|{_TAG}){{0,16}}"
# An accented letter, its decomposed form or its entity; folded in the text or not
_FOREIGN = rf"(?:[^\u0001-\u007f]|{_ESCAPED}|{_ENCODED}|{_ENTITY})"
# What may be hidden in an address, see ``hidden``, and what no text has it without
HIDDEN = (
    rf"[{hidden.SIGNS}]|{_LESS}/?wbr[^<>]{{0,20}}?{_MORE}"
    rf"|{_AND}{hidden.NOTHING_NAMED}"
    r"|\\+(?:u(?:00ad|200[bcd]|2060|feff)|xad)"
)
HIDING = (
    rf"wbr|{hidden.NOTHING_NAMED}|[{hidden.SIGNS}]"
    r"|\\(?:u(?:00ad|200[bcd]|2060|feff)|xad)"
)
# What is written in one way only
_PLAIN = re.compile(r"[a-z0-9._%\-]+\Z")
_LIKE, LIKE_ESCAPE = re.compile(r"([%_\\])"), r"\\\1"
# These are encoded in no address of a page
_UNRESERVED = "-.~%"


@dataclass(frozen=True)
class Conditions:
    """A text is worth reading when one of these holds.

    :param pattern: expression on the text in lower case (ASCII letters only), or ''
    :param literals: texts without any other spelling, in lower case, for LIKE
    :param loose_literals: their signs one after the other, whatever stands between,
        for LIKE: it tells in no time most texts that cannot hold them
    :param literal_pattern: the same as an expression
    :param ends: of many addresses, the last letters before the ``@``
    :param has_odd_end: True when an address has another letter before its ``@``
    :param few_numbers: ``((like, expression), ...)``: a number of few, for LIKE, which
        tells in no time most texts that cannot hold it, and as an expression
    :param numbers: the digits of more numbers
    :param words: a folded word of each name, street and login of many
    :param is_crowd: True when all rows pass through a ``sieve.Sieve``
    """

    pattern: str = ""
    literals: tuple = ()
    loose_literals: tuple = ()
    literal_pattern: str = ""
    ends: tuple = ()
    has_odd_end: bool = False
    few_numbers: tuple = ()
    numbers: tuple = ()
    words: tuple = ()
    is_crowd: bool = False

    @cached_property
    def sieve(self):
        """The same for all tables: to make it takes as long as to read a small one."""
        return sieve.Sieve(self)


def get_conditions(identifiers, is_crowd=False):
    """Return the Conditions of these identifiers, None when none can be looked for.

    :param bool is_crowd: as for many, however few they are
    """
    useful = [i for i in dict.fromkeys(identifiers) if redaction.make_rule(i)]
    if not useful:
        return None
    locals_, logins, numbers, others = set(), [], set(), []
    for identifier in useful:
        digits = scan.get_digits(identifier)
        if identifier.kind == "email":
            locals_.add(identifier.value.rpartition("@")[0])
        elif identifier.kind == "login":
            logins.append(identifier)
        elif digits:
            numbers.add(digits)
        else:
            others.append(identifier)
    codes = {_space(i.value.lower()) for i in others if i.kind in ("vat", "iban")}
    has_words = any(i.kind in ("name", "address") for i in others)
    # A number is slow to ask for, with all that may stand between its digits, and a
    # word with all its accents
    if (
        is_crowd
        or len(locals_) > MOST_ALTERNATIVES
        or len(logins) > MOST_LOGINS
        or len(numbers) > MOST_NUMBERS
        or has_words
    ):
        return _get_conditions_of_crowd(locals_, logins, numbers, others, codes)
    written = {redaction.make_rule(i).parts[0] for i in useful if i.kind in ADDRESSES}
    literals = {text for text in written if _PLAIN.match(text)}
    if len(literals) > MOST_LITERALS:
        literals = set()
    alternatives = {*map(_escape, written - literals), *codes}
    return Conditions(
        pattern="|".join(sorted(alternatives)),
        literals=tuple(_make_likes(literals)),
        loose_literals=tuple(_make_loose(text) for text in sorted(literals)),
        literal_pattern="|".join(sorted(map(_escape, literals))),
        few_numbers=tuple((f"%{'%'.join(n)}%", _space(n)) for n in sorted(numbers)),
    )


def _get_conditions_of_crowd(locals_, logins, numbers, others, codes):
    ends = set(map(sieve.get_end, locals_))
    words = scan.choose_rare_words([*others, *logins])
    # Logins of signs alone
    odd = {i.value for i in logins if i not in words}
    return Conditions(
        pattern="|".join(sorted({*map(_escape, odd), *codes})),
        ends=tuple(sorted(filter(None, ends))),
        has_odd_end="" in ends,
        numbers=tuple(sorted(numbers)),
        words=tuple(sorted(set(words.values()))),
        is_crowd=True,
    )


def _make_likes(literals):
    """Yield what LIKE takes; a k may be the sign of kelvin, in capitals or escaped."""
    has_k = any("k" in text for text in literals)
    for text in sorted([*literals, *(("\u212a", r"\u212a") if has_k else ())]):
        yield f"%{_LIKE.sub(LIKE_ESCAPE, text)}%"


def _make_loose(text):
    """Return the same with anything between; a k may be another sign."""
    signs = [_LIKE.sub(LIKE_ESCAPE, char) for char in text if char != "k"]
    return f"%{'%'.join(signs)}%"


def _space(code):
    return _GAP.join(code)


def _escape(text):
    """Any character outside ASCII may be in another case or form: any will do."""
    return "".join(
        _escape_sign(char) if char.isascii() else f"{_get_base(char)}{_FOREIGN}+"
        for char in text
    )


def _escape_sign(char):
    if char == "k":
        return rf"(?:[k\u212a]|{_ESCAPED})"
    if char.isalnum() or char == "_":
        return char
    if char in _UNRESERVED:
        return rf"\{char}"
    return rf"(?:\{char}|{_ESCAPED}|{_ENCODED})"


def _get_base(char):
    """Return the letter an accent may follow as a character of its own, or nothing."""
    base = unicodedata.normalize("NFD", char)[0]
    return f"{base}?" if base.isascii() and base.isalnum() else ""
