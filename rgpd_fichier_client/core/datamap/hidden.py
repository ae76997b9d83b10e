"""Read through what stands inside an identifier without being seen.

A page breaks a long address where it may (``nom<wbr>@``, a soft hyphen, a space without
width) and sets a part of it apart (``nom<span>@</span>post.example``), the address of a
page has a sign for each space and accent (``Jean%20Dupont``, ``%C3%A9``, encoded twice
in the address of another one). Of letters, digits and ``-._~`` nothing is undone: who
writes addresses leaves them (RFC 3986, 2.3).
"""

import re
from bisect import bisect_right
from functools import lru_cache
from html import unescape

SIGNS = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
# Of those the first parts are nothing to see, the last one a dash, a space or a letter
NOTHING_NAMED = (
    "(?:shy|zwn?j|#0*(?:173|820[345]|8288|65279)|#x0*(?:ad|200[bcd]|2060|feff));"
)
NOTHING = rf"[{SIGNS}]|</?wbr[^<>]{{0,20}}>|&{NOTHING_NAMED}"
# Letters with an accent as programs of mail write them too
_ENTITY = (
    r"&(?:[nm]dash|minus|thinsp|e[nm]sp|commat"
    r"|#0*(?:64|82(?:0[1-9]|1[0-3]|39)|19[2-9]|[23]\d\d)"
    r"|#x0*(?:40|a0|200[9a]|201[0-5]|202f|2212|[c-f][0-9a-f]|1[0-7][0-9a-f]));"
)
_SIGN = r"(?:[01][0-9a-f]|2[0-46-9a-cf]|3[a-f]|40|5[b-e]|60|7[b-df])"
_MORE = r"%(?:25)*[89ab][0-9a-f]"
_ENCODED = (
    rf"%(?:25)*(?:{_SIGN}|[cd][0-9a-f]{_MORE}|e[0-9a-f](?:{_MORE}){{2}}"
    rf"|f[0-4](?:{_MORE}){{3}}|[89a-f][0-9a-f])"
)
# Tags that set words apart and do not part them
INLINE = (
    "a|abbr|acronym|b|bdi|bdo|big|cite|code|del|dfn|em|font|i|ins|kbd|label|mark|nobr|q|s"
    "|samp|small|span|strike|strong|sub|sup|tt|u|var"
)
_TAG = rf"</?(?:{INLINE})(?:[\s/][^<>]{{0,500}})?>"
_AT = "(?:@|%40|&#0*64;|&#x0*40;|&commat;)"
# Inside an address: before its sign, and after it
_TO_SIGN = rf"(?=(?:{_TAG}|[\w.+'\-]){{0,80}}+{_AT})"
_TAG_BEFORE = rf"<(?<=[\w.+'\-]<){_TAG[1:]}{_TO_SIGN}"
_NEXT_TAG = rf"(?<=>){_TAG}{_TO_SIGN}"
_TAGS_AFTER = rf"{_AT}(?:[\w.\-]*+(?:{_TAG}|{NOTHING})+(?=[\w.\-]))+"
_TAG_INSIDE = re.compile(rf"{_TAG_BEFORE}|{_TAGS_AFTER}", re.IGNORECASE)
_TAG_OR_SIGN = re.compile(rf"({_TAG}|{NOTHING})|(?!@){_AT}", re.IGNORECASE)
_HIDDEN = re.compile(
    rf"({NOTHING}|{_TAG_BEFORE}|{_NEXT_TAG})|({_TAGS_AFTER})|({_ENTITY})|{_ENCODED}",
    re.IGNORECASE,
)
_CODE = re.compile(r"%(?:25)*([0-9a-f]{2})", re.IGNORECASE)
_SIGN_IN = re.compile(f"[{SIGNS}]")
# What is encoded is text: it begins and ends no tag
_NO_TAG = str.maketrans("<>", "‹›")


def may_be_in(text):
    """Tell whether something may be hidden in a text, at little cost."""
    return (
        "%" in text
        or "&" in text
        or "<w" in text
        or "<W" in text
        or "</w" in text
        or "</W" in text
        or (not text.isascii() and bool(_SIGN_IN.search(text)))
        or ("@" in text and "<" in text and bool(_TAG_INSIDE.search(text)))
    )


def show(text):
    """Return what is read, the very same text when nothing is hidden in it."""
    return _HIDDEN.sub(_show, text) if may_be_in(text) else text


def _find_hidden(text):
    """Yield ``(start, end, what is read)`` of all that is hidden."""
    for match in _HIDDEN.finditer(text) if may_be_in(text) else ():
        if match[2]:
            for part in _TAG_OR_SIGN.finditer(text, *match.span()):
                yield *part.span(), _show_part(part)
        else:
            yield *match.span(), _show(match)


def _show(match):
    if match[1]:
        return ""
    if match[2]:
        return _TAG_OR_SIGN.sub(_show_part, match[2])
    return unescape(match[3]) if match[3] else _decode(match[0].lower())


def _show_part(match):
    return "" if match[1] else "@"


@lru_cache(maxsize=1024)
def _decode(encoded):
    code = bytes.fromhex("".join(_CODE.findall(encoded)))
    # An older page has one sign for each letter
    read = code.decode("latin-1" if len(code) == 1 else "utf-8", "replace")
    return read.translate(_NO_TAG)


class Shown:
    """What is read of a text, and where in the text it is."""

    def __init__(self, text):
        made, last, shift = [], 0, 0
        # Positions in the reading, and what to add to those from there on: what is
        # hidden before the first letter of a span is no part of it, nor after the last
        self._starts, self._ends, self._shifts = [0], [0], [0]
        for start, end, new in _find_hidden(text):
            made += [text[last:start], new]
            last = end
            shift += end - start - len(new)
            position = last - shift
            self._starts.append(position)
            self._ends.append(position if new else position + 1)
            self._shifts.append(shift)
        self.read = "".join([*made, text[last:]]) if made else text

    def locate(self, start, end):
        """Return where in the text a span of the reading is."""
        return (
            start + self._shifts[bisect_right(self._starts, start) - 1],
            end + self._shifts[bisect_right(self._ends, end) - 1],
        )


class Plain:
    """A text read as it is, see ``Shown``."""

    def __init__(self, text):
        self.read = text

    def locate(self, start, end):
        return start, end
