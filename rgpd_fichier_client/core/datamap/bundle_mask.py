"""Hide other people in the copy of somebody's data (Art. 15.4 GDPR).

Names are matched word by word, without case or accents, against an index of the
people known to appear around the person; e-mail addresses and phone numbers are
recognised by their shape, and everything that is not the person's own goes.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser

_EMAIL = re.compile(r"[\w.+'%-]+@[\w-]+(?:\.[\w-]+)+")
_PHONE = re.compile(
    r"(?<![\w.,/-])"
    r"(?:(?:\+|00)\d{1,3}[ .\-/\u00a0]?(?:\(0\)[ .\-\u00a0]?)?\d|\(?0[1-9]\)?)"
    r"(?:[ .\-/\u00a0]?\d){7,11}(?![\w-]|[.,]\d)"
)
_WORD = re.compile(r"[^\W_]+")
# Invisible characters that pad the preview of an e-mail
_FILLER = re.compile("[\u034f\u200b-\u200d\u2060\ufeff]+ ?")
_PHONE_TAIL = 9  # digits that identify a French number whatever its prefix
_SHORTEST_NAME = 3
_BLANK = "\x00"  # neither a word nor part of a number


def fold(text):
    """Return the text without case, accents or compatibility forms.

    >>> fold("ÉLODIE")
    'elodie'
    """
    text = unicodedata.normalize("NFKD", text)
    text = "".join(char for char in text if not unicodedata.combining(char))
    return text.casefold()


def get_phone_tail(text):
    """Return the last digits of a phone number, the part all spellings share."""
    return "".join(char for char in text if char.isdigit())[-_PHONE_TAIL:]


def split_name(text):
    """Return the folded words of a name as a tuple."""
    return tuple(fold(word) for word in _WORD.findall(text or ""))


@dataclass(frozen=True, slots=True)
class Span:
    """One passage that the rules hide.

    :param str kind: `person`, `staff`, `email` or `phone`: the label that replaces it
    :param str key: the identifier, the same however it is written
    :param tuple words: the folded words of a name
    """

    start: int
    end: int
    kind: str
    key: str
    words: tuple = ()


def get_name_key(words):
    """Return the key of a name, whichever comes first of its words."""
    return f"name:{' '.join(sorted(words))}"


@dataclass
class Masker:
    """Knows who may be shown and who is hidden, and rewrites text accordingly.

    :param own_names, own_emails, own_phones: of the person, always shown
    :param set staff: keys of addresses that are those of colleagues for sure
    :param dict labels: `person`, `staff`, `email`, `phone` → what replaces a value
    """

    labels: dict
    own_names: set = field(default_factory=set)
    own_emails: set = field(default_factory=set)
    own_phones: set = field(default_factory=set)
    staff: set = field(default_factory=set)
    _names: dict = field(default_factory=dict)

    def show(self, *, names=(), emails=(), phones=()):
        """Declare identifiers of the person (or of the company itself)."""
        self.own_names |= {words for words in map(split_name, names) if words}
        self.own_emails |= {email.strip().casefold() for email in emails if email}
        self.own_phones |= {get_phone_tail(phone) for phone in phones if phone}
        self.own_phones.discard("")

    def hide(self, name, kind="person"):
        """Declare the name of somebody else; `kind` chooses the label.

        A single word that is short, or part of the person's own name, is left alone.
        """
        words = split_name(name)
        if not words or words in self.own_names:
            return
        if len(words) == 1 and (
            len(words[0]) < _SHORTEST_NAME
            or any(words[0] in own for own in self.own_names)
        ):
            return
        for variant in {words, words[::-1]}:
            self._names.setdefault(variant[0], {})[variant] = kind

    def know_staff(self, *, emails=(), phones=()):
        """Declare addresses of colleagues: they are hidden without any doubt."""
        self.staff |= {f"email:{email.strip().casefold()}" for email in emails if email}
        self.staff |= {f"phone:{get_phone_tail(phone)}" for phone in phones if phone}

    # === MASKING === #

    def mask_text(self, text, shown=(), note=None):
        """Return plain text without other people's names, e-mails and phones.

        :param shown: keys of passages that stay as they are
        :param note: called with the text and every span the rules hide in it
        """
        if not text:
            return text
        spans = self.find(text)
        if spans and note:
            note(text, spans)
        return self.replace(text, [span for span in spans if span.key not in shown])

    def replace(self, text, spans, start=0, end=None):
        """Return a part of the text with each span replaced by its label."""
        pieces, last = [], start
        end = len(text) if end is None else end
        for span in spans:
            if span.end <= start or span.start >= end:
                continue
            pieces += [text[last : max(span.start, start)], self.labels[span.kind]]
            last = min(span.end, end)
        return "".join(pieces) + text[last:end]

    def find(self, text):
        """Return the spans to hide, in the order of the text."""
        spans = []
        # What is found is blanked, so that no number or name is looked for inside
        text = self._find_all(_EMAIL, text, self._read_email, spans)
        text = self._find_all(_PHONE, text, self._read_phone, spans)
        if self._names:
            spans += self._find_names(text)
        return sorted(
            (span for span in spans if span.kind), key=lambda span: span.start
        )

    @staticmethod
    def _find_all(pattern, text, read, spans):
        pieces, last = [], 0
        for match in pattern.finditer(text):
            kind, key = read(match.group())
            start, end = match.span()
            spans.append(Span(start, end, kind, key))
            pieces += [text[last:start], _BLANK * (end - start)]
            last = end
        return "".join(pieces) + text[last:] if pieces else text

    def _read_email(self, text):
        email = text.strip("'").casefold()
        return "" if email in self.own_emails else "email", f"email:{email}"

    def _read_phone(self, text):
        tail = get_phone_tail(text)
        return "" if tail in self.own_phones else "phone", f"phone:{tail}"

    def _find_names(self, text):
        spans = [(fold(m.group()), m.start(), m.end()) for m in _WORD.finditer(text)]
        index = 0
        while index < len(spans):
            words, kind = self._match_name(spans, index, text)
            if not words:
                index += 1
                continue
            start, end = spans[index][1], spans[index + len(words) - 1][2]
            yield Span(start, end, kind, get_name_key(words), words)
            index += len(words)

    def _match_name(self, spans, index, text):
        """Return the hidden name that begins at `index`, and its kind."""
        own = self._longest(self._own_by_first(spans[index][0]), spans, index, text)
        best, kind = (), ""
        candidates = self._names.get(spans[index][0], {})
        for words, label in candidates.items():
            if len(words) > len(best) and self._is_at(words, spans, index, text):
                best, kind = words, label
        return ((), "") if own >= len(best) else (best, kind)

    def _own_by_first(self, word):
        """Return the person's own names that begin with `word`."""
        return [words for words in self.own_names if words[0] == word]

    def _longest(self, names, spans, index, text):
        fits = [len(n) for n in names if self._is_at(n, spans, index, text)]
        return max(fits, default=0)

    @staticmethod
    def _is_at(words, spans, index, text):
        """Tell whether these words follow each other at `index`, closely."""
        if len(spans) < index + len(words):
            return False
        for offset, word in enumerate(words):
            if spans[index + offset][0] != word:
                return False
            if offset:
                gap = text[spans[index + offset - 1][2] : spans[index + offset][1]]
                if len(gap) > 3 or "\n" in gap.strip(" "):
                    return False
        return True


