"""Look through what is too large to be held at once, piece by piece.

Each piece begins with the end of the one before, longer than any writing of an
identifier: what is found in the pieces is what would be found in the whole.
"""

import codecs
import re

# In bytes: beyond, a text is read in pieces
LARGEST_WHOLE = 1 << 24
# In characters of a text, in bytes of a file; even, as UTF-16 takes two of these
PIECE = 1 << 22
# A street of ten words with a tag between all of them, and its postcode
OVERLAP = 1 << 19
# A piece is cut at a space, so that no number or word in it is part of a longer one
MARGIN = 1000
_SPACE = re.compile(r"\s")
_LAST_WORD = re.compile(r"(?<=\s)\S++\Z")
_BYTE_ORDERS = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}


def find(scan, read):
    """Return the identifiers that a large text holds, each once.

    :param scan: ``scan.Scanner``
    :param read: called with a start and a length, gives this part of the text and
        whether it is the last
    """
    found, start, is_last = {}, 0, False
    while not is_last:
        text, is_last = read(start, PIECE)
        found |= dict.fromkeys(scan(_trim(text, not start, is_last)))
        start += PIECE - OVERLAP
    return list(found)


def find_in_stream(scan, stream):
    """Return the identifiers that a large file of plain text holds, each once.

    :param scan: ``scan.Scanner``
    :param stream: binary stream, read from where it is asked to
    """
    stream.seek(0)
    encoding = _BYTE_ORDERS.get(stream.read(2))

    def read(start, length):
        stream.seek(start)
        data = stream.read(length)
        return decode(data, encoding), len(data) < length

    return find(scan, read)


def _trim(text, is_first, is_last):
    """Return a piece without the words its ends may have cut."""
    if not is_first:
        space = _SPACE.search(text[:MARGIN])
        text = text[space.start() :] if space else text
    if not is_last and (cut := _LAST_WORD.search(text[-MARGIN:])):
        text = text[: len(text) - len(cut[0])]
    return text


def decode(data, encoding=None):
    """Return the text of a piece, whose ends may have cut a character."""
    if encoding:
        return data.decode(encoding, "replace")
    start = 0
    while start < min(3, len(data)) and data[start] & 0xC0 == 0x80:
        start += 1
    try:
        return codecs.getincrementaldecoder("utf-8")().decode(data[start:])
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")
