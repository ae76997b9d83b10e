r"""Find among many rows those worth reading, for a crowd of identifiers at once.

Rows come as PostgreSQL writes them for ``COPY``: one line for each, fields between
tabs, line feeds and the like escaped, so that a line feed always ends a row. Many rows
are looked at together, with what Python does to whole texts at once: their number
and that of the identifiers cost little. No row that holds an identifier escapes.

https://www.postgresql.org/docs/current/sql-copy.html#id-1.9.3.55.9.2
"""

import re
from collections import defaultdict
from operator import itemgetter

from . import escapes, hidden, sieve_words

# What ends a local part, as the address of a page and a page have it, and its tag
_ENCODED_SIGNS = {b"%": (b"%40", b"%2b"), b"&": (b"&#64;",), b"+": (b"+",)}
# What may stand between the digits of a number, beside what is deleted below
_ENTITIES = (b"&nbsp;", b"&#160;")
_ENCODED_GAPS = re.compile(rb"%(?:0[9a-d]|2[089bdef]|5f|c2%a0|e2%80%af)")
# What COPY escapes, and what JSON had escaped before, with more backslashes
_ESCAPED_GAPS = re.compile(
    rb"\\+(?:[nrtbfv]|u(?:00(?:0[9a-d]|1[c-f]|2[089bdef]|5f|85|a0|b7)"
    rb"|20(?:0[0-9a]|1[0-5]|2[289f]|5f)|1680|2212|3000)|x(?:0[9a-d]|1[c-f]|85|a0))"
)
_ESCAPED_SIGNS = re.compile(rb"\\+(?:u00|x)(?:40|2b)")
# Some programs escape these as well
_ESCAPED_PLAIN = re.compile(rb"\\+(?:u00|x)(2d|2e|5f)")
_ESCAPED_LETTER_AT = re.compile(rb"\\(?:u[0-9a-f]{4}|x[0-9a-f]{2})@")
# Letters and digits that are no part of the word after them
_GLUED = re.compile(rb"%[0-9a-f]{2}|\\(?:u[0-9a-f]{4}|x[0-9a-f]{2}|[nrtbfv])")
# In lower case it is a k; folded by nobody but those who read letters
_KELVIN, _ESCAPED_KELVIN = "\u212a".encode(), re.compile(rb"\\+u212a")
# What is before the sign of an address, with a tag in it: read to its end, be there a
# sign or not, or each of its tags would be read from again
_IN_LOCAL = rb"[a-z0-9._+'\-\x80-\xff]"
_INLINE_TAG = rb"</?(?:%b)(?:[^a-z<>\n][^<>\n]*)?>" % hidden.INLINE.encode()
_HIDING_SIGNS = {
    b"\xc2": rb"\xc2\xad",
    b"\xe2": rb"\xe2(?:\x80[\x8b-\x8d]|\x81\xa0)",
    b"\xef": rb"\xef\xbb\xbf",
}
_TAG_BEFORE_AT = (
    rb"<(?<=%b<)%b(?:%b|(?!%b)%b)*+"
    rb"(?:@|%%40|&(?:#|commat)|\\+(?:u00|x)40|(?P<nothing>))"
    % (
        _IN_LOCAL,
        _INLINE_TAG[1:],
        _INLINE_TAG,
        b"|".join(_HIDING_SIGNS.values()),
        _IN_LOCAL,
    )
)
# A line with one of these may have something hidden in it, see ``hidden``
_HIDING = {
    b"%": rb"%(?:25)*(?:[0189a-f].|2[0-46-9a-cf]|3[a-f]|40|5[b-e]|60|7[b-df])",
    b"<": rb"</?wbr|" + _TAG_BEFORE_AT,
    b"&": rb"&(?:shy|zw|[nm]dash|minus|thinsp|e[nm]sp|commat"
    rb"|#(?:x|0*(?:173|82|652|19[2-9]|[23]\d\d;)|0+64;))",
    b"\\": rb"\\+(?:u(?:00ad|200|2060|feff|003c|0026)|x(?:26|3c|ad))",
    **_HIDING_SIGNS,
}
_MAY_HIDE = re.compile(b"|".join(_HIDING.values()))
# A byte is found in no time, and what begins with one of them soon
_MAY_HIDE_FIRST = [(first, re.compile(rest)) for first, rest in _HIDING.items()]
# Of digits, and of the tags that may stand between them
_DIGITS_AND_TAGS = bytes(
    ord("0") if byte in b"0123456789" else byte if byte in b"<>\n" else ord(" ")
    for byte in range(0x100)
)
_TAG_IN_NUMBER = re.compile(rb"0<[ 0]*>(?:<[ 0]*>)*0")
_TAG = re.compile(rb"<[^<>\n]*>")
_ESCAPED_TAG = re.compile(rb"\\+(?:u003[ce]|x3[ce])")
_DELETED = bytes([*b" .-/()_+\r\x0b\x0c\x1c\x1d\x1e\x1f", *range(0x80, 0x100)])
_DIGITS = bytes(byte if byte in b"0123456789\n" else ord(" ") for byte in range(0x100))
_PLAIN = b"abcdefghijklmnopqrstuvwxyz0123456789._-"
_WORDS = bytes(byte if byte in _PLAIN + b"@" else ord(" ") for byte in range(0x100))
# No address ends so before its @; of a sign encoded twice there is another one
_NO_END = frozenset(bytes([byte]) for byte in _PLAIN + b' \t\r\n<>"();:,') | {b""}
_PLAIN_END = re.compile(rb"[a-z0-9._\-]*\Z")
# Ends are looked up whole, of the longer ones the last letters; what stands before a
# whole one, such as \u00e9, is in sight too
LONGEST_END = 12
_take_end = itemgetter(slice(-LONGEST_END, None))
_take_sight = itemgetter(slice(-LONGEST_END - 8, None))
_take_last = itemgetter(slice(-1, None))
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_CONTROLS = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
MARKED = b"t\t"
# So few are looked for one after the other, which spares cutting the text
FEW_ENDS, FEW_NUMBERS = 4, 12


