"""Excel workbooks, read and written as grids of text."""

import io
import zipfile
from datetime import date, datetime
from xml.etree.ElementTree import ParseError

import openpyxl
import xlsxwriter
from openpyxl.utils.exceptions import InvalidFileException

from .archive import read_part
from .grid import (
    MAX_COLUMNS,
    MAX_ROWS,
    MAX_SHEETS,
    WIDTHS,
    Grid,
    count_lines,
    frame,
    get_sheet_name,
    make_safe,
    strip_safe,
)
from .issue import ExchangeError

# A row can be far below the others; nobody's register is.
MAX_SPAN = 20000
A4 = 9
LINE_HEIGHT = 13.5
# The tallest row a spreadsheet accepts, in points.
MAX_HEIGHT = 409


def write(grids):
    """Return the bytes of a workbook; every cell is a text, none a formula."""
    stream = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
    }
    book = xlsxwriter.Workbook(stream, options)
    wrap = {"text_wrap": True, "valign": "top", "font_size": 10}
    border = {"border": 1, "border_color": "#C8C8C8"}
    styles = {
        "text": book.add_format(wrap | border),
        "label": book.add_format(wrap | border | {"bold": True, "bg_color": "#EEF2F7"}),
        "head": book.add_format(
            wrap | {"bold": True, "bg_color": "#1F3A5F", "font_color": "#FFFFFF"}
        ),
    }
    names = set()
    for grid in grids:
        sheet = book.add_worksheet(get_sheet_name(grid.name, names))
        for number, width in enumerate(WIDTHS):
            sheet.set_column(number, number, width)
        sheet.set_landscape()
        sheet.set_paper(A4)
        sheet.fit_to_pages(1, 0)
        _write_rows(sheet, grid, styles)
    book.close()
    return stream.getvalue()


def _write_rows(sheet, grid, styles):
    width = max([len(row) for row in grid.rows] or [1])
    for number, row in enumerate(grid.rows):
        sheet.set_row(number, _get_height(row))
        for column, value in enumerate(frame(row, width)):
            style = styles["label" if column == 0 else "text"]
            if number in grid.heads:
                style = styles["head"]
            text = make_safe(value)
            if text:
                sheet.write_string(number, column, text, style)
            elif value is not None:
                sheet.write_blank(number, column, None, style)


def _get_height(row):
    """Return the points that show every line of a row: not all readers find out."""
    return min(count_lines(row) * LINE_HEIGHT, MAX_HEIGHT)


def read(archive):
    """Return the grids of a workbook: the values, never the formulas.

    :raise ExchangeError: broken, or far more rows than a register has
    """
    for name in archive.namelist():
        if name.endswith((".xml", ".rels")):
            # Refuses declared entities before the reader sees them.
            read_part(archive, name)
    try:
        book = openpyxl.load_workbook(archive.fp, read_only=True, data_only=True)
        if len(book.worksheets) > MAX_SHEETS:
            raise ExchangeError("too_many_sheets", limit=MAX_SHEETS)
        return [_read_grid(sheet) for sheet in book.worksheets]
    except (
        AttributeError,
        IndexError,
        InvalidFileException,
        KeyError,
        OSError,
        ParseError,
        SyntaxError,
        TypeError,
        ValueError,
        zipfile.BadZipFile,
    ) as error:
        raise ExchangeError("unreadable") from error


def _read_grid(sheet):
    grid = Grid(sheet.title)
    filled = 0
    # The size written in the file may lie.
    sheet.reset_dimensions()
    for number, values in enumerate(
        sheet.iter_rows(max_col=MAX_COLUMNS, values_only=True)
    ):
        row = [_get_text(value) for value in values or ()]
        while row and not row[-1]:
            row.pop()
        filled += bool(row)
        if filled > MAX_ROWS or number > MAX_SPAN:
            raise ExchangeError("too_many_rows", sheet=grid.name, limit=MAX_ROWS)
        grid.rows.append(row)
    while grid.rows and not grid.rows[-1]:
        grid.rows.pop()
    return grid


def _get_text(value):
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime | date):
        return value.isoformat()[:10]
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return strip_safe(str(value))
