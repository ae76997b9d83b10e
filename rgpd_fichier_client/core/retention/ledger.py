"""The ledger of erasures outside the database: one JSON line per erased record.

A line holds a keyed digest of the database, model and record, and the moment; without
the key nobody can tell whom it is about. The file is only ever appended to; a line cut
short by a crash is skipped when reading and the next line starts on a fresh one.
"""

import errno
import json
import os
from pathlib import Path
from tempfile import TemporaryFile

FORMAT = 1
# Bytes really taken, for a moment, to know that they can be
PROBE = 1024 * 1024


def message(database_uuid, model, res_id):
    """Text whose keyed digest identifies an erased record."""
    return f"{database_uuid}|{model}|{res_id}"


def line(digest, moment, kind):
    """One ledger line, ready to be appended."""
    row = {"v": FORMAT, "digest": digest, "on": moment, "kind": kind}
    return json.dumps(row, sort_keys=True, separators=(",", ":"))


def append(path, lines):
    """Append lines and return only once the disk has them."""
    path = Path(path)
    is_new = not path.exists()
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        size = os.fstat(descriptor).st_size
        torn = size and os.pread(descriptor, 1, size - 1) != b"\n"
        data = ("\n" if torn else "") + "".join(f"{text}\n" for text in lines)
        _write_all(descriptor, data.encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    if is_new:
        _sync_folder(path.parent)


def size(path):
    """Return how many bytes the ledger has; 0 when there is none."""
    path = Path(path)
    return path.stat().st_size if path.exists() else 0


def copy_tail(path, copy):
    """Append to the copy what it lacks, until the disk has it.

    A place that was out of reach for a while catches up by itself.

    :raise OSError: the copy cannot be written
    """
    copy = Path(copy)
    copy.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    is_new = not copy.exists()
    with Path(path).open("rb") as source, copy.open("ab") as target:
        source.seek(target.tell())
        while block := source.read(1 << 20):
            target.write(block)
        target.flush()
        os.fsync(target.fileno())
    if is_new:
        _sync_folder(copy.parent)


def check(path, room):
    """Make sure that lines can be written: the file opens and the disk has room.

    :param int room: bytes that must be free
    :raise OSError: they cannot
    """
    path = Path(path)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600))
    check_room(path.parent, room)


def check_room(folder, room):
    """Make sure that a disk has room, and lets this account use it.

    What the disk says of itself ignores quotas and limits of the process: some of the
    room is really taken for a moment.

    :raise OSError: it has not
    """
    state = os.statvfs(folder)
    if state.f_bavail * state.f_frsize < room:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    with TemporaryFile(dir=folder) as probe:
        os.posix_fallocate(probe.fileno(), 0, min(room, PROBE))


def _write_all(descriptor, data):
    while data:
        data = data[os.write(descriptor, data) :]


def _sync_folder(folder):
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read(path):
    """Yield the rows of the ledger; torn or foreign lines are skipped."""
    path = Path(path)
    if not path.exists():
        return
    with path.open(encoding="utf-8", errors="replace") as stream:
        for text in stream:
            row = _parse(text)
            if row:
                yield row


def _parse(text):
    try:
        row = json.loads(text)
    except ValueError:
        return None
    if isinstance(row, dict) and row.get("v") == FORMAT and row.get("digest"):
        return row
    return None


def read_all(paths):
    """Yield the rows of the ledger and of its copies, each once."""
    seen = set()
    for path in paths:
        for row in read(path):
            key = (row["digest"], row.get("on"), row.get("kind"))
            if key not in seen:
                seen.add(key)
                yield row


def missing(rows, present, created, erased):
    """Records the ledger says were erased and the database still holds.

    A record made after its number was erased is another one (the numbers of a restored
    backup are given again), hence the comparison with the creation moment. One that
    was erased before, in part, and then again is missing until the last time.

    :param rows: ledger rows; :param present: ``{digest: record key}``
    :param created: ``{record key: ISO moment of creation}``
    :param erased: ``{record key: ISO moment of the last erasure}``, none when unknown
    :return: ``{record key: ISO moment}`` of the last erasure that is missing
    """
    found = {}
    for row in rows:
        key = present.get(row["digest"])
        if key is None or created.get(key, "") > row["on"]:
            continue
        if erased.get(key, "") < row["on"]:
            found[key] = max(row["on"], found.get(key, ""))
    return found
