"""Entries matched with each other let their customers go together, or not at all."""

from datetime import date

from odoo.addons.rgpd_fichier_client.core.retention.settlement import (
    MANY,
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
    groups = Groups(limit=10)
    groups.add(9)
    groups.block(3, UNPAID)
    for entry, other in ((1, 2), (3, 4), (2, 3)):
        groups.join(entry, other)
    assert [groups.is_free(entry) for entry in (1, 2, 3, 4, 9)] == [False] * 4 + [True]
    assert groups.get_members(4) == {1, 2, 3, 4}
    assert groups.get_members(9) == {9}
    assert 5 not in groups


def test_joined_groups_keep_the_latest_day_of_both():
    groups = Groups(limit=10)
    groups.block(1, YOUNG, date(2026, 6, 30))
    groups.block(2, YOUNG, END)
    groups.block(2, OTHER)
    groups.join(1, 2)
    assert groups.get_causes(1) == {YOUNG: END, OTHER: None}


def test_a_group_that_is_too_large_is_held():
    groups = Groups(limit=3)
    for other in (2, 3):
        groups.join(1, other)
    assert groups.is_free(1)
    groups.join(3, 4)
    assert groups.get_causes(2) == {MANY: None}


def test_joining_twice_changes_nothing():
    groups = Groups(limit=10)
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
