"""Entries that are matched with each other, and what keeps the names on them.

L123-22 C. com. asks for ten years from the end of the financial year. An invoice, what
paid it and what else that paid lets its customers go together or not at all: one entry
that has to keep its name keeps those of the whole group. An organisation is nobody: it
stays on what is its own, and whoever paid for it leaves what they paid with.
"""

from datetime import timedelta

SEALED = "sealed"  # the inalterability hash is made from the partner
YOUNG = "young"  # a law still asks for the entry
NAMED = "named"  # a document it was made from still names somebody
UNPAID = "unpaid"  # the account would not balance
OTHER = "other"  # it is of another person, who does not leave
HELD = "held"  # a hold, an open request, restricted use

# Who paid late, or whose order ended, is seen so many days later at most
DAYS_BEFORE_NEXT = 30


class Groups:
    """Which entries are matched with each other, step by step, and what holds them.

    >>> groups = Groups()
    >>> groups.join(1, 2), groups.join(2, 3), groups.add(4)
    (None, None, None)
    >>> groups.block(3, UNPAID)
    >>> groups.is_free(1), groups.is_free(4), sorted(groups.get_members(1))
    (False, True, [1, 2, 3])
    """

    def __init__(self):
        self._group_of = {}
        self._deposits_of = {}  # {entry: deposits it went into}
        self._causes_of = {}  # {id(group): {code: day or None}}

    def __contains__(self, entry):
        return entry in self._group_of

    def add(self, entry):
        """Note an entry, alone until it is joined."""
        if entry not in self._group_of:
            group = self._group_of[entry] = {entry}
            self._causes_of[id(group)] = {}

    def join(self, entry, other):
        """Note that two entries are matched."""
        self.add(entry)
        self.add(other)
        large, small = self._group_of[entry], self._group_of[other]
        if large is small:
            return
        if len(large) < len(small):
            large, small = small, large
        large |= small
        for moved in small:
            self._group_of[moved] = large
        for code, day in self._causes_of.pop(id(small)).items():
            self._note(large, code, day)

    def note_deposit(self, entry, deposit):
        """Note that an entry is part of a deposit of many, which names nobody."""
        self._deposits_of.setdefault(entry, set()).add(deposit)

    def get_deposits(self, entry):
        """Return the deposits that the group of an entry went into."""
        members = self.get_members(entry)
        return set().union(*(self._deposits_of.get(m, ()) for m in members))

    def block(self, entry, code, day=None):
        """Note why an entry, and with it its group, keeps its names.

        :param day: last day on which it does, where that is known
        """
        self.add(entry)
        self._note(self._group_of[entry], code, day)

    def _note(self, group, code, day):
        causes = self._causes_of[id(group)]
        known = causes.get(code)
        causes[code] = max(known, day) if known and day else known or day

    def is_free(self, entry):
        """Tell whether nothing keeps the names on the group of an entry."""
        return not self.get_causes(entry)

    def get_causes(self, entry):
        """Return ``{code: last day, or None}`` of the group of an entry."""
        return self._causes_of[id(self._group_of[entry])]

    def get_members(self, entry):
        """Return the group of an entry, itself included."""
        return self._group_of[entry]


def get_next_try(causes, today, has_text=False):
    """Return the day on which to look again at a group that keeps its names.

    :param has_text: the texts are there as well: no hash covers them
    :return: None when it keeps them for ever

    >>> from datetime import date
    >>> today = date(2026, 1, 1)
    >>> get_next_try({YOUNG: date(2026, 12, 31), UNPAID: None}, today)
    datetime.date(2027, 1, 1)
    >>> get_next_try({UNPAID: None}, today)
    datetime.date(2026, 1, 31)
    >>> get_next_try({SEALED: None, UNPAID: None}, today)
    >>> get_next_try({SEALED: None, YOUNG: date(2026, 3, 31)}, today, has_text=True)
    datetime.date(2026, 4, 1)
    """
    if SEALED in causes and not has_text:
        return None
    later = today + timedelta(days=DAYS_BEFORE_NEXT)
    young = causes.get(YOUNG)
    if young and young >= today:
        return young + timedelta(days=1)
    return later
