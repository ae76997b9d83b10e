"""Which file holds a register, and in which format: the two entry points.

:func:`write` makes the file of a format, :func:`read` recognises the format by what
stands in the file and never by its name.
"""

import io
import zipfile

from . import ciso, cnil, cnil_read, delimited, document, madis, oca, ods, xlsx
from .archive import MAX_UNPACKED, get_unpacked_size, open_zip, read_part, sniff
from .issue import ExchangeError, Issue
from .sheet import Reading

MIMETYPES = {
    "json": "application/json",
    "csv": "text/csv",
    "ods": ods.MIMETYPE,
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "application/zip",
}
# A workbook per sheet, in one archive.
MAX_BOOKS = 500


def write(kind, register, lang="en"):
    """Return ``(bytes, extension)`` of a register in a format.

    :param kind: ``ods`` or ``xlsx`` (structure of the CNIL), ``json``, ``madis``,
        ``ciso``
    :param register: ``{"actors": …, "sheets": [sheet, …], …}``
    """
    if kind == "ods":
        return ods.write(cnil.write(register)), "ods"
    if kind == "xlsx":
        return xlsx.write(cnil.write(register)), "xlsx"
    if kind == "madis":
        return delimited.write(madis.write(register)), "csv"
    if kind == "ciso":
        return _write_books(register, lang)
    return document.write(register), "json"


def _write_books(register, lang):
    books = [xlsx.write(ciso.write(sheet, lang)) for sheet in register["sheets"]]
    if len(books) == 1:
        return books[0], "xlsx"
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, book in enumerate(books, 1):
            archive.writestr(f"processing-{number:03}.xlsx", book)
    return stream.getvalue(), "zip"


def read(data, lists):
    """Return the ``Reading`` of a file.

    :param lists: ``Lists`` of the database, to recognise its words
    :raise ExchangeError: no file that holds a register
    """
    if sniff(data) == "text":
        reading = _read_text(data, lists)
    else:
        reading = _read_archive(data, lists)
    if not reading.found and not reading.issues:
        raise ExchangeError("nothing")
    return reading


def _read_text(data, lists):
    if document.is_known(data):
        return document.read(data)
    return _read_table(delimited.read(data), lists)


def _read_table(grid, lists):
    if madis.is_known(grid):
        return madis.read(grid, lists)
    if oca.is_known(grid):
        return oca.read_grid(grid)
    raise ExchangeError("unknown")


def _read_archive(data, lists):
    archive = open_zip(data)
    names = set(archive.namelist())
    if "xl/workbook.xml" in names:
        return _read_grids(xlsx.read(archive), lists)
    if "content.xml" in names:
        return _read_grids(ods.read(archive), lists)
    books = sorted(name for name in names if name.lower().endswith(".xlsx"))
    if books and len(books) <= MAX_BOOKS:
        return _read_books(archive, books, lists)
    raise ExchangeError("unknown")


def _read_grids(grids, lists, place=""):
    if not any(any(row) for grid in grids for row in grid.rows):
        raise ExchangeError("empty_book")
    if ciso.is_known(grids):
        return ciso.read(grids, lists, place)
    if cnil_read.is_known(grids):
        return cnil_read.read(grids, lists)
    return _read_table(next(grid for grid in grids if any(grid.rows)), lists)


def _read_books(archive, books, lists):
    """Read an archive of workbooks of CISO Assistant, one processing each."""
    reading = Reading(ciso.FORMAT)
    unpacked = 0
    for name in books:
        try:
            book = open_zip(read_part(archive, name))
            unpacked += get_unpacked_size(book)
            if unpacked > MAX_UNPACKED:
                raise ExchangeError("bomb")
            grids = xlsx.read(book)
            if not ciso.is_known(grids):
                raise ExchangeError("unknown")
            part = ciso.read(grids, lists, name)
        except ExchangeError as error:
            reading.issues.append(Issue(error.code, name, is_error=True))
            continue
        reading.found += part.found
        reading.issues += part.issues
    return reading
