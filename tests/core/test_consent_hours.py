from datetime import date, datetime, time

import pytest

from odoo.addons.rgpd_fichier_client.core.consent.address import (
    email_kind,
    is_e164,
    normalise_email,
)
from odoo.addons.rgpd_fichier_client.core.consent.evidence import (
    FIELDS,
    event_digest,
    text_digest,
)
from odoo.addons.rgpd_fichier_client.core.consent.hours import (
    CallingRules,
    InvalidHours,
    LocalHoliday,
    easter,
    french_holidays,
    get_department,
    is_holiday,
    local_holidays,
    next_calling_time,
    parse_spans,
    parse_when,
)


@pytest.mark.parametrize(
    ("year", "day"),
    [
        (2024, date(2024, 3, 31)),
        (2025, date(2025, 4, 20)),
        (2026, date(2026, 4, 5)),
        (2027, date(2027, 3, 28)),
        (2038, date(2038, 4, 25)),
    ],
)
def test_easter(year, day):
    assert easter(year) == day


def test_french_holidays_are_eleven():
    days = french_holidays(2026)
    assert len(days) == 11
    assert {date(2026, 4, 6), date(2026, 5, 14), date(2026, 5, 25)} <= days
    assert is_holiday(date(2026, 12, 26), frozenset({date(2026, 12, 26)}))
    assert not is_holiday(date(2026, 12, 26))


def test_spans():
    assert parse_spans("10:00-13:00, 14:00-20:00") == (
        (time(10), time(13)),
        (time(14), time(20)),
    )
    for text in ("", "10-", "13:00-10:00", "morning"):
        with pytest.raises(InvalidHours):
            parse_spans(text)


@pytest.mark.parametrize(
    ("text", "email"),
    [
        ("  Camille.Martin@Example.COM ", "camille.martin@example.com"),
        ("camille@example", None),
        ("camille example.com", None),
        ("a@b..fr", None),
        ("a@b.fr, c@d.fr", None),
        ("", None),
        (None, None),
        (False, None),
    ],
)
def test_normalise_email(text, email):
    assert normalise_email(text) == email


def test_kinds_of_address():
    generic, free = {"contact"}, {"freemail.example"}
    assert email_kind("contact@shop.example", generic, free) == "generic"
    assert email_kind("contact@freemail.example", generic, free) == "personal"
    assert email_kind("lea@shop.example", generic, free) == "professional"


@pytest.mark.parametrize(
    ("phone", "valid"),
    [("+33639980001", True), ("0639980001", False), ("+0123", False), (None, False)],
)
def test_e164(phone, valid):
    assert is_e164(phone) is valid


def test_each_field_changes_the_digest():
    values = dict.fromkeys(FIELDS, "")
    seen = {event_digest(values)}
    for name in FIELDS:
        seen.add(event_digest(values | {name: "x"}))
    assert len(seen) == len(FIELDS) + 1
    assert text_digest("é") == text_digest("\N{LATIN SMALL LETTER E WITH ACUTE}")


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        # Within the hours: now
        (datetime(2026, 11, 24, 11), datetime(2026, 11, 24, 11)),
        (datetime(2026, 11, 24, 8), datetime(2026, 11, 24, 10)),
        (datetime(2026, 11, 24, 13), datetime(2026, 11, 24, 14)),
        # Friday evening: Monday; the eve of a holiday: the day after it
        (datetime(2026, 11, 27, 20), datetime(2026, 11, 30, 10)),
        (datetime(2026, 12, 24, 20), datetime(2026, 12, 28, 10)),
    ],
)
def test_the_next_moment_to_call(asked, found):
    assert next_calling_time(asked, CallingRules()) == found


def test_no_moment_at_all():
    rules = CallingRules(weekdays=frozenset())
    assert next_calling_time(datetime(2026, 11, 24, 11), rules) is None


@pytest.mark.parametrize(
    ("postcode", "department"),
    [
        ("67000", "67"),
        ("97220", "972"),
        ("97133", "977"),
        ("97150", "978"),
        (" 57 000 ", "57"),
        ("20000", "20"),
        ("6700", None),
        ("SW1A 1AA", None),
        ("", None),
        (None, None),
    ],
)
def test_department(postcode, department):
    assert get_department(postcode) == department


HOLIDAYS = (
    LocalHoliday("easter-2", frozenset({"57", "67", "68"})),
    LocalHoliday("12-26", frozenset({"57", "67", "68"})),
    LocalHoliday("05-22", frozenset({"972"})),
    LocalHoliday("02-29", frozenset({"972"})),
)


@pytest.mark.parametrize(
    ("department", "days"),
    [
        ("67", {date(2026, 4, 3), date(2026, 12, 26)}),
        ("972", {date(2026, 5, 22)}),
        ("75", set()),
        ("", set()),
        # Not known: it may be any of them.
        (None, {date(2026, 4, 3), date(2026, 12, 26), date(2026, 5, 22)}),
    ],
)
def test_local_holidays(department, days):
    assert local_holidays(HOLIDAYS, department, 2026) == days


def test_a_leap_day_counts_in_leap_years_only():
    assert date(2028, 2, 29) in local_holidays(HOLIDAYS, "972", 2028)


@pytest.mark.parametrize("text", ["", "friday", "13-01", "02-30", "easter", "1-2-3"])
def test_a_day_that_cannot_be_read(text):
    with pytest.raises(InvalidHours):
        parse_when(text)
