"""When a consumer may be called (L. 223-1 and D. 223-9 Code de la consommation)."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from ..errors import CoreError

ISLANDS = {"97133": "977", "97150": "978"}


class InvalidHours(CoreError):
    """Calling hours that cannot be read; nobody is called then."""


@dataclass(frozen=True)
class LocalHoliday:
    """A public holiday of some departments: the day of every year, and where."""

    when: str
    departments: frozenset

    def day_of(self, year):
        """Return the day in a year, ``None`` when the year has no such day."""
        month, day, shift = parse_when(self.when)
        if month is None:
            return easter(year) + timedelta(days=shift)
        try:
            return date(year, month, day)
        except ValueError:
            return None


@dataclass(frozen=True)
class CallingRules:
    """Days, hours and limits; the values are data, these are their shape."""

    weekdays: frozenset = frozenset(range(5))
    spans: tuple = ((time(10), time(13)), (time(14), time(20)))
    max_calls: int = 4
    window_days: int = 30
    silence_days: int = 60


def parse_spans(text):
    """Return the spans of ``10:00-13:00,14:00-20:00`` as pairs of times."""
    spans = []
    for part in text.split(","):
        try:
            start, end = (time.fromisoformat(t.strip()) for t in part.split("-"))
        except ValueError as error:
            raise InvalidHours(part) from error
        if start >= end:
            raise InvalidHours(part)
        spans.append((start, end))
    return tuple(spans)


def parse_when(text):
    """Return ``(month, day, 0)``, or ``(None, None, days after Easter Sunday)``.

    >>> parse_when("12-26"), parse_when("easter-2")
    ((12, 26, 0), (None, None, -2))
    """
    text = text.strip().lower()
    try:
        if text.startswith("easter"):
            return None, None, int(text.removeprefix("easter"))
        month, day = (int(word) for word in text.split("-"))
        # A leap year: the 29th of February is a day.
        date(2024, month, day)
    except ValueError as error:
        raise InvalidHours(text) from error
    return month, day, 0


def get_department(postcode):
    """Return the department of a French postcode, ``None`` when it tells none.

    >>> get_department("67000"), get_department("97220"), get_department("97133")
    ('67', '972', '977')
    """
    code = (postcode or "").replace(" ", "")
    if len(code) != 5 or not code.isdigit():
        return None
    # Saint-Barthélemy and Saint-Martin kept the postcodes of Guadeloupe.
    if code in ISLANDS:
        return ISLANDS[code]
    return code[:3] if code.startswith(("97", "98")) else code[:2]


def local_holidays(holidays, department, year):
    """Return the days that are holidays where a person lives, besides the national.

    Whoever's department is not known may live in any of them: each of the days then
    counts, and nobody is called on it by mistake.

    :param holidays: iterable of :class:`LocalHoliday`
    :param department: code, ``None`` when unknown, ``""`` outside France
    """
    if department == "":
        return frozenset()
    days = {
        holiday.day_of(year)
        for holiday in holidays
        if department is None or department in holiday.departments
    }
    return frozenset(days - {None})


def easter(year):
    """Return Easter Sunday (Gregorian computus of Meeus, Jones and Butcher)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e, f = b // 4, b % 4, (b + 8) // 25
    g = (b - f + 1) // 3
    h = (19 * a + b - d - g + 15) % 30
    i, k = c // 4, c % 4
    lane = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * lane) // 451
    month, day = divmod(h + lane - 7 * m + 114, 31)
    return date(year, month, day + 1)


@lru_cache(maxsize=16)
def french_holidays(year):
    """Return the eleven public holidays of metropolitan France (L. 3133-1)."""
    sunday = easter(year)
    fixed = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))
    moving = (1, 39, 50)
    return frozenset(date(year, month, day) for month, day in fixed) | frozenset(
        sunday + timedelta(days=days) for days in moving
    )


def is_holiday(day, extra=frozenset()):
    """Tell whether the day is a public holiday, local ones (``extra``) included."""
    return day in french_holidays(day.year) or day in extra


def calling_time(local, rules, extra_holidays=frozenset()):
    """Return why a consumer may not be called at this local time, or ``None``.

    The end of a span is excluded: 13:00:00 is already too late.
    """
    if is_holiday(local.date(), extra_holidays):
        return "call_holiday"
    if local.weekday() not in rules.weekdays:
        return "call_weekday"
    clock = local.time()
    if not any(start <= clock < end for start, end in rules.spans):
        return "call_hours"
    return None


def next_calling_time(local, rules, extra_holidays=frozenset(), days=31):
    """Return the first moment from ``local`` on at which consumers may be called.

    ``None`` when the rules leave none within a month.
    """
    if calling_time(local, rules, extra_holidays) is None:
        return local
    for offset in range(days):
        day = local.date() + timedelta(days=offset)
        for start, _end in sorted(rules.spans):
            moment = datetime.combine(day, start)
            if moment > local and calling_time(moment, rules, extra_holidays) is None:
                return moment
    return None
