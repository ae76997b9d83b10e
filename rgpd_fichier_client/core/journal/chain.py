"""Seal entries in a chain, and find the first one that does not hold.

Entries are appended without a hash, so that two transactions never wait for each
other. Later, under a lock, a batch of them receives its place in the chain
(`sequence`, without gaps, in the order of sealing and not of arrival: an entry with a
lower id may be committed after the batch that should have held it) and a hash that
covers the one before. The batch is closed by a seal: a signed row that covers the seal
before it and the hash of its last entry.

`verify` reads both streams once, in order, and keeps nothing: a journal of any length
is checked in the same memory.
"""

from dataclasses import dataclass
from datetime import datetime

from .canonical import VERSION, canonical, commitment, digest

GENESIS = "0" * 64


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry as stored; `subject` is the commitment, `uid` and `salt` its opening."""

    id: int
    kind: str
    moment: datetime
    actor: int
    company: int
    subject: str
    payload: object
    uid: str | None = None
    salt: str | None = None
    seal_id: int | None = None
    sequence: int = 0
    hash: str = ""


@dataclass(frozen=True, slots=True)
class Seal:
    """A sealed batch as stored."""

    id: int
    sequence: int
    moment: datetime
    count: int
    last_sequence: int
    last_entry: int
    last_hash: str
    expired_until: int
    previous: str
    version: int
    hash: str = ""
    key_id: str = ""
    signature: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """The first thing that does not hold. Codes, whose labels the model owns:

    `altered`    the content of an entry is not what was sealed
    `missing`    one or more entries before this one are gone
    `surplus`    an entry claims a place in the chain that no seal gave it
    `link`       the entry was moved to another person and no merge explains it
    `seal`       a seal was altered, removed or put in
    `signature`  a seal is not signed by a key of this company
    """

    code: str
    sequence: int = 0
    entry_id: int | None = None
    seal_id: int | None = None


@dataclass(slots=True)
class Report:
    """What one pass over the journal found."""

    entries: int = 0
    seals: int = 0
    expired: int = 0
    cut: int = 0
    head: Seal | None = None
    fault: Fault | None = None

    @property
    def is_sound(self):
        return self.fault is None


def entry_hash(entry, sequence, previous, version=VERSION):
    """Return the hash of an entry at its place in the chain."""
    values = {
        "actor": entry.actor,
        "company": entry.company,
        "id": entry.id,
        "kind": entry.kind,
        "moment": entry.moment,
        "payload": entry.payload,
        "previous": previous,
        "sequence": sequence,
        "subject": entry.subject,
    }
    return digest(canonical("journal", values, version))


def seal_hash(seal):
    """Return the hash of a seal, which its signature covers."""
    values = {
        "count": seal.count,
        "expired_until": seal.expired_until,
        "last_entry": seal.last_entry,
        "last_hash": seal.last_hash,
        "last_sequence": seal.last_sequence,
        "moment": seal.moment,
        "previous": seal.previous,
        "sequence": seal.sequence,
    }
    return digest(canonical("seal", values, seal.version))


def link(entries, sequence, previous):
    """Yield `(entry, sequence, hash)` for entries put after a place in the chain."""
    for entry in entries:
        sequence += 1
        previous = entry_hash(entry, sequence, previous)
        yield entry, sequence, previous


def is_linked(entry, merges):
    """Whether the person of an entry is the one it was written about.

    A cut link is in order (erasure); a moved one needs merges, given as
    `{uid now: [uids merged into it]}`, that lead to it.
    """
    if not entry.uid:
        return True
    if not entry.subject or not entry.salt:
        return False
    seen, todo = set(), [entry.uid]
    while todo:
        uid = todo.pop()
        if uid in seen:
            continue
        seen.add(uid)
        if commitment(uid, entry.salt) == entry.subject:
            return True
        todo.extend(merges.get(uid, ()))
    return False


def verify(seals, entries, is_signed, merges=None, expired_until=0):
    """Check seals and sealed entries, each an iterable in the order of `sequence`.

    :param is_signed: function of a seal, whether its signature holds
    :param merges: see `is_linked`
    :param expired_until: last place whose entries were lawfully deleted; it is
        believed only if a seal of the chain says the same
    :return: a `Report`; it stops at the first fault
    """
    return _Verifier(entries, is_signed, merges or {}, expired_until).run(seals)


class _Verifier:
    """One pass; apart from `verify` only to keep its steps short."""

    def __init__(self, entries, is_signed, merges, expired_until):
        self.entries = iter(entries)
        self.is_signed = is_signed
        self.merges = merges
        self.expired_until = expired_until
        self.report = Report(expired=expired_until)
        self.sequence = 0  # place in the chain of entries
        self.hash = GENESIS

    def run(self, seals):
        report = self.report
        allowed = 0
        for seal in seals:
            report.fault = self._check_seal(seal) or self._check_entries(seal)
            if report.fault:
                return report
            report.seals += 1
            report.head = seal
            allowed = max(allowed, seal.expired_until)
        extra = next(self.entries, None)
        if extra is not None:
            report.fault = Fault("surplus", extra.sequence, extra.id, extra.seal_id)
        elif allowed < self.expired_until:
            report.fault = Fault("missing", self.expired_until)
        return report

    def _check_seal(self, seal):
        head = self.report.head
        if (
            seal.sequence != (head.sequence + 1 if head else 1)
            or seal.previous != (head.hash if head else GENESIS)
            or seal.last_sequence != self.sequence + seal.count
            or seal.hash != seal_hash(seal)
        ):
            return Fault("seal", self.sequence + 1, None, seal.id)
        if not self.is_signed(seal):
            return Fault("signature", self.sequence + 1, None, seal.id)
        return None

    def _check_entries(self, seal):
        if seal.last_sequence <= self.expired_until:
            self.sequence, self.hash = seal.last_sequence, seal.last_hash
            return None
        for sequence in range(self.sequence + 1, seal.last_sequence + 1):
            entry = next(self.entries, None)
            fault = self._check_entry(seal, sequence, entry)
            if fault:
                return fault
            self.sequence, self.hash = sequence, entry.hash
            self.report.entries += 1
            self.report.cut += bool(entry.subject and not entry.uid)
        if self.hash != seal.last_hash:
            return Fault("altered", self.sequence, seal.last_entry, seal.id)
        return None

    def _check_entry(self, seal, sequence, entry):
        if entry is None:
            return Fault("missing", sequence, seal.last_entry, seal.id)
        if entry.sequence > sequence:
            return Fault("missing", sequence, entry.id, seal.id)
        if entry.sequence < sequence or entry.seal_id != seal.id:
            return Fault("surplus", sequence, entry.id, seal.id)
        if entry.hash != entry_hash(entry, sequence, self.hash, seal.version):
            return Fault("altered", sequence, entry.id, seal.id)
        if not is_linked(entry, self.merges):
            return Fault("link", sequence, entry.id, seal.id)
        return None
