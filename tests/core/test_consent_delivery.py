"""What a report of non-delivery says, and which notice it is about."""

import doctest

import pytest

from odoo.addons.rgpd_fichier_client.core.consent import delivery


def test_the_examples_are_true():
    assert not doctest.testmod(delivery).failed


@pytest.mark.parametrize(
    ("actions", "failed"),
    [
        ([], []),
        ([""], [0]),
        (["", "failed"], [1]),
        (["FAILED"], [0]),
        (["delivered", "failed"], [1]),
        (["failed", "delivered", "failed"], [0, 2]),
        (["delayed"], []),
        (["", "delayed"], []),
        (["relayed", "expanded", "delivered"], []),
        (["something new"], [0]),
    ],
)
def test_only_what_failed_has_failed(actions, failed):
    recipients = [
        delivery.Recipient(f"{number}@x.example", action)
        for number, action in enumerate(actions)
    ]
    assert delivery.select_failed(recipients) == [recipients[one] for one in failed]


@pytest.mark.parametrize(
    ("report_type", "has_status", "sender", "expected"),
    [
        ("delivery-status", True, "postmaster@x.example", True),
        ("", False, "MAILER-DAEMON@x.example", True),
        ("", False, "camille@x.example", False),
        ("", False, None, False),
        (None, True, None, True),
        ("disposition-notification", False, "mailer-daemon@x.example", False),
        ("Feedback-Report", False, "mailer-daemon@x.example", False),
        ("delivery-status", False, "camille@x.example", False),
    ],
)
def test_what_a_reader_sends_is_no_report(report_type, has_status, sender, expected):
    assert delivery.is_report(report_type, has_status, sender) is expected


@pytest.mark.parametrize(
    ("status", "dead"),
    [
        ("5.1.1", True),
        ("5.1.10 (null MX)", True),
        ("5.2.1", True),
        ("5.1.8", False),
        ("5.2.2", False),
        ("5.7.1", False),
        ("4.1.1", False),
        ("", False),
        ("nonsense", False),
    ],
)
def test_a_full_mailbox_is_no_wrong_address(status, dead):
    assert delivery.Recipient("a@x.example", "failed", status).is_dead is dead


def test_one_message_to_two_persons():
    both = {1: ("a@x.example",), 2: ("b@x.example",)}
    assert delivery.select_returned(both, "a@x.example", False) == [1]
    assert delivery.select_returned(both, "old@x.example", False) == []
    assert delivery.select_returned(both, None, False) == []
    assert delivery.select_returned({1: ("a@x.example",)}, None, False) == [1]
    assert delivery.select_returned({}, "a@x.example", False) == []
