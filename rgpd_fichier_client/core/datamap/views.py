"""A text as it is looked at first, before the expression of an identifier is tried.

Each view leaves out what writings of the same identifier differ in: case, accents,
what stands between digits. What a view has not, its text has not.
"""

import re
import unicodedata
from html import unescape

from . import normalise

# Between the digits of a number, as the address of a page has it too: + is a space
ENCODED_GAP = "%(?:0[9A-D]|2[089BDEF]|5F|C2%A0|E2%80%AF)"
_ENCODED_GAPS = re.compile(ENCODED_GAP, re.IGNORECASE)
LONGEST_TAG = 502
TAG = rf"<[^<>]{{0,{LONGEST_TAG - 2}}}>"
TAGS = re.compile(TAG)
_NOT_DIGITS = re.compile(r"&#?\w+;|[^\d&]+|&")
_NO_DIGITS = bytes(code for code in range(128) if not chr(code).isdigit())
_NOT_CODE = re.compile(r"&#?\w+;|[^\w&]+|_+|&")


class Views(dict):
    """The text as each kind of rule looks at it first, made when it is asked for."""

    def __init__(self, text):
        super().__init__()
        self._text = text

    def __missing__(self, view):
        self[view] = _VIEWS[view](self._text)
        return self[view]


def keep_digits(text):
    """Return the digits of a text, those of entities such as ``&#160;`` left out.

    Once more, after a space, without those of signs as the address of a page has
    them: ``%20`` may be the beginning of a number; and without those in tags.
    """
    if text.isascii() and "&" not in text:
        return " ".join(
            reading.encode().translate(None, _NO_DIGITS).decode()
            for reading in _read_gaps(text)
        )
    return " ".join(_NOT_DIGITS.sub("", reading) for reading in _read_gaps(text))


def keep_code(text):
    return " ".join(_NOT_CODE.sub("", part).upper() for part in _read_gaps(text))


def _read_gaps(text):
    """Return the text, and without the signs and the tags it may have as gaps."""
    readings = [text]
    if "%" in text:
        readings.append(_ENCODED_GAPS.sub(" ", text))
    if "<" in text:
        readings += [TAGS.sub(" ", reading) for reading in readings]
    return list(dict.fromkeys(readings))


def lower(text):
    """In lower case, with accents composed: both forms are the same address."""
    text = text.lower()
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def _fold(text):
    return normalise.fold(unescape(text) if "&" in text else text)


_VIEWS = {
    "lower": lower,
    "digits": keep_digits,
    "code": keep_code,
    "folded": _fold,
}
