"""What the rows of a file of consents say, and what is wrong with them."""

from datetime import date, datetime

import pytest

from odoo.addons.rgpd_fichier_client.core.consent.consent_file import (
    read_header,
    read_moment,
    read_row,
)

FRENCH = ["E-mail", "Finalité", "Canal", "Consentement", "Date", "Origine", "Preuve"]
GOOD = [
    "a@client.example",
    "Prospection",
    "Courriel",
    "Oui",
    "03/09/2026",
    "salon",
    "1",
]


def read(*cells, header=FRENCH):
    found, missing = read_header(header)
    assert not missing
    return read_row(2, found, cells)


def test_french_headings_and_words():
    row = read(*GOOD)
    assert not row.errors
    assert (row.decision, row.channel) == ("given", "email")
    assert row.moment == datetime(2026, 9, 3)
    assert not row.has_time


def test_missing_columns():
    assert read_header(["date", "canal"])[1] == [
        "person",
        "purpose",
        "decision",
        "source",
        "proof",
    ]
    assert read_header([None, 7, ""])[1]


def test_an_empty_line_is_no_row():
    assert read("", None, "  ") is None


@pytest.mark.parametrize(
    ("position", "value", "code"),
    [
        (0, "", "missing_person"),
        (1, "", "missing_purpose"),
        (2, "pigeon", "unknown_channel"),
        (3, "peut-être", "unknown_decision"),
        (3, "", "missing_decision"),
        (4, "31/02/2026", "unknown_moment"),
        (4, "", "missing_moment"),
        (5, "", "missing_source"),
        (6, "", "missing_proof"),
        (6, "x" * 6000, "too_long"),
    ],
)
def test_errors(position, value, code):
    cells = [*GOOD]
    cells[position] = value
    assert code in read(*cells).errors


def test_a_short_line_is_an_error_and_no_crash():
    assert "missing_proof" in read("a@client.example", "x").errors


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("03/09/2026 14:05", (datetime(2026, 9, 3, 14, 5), True)),
        ("2026-09-03", (datetime(2026, 9, 3), False)),
        ("2026-09-03T14:05:06", (datetime(2026, 9, 3, 14, 5, 6), True)),
        (date(2026, 9, 3), (datetime(2026, 9, 3), False)),
        (datetime(2026, 9, 3, 14, 5), (datetime(2026, 9, 3, 14, 5), True)),
        ("09/31/2026", (None, False)),
        ("hier", (None, False)),
        ("", (None, False)),
        (None, (None, False)),
    ],
)
def test_dates(value, expected):
    assert read_moment(value) == expected
