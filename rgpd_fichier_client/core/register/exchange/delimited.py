"""CSV files, read and written as one grid of text."""

import csv
import io

from .grid import MAX_COLUMNS, MAX_ROWS, Grid, make_safe, strip_safe
from .issue import ExchangeError

# A cell of a register may hold pages; nobody's holds a book.
csv.field_size_limit(1024 * 1024)


def write(grid):
    """Return the bytes of a CSV file that Excel opens with its accents.

    Semicolons, as in France; cells that start like a formula get a quote in front.
    """
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=";", lineterminator="\r\n")
    for row in grid.rows:
        writer.writerow([make_safe(value) for value in row])
    return stream.getvalue().encode("utf-8-sig")


def read(data, name="CSV"):
    """Return the grid of a CSV file, whatever its separator and its encoding.

    :raise ExchangeError: not a table, or far more rows than a register has
    """
    text = _decode(data)
    grid = Grid(name)
    try:
        for row in csv.reader(io.StringIO(text, newline=""), _get_dialect(text)):
            if len(grid.rows) >= MAX_ROWS:
                raise ExchangeError("too_many_rows", sheet=name, limit=MAX_ROWS)
            grid.rows.append([strip_safe(cell) for cell in row[:MAX_COLUMNS]])
    except csv.Error as error:
        raise ExchangeError("unreadable") from error
    return grid


def _decode(data):
    for encoding in ("utf-8-sig", "utf-16" if data[:2] in _BOMS else "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1")


_BOMS = (b"\xff\xfe", b"\xfe\xff")


def _get_dialect(text):
    """Choose the separator that the first line holds most often."""

    class Dialect(csv.excel):
        delimiter = max(";,\t", key=text.partition("\n")[0].count)

    return Dialect
