"""The ledger of erasures outside the database: one JSON line per erased record.

A line holds a keyed digest of the database, model and record, and the moment; without
the key nobody can tell whom it is about. The file is only ever appended to; a line cut
short by a crash is skipped when reading and the next line starts on a fresh one.
"""

import json
import os
from pathlib import Path

FORMAT = 1


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


def missing(rows, present, latest_creation):
    """Records the ledger says were erased and the database still holds.

    A record made after its number was erased is another one (the numbers of a restored
    backup are given again), hence the comparison with the creation moment.

    :param rows: ledger rows; :param present: ``{digest: record key}``
    :param latest_creation: ``{record key: ISO moment of creation}``
    """
    found = {}
    for row in rows:
        key = present.get(row["digest"])
        if key is not None and latest_creation.get(key, "") <= row["on"]:
            found[key] = row["on"]
    return found
