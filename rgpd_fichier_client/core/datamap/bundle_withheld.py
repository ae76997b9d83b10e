"""Hide what tells of a record that stays out of a copy (Art. 15.4 GDPR).

An order that is withheld is named elsewhere: on its invoice, in a message, in the name
of a file. Its number and its name are looked for as they are written, and nothing else:
an ordinary word must stay.
"""

import re

_SHORTEST = 4
_SHORTEST_PHRASE = 8


def is_telling(text):
    """Return whether a name leads to one record: a number, or several words.

    >>> is_telling("S00042"), is_telling("Kitchen of the mill")
    (True, True)
    >>> is_telling("Quotation"), is_telling("12")
    (False, False)
    """
    text = (text or "").strip()
    if any(char.isdigit() for char in text):
        return len(text) >= _SHORTEST
    return len(text) >= _SHORTEST_PHRASE and len(text.split()) > 1


class References:
    """The numbers and names of records that stay out, with what replaces them.

    :param dict labels: ground → what is written instead
    """

    def __init__(self, labels):
        self._labels = labels
        self._grounds = {}
        self._pattern = None

    def add(self, text, ground):
        """Declare a number or a name; one that could be anything is left alone."""
        if is_telling(text):
            self._grounds.setdefault(_fold(text), ground)
            self._pattern = None

    def __bool__(self):
        return bool(self._grounds)

    def hide(self, text):
        """Return the text without them.

        >>> references = References({"secret": "[withheld]"})
        >>> references.add("S00042", "secret")
        >>> references.hide("Order S00042, not S000421")
        'Order [withheld], not S000421'
        """
        if not self._grounds or not text:
            return text
        return self._compile().sub(self._replace, text)

    def find(self, text):
        """Return the ground of the first that stands in a text, or None."""
        found = self._compile().search(text) if self._grounds and text else None
        return self._grounds[_fold(found.group())] if found else None

    def _replace(self, match):
        return self._labels[self._grounds[_fold(match.group())]]

    def _compile(self):
        if self._pattern is None:
            longest_first = sorted(self._grounds, key=len, reverse=True)
            spelled = (
                r"\s+".join(map(re.escape, text.split())) for text in longest_first
            )
            self._pattern = re.compile(
                rf"(?<!\w)(?:{'|'.join(spelled)})(?!\w)", re.IGNORECASE
            )
        return self._pattern


def _fold(text):
    return " ".join(text.casefold().split())
