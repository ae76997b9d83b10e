"""The words of a notice, and which of them were in force at a moment."""

import doctest

import pytest

from odoo.addons.rgpd_fichier_client.core.register import notice


def test_the_examples_are_true():
    assert not doctest.testmod(notice).failed


@pytest.mark.parametrize(
    ("changes", "since", "moment", "same"),
    [
        ([], 4, 5, True),
        ([4], 4, 5, True),
        ([5], 4, 5, False),
        ([9, 1], 4, 5, True),
        ([9, 5, 1], 4, 6, False),
    ],
)
def test_a_text_is_that_of_before_while_nothing_changed(changes, since, moment, same):
    assert notice.is_same(changes, since, moment) is same
