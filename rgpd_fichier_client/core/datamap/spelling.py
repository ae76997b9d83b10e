"""Patterns of a word in each way it may be written."""

import re
import unicodedata
from collections import defaultdict
from functools import lru_cache

from . import normalise

# &eacute; is an e
_ENTITY = "(?:acute|grave|circ|uml|tilde|cedil|caron|ring|slash)"


def literal(text):
    """Pattern of a text whose accents may be composed or not."""
    forms = {text, *(unicodedata.normalize(form, text) for form in ("NFC", "NFD"))}
    return "(?:" + "|".join(re.escape(form) for form in sorted(forms)) + ")"


def spell(word):
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
