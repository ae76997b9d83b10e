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
from itertools import pairwise, permutations

import phonenumbers

from . import escapes, hidden, normalise, redaction_plain
from .spelling import literal, spell
from .views import ENCODED_GAP, TAG, TAGS, Views, keep_code, lower

MARK = "[effacé]"
# A word shorter than this proves nothing by itself
SHORTEST_LOGIN = 4
SHORTEST_CODE = 8
SHORTEST_PHONE = 6
MOST_PERMUTED_WORDS = 4
MOST_PASSES = 3

# Between the words of a name: a call name stands in marks or in brackets, the address
# of a page and the name of a file have + and _ for a space
_GAP = rf"(?:[\s,.'’\-–—\"“”«»()&+_]|&nbsp;|&#160;|&#39;|&quot;|&#34;|&amp;|{TAG})"
# Between the digits of a number, dashes of any length included
_NUMBER_GAP = rf"[\s.\-_/()+\u2010-\u2015\u2212·•]|&nbsp;|&#160;|{ENCODED_GAP}|{TAG}"
PHONE_GAP = rf"(?:{_NUMBER_GAP}){{0,8}}"
# Of a number of six digits, written without its country: signs that are neither those
# of a date nor between the cells of a table or the lines of a text
_SHORT_GAP = r"(?:[^\S\r\n]|[.+]|&nbsp;|&#160;|%(?:20|2E|C2%A0|E2%80%AF)){0,3}"
# A sign that ends what is before an identifier, as the address of a page has it: no
# letter, digit or sign of a local part, which would be part of another identifier
_ENCODED = "%(?:[01][0-9a-f]|2[0-9acf]|3[a-f]|40|5[b-e]|60|7[b-f])"
_PHONE_BEGINS = rf"(?:(?<!\d)|(?<={_ENCODED}))"
_BEFORE_EMAIL = re.compile(rf"(?:(?<![\w.+\-])|(?<={_ENCODED}))", re.IGNORECASE)
_GAPS = re.compile(_GAP + "{1,4}")
_PHONE_GAPS = re.compile(PHONE_GAP, re.IGNORECASE)
_CODE_GAP = rf"(?:{_NUMBER_GAP}){{0,6}}"
_WORD = re.compile(r"[^\W_]+")
_SUFFIX = re.compile(r"bis|ter|quater|[a-z]")
_STREET_NUMBER = re.compile(rf"\b(\d+)({_SUFFIX.pattern})\b")
_GLUED = re.compile(rf"\b(\d+)\W+({_SUFFIX.pattern})\b")
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
    return Redactor(
        [rule for i in dict.fromkeys(identifiers) if (rule := make_rule(i, loose))]
    )


class Redactor:
    """Removes from texts what some rules find."""

    def __init__(self, rules):
        self._rules = rules

    def __call__(self, text):
        # What goes may leave a beginning or an end of something else
        for _time in range(MOST_PASSES):
            if not text or (cleaned := _redact_once(self._rules, text)) == text:
                break
            text = cleaned
        return text

    def may_change(self, texts):
        """Tell at little cost whether one of the texts of a row may change.

        They are looked at as one: of most rows nothing goes. What has to be read
        through escapes, or through what hides in it, is left to each text.
        """
        text = "\n".join(texts)
        if "\\" in text or hidden.may_be_in(text):
            return True
        if "<" in text:
            # No tag begins in one text and ends in another
            text = "<>".join(texts)
        views = Views(text)
        return any(rule.may_be_in(views) for rule in self._rules)


def _redact_once(rules, text):
    as_json = escapes.is_json(text)
    is_escaped = as_json or "\\" in text
    # An address as a whole goes before the name that is a part of it
    if is_escaped or hidden.may_be_in(text):
        text = _redact_reading(rules, text, as_json, hidden.Shown)
    if is_escaped:
        text = _redact_reading(rules, text, as_json)
    if not as_json:
        if is_escaped and hidden.may_be_in(text):
            text = _redact_reading(rules, text, as_json, hidden.Shown, False)
        views = Views(text)
        for rule in rules:
            if rule.may_be_in(views):
                text = rule.clean(text)
    return text


