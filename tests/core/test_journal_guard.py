import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.rgpd_fichier_client.core.errors import PersonalDataError
from odoo.addons.rgpd_fichier_client.core.journal import guard


@pytest.mark.parametrize(
    ("payload", "path"),
    [
        ("alice@example.com", "payload"),
        ({"to": "Alice <alice.martin@example.com>"}, "payload.to"),
        ({"a": [1, {"b": "06 39 98 12 34"}]}, "payload.a[1].b"),
        ({"phone": "0639981234"}, "payload.phone"),
        ({"phone": "06.39.98.12.34"}, "payload.phone"),
        ({"phone": "+33 6 39 98 12 34"}, "payload.phone"),
        ({"phone": "+33 (0)6 39 98 12 34"}, "payload.phone"),
        ({"phone": "0033639981234"}, "payload.phone"),
        ({"bob@example.com": True}, "payload.<key>"),
    ],
)
def test_personal_data_are_found(payload, path):
    assert guard.find_personal(payload) == path


@pytest.mark.parametrize(
    "payload",
    [
        None,
        {},
        {"purpose": "prospecting_email", "channel": "email", "phone": True},
        {"amount": 1234567.89, "count": 612345678},
        {"date": "2026-01-02", "moment": "2026-01-02T03:04:05.000000"},
        {"moment": "2026-01-02 03:04:05"},
        {"siret": "73282932000074", "reference": "S00012", "article": "17.3.b"},
        {"digest": "0612345678" + "a" * 54},
        {"version": "19.0.1.0.0", "template": "@inline"},
    ],
)
def test_codes_and_counts_pass(payload):
    guard.check_payload(payload)


@given(st.integers(0, 2**128 - 1))
def test_random_identifiers_pass(number):
    guard.check_payload({"uid": uuid.UUID(int=number).hex})
    guard.check_payload({"uid": str(uuid.UUID(int=number))})


def test_error_names_the_place_and_not_the_value():
    with pytest.raises(PersonalDataError) as caught:
        guard.check_payload({"to": "alice@example.com"})
    assert "payload.to" in str(caught.value)
    assert "alice" not in str(caught.value)
