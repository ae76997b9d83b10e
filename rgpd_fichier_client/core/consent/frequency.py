"""How often a person wishes to get offers, and from which day one may leave again.

Whoever may object at any time (art. 21.2 GDPR) may object in part: fewer messages. Days
are counted where the person lives, so that a mailing of each Monday stays one.
"""

from datetime import timedelta

from .fold import add_months

ANY = "any"
# No wish closes the way for longer than this many days.
LONGEST = 93


def open_day(frequency, offered_on):
    """Return the first day on which another offer may leave, ``None`` without wish.

    >>> from datetime import date
    >>> open_day("week", date(2026, 11, 23))
    datetime.date(2026, 11, 30)
    >>> open_day("month", date(2027, 1, 31))
    datetime.date(2027, 2, 28)
    >>> open_day("any", date(2027, 1, 31))

    :param frequency: ``any``, ``week``, ``month`` or ``quarter``
    :param offered_on: day of the last offer
    """
    if frequency == "week":
        return offered_on + timedelta(days=7)
    if frequency == "month":
        return add_months(offered_on, 1)
    if frequency == "quarter":
        return add_months(offered_on, 3)
    return None