def get_end(local):
    """Return the last plain letters of what is before the ``@`` of an address.

    Of a tag they are those of the tag: the sign before it may be encoded. '' when the
    last letter may be written in several ways.
    """
    end = _PLAIN_END.search(_show_signs(local.lower().encode()))[0]
    return end[-LONGEST_END:].decode()


class Sieve:
    """Made once for a crowd, then called with the lines of ``COPY``.

    :param conditions: ``prefilter.Conditions``; the pattern is for the database, which
        marks the lines that fit it
    """

    def __init__(self, conditions):
        ends = {end.encode() for end in conditions.ends}
        self._few_ends = ends if len(ends) <= FEW_ENDS else ()
        self._whole_ends = {end + b"@" for end in ends if len(end) < LONGEST_END}
        self._long_ends = {end for end in ends if len(end) == LONGEST_END}
        self._has_ends = bool(ends)
        self._has_odd_end = conditions.has_odd_end
        numbers = {number.encode() for number in conditions.numbers}
        self._few_numbers = numbers if len(numbers) <= FEW_NUMBERS else ()
        self._numbers = defaultdict(set)
        for number in numbers:
            self._numbers[len(number)].add(number)
        self._fold = sieve_words.make_fold()
        self._words = frozenset(map(str.encode, conditions.words))
        self._marks = bool(conditions.pattern)

    def __call__(self, text):
        """Return those of the lines worth reading.

        :param bytes text: lines, each with the line feed that ends it
        """
        rows = {*self._get_rows(text, text.lower())}
        if not rows:
            return []
        lines = text.split(b"\n")
        return [lines[row] for row in sorted(rows)]

    def _get_rows(self, text, lower):
        if self._marks:
            if text.startswith(MARKED):
                yield 0
            yield from _get_rows_of(text, b"\n" + MARKED, 1)
        yield from self._get_rows_of_reading(lower)
        rows, shown = _show_hidden(lower)
        if rows:
            yield from (rows[row] for row in self._get_rows_of_reading(shown))

    def _get_rows_of_reading(self, lower):
        if self._words:
            for reading, word in sieve_words.find(lower, self._words, self._fold):
                yield from _get_rows_of(reading, word)
        lower = sieve_words.show_entities(lower)
        if self._has_ends or self._has_odd_end:
            yield from self._get_rows_of_addresses(_show_signs(lower))
        if self._numbers:
            for digits in _get_digits(lower):
                yield from self._get_rows_of_numbers(digits)

    def _get_rows_of_addresses(self, text):
        found = set(self._few_ends)
        if self._has_odd_end or not found:
            parts = text.split(b"@")
            parts.pop()
            sights = list(map(_take_sight, parts))
        if self._has_ends and not found:
            found = self._look_up(sights)
        if self._has_odd_end:
            found |= set(map(_take_last, sights)) - _NO_END
            # Its last letter is a sign that looks like the end of its local part
            found.add(b"@")
            found |= {match[0][:-1] for match in _ESCAPED_LETTER_AT.finditer(text)}
        for end in found:
            yield from _get_rows_of(text, end + b"@")

    def _look_up(self, sights):
        """Return the ends looked for that are among these.

        :param sights: what stands before each ``@``
        """
        found = set()
        if self._long_ends:
            found |= self._long_ends.intersection(map(_take_end, sights))
        if self._whole_ends:
            seen = b"@ ".join([*sights, b""])
            if b"%" in seen or b"\\" in seen:
                seen += _GLUED.sub(b" ", seen)
            words = seen.translate(_WORDS).split()
            found |= {word[:-1] for word in self._whole_ends.intersection(words)}
        return found

    def _get_rows_of_numbers(self, text):
        found = set(self._few_numbers)
        if not found:
            shortest = min(self._numbers)
            runs = [run for run in set(text.split()) if len(run) >= shortest]
            for length, numbers in self._numbers.items():
                found |= numbers.intersection(
                    [
                        run[start : start + length]
                        for run in runs
                        for start in range(len(run) - length + 1)
                    ]
                )
        for number in found:
            yield from _get_rows_of(text, number)


