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


def get_unit_code(period):
    """Return ``day``/``days``…, the key of the words the model shows."""
    return period.unit if period.delay == 1 else f"{period.unit}s"


def is_set(start_event, active, archive):
    """Tell whether a rule says how long: an event, and a length after it."""
    return bool(start_event) and (bool(active) or bool(archive))
