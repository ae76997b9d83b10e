"""The clock of a request as tables: Art. 12.3 GDPR counted by Regulation 1182/71."""

from datetime import date, timedelta

import pytest

from odoo.addons.rgpd_fichier_client.core.request import clock

TODAY = date(2026, 11, 2)


@pytest.mark.parametrize(
    ("received", "plan", "legal"),
    [
        # The same day number of the next month
        (date(2026, 9, 14), date(2026, 10, 14), date(2026, 10, 14)),
        # Month-end: the last day where that number does not exist
        (date(2026, 8, 31), date(2026, 9, 30), date(2026, 9, 30)),
        (date(2027, 1, 29), date(2027, 2, 28), date(2027, 3, 1)),
        (date(2028, 1, 31), date(2028, 2, 29), date(2028, 2, 29)),
        # December to January, and New Year's day
        (date(2026, 12, 1), date(2027, 1, 1), date(2027, 1, 4)),
        # Saturday, Sunday: the next working day
        (date(2026, 10, 14), date(2026, 11, 14), date(2026, 11, 16)),
        (date(2026, 10, 15), date(2026, 11, 15), date(2026, 11, 16)),
        # French holidays: 11 November, Christmas on a Friday, 14 July
        (date(2026, 10, 11), date(2026, 11, 11), date(2026, 11, 12)),
        (date(2026, 11, 25), date(2026, 12, 25), date(2026, 12, 28)),
        (date(2026, 6, 14), date(2026, 7, 14), date(2026, 7, 15)),
        # Those that move with Easter: Easter Monday, Ascension, Whit Monday
        (date(2026, 3, 6), date(2026, 4, 6), date(2026, 4, 7)),
        (date(2026, 4, 14), date(2026, 5, 14), date(2026, 5, 15)),
        (date(2026, 4, 25), date(2026, 5, 25), date(2026, 5, 26)),
        # Good Friday is a working day but in Alsace and Moselle
        (date(2026, 3, 3), date(2026, 4, 3), date(2026, 4, 3)),
    ],
)
def test_one_month(received, plan, legal):
    due = clock.compute_due(received, today=TODAY)
    assert (due.plan, due.legal) == (plan, legal)


def test_a_holiday_of_the_region():
    due = clock.compute_due(
        date(2026, 3, 3), today=TODAY, extra_holidays={date(2026, 4, 3)}
    )
    # Good Friday, then the week-end and Easter Monday
    assert due.legal == date(2026, 4, 7)


def test_extended_is_three_months_from_receipt():
    due = clock.compute_due(date(2026, 11, 30), extended=True, today=TODAY)
    assert (due.plan, due.legal) == (date(2027, 2, 28), date(2027, 3, 1))


@pytest.mark.parametrize(
    ("periods", "days"),
    [
        ((), 0),
        (((date(2026, 10, 1), date(2026, 10, 11)),), 10),
        # Asked and received on one day
        (((date(2026, 10, 1), date(2026, 10, 1)),), 0),
        # Still awaited: it stands still until today
        (((date(2026, 10, 30), None),), 3),
        # Overlapping ones count once
        (
            (
                (date(2026, 10, 1), date(2026, 10, 11)),
                (date(2026, 10, 6), date(2026, 10, 16)),
            ),
            15,
        ),
    ],
)
def test_the_clock_stands_still(periods, days):
    received = date(2026, 9, 14)
    due = clock.compute_due(received, suspensions=periods, today=TODAY)
    assert due.suspended_days == days
    assert due.plan == date(2026, 10, 14) + timedelta(days=days)


def test_an_extension_in_time():
    received = date(2026, 9, 14)
    clock.check_extension(received, today=date(2026, 10, 14))
    with pytest.raises(clock.ExtensionTooLateError):
        clock.check_extension(received, today=date(2026, 10, 15))
    with pytest.raises(clock.AlreadyExtendedError):
        clock.check_extension(received, today=date(2026, 9, 20), extended=True)
    # The days of a suspension are added to the first month
    clock.check_extension(
        received,
        today=date(2026, 10, 15),
        suspensions=[(date(2026, 9, 20), date(2026, 9, 25))],
    )


def test_the_shift_of_a_holiday_does_not_allow_an_extension():
    # Due on Saturday the 14th: Monday is in time to answer, not to extend
    with pytest.raises(clock.ExtensionTooLateError):
        clock.check_extension(date(2026, 10, 14), today=date(2026, 11, 16))


@pytest.mark.parametrize(
    ("left", "code"),
    [
        (-1, "0_overdue"),
        (0, "1_now"),
        (3, "1_now"),
        (4, "2_week"),
        (7, "2_week"),
        (8, "3_soon"),
        (15, "3_soon"),
        (16, "4_later"),
    ],
)
def test_urgency(left, code):
    plan = TODAY + timedelta(days=left)
    assert clock.get_urgency(plan, TODAY) == code
    assert clock.get_urgency(plan, TODAY, suspended=True) == "5_waiting"
    assert clock.get_urgency(plan, TODAY, done=True, suspended=True) == "6_done"


@pytest.mark.parametrize(
    ("left", "already", "alert"),
    [
        (16, (), None),
        (15, (), 15),
        (14, (15,), None),
        (7, (15,), 7),
        (3, (15, 7), 3),
        (0, (15, 7, 3), None),
        (-1, (15, 7, 3), 0),
        (-5, (15, 7, 3, 0), None),
        # Several were missed: the nearest one alone
        (2, (), 3),
        (-2, (), 0),
    ],
)
def test_alerts(left, already, alert):
    plan = TODAY + timedelta(days=left)
    assert clock.get_alert(plan, TODAY, already) == alert
