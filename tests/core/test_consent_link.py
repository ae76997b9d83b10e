"""What the holder of a link may do, by its age and by what happened since."""

from datetime import datetime, timedelta

import pytest

from odoo.addons.rgpd_fichier_client.core.consent import link
from odoo.addons.rgpd_fichier_client.core.consent.fold import Act

NOW = datetime(2026, 11, 25, 10)


def reach(age=timedelta(hours=1), last_no=0, same=True):
    return link.get_reach(link.Link(NOW - age, last_no), NOW, same, days=30)


@pytest.mark.parametrize(
    ("values", "shows"),
    [
        ({}, True),
        ({"age": timedelta(days=30) - timedelta(seconds=1)}, True),
        ({"age": timedelta(days=30)}, False),
        # a link from the future is not one of ours
        ({"age": timedelta(days=-1)}, False),
        # the person has another address now
        ({"same": False}, False),
    ],
)
def test_how_long_a_link_shows_the_choices(values, shows):
    assert reach(**values).shows is shows
    assert reach(**values).may_give([], "prospect_email_b2c", "email") is shows


def act(decision, minutes, purpose=None, channel="all", key=0):
    return Act(decision, NOW + timedelta(minutes=minutes), purpose, channel, key=key)


MAIL = ("prospect_email_b2c", "email")


@pytest.mark.parametrize(
    ("since", "allowed"),
    [
        # nothing, or a yes, since the link was issued
        ([], True),
        ([act("given", 1, *MAIL, key=8)], True),
        ([act("expired", 1, *MAIL, key=8)], True),
        # a no that was known when it was issued: it was asked for anew
        ([act("withdrawn", -1, *MAIL, key=7)], True),
        # a no since: the old link gives no consent, whatever date the no has
        ([act("withdrawn", 1, *MAIL, key=8)], False),
        ([act("refused", 1, *MAIL, key=8)], False),
        ([act("objected", -9, None, "all", key=8)], False),
        ([act("objected", 1, None, "email", key=8)], False),
        ([act("objected", 1, "softoptin", "email", key=8)], False),
        # about something else
        ([act("refused", 1, "prospect_sms_b2c", "sms", key=8)], True),
        ([act("objected", 1, None, "sms", key=8)], True),
    ],
)
def test_a_no_since_stops_a_consent(since, allowed):
    assert reach(last_no=7).may_give(since, *MAIL) is allowed


def test_who_logged_in_may_always_change_their_mind():
    acts = [act("withdrawn", 1, *MAIL, key=99)]
    assert link.Reach(shows=True).may_give(acts, *MAIL)


def test_the_last_no():
    acts = [
        act("refused", 1, "prospect_sms_b2c", "sms", key=3),
        act("withdrawn", 2, *MAIL, key=5),
        act("given", 3, *MAIL, key=9),
        act("expired", 4, "prospect_phone_b2c", "phone", key=11),
    ]
    assert link.get_last_no(acts) == 5
    assert link.get_last_no([]) == 0


def test_a_second_objection_adds_nothing():
    everything = [act("objected", 0)]
    assert link.is_objected_already(everything, "email")
    assert link.is_objected_already(everything, "all")
    assert not link.is_objected_already([], "email")
    assert not link.is_objected_already([act("objected", 0, None, "sms")], "email")
    assert not link.is_objected_already([act("objected", 0, None, "sms")], "all")


def test_an_objection_after_a_new_consent_counts():
    acts = [act("objected", 0), act("given", 1, "prospect_email_b2c", "email")]
    assert not link.is_objected_already(acts, "email")
    assert not link.is_objected_already(acts, "all")
    assert link.is_objected_already(acts, "sms")


def test_an_objection_to_one_purpose_is_not_to_all():
    acts = [act("objected", 0, "softoptin", "email")]
    assert not link.is_objected_already(acts, "email")
