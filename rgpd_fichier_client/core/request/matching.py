"""What a record of the file and the person who asks have in common.

None of it decides alone: the officer says who is meant. The scale is that of the lookup
(``core.datamap.evidence``).
"""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

from ..datamap.evidence import combine, get_level
from ..datamap.normalise import email_base

LIKE_RATIO = 0.85


@dataclass(frozen=True)
class Match:
    """Points of a record and what they come from, strongest first."""

    score: int
    evidence: tuple

    @property
    def level(self):
        """`strong`, `likely` or `weak`."""
        return get_level(self.evidence)


def compare(sought, held):
    """Compare what the person told with what a record holds.

    :param sought: pairs (kind, normalised value): `email`, `phone`, `name`, `address`
    :param held: pairs of the record, of any kind
    :rtype: Match
    """
    sought, held = _group(sought), _group(held)
    evidence = []
    for kind in ("email", "phone", "address"):
        if sought.get(kind, set()) & held.get(kind, set()):
            evidence.append(kind)
    if "email" not in evidence and _bases(sought) & _bases(held):
        evidence.append("email_alias")
    name = _compare_names(sought.get("name", ()), held.get("name", ()))
    if name != "name_differs" or evidence:
        evidence.append(name)
    return Match(*combine(code for code in evidence if code))


def _group(pairs):
    groups = {}
    for kind, value in pairs:
        if value:
            groups.setdefault(kind, set()).add(value)
    return groups


def _bases(groups):
    return {email_base(address) for address in groups.get("email", ())}


def _compare_names(sought, held):
    """Return `name`, `name_like`, `name_differs`, or None when one is unknown."""
    if not sought or not held:
        return None
    pairs = [(_words(one), _words(other)) for one in sought for other in held]
    if any(sorted(one) == sorted(other) for one, other in pairs):
        return "name"
    if any(_are_alike(one, other) for one, other in pairs):
        return "name_like"
    return "name_differs"


def _words(name):
    return re.split(r"[\s'-]+", name)


def _are_alike(one, other):
    """Whether one name holds the other, or they differ by a letter or two."""
    if set(one) < set(other) or set(other) < set(one):
        return True
    texts = " ".join(sorted(one)), " ".join(sorted(other))
    return SequenceMatcher(None, *texts).ratio() >= LIKE_RATIO
