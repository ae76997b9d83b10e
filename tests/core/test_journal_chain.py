from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.rgpd_fichier_client.core.journal import chain
from odoo.addons.rgpd_fichier_client.core.journal.canonical import commitment

MOMENT = datetime(2026, 11, 23, 10, 0)
TAMPERINGS = {
    "kind": "consent.withdrawn",
    "moment": datetime(2020, 1, 1),
    "actor": 99,
    "company": 99,
    "subject": "0" * 64,
    "payload": {"n": "other"},
    "id": 9999,
    "hash": "0" * 64,
}


def make_entries(count, start=1):
    return [
        chain.Entry(
            id=start + index,
            kind="consent.given",
            moment=MOMENT,
            actor=2,
            company=1,
            subject=commitment(f"uid{index % 3}", f"salt{index}"),
            payload={"n": index},
            uid=f"uid{index % 3}",
            salt=f"salt{index}",
        )
        for index in range(count)
    ]


def seal_up(batches, expired_until=0):
    """Seal batches of entries as the model does; return the seals and the entries."""
    seals, stored = [], []
    for rank, batch in enumerate(batches, start=1):
        last = seals[-1] if seals else None
        linked = list(
            chain.link(
                batch,
                last.last_sequence if last else 0,
                last.last_hash if last else chain.GENESIS,
            )
        )
        entries = [
            replace(entry, sequence=sequence, hash=value, seal_id=rank)
            for entry, sequence, value in linked
        ]
        previous = (stored + entries)[-1] if stored or entries else None
        seal = chain.Seal(
            id=rank,
            sequence=rank,
            moment=MOMENT,
            count=len(batch),
            last_sequence=previous.sequence if previous else 0,
            last_entry=previous.id if previous else 0,
            last_hash=previous.hash if previous else chain.GENESIS,
            expired_until=expired_until if rank == len(batches) else 0,
            previous=last.hash if last else chain.GENESIS,
            version=1,
            key_id="k1",
        )
        seals.append(replace(seal, hash=chain.seal_hash(seal)))
        stored += entries
    return seals, stored


def check(seals, entries, **options):
    return chain.verify(seals, entries, lambda seal: seal.key_id == "k1", **options)


batches = st.lists(st.integers(0, 5), min_size=1, max_size=5).filter(sum)


def split(sizes):
    entries, result = make_entries(sum(sizes)), []
    for size in sizes:
        result.append(entries[:size])
        entries = entries[size:]
    return result


@given(batches)
def test_what_was_sealed_verifies(sizes):
    seals, entries = seal_up(split(sizes))
    report = check(seals, entries)
    assert report.is_sound
    assert (report.entries, report.seals) == (sum(sizes), len(sizes))
    assert report.head == seals[-1]


@given(batches, st.data())
def test_any_change_names_the_entry(sizes, data):
    seals, entries = seal_up(split(sizes))
    index = data.draw(st.integers(0, len(entries) - 1))
    column = data.draw(st.sampled_from(sorted(TAMPERINGS)))
    entries[index] = replace(entries[index], **{column: TAMPERINGS[column]})
    fault = check(seals, entries).fault
    assert fault.code == "altered"
    assert fault.entry_id == entries[index].id
    assert fault.sequence == index + 1


@given(batches, st.data())
def test_any_removal_is_found_at_its_place(sizes, data):
    seals, entries = seal_up(split(sizes))
    index = data.draw(st.integers(0, len(entries) - 1))
    removed = entries.pop(index)
    fault = check(seals, entries).fault
    assert fault.code == "missing"
    assert fault.sequence == removed.sequence
    # Named: the one that follows, or the removed one when it was the last.
    follower = entries[index] if index < len(entries) else removed
    assert fault.entry_id == follower.id


@given(batches, st.data())
def test_any_insertion_is_found(sizes, data):
    seals, entries = seal_up(split(sizes))
    index = data.draw(st.integers(0, len(entries) - 1))
    entries.insert(index + 1, replace(entries[index], id=777))
    fault = check(seals, entries).fault
    assert (fault.code, fault.entry_id) == ("surplus", 777)


