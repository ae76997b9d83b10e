"""Legal periods: how a delay runs from one day to another.

A delay in months or years goes from one day to the same day of the month where it
ends, or to the last day of that month when it has no such day (French civil
procedure code, art. 641). The day found is the last one on which data is kept.
"""

import calendar
from datetime import date, timedelta

from ..errors import CoreError

UNITS = ("day", "month", "year")


class PeriodError(CoreError):
    """A period that cannot be computed: negative, or of an unknown unit."""


def add_period(start, amount, unit):
    """Return the last day of a period of ``amount`` ``unit`` begun on ``start``.

    >>> add_period(date(2024, 2, 29), 3, "year")
    datetime.date(2027, 2, 28)
    >>> add_period(date(2026, 1, 31), 1, "month")
    datetime.date(2026, 2, 28)
    """
    if unit not in UNITS:
        raise PeriodError("period_unit")
    if amount < 0:
        raise PeriodError("period_negative")
    if unit == "day":
        return start + timedelta(days=amount)
    return _add_months(start, amount * 12 if unit == "year" else amount)


def get_end(start, rule):
    """Return the last day of a rule counted from ``start``, archive included.

    :param rule: anything with ``active_delay``, ``active_unit`` and the same of archive
    """
    active_end = add_period(start, rule.active_delay, rule.active_unit)
    return add_period(active_end, rule.archive_delay, rule.archive_unit)


def _add_months(start, months):
    years, month0 = divmod(start.month - 1 + months, 12)
    year, month = start.year + years, month0 + 1
    return date(year, month, min(start.day, calendar.monthrange(year, month)[1]))


def fiscal_year_end(day, last_month=12, last_day=31):
    """Return the end of the financial year that holds ``day``.

    A last day of 31 in a shorter month, or 29 February out of leap years, means the
    end of that month. A company that states nothing closes on 31 December.

    >>> fiscal_year_end(date(2026, 4, 1), 3, 31)
    datetime.date(2027, 3, 31)
    """
    last_month = last_month or 12
    last_day = last_day or 31
    for year in (day.year, day.year + 1):
        end = _closing_day(year, last_month, last_day)
        if day <= end:
            return end
    raise PeriodError("fiscal_year")


def _closing_day(year, month, day):
    last = calendar.monthrange(year, month)[1]
    if month == 2 and day >= 28:
        # As Odoo does: 28 or 29 February both mean the end of February.
        return date(year, 2, last)
    return date(year, month, min(day, last))
