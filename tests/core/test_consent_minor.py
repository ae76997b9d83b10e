"""Who is a child, and which consents are void for want of a parent (art. 8 GDPR)."""

import doctest
from datetime import date

import pytest

from odoo.addons.rgpd_fichier_client.core.consent import minor

BIRTHDAY = date(2027, 5, 4)


def test_the_examples_are_true():
    assert doctest.testmod(minor).failed == 0


@pytest.mark.parametrize(
    ("day", "actor", "void"),
    [
        (date(2027, 5, 3), "self", True),
        (date(2027, 5, 3), "staff", True),
        (date(2027, 5, 3), "parent", False),
        (date(2027, 5, 4), "self", False),
        (date(2027, 5, 4), None, False),
    ],
)
def test_a_consent_is_judged_by_the_age_on_its_day(day, actor, void):
    assert minor.is_void(BIRTHDAY, day, actor) is void


def test_nobody_is_a_child_without_a_reason():
    assert minor.latest() is None
    assert minor.latest(None, None) is None
    assert not minor.is_child(None, date(2026, 1, 1))
    assert not minor.is_void(None, date(2026, 1, 1), "self")


def test_sources_that_differ_are_read_in_favour_of_the_child():
    assert minor.latest(BIRTHDAY, None, date(2026, 1, 1)) == BIRTHDAY
    assert minor.latest(BIRTHDAY, minor.UNKNOWN_END) == minor.UNKNOWN_END


def test_the_age_is_an_argument():
    assert minor.get_majority(date(2012, 5, 4), age=16) == date(2028, 5, 4)