def test_two_entries_cannot_change_places():
    seals, entries = seal_up([make_entries(4)])
    one, other = entries[1], entries[2]
    entries[1] = replace(other, sequence=one.sequence)
    entries[2] = replace(one, sequence=other.sequence)
    assert check(seals, entries).fault.entry_id == other.id


def test_a_rewritten_tail_does_not_match_its_seal():
    """Whoever recomputes the hashes of the entries still has the seals against them."""
    seals, entries = seal_up([make_entries(3), make_entries(3, start=4)])
    forged = [replace(entries[-2], payload={"n": "x"}), entries[-1]]
    linked = chain.link(forged, 4, entries[3].hash)
    entries[4:] = [replace(e, sequence=s, hash=h) for e, s, h in linked]
    fault = check(seals, entries).fault
    assert (fault.code, fault.seal_id) == ("altered", 2)


@pytest.mark.parametrize(
    "change",
    [
        {"count": 2},
        {"moment": datetime(2020, 1, 1)},
        {"last_hash": "0" * 64},
        {"last_entry": 1},
        {"expired_until": 1},
        {"previous": "0" * 63 + "1"},
        {"sequence": 7},
    ],
)
def test_a_changed_seal_is_found(change):
    seals, entries = seal_up([make_entries(3), make_entries(3, start=4)])
    seals[1] = replace(seals[1], **change)
    fault = check(seals, entries).fault
    assert (fault.code, fault.seal_id) == ("seal", 2)
    # Even with its hash recomputed, the signature does not hold any more.
    if "count" not in change and "sequence" not in change and "previous" not in change:
        seals[1] = replace(seals[1], hash=chain.seal_hash(seals[1]), key_id="forged")
        assert check(seals, entries).fault.code == "signature"


def test_a_removed_seal_is_found():
    seals, entries = seal_up(split([2, 2, 2]))
    assert check([seals[0], seals[2]], entries).fault.code == "seal"
    assert check(seals[1:], entries).fault.code == "seal"


def test_entries_without_their_last_seal_are_surplus():
    seals, entries = seal_up(split([2, 2]))
    fault = check(seals[:1], entries).fault
    assert (fault.code, fault.entry_id) == ("surplus", 3)


def test_a_cut_link_verifies():
    seals, entries = seal_up([make_entries(3)])
    entries[1] = replace(entries[1], uid=None, salt=None)
    report = check(seals, entries)
    assert report.is_sound
    assert report.cut == 1


def test_a_moved_link_needs_a_merge():
    seals, entries = seal_up([make_entries(3)])
    entries[1] = replace(entries[1], uid="uid2")
    fault = check(seals, entries).fault
    assert (fault.code, fault.entry_id) == ("link", entries[1].id)
    assert check(seals, entries, merges={"uid2": ["uid1"]}).is_sound
    # Merged twice, and a loop in the merges does not hang.
    merges = {"uid2": ["uid9"], "uid9": ["uid1", "uid2"]}
    assert check(seals, entries, merges=merges).is_sound


def test_expired_segments_leave_the_rest_verifiable():
    seals, entries = seal_up(split([3, 3, 2]), expired_until=3)
    report = check(seals, entries[3:], expired_until=3)
    assert report.is_sound
    assert (report.entries, report.expired) == (5, 3)
    entries[4] = replace(entries[4], payload={})
    assert check(seals, entries[3:], expired_until=3).fault.entry_id == entries[4].id


def test_an_expiry_that_no_seal_knows_is_not_believed():
    seals, entries = seal_up(split([3, 3]))
    assert check(seals, entries[3:], expired_until=3).fault.code == "missing"


def test_the_entries_are_read_as_they_come():
    """Flat memory: at no moment is more than one entry taken ahead."""
    seals, entries = seal_up(split([4, 4]))
    taken = []

    def stream():
        for entry in entries:
            taken.append(entry.sequence)
            yield entry

    def is_signed(seal):
        assert len(taken) == seal.last_sequence - seal.count
        return True

    assert chain.verify(iter(seals), stream(), is_signed).is_sound


def test_an_empty_journal_is_sound():
    report = check([], [])
    assert report.is_sound
    assert report.head is None
