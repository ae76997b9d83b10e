import doctest
from datetime import date

import pytest

from odoo.addons.rgpd_fichier_client.core.retention import warning

TODAY, END = date(2026, 11, 23), date(2026, 12, 10)
CASES = [
    # what differs, why the person is not asked
    ({}, None),
    ({"is_wanted": False}, "not_wanted"),
    ({"fate": "review"}, "review"),
    ({"fate": "archive"}, None),
    # one message per term: silence since the last one is an answer
    ({"asked_on": date(2026, 10, 1)}, "asked_before"),
    ({"asked_on": date(2023, 12, 10)}, "asked_before"),
    ({"asked_on": date(2023, 12, 9)}, None),
    ({"asked_on": date(2020, 1, 1), "last_contact": None}, "asked_before"),
    ({"last_contact": None}, None),
    # a week is the least to answer
    ({"end": date(2026, 11, 30)}, None),
    ({"end": date(2026, 11, 29)}, "too_late"),
    ({"end": date(2026, 11, 20)}, "too_late"),
]


@pytest.mark.parametrize(("change", "expected"), CASES)
def test_who_is_asked(change, expected):
    situation = {
        "is_wanted": True,
        "fate": "erase",
        "today": TODAY,
        "end": END,
        "asked_on": None,
        "last_contact": date(2023, 12, 10),
        **change,
    }
    assert warning.refusal_to_ask(**situation) == expected


def test_examples():
    assert not doctest.testmod(warning).failed
