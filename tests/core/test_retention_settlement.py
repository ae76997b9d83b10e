"""Entries matched with each other let their customers go together, or not at all."""

from datetime import date

from odoo.addons.rgpd_fichier_client.core.retention.settlement import (
    OTHER,
    SEALED,
    UNPAID,
    YOUNG,
    Groups,
    get_next_try,
)

TODAY = date(2026, 1, 1)
END = date(2026, 12, 31)


def test_what_holds_one_entry_holds_all_that_are_matched_with_it():
    groups = Groups()
    groups.add(9)
    groups.block(3, UNPAID)
    for entry, other in ((1, 2), (3, 4), (2, 3)):
        groups.join(entry, other)
    assert [groups.is_free(entry) for entry in (1, 2, 3, 4, 9)] == [False] * 4 + [True]
    assert groups.get_members(4) == {1, 2, 3, 4}
    assert groups.get_members(9) == {9}
    assert 5 not in groups


def test_joined_groups_keep_the_latest_day_of_both():
    groups = Groups()
    groups.block(1, YOUNG, date(2026, 6, 30))
    groups.block(2, YOUNG, END)
    groups.block(2, OTHER)
    groups.join(1, 2)
    assert groups.get_causes(1) == {YOUNG: END, OTHER: None}


def test_a_deposit_joins_nobody_and_is_known_to_the_whole_group():
    groups = Groups()
    groups.join(1, 2)
    groups.add(3)
    for entry in (2, 3):
        groups.note_deposit(entry, 9)
    assert groups.get_members(1) == {1, 2}
    assert groups.get_deposits(1) == groups.get_deposits(3) == {9}
    assert 9 not in groups


def test_joining_twice_changes_nothing():
    groups = Groups()
    groups.join(1, 2)
    groups.join(2, 1)
    assert groups.get_members(1) == {1, 2}


def test_when_to_look_again():
    assert get_next_try({YOUNG: END}, TODAY) == date(2027, 1, 1)
    # What is not known, or over already, is looked at as what is unpaid
    for causes in ({YOUNG: None}, {YOUNG: date(2025, 1, 1)}, {UNPAID: None}, {}):
        assert get_next_try(causes, TODAY) == date(2026, 1, 31)
    assert get_next_try({SEALED: None, YOUNG: END}, TODAY) is None
    assert get_next_try({SEALED: None, YOUNG: END}, TODAY, True) == date(2027, 1, 1)
