"""How often a person wishes for offers, as tables."""

from datetime import date

import pytest

from odoo.addons.rgpd_fichier_client.core.consent.fold import Choice
from odoo.addons.rgpd_fichier_client.core.consent.frequency import LONGEST, open_day
from odoo.addons.rgpd_fichier_client.core.consent.gate import decide
from odoo.addons.rgpd_fichier_client.core.consent.renewal import get_exclusion

from .test_consent_gate import GIVEN, GIVEN_PHONE, LOCAL, check, situation

TODAY = LOCAL.date()
LATER = date(2026, 11, 24)
MAIL = ("prospect_email_b2c", "email")


@pytest.mark.parametrize(
    ("frequency", "offered_on", "day"),
    [
        ("any", date(2026, 11, 23), None),
        ("week", date(2026, 11, 23), date(2026, 11, 30)),
        ("month", date(2026, 11, 23), date(2026, 12, 23)),
        ("month", date(2027, 1, 31), date(2027, 2, 28)),
        ("quarter", date(2026, 11, 30), date(2027, 2, 28)),
        ("quarter", date(2026, 5, 31), date(2026, 8, 31)),
    ],
)
def test_the_day_another_offer_may_leave(frequency, offered_on, day):
    assert open_day(frequency, offered_on) == day


def test_no_wish_is_longer_than_what_is_read():
    days = [date.fromordinal(TODAY.toordinal() + n) for n in range(1500)]
    assert max((open_day("quarter", day) - day).days for day in days) < LONGEST


def test_offers_wait_for_the_day():
    assert not check("too_soon", *MAIL, choice=GIVEN, open_on=LATER)
    assert check("consent", *MAIL, choice=GIVEN, open_on=TODAY)
    assert not check("too_soon", "survey", "sms", open_on=LATER)


def test_the_day_is_told():
    verdict = decide(situation(*MAIL, choice=GIVEN, open_on=LATER))
    assert verdict.open_on == LATER
    assert verdict.article == "Art. 21.2 RGPD"


def test_another_refusal_is_told_first():
    """Waiting would not help."""
    check("no_consent", *MAIL, open_on=LATER)
    check("consent_refused", *MAIL, choice=Choice("refused", LOCAL), open_on=LATER)
    check("address_bounces", *MAIL, choice=GIVEN, bounces=True, open_on=LATER)


@pytest.mark.parametrize("purpose", ["order", "invoice", "claim", "rights", "breach"])
def test_orders_and_duties_never_wait(purpose):
    assert check("service", purpose, "email", open_on=LATER)


def test_calls_have_limits_of_their_own():
    call = ("prospect_phone_b2c", "phone")
    assert check("consent", *call, choice=GIVEN_PHONE, open_on=LATER)


def test_who_waits_is_not_asked_to_renew_and_hears_why():
    allowed = {"allowed": True, "code": "consent"}
    waits = {"allowed": False, "code": "too_soon"}
    assert get_exclusion(allowed, waits, is_asked=False) == "too_soon"
    assert get_exclusion(waits, allowed, is_asked=False) is None
