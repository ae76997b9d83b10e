"""Remove the identifiers of persons from texts that stay for others.

A message of a colleague, a note on somebody else's order: the text is theirs, the
name, address or number of the person in it goes. Texts may be plain or HTML; tags that
lie inside an identifier are kept, so that the document stays well formed.

Every writing of an identifier is looked for: accents and case, the name in any order
of its words, a number with any separators or country prefix. A first name or a family
name alone is left: it may be anybody's.
"""

import re
import unicodedata
from collections import defaultdict
from functools import cached_property, lru_cache
from itertools import permutations

import phonenumbers

from . import normalise

MARK = "[effacé]"
# A word shorter than this proves nothing by itself
SHORTEST_LOGIN = 4
SHORTEST_CODE = 8
MOST_PERMUTED_WORDS = 4

_TAG = r"<[^<>]{0,500}>"
_GAP = rf"(?:[\s,.'’\-]|&nbsp;|&#160;|&#39;|{_TAG})"
_PHONE_GAP = r"(?:[\s.\-/()]|&nbsp;|&#160;){0,3}"
_CODE_GAP = r"(?:[\s.\-_/]|&nbsp;|&#160;){0,2}"
_TAGS = re.compile(_TAG)
_NOT_DIGITS = re.compile(r"&#?\w+;|\D")
_NOT_CODE = re.compile(r"&#?\w+;|[\W_]")
_WORD = re.compile(r"[^\W_]+")


def redactor(identifiers, loose=False):
    """Return the function that removes these identifiers from a text.

    :param identifiers: objects with ``kind`` (email, phone, name, vat, iban, address
        or login) and ``value``, normalised as in ``normalise``
    :param bool loose: the text is about these persons: their street goes even without
        its postcode, which elsewhere may be the street of anybody
    :return: function ``text -> text``; it gives the very same text back when nothing
        is found, and applying it twice changes nothing more
    """
    rules = [rule for _identifier, rule in _make_rules(identifiers, loose)]

    def redact(text):
        if not text:
            return text
        for rule in _select(rules, text):
            text = rule.pattern.sub(_replace, text)
        return text

    return redact


def searcher(identifiers):
    """Return the function that says which of these identifiers a text holds.

    What it finds is what ``redactor`` removes.

    :param identifiers: as for ``redactor``
    :return: function ``text -> [identifiers]``
    """
    identifier_of = {rule: i for i, rule in _make_rules(identifiers, loose=False)}
    rules = list(identifier_of)

    def search(text):
        return [
            identifier_of[rule]
            for rule in _select(rules, text or "")
            if rule.pattern.search(text)
        ]

    return search


def _make_rules(identifiers, loose):
    rules = []
    for identifier in dict.fromkeys(identifiers):
        make = _MAKERS.get(identifier.kind)
        if make and identifier.value:
            is_address = identifier.kind == "address"
            rule = make(identifier.value, loose) if is_address else make(identifier.value)
            if rule:
                rules.append((identifier, rule))
    return rules


def _select(rules, text):
    """Keep the rules whose substrings are there: it spares nearly all the matching."""
    views = {}
    for rule in rules:
        if rule.view not in views:
            views[rule.view] = _VIEWS[rule.view](text)
        if all(part in views[rule.view] for part in rule.parts):
            yield rule


class _Rule:
    """One identifier: what must be in the text, then where it is exactly."""

    def __init__(self, view, parts, source):
        self.view = view
        self.parts = parts
        self._source = source

    @cached_property
    def pattern(self):
        return re.compile(self._source(), re.IGNORECASE)


def _replace(match):
    return MARK + "".join(_TAGS.findall(match.group()))


_VIEWS = {
    "lower": str.lower,
    "digits": lambda text: _NOT_DIGITS.sub("", text),
    "code": lambda text: _NOT_CODE.sub("", text).upper(),
    "folded": lambda text: normalise.fold(text),
}


# === KINDS === #


def _make_email(value):
    local, at, domain = value.rpartition("@")
    if not at:
        return None
    domains = {domain, *(s.rpartition("@")[2] for s in normalise.email_spellings(value))}

    def source():
        # A tag after a plus sign leads to the same mailbox
        tag = "" if "+" in local else r"(?:(?:\+|%2B)[^\s@<>\"]{1,64})?"
        return (
            rf"(?<![\w.+\-]){_literal(local)}{tag}(?:@|%40|&#64;)"
            rf"(?:{'|'.join(map(re.escape, sorted(domains)))})(?![\w\-]|\.\w)"
        )

    return _Rule("lower", (local.split("+")[0].lower(),), source)