def _show_hidden(text):
    """Return the lines that may have something hidden, as they are read.

    :return: ``(the number of each, the lines)``; escapes may be undone before or not
    """
    rows, lines, row, last = [], [], 0, 0
    if not any(
        first in text and _search(rest, text) for first, rest in _MAY_HIDE_FIRST
    ):
        return rows, b""
    match = _search(_MAY_HIDE, text)
    while match:
        start = text.rfind(b"\n", 0, match.start()) + 1
        end = text.find(b"\n", match.end())
        end = end if end >= 0 else len(text)
        row += text.count(b"\n", last, start)
        last = start
        line = text[start:end].decode(errors="replace")
        for reading in {line, escapes.unescape(line)}:
            shown = hidden.show(reading).lower().replace("\n", " ")
            rows.append(row)
            lines.append(shown.encode(errors="replace") + b"\n")
        match = _search(_MAY_HIDE, text, end)
    return rows, b"".join(lines)


def _search(pattern, text, start=0):
    """Return where something may be hidden next, or None."""
    for match in pattern.finditer(text, start):
        if match.lastgroup != "nothing":
            return match
    return None


def _show_signs(text):
    """Return the text in lower case with an ``@`` for each sign that ends a part.

    A tag ends like a local part, and what is before it like one too.
    """
    for first, signs in _ENCODED_SIGNS.items():
        if first in text:
            for sign in signs:
                text = text.replace(sign, b"@")
    if b"\\" in text and (b"\\u" in text or b"\\x" in text):
        text = _ESCAPED_KELVIN.sub(b"k", _ESCAPED_SIGNS.sub(b"@", text))
        text = _ESCAPED_PLAIN.sub(_show_plain, text)
    return text.replace(_KELVIN, b"k") if _KELVIN[:1] in text else text


def _show_plain(match):
    return bytes.fromhex(match[1].decode())


def _get_digits(text):
    """Yield the digits of each line; signs as ``%20`` may be gaps or digits.

    Once more without the tags, when one stands between digits: what else stands there
    (the end of a line between two cells) is no part of them either.
    """
    for reading in _leave_out_gaps(text):
        yield reading.translate(_DIGITS, _DELETED)
        tags = _show_tags(reading)
        if b"<" in tags and _TAG_IN_NUMBER.search(
            tags.translate(_DIGITS_AND_TAGS, _DELETED)
        ):
            yield _TAG.sub(b"", tags).translate(_DIGITS, _DELETED)


def _show_tags(text):
    if b"\\" in text and (b"u003" in text or b"x3" in text):
        text = _ESCAPED_TAG.sub(_show_tag_sign, text)
    return text


def _show_tag_sign(match):
    return b">" if match[0].endswith(b"e") else b"<"


def _leave_out_gaps(text):
    """Yield the lines without what may stand in a number, and with ``%20`` and such."""
    if b"&" in text:
        for entity in _ENTITIES:
            text = text.replace(entity, b"")
    if b"\\" in text:
        text = _ESCAPED_GAPS.sub(b"", text)
    if b"%" in text:
        without = _ENCODED_GAPS.sub(b"", text)
        if without != text:
            yield without
    yield text


def _get_rows_of(text, part, shift=0):
    """Yield the number of each line that holds this, or of the one after."""
    row = last = 0
    position = text.find(part)
    while position >= 0:
        row += text.count(b"\n", last, position)
        yield row + shift
        last = position
        position = text.find(part, position + 1)


def write(data):
    """Return a text as the line of ``COPY`` that holds nothing else."""
    for char, escaped in ((b"\\", rb"\\"), (b"\n", rb"\n"), (b"\t", rb"\t")):
        data = data.replace(char, escaped)
    return data + b"\n"


def parse(line):
    """Return the fields of a line; NULL is written as an empty text."""
    return [_parse_field(field) for field in line.decode().rstrip("\n").split("\t")]


def _parse_field(field):
    if "\\" not in field:
        return field
    return _ESCAPED.sub(lambda match: _CONTROLS.get(match[1], match[1]), field)
