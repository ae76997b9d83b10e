"""Whose choice is it, when a quotation is signed under a name?

Whoever holds the link of a quotation can sign it: a husband, an assistant, a buyer.
A consent counts for the person who gives it and for nobody else (art. 4.11 GDPR), so
the name typed must be that of the contact.
"""

from ..datamap.bundle_mask import split_name

TITLES = frozenset({"m", "mr", "mme", "mlle", "mrs", "ms", "dr", "me", "monsieur"}) | {
    "madame",
    "mademoiselle",
}


def is_same_person(signed, known):
    """Tell whether a typed name can be that of a known person.

    Order, case, accents and titles do not matter; an initial stands for a name; a
    name may be shortened. Two different given names are two persons.

    >>> is_same_person("EXEMPLE Élodie", "Elodie Exemple")
    True
    >>> is_same_person("Mme E. Exemple", "Elodie Exemple")
    True
    >>> is_same_person("Paul Exemple", "Elodie Exemple")
    False
    """
    typed, real = _get_words(signed), _get_words(known)
    if not any(len(word) > 1 and word in real for word in typed):
        return False
    short, long = sorted((typed, real), key=len)
    return all(any(_is_word(word, other) for other in long) for word in short)


def _get_words(name):
    words = split_name(name)
    return [word for word in words if word not in TITLES] or list(words)


def _is_word(word, other):
    if len(word) == 1 or len(other) == 1:
        return word[0] == other[0]
    return word == other
