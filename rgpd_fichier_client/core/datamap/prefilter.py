r"""What is asked first of each row, before ``scan`` reads its texts.

Conditions are wide: no text that holds an identifier escapes them. The database looks
for the signs of each identifier in their order, which takes no time, and asks the few
texts that are left one regular expression. What is many, or slow to ask for in that
way, is left to ``sieve``, which all rows pass. So a text is read a few times whatever
the number of identifiers.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property

from . import hidden, redaction, scan, sieve

# Above this, one reading of everything is faster than asking for each of them
MOST_ADDRESSES = 8
MOST_LOGINS = 8
MOST_NUMBERS = 3
# With fewer, nearly all texts have them in their order
FEWEST_DIGITS = 4
ADDRESSES = ("email", "login")
# As JSON has them, in JSON or not
_ESCAPED = r"\\+(?:u[0-9a-f]{4}|x[0-9a-f]{2})"
_ENCODED = "%(?:25)*[0-9a-f]{2}"
_AND = r"(?:&|\\+(?:u0026|x26))"
_LESS, _MORE = r"(?:<|\\+(?:u003|x3)c)", r"(?:>|\\+(?:u003|x3)e)"
_ENTITY = rf"{_AND}#?[0-9a-z]+;"
_TAG = rf"{_LESS}[^<>]*{_MORE}"
_GAP = rf"(?:[^0-9A-Za-z]|{_ENTITY}|{_ENCODED}|{_ESCAPED}|\\+[nrtbfv]|{_TAG})*"
# An accented letter, its decomposed form or its entity; folded in the text or not
_FOREIGN = rf"(?:[^\u0001-\u007f]|{_ESCAPED}|{_ENCODED}|{_ENTITY})"
# What may be hidden in an address, see ``hidden``
_HIDDEN = rf"(?:[{hidden.SIGNS}]|{_TAG}|{_ENTITY}|{_ESCAPED})*"
# What comes after what is before the sign of an address: that sign, or a tag
_AFTER_LOCAL = r"[@+%&\\]"
_LIKE, LIKE_ESCAPE = re.compile(r"([%_\\])"), r"\\\1"
# These are encoded in no address of a page
_UNRESERVED = "-.~%"
# In capitals, some letters that are not those of ASCII are these
_ODD_CASE = frozenset("iks")


@dataclass(frozen=True)
class Conditions:
    """A text is worth reading when one of these holds.

    :param likes: for LIKE, on the text in lower case (ASCII letters only): of each
        identifier the signs that every writing has, whatever stands between. It tells
        in no time nearly all texts that hold none
    :param first_likes: the same of signs that have no capitals, on the text as it is,
        when each identifier has some
    :param pattern: expression on those that are left, or ''
    :param ends: of many addresses, the last letters before the ``@``
    :param has_odd_end: True when an address has another letter before its ``@``
    :param numbers: the digits of many numbers
    :param words: a folded word of each name, street and login of many
    :param is_crowd: True when all rows pass through a ``sieve.Sieve``
    """

    first_likes: tuple = ()
    likes: tuple = ()
    pattern: str = ""
    ends: tuple = ()
    has_odd_end: bool = False
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
    emails, logins, numbers, others = [], [], set(), []
    for identifier in useful:
        digits = scan.get_digits(identifier)
        if identifier.kind == "email":
            emails.append(identifier)
        elif identifier.kind == "login":
            logins.append(identifier)
        elif digits:
            numbers.add(digits)
        else:
            others.append(identifier)
    has_words = any(i.kind in ("name", "address") for i in others)
    # A number is slow to ask for, with all that may stand between its digits, and a
    # word with all its accents
    if (
        is_crowd
        or len(emails) > MOST_ADDRESSES
        or len(logins) > MOST_LOGINS
        or len(numbers) > MOST_NUMBERS
        or has_words
    ):
        return _get_conditions_of_crowd(emails, logins, numbers, others)
    asked = [
        *map(_ask_email, emails),
        *map(_ask_login, logins),
        *map(_ask_number, numbers),
        *map(_ask_code, others),
    ]
    return Conditions(**_join(asked))


def _get_conditions_of_crowd(emails, logins, numbers, others):
    ends = {sieve.get_end(i.value.rpartition("@")[0]) for i in emails}
    words = scan.choose_rare_words([*others, *logins])
    # Logins of signs alone
    asked = [_ask_login(i) for i in logins if i not in words]
    asked += [_ask_code(i) for i in others if i.kind in ("vat", "iban")]
    return Conditions(
        ends=tuple(sorted(filter(None, ends))),
        has_odd_end="" in ends,
        numbers=tuple(sorted(numbers)),
        words=tuple(sorted(set(words.values()))),
        is_crowd=True,
        **_join(asked),
    )


def _join(asked):
    """Return what is asked of the database, from ``(signs, expression)`` of each."""
    all_signs = [signs for signs, _expression in asked]
    caseless = [[sign for sign in signs if not sign.isalpha()] for signs in all_signs]
    tell_much = all(sum(map(str.isdigit, signs)) >= FEWEST_DIGITS for signs in caseless)
    return {
        "first_likes": _make_likes(caseless) if tell_much else (),
        "likes": _make_likes(all_signs),
        "pattern": "|".join(sorted({expression for _signs, expression in asked})),
    }


def _make_likes(all_signs):
    """Return what LIKE takes: signs one after the other, with anything between."""
    return tuple(
        sorted(
            {
                f"%{'%'.join(_LIKE.sub(LIKE_ESCAPE, sign) for sign in signs)}%"
                for signs in all_signs
            }
        )
    )


# === KINDS === #


def _ask_email(identifier):
    local = redaction.make_rule(identifier).parts[0]
    domain = identifier.value.rpartition("@")[2]
    if "xn--" in domain or not domain.isascii():
        domain = ""
    sure = [char for char in _get_sure(domain) if char not in _ODD_CASE]
    signs = [*_get_sure(local), *sure]
    return signs, f"{_escape(local)}{_HIDDEN}{_AFTER_LOCAL}"


def _ask_login(identifier):
    text = redaction.make_rule(identifier).parts[0]
    return _get_sure(text), _escape(text)


def _ask_number(digits):
    return digits, _space(digits)


def _ask_code(identifier):
    code = identifier.value.lower()
    return _get_sure(code), _space(code)


def _get_sure(text):
    """Return the signs of a text that are written in one way only.

    Programs escape the other ones as well, dots and dashes not excepted.
    """
    return [char for char in text if char.isascii() and char.isalnum() and char != "k"]


def _space(code):
    return _GAP.join(code)


def _escape(text):
    """Any character outside ASCII may be in another case or form: any will do."""
    return _HIDDEN.join(
        _escape_sign(char) if char.isascii() else f"{_get_base(char)}{_FOREIGN}+"
        for char in text
    )


def _escape_sign(char):
    if char == "k":
        return rf"(?:[k\u212a]|{_ESCAPED})"
    if char.isalnum():
        return char
    if char == "_":
        return rf"(?:_|{_ESCAPED})"
    if char in _UNRESERVED:
        return rf"(?:\{char}|{_ESCAPED})"
    return rf"(?:\{char}|{_ESCAPED}|{_ENCODED}|{_ENTITY})"


def _get_base(char):
    """Return the letter an accent may follow as a character of its own, or nothing."""
    base = unicodedata.normalize("NFD", char)[0]
    return f"{base}?" if base.isascii() and base.isalnum() else ""
