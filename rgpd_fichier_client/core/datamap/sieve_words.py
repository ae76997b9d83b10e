r"""Find the words of names, streets and logins among many rows at once, see ``sieve``.

The words of a text are those of ``views``: folded, read through the entities of a page
and the escapes of JSON. Each different word with an accent is folded once.
"""

import re
from functools import lru_cache
from html import unescape

from . import normalise

_PLAIN = b"abcdefghijklmnopqrstuvwxyz0123456789\n"
_WORDS = bytes(
    byte if byte in _PLAIN or byte >= 0x80 else ord(" ") for byte in range(0x100)
)
LONGEST_KEPT = 64
_NO_BACKSLASH = bytes.maketrans(b"\\", b" ")
# What JSON that a page may hold has for the & of an entity
_ESCAPED_AND = re.compile(rb"\\+(?:u0026|x26)(?=#?\w{1,32};)")
_ENTITY = re.compile(rb"&#?\w{1,32};")
_ESCAPE = re.compile(rb"\\+(?:u([0-9a-f]{4})|x([0-9a-f]{2})|[nrtbfv])")
_WORD = re.compile(r"[^\W_]+")
_ASCII_WORD = re.compile(rb"[a-z0-9]+")


def make_fold():
    """Return ``_fold`` with what it remembers, for as long as one sweep takes.

    What is long is no word twice, but a paragraph: it is not kept.
    """
    known = lru_cache(maxsize=1 << 15)(_fold)
    return lambda word: (known if len(word) <= LONGEST_KEPT else _fold)(word)


def find(text, wanted, fold):
    """Yield ``(text, word of it)``: the rows with this word are worth reading.

    :param bytes text: lines of ``COPY`` in lower case; what comes back has as many
    :param wanted: folded words, as bytes
    :param fold: see ``make_fold``
    """
    for reading in _read(text):
        words = {*reading.translate(_WORDS).split()}
        found = words & wanted
        # What is written with another letter than a to z
        for word in words:
            if not word.isalnum() and not wanted.isdisjoint(fold(word)):
                found.add(word)
        for word in found:
            yield reading, word


def show_entities(text):
    """Return the text in lower case with each entity beginning as in a page."""
    if b"\\" in text and (b"u0026" in text or b"x26" in text):
        return _ESCAPED_AND.sub(b"&", text)
    return text


def _read(text):
    shown = show_entities(text)
    if shown != text:
        # It may be no escape, but a backslash before a word
        yield text.translate(_NO_BACKSLASH)
        text = shown
    if b"&" in text:
        text = _ENTITY.sub(_show_entity, text)
    if b"\\" in text:
        yield text.translate(_NO_BACKSLASH)
        text = _ESCAPE.sub(_show_escape, text)
    yield text


def _show_entity(match):
    return _unescape(match[0])


@lru_cache(maxsize=1024)
def _unescape(entity):
    return unescape(entity.decode()).replace("\n", " ").encode()


def _show_escape(match):
    code = match[1] or match[2]
    # Half a character is no letter
    char = chr(int(code, 16)).lower() if code else " "
    return b" " if char in "\n\ud800" else char.encode(errors="replace")


def _fold(word):
    """Return the words that something between spaces holds, folded and as it is."""
    folded = _WORD.findall(normalise.fold(word.decode(errors="ignore")))
    return frozenset([*map(str.encode, folded), *_ASCII_WORD.findall(word)])
