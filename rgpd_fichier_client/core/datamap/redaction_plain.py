"""Where an identifier stands in a plain text, without an expression of its own.

To compile the expression of a name takes a hundred times as long as to clean a
message, and each person has another name. Nearly all texts are plain: without marks
that combine, ligatures and entities. What stands before, between and after the parts of
an identifier is then the same question for everybody, asked with expressions compiled
once.

The answer is that of the expression of the identifier, to the character. What is not
plain is left to it: the functions return None.
"""

import re
from functools import lru_cache

from . import normalise
from .views import LONGEST_TAG, TAGS

_EMAIL = re.compile(r"[a-z0-9!#$&'*/=?^_`{|}~.\-]+@[a-z0-9\-]+(?:\.[a-z0-9\-]+)+")
_SIGNS = ("@", "%40", "&#64;")
_TAGGED = ("+", "%2b")
_AFTER_EMAIL = re.compile(r"(?![\w\-]|\.\w)")
_WORD = re.compile(r"[a-z0-9]+")
_ALNUM = re.compile(r"[^\W_]")
_DIGITS = re.compile(r"[0-9]")
# Letters the expressions take for others when case does not count
_ODD_CASE = re.compile("[\u0130\u0131\u017f\u212a]")
# What may be in a text whose letters stand for one letter each: Latin-1 but for its
# ligatures, and the signs of typography
_ODD_LETTER = re.compile("[^\x00-\u00c5\u00c7-\u00de\u00e0-\u00e5\u00e7-\u00ff"
                         "\u2010-\u2027\u202f-\u205e\u20ac]")  # fmt: skip
_NOT_A_DIGIT = re.compile(r"[^\x00-\u02ff\u2010-\u206f\u20ac]")
# Fewer digits may be a date
LONG_NUMBER = 8
# What stands before a number is shorter, its tags not counted
LONGEST_BEFORE = 64


def find_email(address, text, before):
    """Return where an address is.

    :param str address: normalised
    :param before: expression that matches, empty, where an address may begin
    :return: ``[(start, end)]``, None when only the expression can tell
    """
    if not _EMAIL.fullmatch(address) or "xn--" in address:
        return None
    if not text.isascii() and _ODD_CASE.search(text):
        return None
    local, _at, domain = address.partition("@")
    seen = text.lower()
    found, position = [], seen.find(local)
    while position >= 0:
        end = position + len(local)
        if seen.startswith(_TAGGED, end):
            # Before the sign a tag of any length, with signs in it
            return None
        sign = next((sign for sign in _SIGNS if seen.startswith(sign, end)), "")
        end += len(sign)
        if (
            sign
            and seen.startswith(domain, end)
            and before.match(text, position)
            and _AFTER_EMAIL.match(text, end + len(domain))
        ):
            end += len(domain)
            found.append((position, end))
            position = seen.find(local, end)
        else:
            position = seen.find(local, position + 1)
    return found


def find_words(words, text, gap, is_order):
    """Return where words stand side by side, in any spelling.

    :param words: folded
    :param gap: expression of what may stand between two of them
    :param is_order: function that tells whether they may stand in an order
    :return: ``[(start, end)]``, None when only the expression can tell
    """
    if "&" in text or not all(map(_WORD.fullmatch, words)):
        return None
    if not text.isascii():
        if _ODD_LETTER.search(text):
            return None
        seen = text.translate(_get_letters()).lower()
    else:
        seen = text.lower()
    found, last = [], 0
    for start in sorted({p for word in words for p in _find_all(seen, word)}):
        if start >= last and not (start and _ALNUM.match(text, start - 1)):
            end = _follow(seen, text, start, words, gap, is_order)
            if end:
                found.append((start, end))
                last = end
    return found


def _find_all(text, part):
    position = text.find(part)
    while position >= 0:
        yield position
        position = text.find(part, position + 1)


def _follow(seen, text, position, words, gap, is_order):
    """Return where all the words end that begin here, 0 when they do not."""
    left, order = list(words), []
    while True:
        # The longest that fits: what follows a word is no letter
        fitting = [word for word in left if seen.startswith(word, position)]
        if not fitting:
            return 0
        word = max(fitting, key=len)
        left.remove(word)
        order.append(word)
        position += len(word)
        if not left:
            is_over = not _ALNUM.match(text, position)
            return position if is_over and is_order(order) else 0
        between = gap.match(text, position)
        if not between:
            return 0
        position = between.end()


def find_phone(national, text, before, gap):
    """Return where a number is, with any separators or country prefix.

    :param str national: the digits that every writing has
    :param before: expression that matches, at the end of what it is given, where a
        number may begin with all that may stand before these digits
    :param gap: expression of what may stand between two of them, or nothing
    :return: ``[(start, end)]``, None when only the expression can tell
    """
    if "%" in text or "&" in text or _NOT_A_DIGIT.search(text):
        return None
    if "<" in text and any(map(_DIGITS.search, TAGS.findall(text))):
        # They are no part of a number that a tag stands in
        return None
    places = [match.start() for match in _DIGITS.finditer(text)]
    digits = "".join(map(text.__getitem__, places))
    indexes = list(_find_all(digits, national))
    if len(national) < LONG_NUMBER or len(indexes) != digits.count(national):
        # A prefix of one might be a part of another
        return None
    found, last = [], 0
    for index in indexes:
        spots = places[index : index + len(national)]
        start, end = spots[0], spots[-1] + 1
        if not _is_one_number(text, spots, gap):
            continue
        if text[end : end + 1] and _DIGITS.match(text, end):
            continue
        match = before.search(text, _get_earliest(text, last, start), start)
        if match:
            found.append((match.start(), end))
            last = end
    return found


def _get_earliest(text, last, start):
    """Return where what stands before a number begins at the earliest.

    A text may hold the number many times, each as a part of a longer one: it is not
    read from its beginning for each.
    """
    position = max(last, start - LONGEST_BEFORE)
    if ">" not in text[position:start]:
        return position
    position = start
    for _sign in range(LONGEST_BEFORE):
        if position <= last:
            return last
        position -= 1
        if text[position] == ">":
            begins = text.rfind("<", max(last, position - LONGEST_TAG), position)
            position = begins if begins >= 0 else position
    return position


def _is_one_number(text, spots, gap):
    """Tell whether nothing but a few separators stands between these digits."""
    return all(
        after - place == 1 or gap.fullmatch(text, place + 1, after)
        for place, after in zip(spots, spots[1:], strict=False)
    )


@lru_cache(maxsize=1)
def _get_letters():
    """Return the table that takes the accents of Latin-1 off."""
    folded = {code: normalise.fold(chr(code)) for code in range(0xC0, 0x100)}
    return {code: plain for code, plain in folded.items() if len(plain) == 1}
