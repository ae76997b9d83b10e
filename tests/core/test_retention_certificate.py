"""Certificate, sealed identifiers and ledger: no database needed."""

import os
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.rgpd_fichier_client.core.journal import sealing
from odoo.addons.rgpd_fichier_client.core.retention import (
    certificate,
    ledger,
)

LINES = [
    {"kind": "kept", "model": "account.move", "count": 2, "end_date": date(2034, 1, 1)},
    {"kind": "erased", "model": "res.partner", "count": 1, "end_date": None},
]
HEAD = {"subject": "u1", "ground": "request", "erased_on": datetime(2026, 11, 2, 10)}


def test_the_digest_does_not_depend_on_the_order_of_lines():
    one = certificate.content(HEAD, LINES)
    other = certificate.content(HEAD, reversed(LINES))
    assert certificate.digest(one) == certificate.digest(other)


def test_any_change_moves_the_digest():
    one = certificate.digest(certificate.content(HEAD, LINES))
    changed = [dict(LINES[0], count=3), LINES[1]]
    assert certificate.digest(certificate.content(HEAD, changed)) != one


@pytest.mark.parametrize(
    ("table", "column_type", "options", "expected"),
    [
        ("mail_message", "text", {}, "redact"),
        ("sale_order", "jsonb", {}, "redact"),
        ("account_move", "character varying", {}, "accounting"),
        ("mail_message", "text", {"protected": True}, "accounting"),
        ("res_partner", "character varying", {}, "other_person"),
        ("rgpd_consent_event", "character varying", {}, "evidence"),
        ("x_table", "bytea", {}, "unknown"),
        # The text of the program is reported, never changed
        ("ir_ui_view", "jsonb", {}, "unknown"),
        ("ir_act_server", "text", {}, "unknown"),
        ("mail_template", "jsonb", {}, "unknown"),
        ("ir_model_data", "varchar", {}, "unknown"),
        ("ir_model_data", "varchar", {"program": False}, "redact"),
    ],
)
def test_what_is_done_with_a_residue(table, column_type, options, expected):
    anchors = {"res_partner", "crm_lead"}
    assert (
        certificate.decide_residue(table, column_type, anchor_tables=anchors, **options)
        == expected
    )


KEY = bytes(range(32))


@given(st.lists(st.tuples(st.text(), st.text())))
def test_sealed_identifiers_come_back(pairs):
    data = [list(pair) for pair in pairs]
    assert sealing.unseal(KEY, sealing.seal(KEY, data, "row,1"), "row,1") == data


@pytest.mark.parametrize(
    ("key", "context", "cut"),
    [
        (bytes(32), "row,1", None),
        (KEY, "row,2", None),
        (KEY, "row,1", 14),
        (KEY, "row,1", 3),
    ],
)
def test_sealed_identifiers_refuse_another_key_row_or_damage(key, context, cut):
    blob = sealing.seal(KEY, [["email", "a@example.org"]], "row,1")
    with pytest.raises(sealing.SealedDataError):
        sealing.unseal(key, blob[:cut], context)


def test_the_sealed_text_is_unreadable():
    assert b"example" not in sealing.seal(KEY, [["email", "a@example.org"]], "row,1")


def test_ledger_appends_and_reads_back(tmp_path):
    path = tmp_path / "ledger.jsonl"
    ledger.append(path, [ledger.line("d1", "2026-11-01T10:00:00", "erased")])
    ledger.append(path, [ledger.line("d2", "2026-11-02T10:00:00", "deleted")])
    assert [row["digest"] for row in ledger.read(path)] == ["d1", "d2"]
    assert os.stat(path).st_mode & 0o077 == 0


def test_a_line_cut_short_by_a_crash_costs_only_itself(tmp_path):
    path = tmp_path / "ledger.jsonl"
    ledger.append(path, [ledger.line("d1", "2026-11-01T10:00:00", "erased")])
    with path.open("a") as stream:
        stream.write('{"v":1,"dig')
    ledger.append(path, [ledger.line("d3", "2026-11-03T10:00:00", "erased")])
    assert [row["digest"] for row in ledger.read(path)] == ["d1", "d3"]


def test_a_missing_ledger_is_empty(tmp_path):
    assert list(ledger.read(tmp_path / "none.jsonl")) == []


def test_an_erased_record_that_is_back_is_found_but_not_its_successor():
    rows = [
        {"v": 1, "digest": "d1", "on": "2026-11-01T10:00:00", "kind": "erased"},
        {"v": 1, "digest": "d2", "on": "2026-11-01T10:00:00", "kind": "erased"},
        {"v": 1, "digest": "d9", "on": "2026-11-01T10:00:00", "kind": "erased"},
    ]
    present = {"d1": ("res.partner", 1), "d2": ("res.partner", 2)}
    created = {
        ("res.partner", 1): "2020-01-01T00:00:00",
        ("res.partner", 2): "2026-11-05T00:00:00",
    }
    assert ledger.missing(rows, present, created, {}) == {
        ("res.partner", 1): "2026-11-01T10:00:00"
    }


def test_who_was_erased_in_part_and_then_wholly_is_missing_until_the_last_time():
    rows = [
        {"v": 1, "digest": "d1", "on": "2020-11-01 10:00:00", "kind": "erased"},
        {"v": 1, "digest": "d1", "on": "2026-11-01 10:00:00", "kind": "erased"},
    ]
    key = ("res.partner", 1)
    present, created = {"d1": key}, {key: "2010-01-01 00:00:00"}
    for erased, expected in (
        ("2020-11-01 10:00:00", {key: "2026-11-01 10:00:00"}),
        ("2026-11-01 10:00:00", {}),
    ):
        assert ledger.missing(rows, present, created, {key: erased}) == expected


def test_a_second_place_catches_up(tmp_path):
    path, copy = tmp_path / "ledger.jsonl", tmp_path / "nas" / "ledger.jsonl"
    ledger.append(path, [ledger.line("d1", "2026-11-01", "erased")])
    ledger.copy_tail(path, copy)
    ledger.append(path, [ledger.line(f"d{n}", "2026", "erased") for n in range(2, 9)])
    ledger.copy_tail(path, copy)
    ledger.copy_tail(path, copy)
    assert copy.read_bytes() == path.read_bytes()
    path.unlink()
    rows = list(ledger.read_all([path, copy]))
    assert [row["digest"] for row in rows] == [f"d{n}" for n in range(1, 9)]


def test_a_ledger_that_cannot_be_written_is_noticed_before(tmp_path):
    ledger.check(tmp_path / "new" / "ledger.jsonl", 1)
    with pytest.raises(OSError):
        ledger.check(tmp_path / "new" / "ledger.jsonl", 1 << 62)
    (tmp_path / "file").write_text("x")
    with pytest.raises(OSError):
        ledger.check(tmp_path / "file" / "ledger.jsonl", 1)
