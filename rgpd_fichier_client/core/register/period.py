"""Lengths of retention: active use, then intermediate archive."""

from dataclasses import dataclass

UNITS = ("day", "month", "year")


@dataclass(frozen=True)
class Period:
    """A number of units; zero of anything is no period."""

    delay: int = 0
    unit: str = "year"

    def __bool__(self):
        return self.delay > 0


DAYS = {"day": 1, "month": 365.25 / 12, "year": 365.25}


def is_longer(periods, limits):
    """Tell whether lengths of time together exceed others; twelve months are a year.

    >>> is_longer([(12, "month"), (0, "year")], [(1, "year")])
    False
    >>> is_longer([(6, "month"), (7, "month")], [(1, "year")])
    True
    """
    return get_days(periods) > get_days(limits)


def get_days(periods):
    """Return about how many days lengths of time make together."""
    return round(sum(delay * DAYS[unit] for delay, unit in periods))


def get_unit_code(period):
    """Return ``day``/``days``…, the key of the words the model shows."""
    return period.unit if period.delay == 1 else f"{period.unit}s"


def is_set(start_event, active, archive):
    """Tell whether a rule says how long: an event, and a length after it."""
    return bool(start_event) and (bool(active) or bool(archive))
