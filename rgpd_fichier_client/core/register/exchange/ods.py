"""OpenDocument spreadsheets, read and written as grids of text."""

import io
import re
import zipfile

from lxml import etree

from .archive import read_part
from .grid import (
    MAX_COLUMNS,
    MAX_ROWS,
    MAX_SHEETS,
    Grid,
    count_lines,
    frame,
    get_sheet_name,
    make_safe,
    strip_safe,
)
from .issue import ExchangeError

MIMETYPE = "application/vnd.oasis.opendocument.spreadsheet"
NS = {
    "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
    "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
    "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
    "style": "urn:oasis:names:tc:opendocument:xmlns:style:1.0",
    "fo": "urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0",
}
WIDTHS = ("7.5cm", "9cm", "4.5cm", "3.5cm", "9cm", "4.5cm", "4cm", "6cm")
_MANIFEST = f"""<?xml version="1.0" encoding="UTF-8"?>
<manifest:manifest manifest:version="1.2"
    xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">
<manifest:file-entry manifest:full-path="/" manifest:media-type="{MIMETYPE}"/>
<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>
<manifest:file-entry manifest:full-path="styles.xml" manifest:media-type="text/xml"/>
</manifest:manifest>
"""
_STYLES = """<office:automatic-styles xmlns:office="{office}" xmlns:style="{style}"
    xmlns:fo="{fo}" xmlns:table="{table}">
{columns}
{rows}
<style:style style:name="text" style:family="table-cell">
<style:table-cell-properties fo:wrap-option="wrap" style:vertical-align="top"
    fo:border="0.5pt solid #c8c8c8" fo:padding="0.08cm"/>
<style:text-properties fo:font-size="10pt"/></style:style>
<style:style style:name="head" style:family="table-cell">
<style:table-cell-properties fo:wrap-option="wrap" style:vertical-align="top"
    fo:background-color="#1f3a5f" fo:padding="0.1cm"/>
<style:text-properties fo:font-size="10pt" fo:font-weight="bold" fo:color="#ffffff"/>
</style:style>
<style:style style:name="label" style:family="table-cell">
<style:table-cell-properties fo:wrap-option="wrap" style:vertical-align="top"
    fo:background-color="#eef2f7" fo:border="0.5pt solid #c8c8c8" fo:padding="0.08cm"/>
<style:text-properties fo:font-size="10pt" fo:font-weight="bold"/></style:style>
</office:automatic-styles>"""
_ROW = """<style:style style:name="ro{lines}" style:family="table-row">
<style:table-row-properties style:row-height="{height}cm"
    style:use-optimal-row-height="{optimal}"/></style:style>"""
# One line of text of ten points, whatever the font.
LINE_HEIGHT = 0.42
_COLUMN = """<style:style style:name="co{number}" style:family="table-column">
<style:table-column-properties style:column-width="{width}"/></style:style>"""


_PAGES = """<?xml version="1.0" encoding="UTF-8"?>
<office:document-styles office:version="1.2" xmlns:office="{office}"
    xmlns:style="{style}" xmlns:fo="{fo}">
<office:automatic-styles><style:page-layout style:name="page">
<style:page-layout-properties style:print-orientation="landscape"
    fo:page-width="29.7cm" fo:page-height="21cm" fo:margin="1cm"
    style:scale-to-X="1" style:scale-to-Y="0"/>
</style:page-layout></office:automatic-styles>
<office:master-styles>
<style:master-page style:name="Default" style:page-layout-name="page"/>
</office:master-styles></office:document-styles>"""
# Two spaces, a space at the start, a tab: what the format would fold.
_SPACES = re.compile(r"(\t|^ +| {2,})")


def _tag(prefix, name):
    return f"{{{NS[prefix]}}}{name}"


_BREAKS = {_tag("text", "line-break"): "\n", _tag("text", "tab"): "\t"}


# === WRITE === #


def write(grids):
    """Return the bytes of a spreadsheet; every cell is a text, none a formula."""
    root = etree.Element(_tag("office", "document-content"), nsmap=NS)
    root.set(_tag("office", "version"), "1.2")
    columns = "".join(
        _COLUMN.format(number=number, width=width)
        for number, width in enumerate(WIDTHS)
    )
    heights = {count_lines(row) for grid in grids for row in grid.rows or [[""]]}
    rows = "".join(map(_get_row_style, sorted(heights)))
    root.append(etree.fromstring(_STYLES.format(columns=columns, rows=rows, **NS)))
    body = etree.SubElement(root, _tag("office", "body"))
    book = etree.SubElement(body, _tag("office", "spreadsheet"))
    names = set()
    for grid in grids:
        _write_grid(book, grid, get_sheet_name(grid.name, names))
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        # The format wants the type first and not compressed.
        archive.writestr("mimetype", MIMETYPE, zipfile.ZIP_STORED)
        archive.writestr("META-INF/manifest.xml", _MANIFEST)
        content = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
        archive.writestr("content.xml", content)
        archive.writestr("styles.xml", _PAGES.format(**NS))
    return stream.getvalue()


