"""What a report of non-delivery says, and which notice it is about."""

import doctest

import pytest

from odoo.addons.rgpd_fichier_client.core.consent import delivery


def test_the_examples_are_true():
    assert not doctest.testmod(delivery).failed


@pytest.mark.parametrize(
    ("actions", "failed"),
    [
        ([], True),
        (["", "failed"], True),
        (["FAILED"], True),
        (["delivered", "failed"], True),
        (["delayed"], False),
        (["", "delayed"], False),
        (["relayed", "expanded", "delivered"], False),
        (["something new"], True),
    ],
)
def test_only_what_failed_has_failed(actions, failed):
    assert delivery.is_failure(actions) is failed


def test_one_message_to_two_persons():
    both = {1: ("a@x.example",), 2: ("b@x.example",)}
    assert delivery.select_returned(both, "a@x.example", False) == [1]
    assert delivery.select_returned(both, "old@x.example", False) == []
    assert delivery.select_returned(both, None, False) == []
    assert delivery.select_returned({1: ("a@x.example",)}, None, False) == [1]
    assert delivery.select_returned({}, "a@x.example", False) == []