def _redact_reading(rules, text, as_json, make_shown=hidden.Plain, is_escaped=True):
    """Redact what is read through escapes, and through what is hidden in them."""
    escaped = escapes.Escaped(text, as_json, is_escaped)
    shown = make_shown(escaped.read)
    if make_shown is hidden.Shown and shown.read == escaped.read:
        return text
    views = Views(shown.read)
    for rule in rules:
        if rule.may_be_in(views):
            found = [shown.locate(*span) for span in rule.get_spans(shown.read)]
            spans = [(*span, _mark(escaped.read[slice(*span)])) for span in found]
            escaped = escapes.Escaped(escaped.put(spans), as_json, is_escaped)
            shown = make_shown(escaped.read)
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

    def get_spans(self, text):
        """Return where the identifier is: ``[(start, end)]``."""
        spans = self._find(text)
        if spans is None:
            return [match.span() for match in self.pattern.finditer(text)]
        return spans

    def clean(self, text):
        """Return the text without the identifier, the very same if it is not there."""
        for start, end in reversed(self.get_spans(text)):
            text = f"{text[:start]}{_mark(text[start:end])}{text[end:]}"
        return text


def _mark(text):
    """Return what comes instead of a text: the tags in it stay."""
    return MARK + "".join(TAGS.findall(text))


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
    if not rule or identifier.kind == "name":
        return rule.parts if rule else ()
    return tuple(find_whole_words(identifier.value.split("|")[0]))


def find_whole_words(folded):
    """Return the words that are written as such: 12 bis may be written 12bis."""
    return _WORD.findall(_STREET_NUMBER.sub("", _GLUED.sub(r"\1\2", folded)))


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
        code = _get_country_code(value)
        digits = PHONE_GAP.join(national)
        if len(national) >= redaction_plain.LONG_NUMBER:
            return f"{_begin_phone(code)}{digits}(?!\\d)"
        # It may be a date or the figures of a table: not so with its country
        alone = f"(?:0{_SHORT_GAP})?{_SHORT_GAP.join(national)}"
        begin = f"{_PHONE_BEGINS}{_name_country(code)}"
        return f"(?:{begin}{digits}|{_PHONE_BEGINS}{alone})(?!\\d)"

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
    return rf"{_PHONE_BEGINS}(?:{_name_country(country_code)}|0{PHONE_GAP})?"


def _name_country(country_code):
    country = PHONE_GAP.join(str(country_code))
    return rf"(?:\+|%2b|00){PHONE_GAP}{country}{PHONE_GAP}(?:\(?0\)?{PHONE_GAP})?"


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
    words = _WORD.findall(_STREET_NUMBER.sub(r"\1 \2", street))
    if len(words) < 3 or not any(char.isdigit() for char in street):
        return None
    if not find_whole_words(street):
        return None
    parts = tuple(words) if loose else (*words, postcode)

    def source():
        form = spell(words[0])
        for before, word in pairwise(words):
            least = 0 if _is_glued(before, word) else 1
            form += f"{_GAP}{{{least},4}}{spell(word)}"
        near = rf"(?=(?:{TAG}|[^<>]){{0,120}}?{re.escape(postcode)})"
        return rf"(?<![^\W_]){form}(?![^\W_]){'' if loose else near}"

    def find(text):
        if not loose or any(_is_glued(*pair) for pair in pairwise(words)):
            return None
        return redaction_plain.find_words(words, text, _GAPS, words.__eq__)

    return _Rule("folded", parts, source, find)


def _is_glued(before, word):
    """Tell whether a word may follow at once: 12bis and 12 bis."""
    return before.isdigit() and bool(_SUFFIX.fullmatch(word))


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
