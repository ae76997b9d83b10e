r"""What the database is asked first, before ``scan`` reads a text.

Conditions are wide: no text that holds an identifier escapes them. They are regular
expressions of PostgreSQL, all in one, so that a text is read a few times whatever the
number of identifiers.
"""

import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass

from . import redaction, scan

# Above this, asking for the shape of an identifier is cheaper than for each of them
MOST_ALTERNATIVES = 40
_GAP = r"(?:[^0-9A-Za-z]|&nbsp;|&#160;){0,4}"
# An accented letter, its decomposed form or its entity; folded in the text or not
_FOREIGN = r"[^\u0001-\u007f]"
_ACCENTED = set("aceilnorsuyzdghjktw")
_PAIRS = re.compile("oe|ae|ss|ij|.")
# The end of the part before the @ that is written in one way only, and how much of it
_PLAIN_END = re.compile(r"[a-z0-9._\-]*\Z")
LONGEST_TAIL = 8


@dataclass(frozen=True, slots=True)
class Conditions:
    """A text is worth reading when one of these holds.

    :param pattern: expression on the text in lower case (ASCII letters only), or ''
    :param tails: of many addresses, the last letters before the ``@``:
        ``((length, (ends, ...)), ...)``, which the database looks up in a hash table
        for each ``@`` of the text, so that their number costs next to nothing
    :param has_odd_end: True when an address has another letter before its ``@``
    :param reads_all: True when asking costs more than reading everything
    """

    pattern: str = ""
    tails: tuple = ()
    has_odd_end: bool = False
    reads_all: bool = False

    @property
    def probes(self):
        """True when each ``@`` of a text is looked at."""
        return bool(self.tails) or self.has_odd_end


def get_conditions(identifiers):
    """Return the Conditions of these identifiers, None when none can be looked for."""
    useful = [i for i in dict.fromkeys(identifiers) if redaction.make_rule(i)]
    if not useful:
        return None
    locals_, ends, logins, numbers, others = set(), set(), set(), set(), []
    for identifier in useful:
        digits = scan.get_digits(identifier)
        if identifier.kind == "email":
            locals_.add(redaction.make_rule(identifier).parts[0])
            ends.add(_get_tail(identifier.value))
        elif identifier.kind == "login":
            logins.add(redaction.make_rule(identifier).parts[0])
        elif digits:
            numbers.add(digits)
        else:
            others.append(identifier)
    words = sorted(set(scan.choose_words(others).values()))
    if len(words) > MOST_ALTERNATIVES:
        return Conditions(reads_all=True)
    is_crowd = len(locals_) > MOST_ALTERNATIVES
    codes = [_space(i.value.lower()) for i in others if i.kind in ("vat", "iban")]
    alternatives = {
        *([] if is_crowd else map(_escape, locals_)),
        *map(_escape, logins),
        *map(_spell, words),
        *codes,
        *_get_number_conditions(numbers),
    }
    return Conditions(
        pattern="|".join(sorted(alternatives)),
        tails=_group_tails(ends) if is_crowd else (),
        has_odd_end=is_crowd and "" in ends,
    )


def _get_tail(address):
    """Return the last plain letters before the @ of a normalised address.

    Of a tag they are those of the tag: the sign before it may be encoded.
    """
    local = address.rpartition("@")[0].lower()
    return _PLAIN_END.search(local)[0][-LONGEST_TAIL:]


def _group_tails(tails):
    by_length = defaultdict(list)
    for tail in sorted(filter(None, tails)):
        by_length[len(tail)].append(tail)
    return tuple((length, tuple(found)) for length, found in sorted(by_length.items()))


def _get_number_conditions(numbers):
    if not numbers:
        return ()
    if len(numbers) > MOST_ALTERNATIVES:
        shortest = min(map(len, numbers))
        return (rf"[0-9](?:{_GAP}[0-9]){{{shortest - 1}}}",)
    return tuple(map(_space, numbers))


def _space(code):
    return _GAP.join(code)


def _escape(text):
    """Any character outside ASCII may be in another case or form: any will do."""
    return "".join(
        re.sub(r"([^\w@])", r"\\\1", char)
        if char.isascii()
        else f"{_get_base(char)}{_FOREIGN}+"
        for char in text
    )


def _get_base(char):
    """Return the letter an accent may follow as a character of its own, or nothing."""
    base = unicodedata.normalize("NFD", char)[0]
    return f"{base}?" if base.isascii() and base.isalnum() else ""


def _spell(word):
    spelled = []
    for part in _PAIRS.findall(word):
        if not part.isascii():
            spelled.append(f"{_FOREIGN}+")
        elif len(part) == 2 or part in _ACCENTED:
            letters = "".join(f"{char}{_FOREIGN}*" for char in part)
            spelled.append(rf"(?:{letters}|{_FOREIGN}+|&{part}\w+;)")
        else:
            spelled.append(part)
    return "".join(spelled)