def _get_row_style(lines):
    """Return the style of rows of so many lines.

    Where a font is missing the reader measures with another one and cuts the last
    lines: the height of those that wrap is given.
    """
    return _ROW.format(
        lines=lines,
        height=round(lines * LINE_HEIGHT + 0.2, 2),
        optimal="true" if lines == 1 else "false",
    )


def _write_grid(book, grid, name):
    table = etree.SubElement(book, _tag("table", "table"))
    table.set(_tag("table", "name"), name)
    width = max([len(row) for row in grid.rows] or [1])
    for number in range(width):
        column = etree.SubElement(table, _tag("table", "table-column"))
        style = f"co{min(number, len(WIDTHS) - 1)}"
        column.set(_tag("table", "style-name"), style)
    for number, row in enumerate(grid.rows or [[""]]):
        line = etree.SubElement(table, _tag("table", "table-row"))
        line.set(_tag("table", "style-name"), f"ro{count_lines(row)}")
        for column, value in enumerate(frame(row, width)):
            style = "label" if column == 0 else "text"
            _write_cell(line, value, "head" if number in grid.heads else style)


def _write_cell(line, value, style):
    cell = etree.SubElement(line, _tag("table", "table-cell"))
    if value is None:
        return
    cell.set(_tag("table", "style-name"), style)
    if not value:
        return
    cell.set(_tag("office", "value-type"), "string")
    for part in make_safe(value).split("\n"):
        paragraph = etree.SubElement(cell, _tag("text", "p"))
        _write_text(paragraph, part)


def _write_text(paragraph, text):
    """Write spaces and tabs as the format wants them: it folds them otherwise."""
    node = None
    for part in _SPACES.split(text):
        if not part:
            continue
        if part == "\t":
            node = etree.SubElement(paragraph, _tag("text", "tab"))
        elif _SPACES.fullmatch(part):
            node = etree.SubElement(paragraph, _tag("text", "s"))
            node.set(_tag("text", "c"), str(len(part)))
        elif node is None:
            paragraph.text = part
        else:
            node.tail = part


# === READ === #


def read(archive):
    """Return the grids of a spreadsheet.

    :raise ExchangeError: broken, locked, or far more rows than a register has
    """
    if b"encryption-data" in read_part(archive, "META-INF/manifest.xml"):
        raise ExchangeError("old_or_locked")
    reader = _Reader()
    try:
        for event, node in etree.iterparse(
            io.BytesIO(read_part(archive, "content.xml")),
            events=("start", "end"),
            tag=(_tag("table", "table"), _tag("table", "table-row")),
            resolve_entities=False,
            no_network=True,
        ):
            reader.take(event, node)
    except etree.XMLSyntaxError as error:
        raise ExchangeError("unreadable") from error
    return reader.grids


class _Reader:
    """Reads the rows as they come, so that a long table never fills the memory."""

    def __init__(self):
        self.grids = []
        self.empty = 0

    def take(self, event, node):
        if node.tag == _tag("table", "table"):
            if event == "start":
                self._open(node)
        elif event == "end" and self.grids:
            self._add(_read_row(node), _get_repeat(node, "number-rows-repeated"))
            node.clear()

    def _open(self, table):
        if len(self.grids) >= MAX_SHEETS:
            raise ExchangeError("too_many_sheets", limit=MAX_SHEETS)
        self.grids.append(Grid(table.get(_tag("table", "name")) or ""))
        self.empty = 0

    def _add(self, row, repeat):
        grid = self.grids[-1]
        if not any(row):
            # Spreadsheets end with a million empty rows: kept only if text follows.
            self.empty += repeat
            return
        if len(grid.rows) + self.empty + repeat > MAX_ROWS:
            raise ExchangeError("too_many_rows", sheet=grid.name, limit=MAX_ROWS)
        grid.rows += [[] for _number in range(self.empty)]
        grid.rows += [list(row) for _number in range(repeat)]
        self.empty = 0


def _read_row(line):
    row = []
    for cell in line:
        if cell.tag not in (
            _tag("table", "table-cell"),
            _tag("table", "covered-table-cell"),
        ):
            continue
        repeat = _get_repeat(cell, "number-columns-repeated")
        room = MAX_COLUMNS - len(row)
        row += [_read_cell(cell)] * max(0, min(repeat, room))
    while row and not row[-1]:
        row.pop()
    return row


def _get_repeat(node, name):
    text = node.get(_tag("table", name)) or "1"
    return max(1, int(text)) if text.isdigit() else 1


def _read_cell(cell):
    """Return the text of a cell, dates as ISO; what a note says is not its text."""
    if cell.get(_tag("office", "value-type")) == "date":
        return (cell.get(_tag("office", "date-value")) or "")[:10]
    paragraphs = cell.findall(_tag("text", "p"))
    return strip_safe("\n".join(_read_text(node) for node in paragraphs))


def _read_text(node):
    text = node.text or ""
    for child in node:
        if child.tag == _tag("text", "s"):
            count = child.get(_tag("text", "c")) or "1"
            text += " " * min(int(count) if count.isdigit() else 1, 1000)
        elif child.tag in _BREAKS:
            text += _BREAKS[child.tag]
        elif isinstance(child.tag, str) and child.tag != _tag("office", "annotation"):
            text += _read_text(child)
        text += child.tail or ""
    return text
