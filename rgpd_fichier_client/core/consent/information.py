"""When a person must be told about data that did not come from them (Art. 14 GDPR)."""

from .fold import add_months

MONTHS = 1


def get_due_date(obtained_on, first_contact=None, first_disclosure=None, months=MONTHS):
    """Return the last day to tell the person (Art. 14.3).

    Within a month of obtaining the data; at the first contact with the person, or the
    first disclosure to somebody else, if that comes earlier.

    >>> from datetime import date
    >>> get_due_date(date(2026, 1, 31))
    datetime.date(2026, 2, 28)
    >>> get_due_date(date(2026, 1, 31), first_contact=date(2026, 2, 3))
    datetime.date(2026, 2, 3)
    """
    limits = [add_months(obtained_on, months), first_contact, first_disclosure]
    return min(day for day in limits if day)
