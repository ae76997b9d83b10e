"""Remove the identifiers of persons from texts that stay for others.

A message of a colleague, a note on somebody else's order: the text is theirs, the
name, address or number of the person in it goes. Texts may be plain or HTML; tags that
lie inside an identifier are kept, so that the document stays well formed; so are the
quotes and commas of JSON, whose escapes are read through.

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

from . import escapes, normalise
from .views import ENCODED_GAP, Views, keep_code, lower

MARK = "[effacé]"
# A word shorter than this proves nothing by itself
SHORTEST_LOGIN = 4
SHORTEST_CODE = 8
SHORTEST_PHONE = 6
MOST_PERMUTED_WORDS = 4

_TAG = r"<[^<>]{0,500}>"
# Between the words of a name: a call name stands in marks or in brackets
_GAP = rf"(?:[\s,.'’\-\"“”«»()&]|&nbsp;|&#160;|&#39;|&quot;|&#34;|&amp;|{_TAG})"
_PHONE_GAP = rf"(?:[\s.\-/()+]|&nbsp;|&#160;|{ENCODED_GAP}){{0,3}}"
# A sign that ends what is before an identifier, as the address of a page has it: no
# letter, digit or sign of a local part, which would be part of another identifier
_ENCODED = "%(?:[01][0-9a-f]|2[0-9acf]|3[a-f]|40|5[b-e]|60|7[b-f])"
_CODE_GAP = rf"(?:[\s.\-_/+]|&nbsp;|&#160;|{ENCODED_GAP}){{0,2}}"
# &eacute; is an e
_ENTITY = "(?:acute|grave|circ|uml|tilde|cedil|caron|ring|slash)"
_TAGS = re.compile(_TAG)
_WORD = re.compile(r"[^\W_]+")
# What nearly all numbers are here: the library says the same, slowly
_FRENCH = re.compile(r"\+33[1-9][0-9]{8}")


def redactor(identifiers, loose=False):
    """Return the function that removes these identifiers from a text.

    :param identifiers: objects with ``kind`` (email, phone, name, vat, iban, address
        or login) and ``value``, normalised as in ``normalise``
    :param bool loose: the text is about these persons: their street goes even without
        its postcode, which elsewhere may be the street of anybody
    :return: function ``text -> text``; it gives the very same text back when nothing
        is found, and applying it twice changes nothing more
    """
    rules = [rule for i in dict.fromkeys(identifiers) if (rule := make_rule(i, loose))]

    def redact(text):
        if not text:
            return text
        as_json = escapes.is_json(text)
        if as_json or "\\" in text:
            text = _redact_escaped(rules, text, as_json)
        if as_json:
            return text
        views = Views(text)
        for rule in rules:
            if rule.may_be_in(views):
                text = rule.pattern.sub(_replace, text)
        return text

    return redact


def _redact_escaped(rules, text, as_json):
    escaped = escapes.Escaped(text, as_json)
    views = Views(escaped.read)
    for rule in rules:
        if rule.may_be_in(views):
            cleaned = escaped.put(rule.pattern, _replace)
            escaped = escapes.Escaped(cleaned, as_json)
    return escaped.text


def make_rule(identifier, loose=False):
    """Return the rule of one identifier, None when it proves nothing by itself."""
    make = _MAKERS.get(identifier.kind)
    if not make or not identifier.value:
        return None
    if identifier.kind == "address":
        return make(identifier.value, loose)
    return make(identifier.value)


class _Rule:
    """One identifier: what must be in the text, then where it is exactly."""

    def __init__(self, view, parts, source):
        self.view = view
        self.parts = parts
        self._source = source

    @cached_property
    def pattern(self):
        return re.compile(self._source(), re.IGNORECASE)

    def may_be_in(self, views):
        """Look for plain substrings first: it spares nearly all the matching."""
        seen = views[self.view]
        return all(part in seen for part in self.parts)

    def is_in(self, text, views):
        """Tell whether the redaction would change the text."""
        return self.may_be_in(views) and bool(self.pattern.search(text))


def _replace(match):
    return MARK + "".join(_TAGS.findall(match.group()))


def get_national(value):
    """Return the digits that every writing of a phone number has, or ''."""
    if _FRENCH.fullmatch(value):
        return value[3:]
    try:
        number = phonenumbers.parse(value, None)
    except phonenumbers.NumberParseException:
        return ""
    national = phonenumbers.national_significant_number(number)
    return national if len(national) >= SHORTEST_PHONE else ""


def get_words(identifier):
    """Return the folded words that every writing of a name or a street has."""
    if identifier.kind not in ("name", "address"):
        return ()
    # Without the postcode, which may be glued to something
    rule = make_rule(identifier, loose=True)
    return rule.parts if rule else ()


# === KINDS === #


def _make_email(value):
    local, at, domain = value.rpartition("@")
    if not at:
        return None
    spellings = normalise.email_spellings(value)
    domains = {domain, *(spelling.rpartition("@")[2] for spelling in spellings)}

    def source():
        # A tag after a plus sign leads to the same mailbox
        tag = "" if "+" in local else r"(?:(?:\+|%2B)[^\s@<>\"]{0,64})?"
        # A tag that is part of the address, as a link has it
        written = _literal(local).replace(r"\+", r"(?:\+|%2B)")
        return (
            rf"(?:(?<![\w.+\-])|(?<={_ENCODED})){written}{tag}(?:@|%40|&#64;)"
            rf"(?:{'|'.join(map(re.escape, sorted(domains)))})(?![\w\-]|\.\w)"
        )

    return _Rule("lower", (lower(local.split("+")[0]),), source)


def _make_phone(value):
    national = get_national(value)
    if not national:
        return None

    def source():
        digits = _PHONE_GAP.join(national)
        country_code = phonenumbers.parse(value, None).country_code
        country = _PHONE_GAP.join(str(country_code))
        prefix = (
            rf"(?:(?:\+|%2b|00){_PHONE_GAP}{country}{_PHONE_GAP}(?:\(?0\)?{_PHONE_GAP})?"
            rf"|0{_PHONE_GAP})?"
        )
        return rf"(?:(?<!\d)|(?<={_ENCODED})){prefix}{digits}(?!\d)"

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
        (keep_code(value),),
        lambda: (
            rf"(?:(?<![^\W_])|(?<={_ENCODED}))"
            rf"{_CODE_GAP.join(map(re.escape, value))}(?![^\W_])"
        ),
    )


def _make_login(value):
    if len(value) < SHORTEST_LOGIN:
        return None
    return _Rule(
        "lower",
        (lower(value),),
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
    forms = {text, *(unicodedata.normalize(form, text) for form in ("NFC", "NFD"))}
    return "(?:" + "|".join(re.escape(form) for form in sorted(forms)) + ")"


def _spell(word):
    """Pattern of a folded word in any spelling: accents, ligatures, marks."""
    spelled, position = [], 0
    while position < len(word):
        pair = word[position : position + 2]
        if pair in _get_ligatures():
            letters = "".join(_spell_letter(char) for char in pair)
            spelled.append(
                rf"(?:{letters}|[{_get_ligatures()[pair]}]|&{pair}(?:lig)?;)"
            )
            position += 2
        else:
            spelled.append(_spell_letter(word[position]))
            position += 1
    return "".join(spelled)


def _spell_letter(char):
    variants = _get_variants().get(char, "")
    letter = rf"[{re.escape(char)}{re.escape(variants)}][\u0300-\u036f]*"
    return rf"(?:{letter}|&{char}{_ENTITY};)" if variants else letter


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
