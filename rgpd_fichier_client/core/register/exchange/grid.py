"""A sheet of a workbook as plain rows of text, and how its texts are compared."""

import re
import textwrap
import unicodedata
from dataclasses import dataclass, field

from ...datamap.bundle import make_csv_safe

# More than any register holds; a table of 50 000 rows is something else.
MAX_ROWS = 5000
MAX_COLUMNS = 200
MAX_SHEETS = 1000
# Widths of the columns that files are written with, in characters.
WIDTHS = (38, 48, 24, 18, 48, 24, 20, 30)
# The longest text a cell of a workbook may hold.
MAX_TEXT = 32767
BULLET = "• "

_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_PHONE = re.compile(r"\+[\d .()-]{6,30}")
_GUARDED = re.compile("'+\\s*[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")


@dataclass
class Grid:
    """One sheet: its name and its rows, each a list of texts.

    ``heads`` are the numbers of the rows that are titles, for the look of the file.
    """

    name: str
    rows: list = field(default_factory=list)
    heads: set = field(default_factory=set)

    def get(self, row, column):
        """Return the text of a cell, empty when it is outside the rows."""
        if row >= len(self.rows) or column >= len(self.rows[row]):
            return ""
        return self.rows[row][column].strip()

    def find(self, label, start=0, column=0):
        """Return the number of the first row that has this label, or None.

        Labels are looked for, never row numbers: people insert and move rows.
        """
        wanted = simplify(label)
        for number in range(start, len(self.rows)):
            if simplify(self.get(number, column)) == wanted:
                return number
        return None


def get_cell_name(row, column):
    """Return the name of a cell, counted from zero.

    >>> get_cell_name(0, 0), get_cell_name(11, 27)
    ('A1', 'AB12')
    """
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row + 1}"


def simplify(text):
    """Return a text without accents, case, spaces and punctuation, to compare it.

    >>> simplify("N° / RÉF "), simplify("Etats-Unis") == simplify("États Unis")
    ('n ref', True)
    """
    decomposed = unicodedata.normalize("NFD", text or "")
    bare = "".join(c for c in decomposed if not unicodedata.combining(c))
    return " ".join(re.findall(r"[^\W_]+", bare.replace("°", "").casefold()))


def make_safe(value):
    """Return the text of a cell: no control character, nothing that is a formula."""
    text = _CONTROL.sub("", "" if value is None else str(value))
    # A phone number holds neither a letter nor a function.
    if _GUARDED.match(text):
        # A quote that somebody wrote must survive the one that is taken away.
        text = f"'{text}"
    elif not _PHONE.fullmatch(text):
        text = make_csv_safe(text)
    return text if len(text) <= MAX_TEXT else text[: MAX_TEXT - 1] + "…"


def strip_safe(text):
    """Take away the quote that :func:`make_safe` put in front of a text."""
    return text[1:] if _GUARDED.match(text) else text


def fold(texts):
    """Put several texts in one cell, one line each.

    >>> fold(["one"]), fold(["one", "two"])
    ('one', '• one\\n• two')
    """
    texts = [" ".join(str(text).split()) for text in texts]
    if len(texts) < 2:
        return "".join(texts)
    return "\n".join(f"{BULLET}{text}" for text in texts)


def unfold(text):
    """Return the texts of a cell; a text without bullets is one text.

    >>> unfold("• one\\n• two"), unfold("one\\nstill one")
    (['one', 'two'], ['one\\nstill one'])
    """
    text = (text or "").strip()
    if not text.startswith(BULLET.strip()):
        return [text] if text else []
    parts = re.split(r"(?:^|\n)\s*•\s*", text)
    return [part.strip() for part in parts if part.strip()]


def frame(row, width):
    """Return the cells of a row to write; ``None`` is outside the table.

    A row that has a label is framed to the end, so that it can be filled in.

    >>> frame(["a", "b"], 3), frame([""], 3)
    (['a', 'b', ''], [None])
    """
    if row and row[0]:
        return [*row, *[""] * (width - len(row))]
    return [value or None for value in row] or [None]


def get_sheet_name(name, used):
    """Return a name that spreadsheets accept: 31 characters, each used once.

    :param used: the names taken so far, folded; the new one is added
    """
    base = _FORBIDDEN.sub("-", _CONTROL.sub("", name)).strip("' ") or "Sheet"
    number, result = 1, base[:31].strip()
    while result.casefold() in used:
        number += 1
        result = f"{base[: 28 - len(str(number))]} ({number})"
    used.add(result.casefold())
    return result


def count_lines(row):
    """Return how many lines the tallest cell of a row takes, never too few.

    Readers that measure by themselves are wrong when a font is missing: text is cut.
    """
    lines = 1
    for column, (value, width) in enumerate(zip(row, WIDTHS, strict=False)):
        # The labels are bold, so fewer letters go into a line
        width -= 4 if column else 8
        parts = str(value or "").split("\n")
        lines = max(lines, sum(len(textwrap.wrap(p, width)) or 1 for p in parts))
    return lines
