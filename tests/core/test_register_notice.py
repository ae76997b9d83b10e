"""The words of a notice, and which of them were in force at a moment."""

import doctest

import pytest

from odoo.addons.rgpd_fichier_client.core.register import notice


def test_the_examples_are_true():
    assert not doctest.testmod(notice).failed


@pytest.mark.parametrize(
    ("changes", "moment", "period"),
    [
        ([], 5, (None, None)),
        ([5], 4, (None, 5)),
        ([5], 5, (5, None)),
        ([5, 7], 6, (5, 7)),
        ([5, 7], 7, (7, None)),
    ],
)
def test_the_text_of_a_moment(changes, moment, period):
    assert notice.get_period(changes, moment) == period