class _Reader(HTMLParser):
    """Collect the readable text of HTML, with line breaks where blocks end."""

    BREAKS = {"br", "p", "div", "tr", "li", "ul", "ol", "table", "blockquote"} | {
        f"h{level}" for level in range(1, 7)
    }
    SILENT = {"script", "style", "head", "title", "template"}

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.parts = []
        self._silent = 0

    def handle_starttag(self, tag, attrs):
        """Open a block; a list item gets a dash."""
        if tag in self.SILENT:
            self._silent += 1
        elif tag in self.BREAKS:
            self.parts.append("\n")
            if tag == "li":
                self.parts.append("- ")

    def handle_endtag(self, tag):
        """Close a block."""
        if tag in self.SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag in ("td", "th"):
            self.parts.append(" ")
        elif tag in self.BREAKS:
            self.parts.append("\n")

    def handle_data(self, data):
        """Keep the text people see."""
        if not self._silent:
            self.parts.append(re.sub(r"\s+", " ", data))


def read_html(html):
    """Return what a reader sees of some HTML, as plain text.

    >>> read_html("<p>Hello <b>you</b></p><ul><li>one</li></ul>")
    'Hello you\\n- one'
    """
    if not html:
        return ""
    reader = _Reader()
    try:
        reader.feed(str(html))
        reader.close()
    except (AssertionError, ValueError):
        return unescape(re.sub(r"<[^>]*>", " ", str(html))).strip()
    text = _FILLER.sub("", "".join(reader.parts))
    lines = (line.strip() for line in text.splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip().replace("\n\n- ", "\n- ")
