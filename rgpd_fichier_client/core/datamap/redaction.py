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
from functools import cached_property, lru_cache
from itertools import permutations

import phonenumbers

from . import escapes, normalise, redaction_plain
from .spelling import literal, spell
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
_BEFORE_EMAIL = re.compile(rf"(?:(?<![\w.+\-])|(?<={_ENCODED}))", re.IGNORECASE)
_CODE_GAP = rf"(?:[\s.\-_/+]|&nbsp;|&#160;|{ENCODED_GAP}){{0,2}}"
_TAGS = re.compile(_TAG)
_GAPS = re.compile(_GAP + "{1,4}")
_PHONE_GAPS = re.compile(_PHONE_GAP)
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
                text = rule.clean(text)
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
    """One identifier: what must be in the text, then where it is exactly.

    :param view: how a text is looked at first, see ``Views``
    :param parts: what the view has of every text with the identifier
    :param source: function that returns the expression of the identifier
    :param find: function of a text that tells where it is, when the text is a plain
        one, see ``redaction_plain``
    """

    def __init__(self, view, parts, source, find=None):
        self.view = view
        self.parts = parts
        self._source = source
        self._find = find or (lambda _text: None)

    @cached_property
    def pattern(self):
        return re.compile(self._source(), re.IGNORECASE)

    def may_be_in(self, views):
        """Look for plain substrings first: it spares nearly all the matching."""
        seen = views[self.view]
        return all(part in seen for part in self.parts)

    def is_in(self, text, views):
        """Tell whether the redaction would change the text."""
        if not self.may_be_in(views):
            return False
        spans = self._find(text)
        return bool(self.pattern.search(text) if spans is None else spans)

    def clean(self, text):
        """Return the text without the identifier, the very same if it is not there."""
        spans = self._find(text)
        if spans is None:
            return self.pattern.sub(_replace, text)
        for start, end in reversed(spans):
            text = f"{text[:start]}{_replace_text(text[start:end])}{text[end:]}"
        return text


def _replace(match):
    return _replace_text(match.group())


def _replace_text(text):
    return MARK + "".join(_TAGS.findall(text))


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
        written = literal(local).replace(r"\+", r"(?:\+|%2B)")
        return (
            rf"(?:(?<![\w.+\-])|(?<={_ENCODED})){written}{tag}(?:@|%40|&#64;)"
            rf"(?:{'|'.join(map(re.escape, sorted(domains)))})(?![\w\-]|\.\w)"
        )

    def find(text):
        return redaction_plain.find_email(value, text, _BEFORE_EMAIL)

    return _Rule("lower", (lower(local.split("+")[0]),), source, find)


def _make_phone(value):
    national = get_national(value)
    if not national:
        return None

    def source():
        digits = _PHONE_GAP.join(national)
        return f"{_begin_phone(_get_country_code(value))}{digits}(?!\\d)"

    def find(text):
        before = _get_phone_beginning(_get_country_code(value))
        return redaction_plain.find_phone(national, text, before, _PHONE_GAPS)

    return _Rule("digits", (national,), source, find)


def _get_country_code(value):
    if _FRENCH.fullmatch(value):
        return 33
    return phonenumbers.parse(value, None).country_code


def _begin_phone(country_code):
    """Return the expression of all that may stand before the national digits."""
    country = _PHONE_GAP.join(str(country_code))
    prefix = (
        rf"(?:(?:\+|%2b|00){_PHONE_GAP}{country}{_PHONE_GAP}(?:\(?0\)?{_PHONE_GAP})?"
        rf"|0{_PHONE_GAP})?"
    )
    return rf"(?:(?<!\d)|(?<={_ENCODED})){prefix}"


@lru_cache(maxsize=300)
def _get_phone_beginning(country_code):
    return re.compile(_begin_phone(country_code) + r"\Z", re.IGNORECASE)


def _make_name(value):
    words = _WORD.findall(value)
    if len(words) < 2 or sum(map(len, words)) < 4:
        return None

    def find(text):
        return redaction_plain.find_words(words, text, _GAPS, is_order)

    def is_order(order):
        return len(words) <= MOST_PERMUTED_WORDS or order in _get_orders(words)

    return _Rule("folded", tuple(words), lambda: _words_in_any_order(words), find)


def _get_orders(words):
    """Return the orders a name is written in, as lists of its words."""
    if len(words) <= MOST_PERMUTED_WORDS:
        return list(map(list, sorted(set(permutations(words)))))
    # The family name first or last; every order would be too many
    return [words[-turn:] + words[:-turn] for turn in range(len(words))]


def _words_in_any_order(words):
    orders = _get_orders(words)
    forms = "|".join((_GAP + "{1,4}").join(map(spell, order)) for order in orders)
    return rf"(?<![^\W_])(?:{forms})(?![^\W_])"


def _make_address(value, loose):
    street, postcode = [*value.split("|"), "", ""][:2]
    words = _WORD.findall(street)
    if len(words) < 3 or not any(char.isdigit() for char in street):
        return None
    parts = tuple(words) if loose else (*words, postcode)

    def source():
        form = (_GAP + "{1,4}").join(map(spell, words))
        near = rf"(?=(?:{_TAG}|[^<>]){{0,120}}?{re.escape(postcode)})"
        return rf"(?<![^\W_]){form}(?![^\W_]){'' if loose else near}"

    def find(text):
        if not loose:
            return None
        return redaction_plain.find_words(words, text, _GAPS, words.__eq__)

    return _Rule("folded", parts, source, find)


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
        lambda: rf"(?<![\w@.+\-]){literal(value)}(?![\w@\-]|\.\w)",
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
