r"""Read through the escapes of JSON, and write where they are without breaking it.

A line feed is written ``\n`` in a JSON text: to whoever reads it as it is, the word
after begins with an n. Programs write such texts into others (logs, queues, pages), so
that escapes are undone wherever they are, with any number of backslashes.
"""

import json
import re
from bisect import bisect_right

from . import hidden

# Of JSON, and \xa0 and \v of programs that print what they handle
ESCAPE = re.compile(
    r"""\\+(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|([nrtbfv]))|\\+(["'/]?)"""
)
_CONTROLS = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_JSON_SPACE = " \t\n\r"
_CLOSED_BY = {'"': '"', "{": "}", "[": "]"}
_LITERAL = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_NUMBER = re.compile(r"-?\d[\d.eE+\-]*")


def _decode(match):
    code, short, control, sign = match.groups()
    if code or short:
        return chr(int(code or short, 16))
    return _CONTROLS[control] if control else sign or "\\"


def unescape(text):
    """Return the text without escapes, the very same when it has none."""
    return ESCAPE.sub(_decode, text) if "\\" in text else text


def is_json(text):
    """Tell whether a text is JSON that holds other texts."""
    # Looked at first: the sender of a message begins with a quote, and ends otherwise
    bare = text.strip(_JSON_SPACE)
    if _CLOSED_BY.get(bare[:1]) != bare[-1:]:
        return False
    try:
        json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return False
    return True


def get_readings(text):
    """Return the text in each way it may have to be read.

    As it is, unescaped, and each of them with what is hidden in it.
    """
    readings = [text]
    if "\\" in text:
        read = unescape(text)
        readings = [read] if is_json(text) else [text, read]
    shown = [hidden.show(reading) for reading in readings]
    return list(dict.fromkeys([*readings, *shown]))


class Escaped:
    """A text with escapes, changed where its reading has something.

    :param bool as_json: the text is JSON and stays so
    :param bool is_escaped: False when a backslash is no escape, as in a path of a file
    """

    def __init__(self, text, as_json, is_escaped=True):
        self.text = text
        self.as_json = as_json
        self.read = unescape(text) if is_escaped else text
        # Where each escape ends, in the reading and in the text
        self._ends, self._shifts = [0], [0]
        shift = 0
        for match in ESCAPE.finditer(text) if self.read is not text else ():
            shift += len(match[0]) - 1
            self._ends.append(match.end() - shift)
            self._shifts.append(shift)

    def put(self, spans):
        """Return the text with these spans of its reading replaced.

        :param spans: ``(start, end, what comes instead)``, in order
        """
        literals = []
        if self.as_json:
            literals = [m.span(1) for m in _LITERAL.finditer(self.text)]
        starts = [start for start, _end in literals]
        made, last = [], 0
        for start, end, new in spans:
            start, end = self._locate(start), self._locate(end)
            for first, after, part in (
                self._split(start, end, new, literals, starts)
                if self.as_json
                else [(start, end, new)]
            ):
                if first >= last:
                    made += [self.text[last:first], part]
                    last = after
        return "".join(made) + self.text[last:]

    def _locate(self, position):
        """Return where in the text a position of its reading is."""
        return position + self._shifts[bisect_right(self._ends, position) - 1]

    def _split(self, start, end, new, literals, starts):
        """Yield what to replace of a span of JSON: quotes and commas stay."""
        new = json.dumps(new, ensure_ascii=False)[1:-1]
        index = max(bisect_right(starts, start) - 1, 0)
        is_first = True
        while index < len(literals) and literals[index][0] < end:
            first, after = max(start, literals[index][0]), min(end, literals[index][1])
            if first < after:
                yield first, after, new if is_first else ""
                is_first = False
            index += 1
        if is_first:
            # A number as such: it becomes a text
            for number in _NUMBER.finditer(self.text, max(0, start - 40), end + 40):
                if number.start() < end and number.end() > start:
                    yield *number.span(), f'"{new}"'
                    return
