"""What a human looks at before the copy of somebody's data leaves (Art. 15.4 GDPR).

The rules mask other people by themselves. Where they cannot tell whether too much or
too little is hidden, a passage is *doubtful* and waits for a decision: keep it masked,
show it, or withhold the whole record. Nothing doubtful leaves undecided.
"""

from dataclasses import dataclass

CONTEXT = 70  # characters of text shown on each side
HEAD = 240  # of a whole text

# Decisions
MASK, SHOW, WITHHOLD = "mask", "show", "withhold"
# Passages that stand for a whole record
AUTHOR, NOTE, FILE, OTHER = "author", "note", "file", "other"
WHOLE = (AUTHOR, NOTE, FILE, OTHER)
# A record that an officer withholds though nothing in it is masked
RECORD = "record"
_SHORTEST_SHARED = 3


@dataclass(frozen=True, slots=True)
class Passage:
    """One thing the rules hid, as the officer sees it.

    :param str kind: why: `person`, `staff`, `email`, `phone`, `author`, `note`, `file`
    :param str key: identifier of what is hidden, or the kind of a whole record
    :param str before, after: extract as it is stored, and as it would leave
    :param doubt: code of what the rules cannot tell, or None
    """

    kind: str
    key: str
    before: str
    after: str
    doubt: str | None = None


def get_passages(masker, text, spans, *, is_own_text=False):
    """Return one passage for each identifier hidden in a text.

    :param Masker masker: whose spans these are
    :param bool is_own_text: the person wrote the text
    :rtype: list[Passage]
    """
    passages = {}
    for span in spans:
        if span.key in passages:
            continue
        start = max(0, span.start - CONTEXT)
        end = min(len(text), span.end + CONTEXT)
        passages[span.key] = Passage(
            kind=span.kind,
            key=span.key,
            before=_frame(text[start:end], start > 0, end < len(text)),
            after=_frame(
                masker.replace(text, spans, start, end), start > 0, end < len(text)
            ),
            doubt=get_doubt(masker, span, is_own_text),
        )
    return list(passages.values())


def get_doubt(masker, span, is_own_text=False):
    """Return why the rules may be wrong about a passage of a text, or None.

    - `word`: a name of one word may be an ordinary word;
    - `family`: it shares a word with the person's own name: a relative, or themselves;
    - `own`: an address that looks like theirs, or that stands in what they wrote.
    """
    if span.words:
        if len(span.words) == 1:
            return "word"
        if span.kind == "person" and _shares_a_word(masker, span.words):
            return "family"
        return None
    if span.key in masker.staff:
        return None
    if is_own_text or (span.kind == "email" and _looks_own(masker, span.key)):
        return "own"
    return None


def get_whole(kind, text, masked, doubt=None):
    """Return the passage that stands for a whole text."""
    return Passage(
        kind=kind,
        key=kind,
        before=_frame(text[:HEAD], False, len(text) > HEAD),
        after=_frame(masked[:HEAD], False, len(masked) > HEAD),
        doubt=doubt,
    )


def get_record(title):
    """Return the passage that stands for a record chosen by an officer."""
    return Passage(RECORD, RECORD, title, "")


def get_file(masker, text):
    """Return the passage of a file: doubtful when its text names somebody else.

    A file is not rewritten: it leaves as it is, or not at all.

    :param text: what could be read of the file; '' for a picture or a sound; None when
        it should have been readable and is not: damaged, or locked
    """
    if text is None:
        return Passage(FILE, FILE, "", "", "unreadable")
    spans = [
        span
        for span in masker.find(text)
        if span.kind != "staff" and span.key not in masker.staff
    ]
    if not spans:
        return Passage(FILE, FILE, "", "")
    first = get_passages(masker, text, spans[:1])[0]
    return Passage(FILE, FILE, first.before, first.before, "content")


def _frame(text, is_cut_before, is_cut_after):
    text = " ".join(text.replace("\0", " ").split())
    return f"{'…' if is_cut_before else ''}{text}{'…' if is_cut_after else ''}"


def _shares_a_word(masker, words):
    own = {word for name in masker.own_names for word in name}
    return any(len(word) >= _SHORTEST_SHARED and word in own for word in words)


def _looks_own(masker, key):
    """Tell whether an address is made of the words of the person's name."""
    local = key.partition(":")[2].partition("@")[0]
    return any(
        len(name) > 1 and all(word in local for word in name)
        for name in masker.own_names
    )
