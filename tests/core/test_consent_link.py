"""What the holder of a link may do, by its age and by what happened since."""

from datetime import datetime, timedelta

import pytest

from odoo.addons.rgpd_fichier_client.core.consent import link
from odoo.addons.rgpd_fichier_client.core.consent.fold import Act

NOW = datetime(2026, 11, 25, 10)


def power(age=timedelta(hours=1), before=0, now=0, same=True):
    made = link.Link(NOW - age, before)
    return link.get_power(made, NOW, now, same, days=30)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, link.FULL),
        ({"age": timedelta(days=30) - timedelta(seconds=1)}, link.FULL),
        ({"age": timedelta(days=30)}, link.OBJECT),
        # a link from the future is not one of ours
        ({"age": timedelta(days=-1)}, link.OBJECT),
        # the person has another address now
        ({"same": False}, link.OBJECT),
        # the person said no since: the old link gives no consent
        ({"before": 0, "now": 1}, link.RESTRICT),
        # issued after the no: it was asked for anew
        ({"before": 1, "now": 1}, link.FULL),
        # fewer than before (a merge, a cut link): when in doubt, no consent
        ({"before": 2, "now": 1}, link.RESTRICT),
    ],
)
def test_power(values, expected):
    assert power(**values) == expected


def act(decision, minutes, purpose=None, channel="all"):
    return Act(decision, NOW + timedelta(minutes=minutes), purpose, channel)


def test_refusals_are_counted():
    acts = [
        act("given", 0, "prospect_email_b2c", "email"),
        act("refused", 1, "prospect_sms_b2c", "sms"),
        act("withdrawn", 2, "prospect_email_b2c", "email"),
        act("objected", 3),
        act("expired", 4, "prospect_phone_b2c", "phone"),
    ]
    assert link.count_refusals(acts) == 3


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
