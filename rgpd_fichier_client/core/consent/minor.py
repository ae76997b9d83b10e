"""Consents for a child: nothing counts without the holder of parental authority.

Art. 8 GDPR and art. 45 LIL: below 15 the consent to an online service is given by the
child together with whoever holds parental authority. A consent is judged by the age on
the day it was given: one that a child gave alone stays void after the birthday, one
that a parent gave stands after it, until its own end or a withdrawal.
"""

from datetime import date

AGE = 15
ARTICLE = "Art. 8 RGPD, art. 45 LIL"
PARENT = "parent"
# Ticked by the staff without a date: as long as the tick stays.
UNKNOWN_END = date.max


def get_majority(birth, age=AGE):
    """Return the day a person born on this day may consent alone.

    >>> get_majority(date(2012, 5, 4))
    datetime.date(2027, 5, 4)

    Born on a 29 February, they come of age the day after the 28th: never a day early.

    >>> get_majority(date(2012, 2, 29))
    datetime.date(2027, 3, 1)
    """
    try:
        return birth.replace(year=birth.year + age)
    except ValueError:
        return date(birth.year + age, 3, 1)


def latest(*days):
    """Return the latest of several ends, ``None`` when nothing says it is a child.

    Sources that contradict each other are read in favour of the child.
    """
    return max((day for day in days if day), default=None)


def is_child(majority, day):
    """Tell whether somebody is a child on this day."""
    return majority is not None and day < majority


def is_void(majority, day, actor):
    """Tell whether a consent given on this day is void for want of a parent."""
    return actor != PARENT and is_child(majority, day)
