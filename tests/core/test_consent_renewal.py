"""Whom to ask again, and when a consent may be asked again."""

from datetime import date

import pytest

from odoo.addons.rgpd_fichier_client.core.consent import preference, renewal

YES = {"allowed": True, "code": "consent"}
TODAY = date(2026, 11, 25)


def no(code):
    return {"allowed": False, "code": code}


@pytest.mark.parametrize(
    ("own", "mail", "asked", "code"),
    [
        (YES, YES, False, None),
        (YES, YES, True, "renewal_asked"),
        (YES, no("no_consent"), False, "renewal_no_mail"),
        # A consent to be called is as good at night as by day
        (no("call_hours"), YES, False, None),
        (no("call_weekday"), YES, False, None),
        (no("call_holiday"), YES, False, None),
        (no("call_too_many"), YES, False, None),
        # Whoever said no, on whatever record, is not asked, not even to renew
        (no("objected"), YES, False, "objected"),
        (no("consent_withdrawn"), YES, False, "consent_withdrawn"),
        (no("consent_refused"), YES, False, "consent_refused"),
        (no("suppressed"), YES, False, "suppressed"),
        (no("suppression_unreadable"), YES, False, "suppression_unreadable"),
        (no("call_silence"), YES, False, "call_silence"),
        (no("person_minor"), YES, False, "person_minor"),
        (no("person_restricted"), YES, False, "person_restricted"),
        (no("consent_expired"), YES, False, "consent_expired"),
        (None, None, False, "person_missing"),
        (YES, None, False, "person_missing"),
    ],
)
def test_who_is_asked(own, mail, asked, code):
    assert renewal.get_exclusion(own, mail, asked) == code


@pytest.mark.parametrize(
    ("end", "unknown", "renewable"),
    [
        (date(2027, 1, 24), False, True),
        (date(2027, 1, 25), False, False),
        (date(2026, 11, 25), False, True),
        (None, False, False),
        (None, True, True),
        (date(2027, 11, 1), True, True),
    ],
)
def test_when_a_consent_is_asked_again(end, unknown, renewable):
    assert renewal.is_renewable(end, unknown, TODAY, 60) is renewable


def test_nothing_is_ticked_and_silence_decides_nothing():
    assert preference.get_answer("given", True, True) is None
    assert preference.get_decision("given", True, None, True) is None
    assert preference.get_decision("given", True, "yes", True) == "given"
    assert preference.get_decision("given", True, "no", True) == "withdrawn"
    assert preference.get_answer("given", True) == "yes"
    assert preference.get_decision("given", True, "yes") is None
