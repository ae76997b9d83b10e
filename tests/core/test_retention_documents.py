import doctest
from datetime import date

import pytest

from odoo.addons.rgpd_fichier_client.core.retention import documents


def test_examples():
    assert doctest.testmod(documents).failed == 0


@pytest.mark.parametrize(
    ("phase", "flags", "expected"),
    [
        ("active", {}, "keep"),
        ("archive", {"is_counted": True}, "keep"),
        ("expired", {}, "erase"),
        ("expired", {"has_request": True}, "request"),
        ("expired", {"is_reviewed": True}, "review"),
        ("expired", {"is_counted": True}, "counted"),
        ("expired", {"has_request": True, "is_reviewed": True}, "request"),
        ("expired", {"is_reviewed": True, "is_counted": True}, "review"),
    ],
)
def test_decision(phase, flags, expected):
    assert documents.decide(phase, **flags) == expected


def test_an_open_end_is_the_latest():
    today = date(2026, 1, 1)
    assert documents.shortened({1: None}, {1: date(2040, 1, 1)}, today) == {1}
    assert documents.shortened({1: date(2030, 1, 1)}, {1: None}, today) == set()
