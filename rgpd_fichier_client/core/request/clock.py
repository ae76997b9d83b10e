"""The clock of a request: when an answer is due (Art. 12.3 GDPR).

One month after receipt, counted by Regulation (EEC, Euratom) No 1182/71: the day
of receipt is not counted, the period ends on the same day number of the following
month, or on its last day when that number does not exist; a last day that falls
on a Saturday, a Sunday or a public holiday is moved to the next working day.

The work is planned on the unshifted date (``plan``); the shifted one (``legal``)
is what the law allows. Pure: today, holidays and periods are arguments.
"""

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

from ..errors import CoreError

MONTHS_TO_ANSWER = 1  # Art. 12.3
MONTHS_WHEN_EXTENDED = 3  # Art. 12.3: two further months, counted from receipt
ALERT_DAYS = (15, 7, 3)


class ExtensionTooLateError(CoreError):
    """The first month is over: the person had to be told within it."""


class AlreadyExtendedError(CoreError):
    """The period was extended once; the law knows no second extension."""


@dataclass(frozen=True)
class DueDate:
    """The end of the period: the day to plan on and the day of the law."""

    plan: date
    legal: date
    suspended_days: int = 0


def add_months(day, months):
    """Return the same day number `months` later, or the last day of that month.

    >>> add_months(date(2027, 1, 31), 1)
    datetime.date(2027, 2, 28)
    """
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def easter(year):
    """Return Easter Sunday of a Gregorian year (Meeus, Jones, Butcher)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    lunar = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * lunar) // 451
    month, day = divmod(h + lunar - 7 * m + 114, 31)
    return date(year, month, day + 1)


def french_holidays(year):
    """Return the legal holidays of metropolitan France (C. trav. L3133-1)."""
    sunday = easter(year)
    fixed = (
        (1, 1),
        (5, 1),
        (5, 8),
        (7, 14),
        (8, 15),
        (11, 1),
        (11, 11),
        (12, 25),
    )
    days = {date(year, month, day) for month, day in fixed}
    # Easter Monday, Ascension, Whit Monday
    return days | {sunday + timedelta(days=shift) for shift in (1, 39, 50)}


def is_working_day(day, extra_holidays=()):
    """Tell whether the public services work on that day."""
    return (
        day.weekday() < 5
        and day not in french_holidays(day.year)
        and day not in extra_holidays
    )


def next_working_day(day, extra_holidays=()):
    """Return `day`, or the first working day after it (Reg. 1182/71, Art. 3.4)."""
    while not is_working_day(day, extra_holidays):
        day += timedelta(days=1)
    return day


def count_suspended_days(periods, today):
    """Count the days the clock stood still, each once.

    :param periods: pairs (asked on, received on or None while it is awaited)
    :param date today: end of a suspension that still runs
    :rtype: int
    """
    days = set()
    for start, end in periods:
        end = end or max(today, start)
        days |= {start + timedelta(days=n) for n in range((end - start).days)}
    return len(days)


def compute_due(received, *, extended=False, suspensions=(), today, extra_holidays=()):
    """Return when the answer is due.

    :param date received: day on which the request reached the company, anywhere
    :param bool extended: whether the person was told of the two further months
    :param suspensions: pairs (asked on, received on or None): identity awaited
        (décret 2019-536, art. 77)
    :rtype: DueDate
    """
    months = MONTHS_WHEN_EXTENDED if extended else MONTHS_TO_ANSWER
    days = count_suspended_days(suspensions, today)
    plan = add_months(received, months) + timedelta(days=days)
    return DueDate(plan, next_working_day(plan, extra_holidays), days)


def check_extension(received, *, today, suspensions=(), extended=False):
    """Raise unless the period may still be extended today (Art. 12.3).

    :raise AlreadyExtendedError: it was extended before
    :raise ExtensionTooLateError: the first month, unshifted, is over
    """
    if extended:
        raise AlreadyExtendedError()
    due = compute_due(received, suspensions=suspensions, today=today)
    if today > due.plan:
        raise ExtensionTooLateError()


def get_urgency(plan, today, *, done=False, suspended=False, alerts=ALERT_DAYS):
    """Return how urgent a request is, as a code sorted by alphabet.

    `0_overdue`, `1_now`, `2_week`, `3_soon`, `4_later`, `5_waiting`, `6_done`.
    """
    if done:
        return "6_done"
    if suspended:
        return "5_waiting"
    left = (plan - today).days
    if left < 0:
        return "0_overdue"
    far, near, now = sorted(alerts, reverse=True)[:3]
    for limit, code in ((now, "1_now"), (near, "2_week"), (far, "3_soon")):
        if left <= limit:
            return code
    return "4_later"


def get_alert(plan, today, already=(), alerts=ALERT_DAYS):
    """Return the alert to give today (days before the end), or None.

    Only the nearest one is given when several were missed, and 0 once overdue;
    none is given twice.

    :param already: alerts that were given before
    """
    left = (plan - today).days
    reached = [alert for alert in (*alerts, 0) if left <= alert]
    if left >= 0:
        reached = [alert for alert in reached if alert or left < 0]
    if not reached or min(reached) in already:
        return None
    return min(reached)