def _make_phone(value):
    try:
        number = phonenumbers.parse(value, None)
    except phonenumbers.NumberParseException:
        return None
    national = phonenumbers.national_significant_number(number)
    if len(national) < 6:
        return None

    def source():
        digits = _PHONE_GAP.join(national)
        country = _PHONE_GAP.join(str(number.country_code))
        prefix = (
            rf"(?:(?:\+|00){_PHONE_GAP}{country}{_PHONE_GAP}(?:\(?0\)?{_PHONE_GAP})?"
            rf"|0{_PHONE_GAP})?"
        )
        return rf"(?<!\d){prefix}{digits}(?!\d)"

    return _Rule("digits", (national,), source)


def _make_name(value):
    words = _WORD.findall(value)
    if len(words) < 2 or sum(map(len, words)) < 4:
        return None
    return _Rule("folded", tuple(words), lambda: _words_in_any_order(words))


def _words_in_any_order(words):
    if len(words) <= MOST_PERMUTED_WORDS:
        orders = sorted(set(permutations(words)))
    else:
        # The family name first or last; every order would be too many
        orders = [
            words[-turn:] + words[:-turn] if turn else words
            for turn in range(len(words))
        ]
    forms = "|".join((_GAP + "{1,4}").join(map(_spell, order)) for order in orders)
    return rf"(?<![^\W_])(?:{forms})(?![^\W_])"


def _make_address(value, loose):
    street, postcode = [*value.split("|"), "", ""][:2]
    words = _WORD.findall(street)
    if len(words) < 3 or not any(char.isdigit() for char in street):
        return None
    parts = tuple(words) if loose else (*words, postcode)

    def source():
        form = (_GAP + "{1,4}").join(map(_spell, words))
        near = rf"(?=(?:{_TAG}|[^<>]){{0,120}}?{re.escape(postcode)})"
        return rf"(?<![^\W_]){form}(?![^\W_]){'' if loose else near}"

    return _Rule("folded", parts, source)


def _make_code(value):
    if len(value) < SHORTEST_CODE:
        return None
    return _Rule(
        "code",
        (_NOT_CODE.sub("", value).upper(),),
        lambda: rf"(?<![^\W_]){_CODE_GAP.join(map(re.escape, value))}(?![^\W_])",
    )


def _make_login(value):
    if len(value) < SHORTEST_LOGIN:
        return None
    return _Rule(
        "lower",
        (value.lower(),),
        lambda: rf"(?<![\w@.+\-]){_literal(value)}(?![\w@\-]|\.\w)",
    )


_MAKERS = {
    "email": _make_email,
    "phone": _make_phone,
    "name": _make_name,
    "address": _make_address,
    "vat": _make_code,
    "iban": _make_code,
    "login": _make_login,
}


# === SPELLINGS === #


def _literal(text):
    """Pattern of a text whose accents may be composed or not."""
    forms = {text, unicodedata.normalize("NFC", text), unicodedata.normalize("NFD", text)}
    return "(?:" + "|".join(re.escape(form) for form in sorted(forms)) + ")"


def _spell(word):
    """Pattern of a folded word in any spelling: accents, ligatures, marks."""
    spelled, position = [], 0
    while position < len(word):
        pair = word[position : position + 2]
        if pair in _get_ligatures():
            letters = "".join(_spell_letter(char) for char in pair)
            spelled.append(rf"(?:{letters}|[{_get_ligatures()[pair]}])")
            position += 2
        else:
            spelled.append(_spell_letter(word[position]))
            position += 1
    return "".join(spelled)


def _spell_letter(char):
    variants = _get_variants().get(char, "")
    return rf"[{re.escape(char)}{re.escape(variants)}][\u0300-\u036f]*"


@lru_cache(maxsize=1)
def _get_variants():
    """Return the accented letters of each plain letter: ``{"e": "éèê…"}``."""
    variants = defaultdict(str)
    for code in [*range(0xC0, 0x250), *range(0x1E00, 0x1F00)]:
        folded = normalise.fold(chr(code))
        if len(folded) == 1 and folded != chr(code):
            variants[folded] += chr(code)
    return dict(variants)


@lru_cache(maxsize=1)
def _get_ligatures():
    """Return the single characters that stand for two letters."""
    ligatures = defaultdict(str)
    for code in range(0xC0, 0x250):
        folded = normalise.fold(chr(code))
        if len(folded) == 2:
            ligatures[folded] += chr(code)
    return dict(ligatures)
