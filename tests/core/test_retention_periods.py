"""Periods: month ends, leap days, financial years (law.md 2.3)."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.rgpd_fichier_client.core.retention.periods import (
    PeriodError,
    add_period,
    fiscal_year_end,
)

DAYS = st.dates(date(1990, 1, 1), date(2090, 12, 31))


@pytest.mark.parametrize(
    "start, amount, unit, end",
    [
        ("2023-05-10", 3, "year", "2026-05-10"),
        ("2024-02-29", 3, "year", "2027-02-28"),
        ("2024-02-29", 4, "year", "2028-02-29"),
        ("2026-01-31", 1, "month", "2026-02-28"),
        ("2024-01-31", 1, "month", "2024-02-29"),
        ("2025-08-31", 13, "month", "2026-09-30"),
        ("2025-10-31", 15, "month", "2027-01-31"),
        ("2025-12-31", 2, "month", "2026-02-28"),
        ("2025-11-22", 365, "day", "2026-11-22"),
        ("2023-11-22", 365, "day", "2024-11-21"),
        ("2026-05-10", 0, "year", "2026-05-10"),
        ("2026-05-10", 0, "day", "2026-05-10"),
    ],
)
def test_period(start, amount, unit, end):
    assert add_period(date.fromisoformat(start), amount, unit) == date.fromisoformat(
        end
    )


@pytest.mark.parametrize("amount, unit", [(-1, "year"), (1, "week"), (1, None)])
def test_period_refused(amount, unit):
    with pytest.raises(PeriodError):
        add_period(date(2026, 1, 1), amount, unit)


@pytest.mark.parametrize(
    "day, month, last_day, end",
    [
        ("2026-04-01", 12, 31, "2026-12-31"),
        ("2026-12-31", 12, 31, "2026-12-31"),
        ("2026-04-01", 3, 31, "2027-03-31"),
        ("2026-03-31", 3, 31, "2026-03-31"),
        ("2026-02-01", 2, 28, "2026-02-28"),
        ("2024-02-29", 2, 28, "2024-02-29"),
        ("2025-03-01", 2, 29, "2026-02-28"),
        ("2026-06-15", 6, 31, "2026-06-30"),
        ("2026-06-15", None, None, "2026-12-31"),
    ],
)
def test_fiscal_year_end(day, month, last_day, end):
    found = fiscal_year_end(date.fromisoformat(day), month, last_day)
    assert found == date.fromisoformat(end)


@given(DAYS, st.integers(0, 300), st.integers(0, 300))
def test_a_longer_period_never_ends_earlier(start, one, more):
    for unit in ("day", "month", "year"):
        low, high = sorted((one % 50, more % 50))
        assert add_period(start, low, unit) <= add_period(start, high, unit)


@given(DAYS, DAYS, st.integers(0, 40))
def test_a_later_start_never_ends_earlier(one, other, amount):
    low, high = sorted((one, other))
    for unit in ("day", "month", "year"):
        assert add_period(low, amount, unit) <= add_period(high, amount, unit)


@given(DAYS, st.integers(1, 12), st.integers(1, 31))
def test_fiscal_year_is_at_most_a_year_away(day, month, last_day):
    end = fiscal_year_end(day, month, last_day)
    assert day <= end <= add_period(day, 367, "day")
