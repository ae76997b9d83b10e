"""What goes to the archive, and when the night may work: no database needed."""

import pytest

from odoo.addons.rgpd_fichier_client.core.retention import erasure_plan, night, vault


def rule(name, category, strategy="empty"):
    return erasure_plan.FieldRule(name, category, strategy)


def test_accounting_keeps_its_columns_in_the_row():
    rules = [
        rule("name", "identity", "pseudonym"),
        rule("vat", "company_identity"),
        rule("email", "contact"),
        rule("function", "identity"),
    ]
    names = [r.name for r in vault.rules_to_move("res.partner", rules)]
    assert names == ["email", "function"]
    assert len(vault.rules_to_move("crm.lead", rules)) == 4


def test_means_of_access_and_objectors_stay():
    assert not vault.rules_to_move("res.users", [rule("login", "login")])
    assert not vault.rules_to_move("mail.blacklist", [rule("email", "contact")])


def test_notes_leave_whole_and_labels_of_lines_do_not():
    notes = vault.rules_to_move("sale.order", [rule("note", "note", "redact")])
    assert notes[0].strategy == "empty"
    lines = vault.rules_to_move("sale.order.line", [rule("name", "order", "redact")])
    assert lines[0].strategy == "redact"


def test_a_row_to_delete_is_only_emptied():
    assert vault.action_to_move(erasure_plan.DELETE) == erasure_plan.MASK
    assert vault.action_to_move(erasure_plan.REDACT) == erasure_plan.REDACT


def test_moved_values_are_sorted_and_merged():
    moved = vault.Moved()
    moved.add(1, "contact", "res.partner", "email", 7, "a@b.example", None)
    moved.add(1, "contact", "res.partner", "email", 8, "c@b.example", None)
    moved.add(1, "", "res.partner", "x", 7, "1", "[archivé]")
    moved.add(2, "note", "res.partner", "comment", 9, "<p>é</p>", "x")
    assert set(moved.of(1)) == {"contact", "other"}
    assert moved.of(3) == {}
    merged = vault.merge(moved.of(1).values())
    assert len(merged["res.partner"]["email"]) == 2
    assert vault.count_values(merged) == 3
    assert merged["res.partner"]["x"][0][2] == vault.fingerprint("[archivé]")
    assert vault.fingerprint(None) is None


def test_what_no_reason_covers_ends():
    assert vault.to_end(["contact", "note", "file"], {"contact"}) == ["file", "note"]


@pytest.mark.parametrize(
    ("hour", "start", "end", "expected"),
    [
        (12, 8, 19, True),
        (7.99, 8, 19, False),
        (19, 8, 19, False),
        (23, 22, 6, True),
        (5.5, 22, 6, True),
        (6, 22, 6, False),
        (3, 0, 0, False),
        (0, 0, 24, True),
    ],
)
def test_hours_of_rest(hour, start, end, expected):
    assert night.is_blackout(hour, start, end) is expected


def test_number_of_the_day():
    assert night.left_today(0, 10) is None
    assert night.left_today(5, 2) == 3
    assert night.left_today(5, 9) == 0


def test_the_number_of_a_day_is_shared():
    # Everybody waits: the archive gets what the others do not need
    waiting = [
        (900, night.get_part(100, "document")),
        (900, night.get_part(100, "person")),
    ]
    assert night.batch_size(100, 500, waiting) == 25
    assert night.batch_size(75, 500, waiting[:1]) == 50
    assert night.batch_size(25, 500) == 25
    # Nobody else waits: all of it
    assert night.batch_size(100, 500, [(0, 25), (0, 50)]) == 100
    # Two documents only wait: theirs, no more
    assert night.batch_size(100, 500, [(2, 25)]) == 98
    assert night.batch_size(None, 500, [(900, 25)]) == 500
    assert night.batch_size(3, 500, [(900, 25)]) == 0


@pytest.mark.parametrize("cap", range(2, 12))
def test_each_kind_has_a_part_and_parts_never_exceed_the_number(cap):
    parts = [night.get_part(cap, kind) for kind in night.QUARTERS]
    assert all(part >= 1 for part in parts)
    assert sum(parts) <= cap


@pytest.mark.parametrize("cap", range(1, 12))
def test_nobody_waits_for_ever(cap):
    """Everybody waits every day: within two days each kind has worked.

    But for a number of one, which is for persons.
    """
    done = {"archive": 0, "person": 0, "document": 0}
    for day in (1, 2):
        parts = {kind: night.get_part(cap, kind, day) for kind in night.QUARTERS}
        behind = [(900, part) for part in parts.values()]
        archived = night.batch_size(cap, 500, behind)
        left = cap - archived
        persons = night.batch_size(left, 500, [(900, parts["document"])])
        done["archive"] += archived
        done["person"] += persons
        done["document"] += left - persons
    working = {kind for kind, count in done.items() if count}
    assert working == ({"person"} if cap == 1 else set(done))
