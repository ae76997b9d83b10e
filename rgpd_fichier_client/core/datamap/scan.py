"""Tell which of many identifiers a text holds, at the price of one reading.

What is found is exactly what ``redaction`` would remove. Instead of trying every
identifier on every text, the text is cut into what may be an identifier (the part
before an ``@``, runs of digits, words) and each piece is looked up; the rule of the
redaction decides on the few that remain.
"""

import re
from collections import Counter, defaultdict

from . import escapes, redaction
from .normalise import fold
from .redaction_plain import LONG_NUMBER
from .views import Views, keep_digits

# What stands before the @ of an address, without a plus tag; never read twice, or a
# long run of letters would take a time that grows with its square
_LOCAL = re.compile(
    r"(?<![\w.\-])([\w.\-]++)(?=(?:(?:\+|%2b)[^\s@<>\"]{0,64})?(?:@|%40|&#64;))"
)
_PLAIN_LOCAL = re.compile(r"[\w.\-]+\Z")
_DIGIT_RUN = re.compile(rf"\d(?:{redaction.PHONE_GAP}\d){{5,}}", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+")
# What stands around nearly everything: no part of an identifier, no encoded sign
_BEFORE = frozenset(" \t\r\n:=<>\"'(,;+") | {""}
_AFTER = frozenset(" \t\r\n<>\"',;)") | {""}
_BEFORE_DIGITS = "".join(_BEFORE - {"+"})
# What an address has, or what may stand for it
_MAY_BE_ADDRESS = re.compile(r"[@%&\\]")
# Fewer digits in a row prove nothing
SHORTEST_RUN = 6


def get_digits(identifier):
    """Return the longest run of digits that every writing of a number has, or ''.

    Of a phone, the national number; of a VAT number or an IBAN, its longest run.
    """
    if identifier.kind == "phone":
        return redaction.get_national(identifier.value)
    if identifier.kind in ("vat", "iban"):
        run = max(re.findall(r"\d+", identifier.value), key=len, default="")
        return run if len(run) >= SHORTEST_RUN else ""
    return ""


def choose_words(identifiers):
    """Return one word for each name and address: the fewest words that do for all.

    :return: ``{identifier: folded word}``; every writing of the identifier has it
    """
    parts = {i: redaction.get_words(i) for i in identifiers}
    count = Counter(word for words in parts.values() for word in set(words))
    return {
        identifier: max(words, key=lambda word: (len(word) > 2, count[word], len(word)))
        for identifier, words in parts.items()
        if words
    }


def choose_rare_words(identifiers):
    """Return one word for each name, address and login: one that few others have.

    :return: ``{identifier: folded word}``; every writing of the identifier has it
    """
    parts = {i: words for i in identifiers if (words := _find_words(i))}
    count = Counter(word for words in parts.values() for word in set(words))
    return {
        identifier: min(
            words, key=lambda word: (len(word) < 3, count[word], -len(word))
        )
        for identifier, words in parts.items()
        if identifier.kind in ("name", "address", "login")
    }


def _find_words(identifier):
    if identifier.kind == "address":
        return redaction.get_words(identifier)
    # Not the domain of a login
    return _WORD.findall(fold(identifier.value.split("@")[0]))


class Scanner:
    """Finds identifiers in texts; made once, then called with each text.

    :param identifiers: as for ``redaction.redactor``
    """

    def __init__(self, identifiers):
        self._rules = {}
        self._locals = defaultdict(list)
        self._runs = defaultdict(lambda: defaultdict(list))
        self._words = defaultdict(list)
        self._logins = defaultdict(list)
        self._others = []
        for identifier in dict.fromkeys(identifiers):
            rule = redaction.make_rule(identifier)
            if rule:
                self._rules[identifier] = rule
                self._index(identifier, rule)

        # Nothing else is looked for, so that most texts need no reading
        self._has_locals_alone = not (
            self._runs or self._words or self._logins or self._others
        )

    @property
    def identifiers(self):
        """Those that prove something, and are looked for."""
        return list(self._rules)

    def _index(self, identifier, rule):
        digits = get_digits(identifier)
        word = choose_words([identifier]).get(identifier)
        if identifier.kind == "email" and _PLAIN_LOCAL.match(rule.parts[0]):
            self._locals[rule.parts[0]].append(identifier)
        elif digits:
            self._runs[len(digits)][digits].append(identifier)
        elif word:
            self._words[word].append(identifier)
        elif identifier.kind == "login" and (words := _WORD.findall(rule.parts[0])):
            self._logins[max(words, key=len)].append(identifier)
        else:
            self._others.append(identifier)

    def __call__(self, text):
        """Return the identifiers the text holds, each once."""
        if not text or not self._rules:
            return []
        if self._has_locals_alone and not _MAY_BE_ADDRESS.search(text):
            return []
        found = {}
        for reading in escapes.get_readings(text):
            found.update(dict.fromkeys(self._look_at(reading)))
        return list(found)

    def _look_at(self, text):
        views = Views(text)
        found = {}
        for identifier, is_sure in self._get_candidates(text, views):
            if not found.get(identifier):
                found[identifier] = is_sure or (
                    identifier not in found
                    and self._rules[identifier].is_in(text, views)
                )
        return [identifier for identifier, is_in in found.items() if is_in]

    def _get_candidates(self, text, views):
        """Yield ``(identifier, True when it is sure to be there)``.

        What is written in the usual way is seen to be there without its expression,
        which takes as long to compile as many texts to read.
        """
        yield from ((identifier, False) for identifier in self._others)
        if self._locals and ("@" in text or "%40" in text or "&#64;" in text):
            # An accent of its own ends the address before it
            for reading in {views["lower"], text.lower()}:
                yield from self._get_addresses(reading)
        if self._runs:
            yield from self._get_numbers(text)
        if self._words:
            for word in set(_WORD.findall(views["folded"])) & self._words.keys():
                yield from ((identifier, False) for identifier in self._words[word])
        if self._logins:
            for word in set(_WORD.findall(views["lower"])) & self._logins.keys():
                yield from ((identifier, False) for identifier in self._logins[word])

    def _get_addresses(self, text):
        for match in _LOCAL.finditer(text):
            known = self._locals.get(match[1], ())
            before = _get_before(text, match)
            for identifier in known:
                end = match.start() + len(identifier.value)
                yield (
                    identifier,
                    before in _BEFORE - {"+"}
                    and text[match.start() : end] == identifier.value
                    and text[end : end + 1] in _AFTER,
                )
            # Two letters or digits after a % are a sign of the address of a page
            if before == "%":
                for identifier in self._locals.get(match[1][2:], ()):
                    yield identifier, False

    def _get_numbers(self, text):
        for match in _DIGIT_RUN.finditer(text):
            before = _get_before(text, match)
            is_usual = before in _BEFORE and not ({"_", "%", "<"} & set(match[0]))
            for digits in keep_digits(match[0]).split():
                for identifier, is_whole in self._get_of_run(digits, before):
                    yield identifier, is_usual and is_whole

    def _get_of_run(self, digits, before):
        """Yield ``(identifier, True when the digits are a phone as most write it)``.

        :param before: the character before all the digits
        """
        for length, known in self._runs.items():
            last = len(digits) - length
            for start in range(last + 1):
                for identifier in known.get(digits[start : start + length], ()):
                    country = identifier.value[1:-length] if before == "+" else ""
                    yield (
                        identifier,
                        start == last
                        and identifier.kind == "phone"
                        # Fewer digits may be a date
                        and length >= LONG_NUMBER
                        and digits[:start] in ("", "0", country),
                    )


def _get_before(text, match):
    """Return the character before a match, '' at the beginning."""
    return text[max(match.start() - 1, 0) : match.start()]
