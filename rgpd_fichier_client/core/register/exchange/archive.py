"""Open a workbook without being harmed by it: pictures, bombs, macros, passwords."""

import io
import zipfile
import zlib

from .issue import ExchangeError

MAX_FILE = 10 * 1024 * 1024
MAX_UNPACKED = 80 * 1024 * 1024
MAX_ENTRIES = 5000

_PICTURES = (
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"BM",
    b"II*\x00",
    b"MM\x00*",
    b"\x00\x00\x01\x00",
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MACROS = ("vbaproject.bin", "basic/", "scripts/", "macrosheets/", "dialogsheets/")


def sniff(data):
    """Return ``zip`` or ``text``, the two kinds that can hold a register.

    :raise ExchangeError: empty, too big, a picture, a PDF, an old or locked workbook
    """
    if not data.strip():
        raise ExchangeError("empty")
    if len(data) > MAX_FILE:
        raise ExchangeError("too_big", limit=MAX_FILE // 1024 // 1024)
    if data.startswith(_PICTURES) or (data[:4] == b"RIFF" and data[8:12] == b"WEBP"):
        raise ExchangeError("picture")
    if data.startswith(b"%PDF"):
        raise ExchangeError("pdf")
    if data.startswith(_OLE):
        raise ExchangeError("old_or_locked")
    if data.startswith(b"PK"):
        return "zip"
    if b"\x00" in data[:4096] and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ExchangeError("unknown")
    return "text"


def open_zip(data):
    """Return the archive of a workbook, after looking at its list of parts only.

    Python reads no more of a part than the list says, so a list that lies about the
    sizes gives an error and not a full memory.

    :raise ExchangeError: not an archive, too much inside, macros, a password
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise ExchangeError("unreadable") from error
    if len(parts) > MAX_ENTRIES:
        raise ExchangeError("bomb")
    total = get_unpacked_size(archive)
    if total > MAX_UNPACKED:
        raise ExchangeError("bomb")
    if any(part.flag_bits & 1 for part in parts):
        raise ExchangeError("old_or_locked")
    names = [part.filename.lower() for part in parts]
    if any(mark in name for name in names for mark in _MACROS):
        raise ExchangeError("macros")
    return archive


def get_unpacked_size(archive):
    """Return how much the archive says it holds."""
    return sum(part.file_size for part in archive.infolist())


def read_part(archive, name):
    """Return one part of the archive.

    :raise ExchangeError: missing, broken, or XML that declares entities
    """
    try:
        content = archive.read(name)
    except (
        KeyError,
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        OSError,
        RuntimeError,
        ValueError,
    ) as error:
        raise ExchangeError("unreadable") from error
    if b"<!DOCTYPE" in content[:2048] or b"<!ENTITY" in content[:65536]:
        raise ExchangeError("unreadable")
    return content
