"""The bundle given to a person: a ZIP written as it goes, and what makes it safe.

Entries are streamed and hashed while they are written; the manifest comes last.
Nothing here knows Odoo: values come as plain Python, labels as arguments.
"""

import csv
import hashlib
import json
import zipfile
from contextlib import contextmanager, suppress
from pathlib import Path

FORMAT = "rgpd-bundle/1"
CHUNK = 256 * 1024
SCHEMA_PATH = Path(__file__).with_name("bundle.schema.json")

# Spreadsheets run a cell that starts with one of these as a formula.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d")
_NUMBER_CHARS = frozenset("0123456789.,-+ \u00a0")


def make_csv_safe(value):
    """Return the text of a CSV cell that no spreadsheet takes for a formula.

    Numbers stay numbers; anything else that starts like a formula gets a quote in
    front (OWASP, CSV injection).

    >>> make_csv_safe("=1+1"), make_csv_safe("-12.5")
    ("'=1+1", '-12.5')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, list | tuple):
        value = "; ".join(str(item) for item in value)
    text = str(value)
    if not text.lstrip(" ").startswith(_FORMULA_STARTS):
        return text
    if text.startswith(("-", "+")) and _is_number(text):
        return text
    return f"'{text}"


def _is_number(text):
    try:
        float(text)
    except ValueError:
        return False
    return set(text) <= _NUMBER_CHARS


class HashingWriter:
    """Write to a binary stream and keep the SHA-256 and the size of what passed."""

    def __init__(self, raw):
        self._raw = raw
        self._hash = hashlib.sha256()
        self.size = 0

    def write(self, data):  # pylint: disable=method-required-super
        """Write bytes; the text layers above expect the count back."""
        self._hash.update(data)
        self.size += len(data)
        self._raw.write(data)
        return len(data)

    @property
    def sha256(self):
        """Return the digest of everything written so far."""
        return self._hash.hexdigest()


class BundleWriter:
    """A ZIP archive written entry by entry into a binary stream.

    The stream need not be seekable. One entry is open at a time. `close` writes
    `manifest.json`, which names each entry with its SHA-256, and returns it.
    """

    def __init__(self, stream, moment):
        """Open the archive.

        :param stream: binary stream, left open
        :param datetime moment: date of the entries and of the manifest (UTC)
        """
        self._zip = zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, allowZip64=True)
        self._moment = moment
        self._entries = []
        self._names = set()

    @contextmanager
    def open_entry(self, name, *, compress=True):
        """Open one entry for writing; it is listed in the manifest when it closes."""
        if name in self._names or name.startswith("/") or ".." in name.split("/"):
            raise ValueError(f"not a fresh relative entry name: {name}")
        self._names.add(name)
        info = zipfile.ZipInfo(name, self._moment.timetuple()[:6])
        info.compress_type = zipfile.ZIP_DEFLATED if compress else zipfile.ZIP_STORED
        info.external_attr = 0o600 << 16
        with self._zip.open(info, "w", force_zip64=True) as raw:
            writer = HashingWriter(raw)
            yield writer
        self._entries.append(
            {"path": name, "size": writer.size, "sha256": writer.sha256}
        )

    def add_bytes(self, name, data):
        """Write a small entry at once."""
        with self.open_entry(name) as entry:
            entry.write(data)

    def add_stream(self, name, source, *, compress=True):
        """Copy a binary stream into an entry, chunk by chunk; return its digest."""
        with self.open_entry(name, compress=compress) as entry:
            while chunk := source.read(CHUNK):
                entry.write(chunk)
        return entry.sha256

    def close(self, **facts):
        """Write the manifest, finish the archive and return the manifest.

        :param facts: JSON-able facts added to the manifest, no personal data
        :rtype: dict
        """
        manifest = {
            "format": FORMAT,
            "generated": self._moment.isoformat(timespec="seconds") + "Z",
            **facts,
            "entries": list(self._entries),
        }
        self.add_bytes("manifest.json", dump_json(manifest).encode())
        self._zip.close()
        return manifest

    def abandon(self):
        """Close an archive that will not be finished: what is written is worth nothing.

        Left open, it would try to end itself when its stream is gone already.
        """
        with suppress(OSError, ValueError):
            self._zip.close()


def dump_json(value):
    """Return readable, stable JSON text."""
    return json.dumps(value, ensure_ascii=False, indent=1)


def read_schema():
    """Return the bytes of the JSON schema that `data.json` follows."""
    return SCHEMA_PATH.read_bytes()


class CsvWriter:
    """Write a CSV that spreadsheets open as it is: UTF-8 with mark, semicolons.

    :param stream: text stream
    """

    def __init__(self, stream):
        self._csv = csv.writer(stream, delimiter=";", quoting=csv.QUOTE_ALL)
        self._stream = stream

    def begin(self, header):
        """Write the mark and the labels of the columns."""
        self._stream.write("\ufeff")
        self.add(header)

    def add(self, cells):
        """Append one row, each cell made safe."""
        self._csv.writerow([make_csv_safe(cell) for cell in cells])
