r"""Find among many rows those worth reading, for a crowd of identifiers at once.

Rows come as PostgreSQL writes them for ``COPY``: one line for each, fields between
tabs, line feeds and the like escaped, so that a line feed always ends a row. Many rows
are looked at together, with what Python does to whole strings at once: their number
and that of the identifiers cost little. No row that holds an identifier escapes.

https://www.postgresql.org/docs/current/sql-copy.html#id-1.9.3.55.9.2
"""

import re
from collections import defaultdict

ENCODED_SIGNS = (b"%40", b"&#64;", b"%2b", b"+")
# What may stand between the digits of a number, beside what is deleted below
GAPS = (b"&nbsp;", b"&#160;")
# What COPY escapes, and what JSON had escaped before, with more backslashes
_ESCAPED_GAPS = re.compile(
    rb"\\+(?:[nrtbfv]|u(?:00(?:0[9a-d]|1[c-f]|2[089def]|5f|85|a0)"
    rb"|20(?:0[0-9a]|2[89f]|5f)|1680|3000)|x(?:0[9a-d]|1[c-f]|85|a0))"
)
_ESCAPED_SIGNS = re.compile(rb"\\+u00(?:40|2b)")
_ESCAPED_LETTERS = re.compile(rb"\\+(?:u[0-9a-f]{4}|x[0-9a-f]{2})")
_DELETED = bytes([*b" .-/()_\r\x0b\x0c\x1c\x1d\x1e\x1f", *range(0x80, 0x100)])
_DIGITS = bytes(byte if byte in b"0123456789\n" else ord(" ") for byte in range(0x100))
# No address ends so before its @
_NO_END = frozenset(
    bytes([byte]) for byte in b'abcdefghijklmnopqrstuvwxyz0123456789._- \t\r\n<>"();:,@'
) | {b""}
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_CONTROLS = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
MARKED = b"t\t"
# So few are looked for one after the other, which spares cutting the text
FEW = 12


class Sieve:
    """Made once for a crowd, then called with lines.

    :param conditions: ``prefilter.Conditions``; the pattern is for the database, which
        marks the lines that fit it
    """

    def __init__(self, conditions):
        self._tails = {
            length: frozenset(map(str.encode, tails))
            for length, tails in conditions.tails
        }
        self._has_odd_end = conditions.has_odd_end
        self._numbers = {
            length: frozenset(map(str.encode, numbers))
            for length, numbers in conditions.numbers
        }
        self._marks = bool(conditions.pattern)
        self._few_ends = _list_few(self._tails)
        self._few_numbers = _list_few(self._numbers)

    def __call__(self, lines):
        """Return those of the lines worth reading.

        :param list lines: bytes, each with the line feed that ends it
        """
        text = b"".join(lines)
        lower = text.lower()
        return [lines[row] for row in sorted({*self._get_rows(text, lower)})]

    def _get_rows(self, text, lower):
        if self._marks:
            if text.startswith(MARKED):
                yield 0
            yield from _get_rows_of(text, b"\n" + MARKED, 1)
        if self._tails or self._has_odd_end:
            yield from self._get_rows_of_addresses(lower)
        if self._numbers:
            yield from self._get_rows_of_numbers(lower)

    def _get_rows_of_addresses(self, text):
        """A tag ends like a local part, and what is before it like one too."""
        for sign in ENCODED_SIGNS:
            text = text.replace(sign, b"@")
        if b"\\u" in text or b"\\x" in text:
            text = _ESCAPED_SIGNS.sub(b"@", text)
            # An odd end too
            text = _ESCAPED_LETTERS.sub(b"\xff", text)
        found = set(self._few_ends)
        if self._has_odd_end or not found:
            parts = text.split(b"@")
            parts.pop()
        if self._tails and not found:
            longest = max(self._tails)
            ends = {part[-longest:] for part in parts}
            for length, tails in self._tails.items():
                found |= tails.intersection(end[-length:] for end in ends)
        if self._has_odd_end:
            found |= {part[-1:] for part in parts} - _NO_END
        for end in found:
            yield from _get_rows_of(text, end + b"@")

    def _get_rows_of_numbers(self, text):
        for gap in GAPS:
            text = text.replace(gap, b"")
        if b"\\" in text:
            text = _ESCAPED_GAPS.sub(b"", text)
        text = text.translate(_DIGITS, _DELETED)
        found = set(self._few_numbers)
        shortest = min(self._numbers)
        for run in () if found else set(text.split()):
            if len(run) >= shortest:
                for length, numbers in self._numbers.items():
                    found |= numbers.intersection(
                        run[start : start + length]
                        for start in range(len(run) - length + 1)
                    )
        for number in found:
            yield from _get_rows_of(text, number)


def group(values):
    """Return ``((length, (value, ...)), ...)`` of texts by their length."""
    by_length = defaultdict(list)
    for value in sorted(filter(None, values)):
        by_length[len(value)].append(value)
    return tuple((length, tuple(found)) for length, found in sorted(by_length.items()))


def _list_few(by_length):
    """Return the values when they are few, else none."""
    values = [value for known in by_length.values() for value in known]
    return values if len(values) <= FEW else []


def _get_rows_of(text, part, shift=0):
    """Yield the number of each line that holds this, or of the one after."""
    row = last = 0
    position = text.find(part)
    while position >= 0:
        row += text.count(b"\n", last, position)
        yield row + shift
        last = position
        position = text.find(part, position + 1)


def parse(line):
    """Return the fields of a line; NULL is written as an empty text."""
    return [_parse_field(field) for field in line.decode().rstrip("\n").split("\t")]


def _parse_field(field):
    if "\\" not in field:
        return field
    return _ESCAPED.sub(lambda match: _CONTROLS.get(match[1], match[1]), field)
