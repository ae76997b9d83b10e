"""Who is meant by what somebody typed, and how sure is it?

One line is typed: an e-mail, a phone, a number, a name with or without a town. Each
candidate gets a score out of 100 with the evidence for it, so that the officer decides
knowing why. A name proves nothing: several persons share it, and giving the data of one
to another is a breach (Art. 32); it never reaches ``SURE`` by itself.
"""

import re
from dataclasses import dataclass

from . import normalise, siren
from .evidence import SURE, combine

__all__ = ["SURE", "Wanted", "read", "score", "split_words"]

# More than this, and the words are a text rather than a name and an address
MOST_WORDS = 8
SHORTEST_PREFIX = 3

_WORD = re.compile(r"[^\W_]+")
_CODE = re.compile(r"(?=.*\d)[A-Z0-9]{6,34}")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was typed, read in every way it can be read."""

    text: str = ""
    emails: tuple = ()
    phones: tuple = ()
    code: str = ""
    words: tuple = ()

    @property
    def is_empty(self):
        return not (self.emails or self.phones or self.code or self.words)


def read(text, country="FR"):
    """Return the Wanted of a typed line.

    :param country: ISO code for phones without a country prefix
    """
    text = " ".join((text or "").replace("\0", " ").split())
    emails = tuple(normalise.emails(text))
    phone = "" if emails else normalise.phone(text, country)
    code = "" if emails else normalise.code(text)
    rest = text
    for word in text.split():
        if "@" in word:
            rest = rest.replace(word, " ")
    words = () if phone else split_words(rest)
    return Wanted(
        text=text,
        emails=emails,
        phones=(phone,) if phone else (),
        code=code if _CODE.fullmatch(code) else "",
        words=tuple(
            word
            for word in dict.fromkeys(words)
            if word not in normalise.CIVILITIES or len(words) == 1
        )[:MOST_WORDS],
    )


def split_words(text):
    """Return the folded words of a text, in order."""
    return tuple(_WORD.findall(normalise.fold(text)))


def score(wanted, identifiers, references=()):
    """Return ``(points, [evidence codes])`` of one candidate, best evidence first.

    :param identifiers: ``Identifier`` of the candidate, see ``schema``
    :param references: further numbers that name the candidate (customer number…)
    """
    codes = (
        *_match_addresses(wanted, identifiers),
        *_match_codes(wanted, identifiers, references),
        _match_words(wanted, identifiers),
    )
    points, evidence = combine(code for code in codes if code)
    return points, list(evidence)


def _match_addresses(wanted, identifiers):
    emails = {i.value for i in identifiers if i.kind == "email"}
    if emails & set(wanted.emails):
        yield "email"
    elif {normalise.email_base(e) for e in emails} & {
        normalise.email_base(e) for e in wanted.emails
    }:
        yield "email_alias"
    phones = {i.value for i in identifiers if i.kind == "phone"}
    if phones & set(wanted.phones):
        yield "phone"
    elif not wanted.text.startswith(("+", "00")) and (
        set(map(normalise.phone_digits, phones))
        & set(map(normalise.phone_digits, wanted.phones))
    ):
        yield "phone_national"


def _match_codes(wanted, identifiers, references):
    if wanted.code and wanted.code in {
        i.value for i in identifiers if i.kind in ("vat", "iban")
    }:
        yield "code"
    text = normalise.fold(wanted.text)
    if text and text in {normalise.fold(r) for r in references if r}:
        yield "reference"
    elif number := siren.read(wanted.code):
        values = [*references, *(i.value for i in identifiers if i.kind == "vat")]
        if number in {siren.read(normalise.code(value)) for value in values if value}:
            yield "reference"
    if text and text in {
        normalise.fold(i.value) for i in identifiers if i.kind == "login"
    }:
        yield "login"


def _match_words(wanted, identifiers):
    """Compare the words with those of the name; the rest may be of the address."""
    names = set()
    for identifier in identifiers:
        if identifier.kind == "name":
            names.update(split_words(identifier.value))
    address = set()
    for identifier in identifiers:
        if identifier.kind == "address":
            # Somebody types 12bis, somebody else 12 bis
            glued = normalise.house(identifier.value, "")
            address.update(split_words(f"{identifier.value} {glued}"))
    words = set(wanted.words)
    in_name = words & names
    outside = words - names
    if not words or not names:
        return ""
    if in_name and outside and outside <= address:
        return "name_address" if len(in_name) > 1 else "name_part"
    if in_name and not outside:
        return "name" if in_name == names else "name_part"
    if all(_starts_one(word, names) for word in words):
        return "name_start"
    return ""


def _starts_one(word, names):
    return word in names or (
        len(word) >= SHORTEST_PREFIX and any(name.startswith(word) for name in names)
    )
