"""Tell which of many identifiers a text holds, at the price of one reading.

What is found is exactly what ``redaction`` would remove. Instead of trying every
identifier on every text, the text is cut into what may be an identifier (the part
before an ``@``, runs of digits, words) and each piece is looked up; the rule of the
redaction decides on the few that remain.
"""

import re
from collections import Counter, defaultdict

from . import escapes, redaction

# What stands before the @ of an address, without a plus tag; never read twice, or a
# long run of letters would take a time that grows with its square
_LOCAL = re.compile(
    r"(?<![\w.\-])([\w.\-]++)(?=(?:(?:\+|%2b)[^\s@<>\"]{1,64})?(?:@|%40|&#64;))"
)
_PLAIN_LOCAL = re.compile(r"[\w.\-]+\Z")
_GAP = r"(?:[\s.\-/()_]|&nbsp;|&#160;){0,3}"
_DIGIT_RUN = re.compile(rf"\d(?:{_GAP}\d){{5,}}", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+")
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


class Scanner:
    """Finds identifiers in texts; made once, then called with each text.

    :param identifiers: as for ``redaction.redactor``
    """

    def __init__(self, identifiers):
        self._rules = {}
        self._locals = defaultdict(list)
        self._runs = defaultdict(lambda: defaultdict(list))
        self._words = defaultdict(list)
        self._others = []
        for identifier in dict.fromkeys(identifiers):
            rule = redaction.make_rule(identifier)
            if rule:
                self._rules[identifier] = rule
                self._index(identifier, rule)

    def _index(self, identifier, rule):
        digits = get_digits(identifier)
        word = choose_words([identifier]).get(identifier)
        if identifier.kind == "email" and _PLAIN_LOCAL.match(rule.parts[0]):
            self._locals[rule.parts[0]].append(identifier)
        elif digits:
            self._runs[len(digits)][digits].append(identifier)
        elif word:
            self._words[word].append(identifier)
        else:
            self._others.append(identifier)

    def __call__(self, text):
        """Return the identifiers the text holds, each once."""
        if not text or not self._rules:
            return []
        found = {}
        for reading in escapes.get_readings(text):
            found.update(dict.fromkeys(self._look_at(reading)))
        return list(found)

    def _look_at(self, text):
        views = redaction.Views(text)
        return [
            identifier
            for identifier in dict.fromkeys(self._get_candidates(text, views))
            if self._rules[identifier].is_in(text, views)
        ]

    def _get_candidates(self, text, views):
        yield from self._others
        if self._locals and ("@" in text or "%40" in text or "&#64;" in text):
            for match in _LOCAL.finditer(views["lower"]):
                yield from self._locals.get(match[1], ())
                # Two letters or digits after a % are a sign of the address of a page
                if views["lower"][match.start() - 1 : match.start()] == "%":
                    yield from self._locals.get(match[1][2:], ())
        if self._runs:
            for match in _DIGIT_RUN.finditer(text):
                yield from self._get_of_run(redaction.keep_digits(match[0]))
        if self._words:
            for word in set(_WORD.findall(views["folded"])) & self._words.keys():
                yield from self._words[word]

    def _get_of_run(self, digits):
        for length, known in self._runs.items():
            for start in range(len(digits) - length + 1):
                yield from known.get(digits[start : start + length], ())
