"""Intake as tables: who is meant, what is missing, which mail is no request."""

import pytest

from odoo.addons.rgpd_fichier_client.core.request import (
    mailing,
    matching,
    proof,
    representation,
)

JEANNE = [
    ("email", "jeanne@client.example"),
    ("phone", "+33639980001"),
    ("name", "jeanne exemple"),
    ("address", "1 rue des essais|75001|paris"),
]


@pytest.mark.parametrize(
    ("held", "evidence", "level"),
    [
        (JEANNE, ("email", "phone", "name", "address"), "strong"),
        (JEANNE[:1] + JEANNE[2:3], ("email", "name"), "strong"),
        ([("email", "jeanne+shop@client.example")], ("email_alias",), "likely"),
        ([("name", "exemple jeanne")], ("name",), "weak"),
        ([("name", "jeanne exemples")], ("name_like",), "weak"),
        ([("name", "jeanne marie exemple")], ("name_like",), "weak"),
        ([("name", "jeanne exemple-essai")], ("name_like",), "weak"),
        # A shared mailbox of a family
        (
            [("email", "jeanne@client.example"), ("name", "paul exempla")],
            ("email", "name_differs"),
            "weak",
        ),
        # Nothing in common: a name that differs is no evidence of anything
        ([("name", "paul autre")], (), "weak"),
        ([], (), "weak"),
    ],
)
def test_matching(held, evidence, level):
    match = matching.compare(JEANNE, held)
    assert match.evidence == evidence
    assert match.level == level
    assert match.score >= 0


def test_empty_values_match_nothing():
    blank = [("email", ""), ("name", ""), ("address", "")]
    assert matching.compare(blank, blank) == matching.Match(0, ())


@pytest.mark.parametrize(
    ("kind", "accepted", "missing"),
    [
        ("person", (), 0),
        ("agent", (), 1),
        ("agent", ("family_book",), 1),
        ("agent", ("mandate",), 0),
        ("parent", ("birth_certificate",), 0),
        ("guardian", ("mandate",), 1),
        ("guardian", ("judgment",), 0),
        ("heir", ("judgment",), 1),
        ("heir", ("notarial_act",), 0),
    ],
)
def test_what_is_missing_to_act_for_somebody(kind, accepted, missing):
    assert len(representation.get_missing(kind, accepted)) == missing


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ({}, None),
        ({"Auto-Submitted": "no"}, None),
        ({"Auto-Submitted": "auto-replied"}, "auto_reply"),
        ({"Auto-Submitted": "Auto-Generated; owner"}, "auto_reply"),
        ({"X-Autoreply": "yes"}, "auto_reply"),
        ({"Precedence": "bulk"}, "bulk"),
        ({"Return-Path": "<>"}, "bounce"),
        # The privacy address may be a list that forwards to this one
        ({"Precedence": "list", "List-Id": "<privacy.shop.example>"}, None),
    ],
)
def test_mails_of_machines_are_no_requests(headers, reason):
    assert mailing.get_reason_to_ignore(headers, "a@client.example") == reason


def test_our_own_mail_is_a_loop():
    own = ("privacy@shop.example",)
    assert mailing.get_reason_to_ignore({}, own[0], own) == "loop"
    assert mailing.get_reason_to_ignore({}, "", own) is None


def test_codes_are_read_as_people_type_them():
    code = proof.make_code()
    assert len(code) == proof.CODE_DIGITS
    assert proof.read_code(f" {code[:4]} {code[4:]}\n") == code
    for wrong in (None, "", "1234", code + "1", "x" * 10000):
        assert proof.read_code(wrong) == ""


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("12", 1200),
        ("12,5", 1250),
        ("1 234,50 €", 123450),
        ("1.234,50", 123450),
        ("1,234.50", 123450),
        ("1,234", 123400),
        ("", None),
        ("abc", None),
        (None, None),
    ],
)
def test_amounts_are_read_as_people_type_them(text, cents):
    assert proof.read_amount(text) == cents


def test_a_masked_address_tells_its_owner_only():
    assert proof.mask_address("camille.martin@client.example") == "c…n@c….example"
    assert proof.mask_address("ab@client.example") == "a…@c….example"


def test_papers_are_known_by_their_first_bytes():
    assert proof.get_paper_kind(b"%PDF-1.7 ...") == "application/pdf"
    assert proof.get_paper_kind(b"<html>") is None
    assert proof.get_paper_kind(b"") is None
