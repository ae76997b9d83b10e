"""Read the simplified register of the CNIL, filled in by anybody.

Labels are looked for, never row numbers: people insert rows, move them, delete them
and add a column in front. What is not recognised is kept in the details of the data
and told, so that nothing is lost on the way.
"""

import re
from datetime import date

from . import cnil_words as words
from .grid import Grid, get_cell_name, simplify, unfold
from .issue import Issue
from .retention import read_line
from .sheet import Found, Reading, add_detail, new_purpose, new_sheet, read_purpose

FORMAT = "cnil"
# How many of the titles a sheet of the workbook must have to be a register sheet.
ENOUGH_HEADS = 3
_HEADS = {simplify(label): key for key, label in words.HEADS.items()}
_NOTHING = {"", "non", "neant", "n a", "na", "sans objet", "aucun", "aucune"}
_PERSONS = {simplify(label): code for label, code in words.PERSON_CODES.items()}
_RECIPIENTS = {
    simplify(words.RECIPIENTS[kind]): kind
    for kind in ("internal", "processor", "third_country", "partner", "other")
}
_SAFEGUARDS = {simplify(label): code for code, label in words.SAFEGUARDS.items()} | {
    "clauses contractuelles types": "scc",
    "regles internes bcr": "bcr",
    "privacy shield": "",
    "derogations art 49": "art49",
}
_STATES = {label: code for code, label in words.MEASURE_STATES.items()}


def is_known(grids):
    """Tell whether a workbook looks like a register of the CNIL."""
    return any(_find_column(grid) is not None for grid in grids)


def read(grids, lists):
    """Return what a workbook of the CNIL holds.

    :param grids: the sheets of the workbook
    :param lists: ``Lists`` of the database, to recognise our own words
    """
    reading = Reading(FORMAT, language="fr")
    for grid in grids:
        column = _find_column(grid)
        if column is None:
            continue
        if simplify(grid.get(0, column)) == simplify(words.EXAMPLE_TITLE):
            continue
        reader = _SheetReader(grid, column, lists)
        sheet = reader.read_sheet()
        reading.issues += reader.issues
        if sheet:
            reading.found.append(Found(sheet, grid.name))
    return reading


def _find_column(grid):
    """Return the column of the labels, or None when this is no register sheet."""
    for column in range(4):
        if len(_get_sections(grid, column)) >= ENOUGH_HEADS:
            return column
    return None


def _get_sections(grid, column):
    return {
        _HEADS[label]
        for label in (simplify(grid.get(row, column)) for row in range(len(grid.rows)))
        if label in _HEADS
    }


class _SheetReader:
    """Reads one sheet of the workbook."""

    def __init__(self, grid, column, lists):
        self.grid: Grid = grid
        self.column = column
        self.lists = lists
        self.issues = []
        self.sections = self._split()

    # === WHERE THINGS STAND === #

    def _split(self):
        """Return ``{section: [row numbers]}``; rows above the first title are left."""
        sections, current = {}, None
        for row in range(len(self.grid.rows)):
            key = _HEADS.get(simplify(self.grid.get(row, self.column)))
            if key:
                current = sections.setdefault(key, [])
            elif current is not None:
                current.append(row)
        return sections

    def _get(self, row, offset=1):
        text = self.grid.get(row, self.column + offset)
        return "" if simplify(text) == simplify(words.CHOOSE) else text

    def _get_label(self, row):
        return self.grid.get(row, self.column)

    def _find(self, label):
        row = self.grid.find(label, column=self.column)
        return self._get(row) if row is not None else ""

    def _tell(self, code, row=None, offset=1, value="", is_error=False):
        cell = "" if row is None else get_cell_name(row, self.column + offset)
        self.issues.append(Issue(code, self.grid.name, cell, value[:80], is_error))

    # === THE SHEET === #

    def read_sheet(self):
        """Return the sheet, or None when it is the empty model or has no name."""
        sheet = new_sheet(name=self._find(words.NAME))
        reference = self._find(words.REFERENCE)
        sheet["reference"] = "" if reference == "ref-001" else reference
        sheet["objective"] = self._find(words.MAIN)
        if not sheet["name"]:
            return self._refuse_without_name()
        sheet["date_start"] = self._read_date(words.CREATED)
        self._read_updated(sheet)
        sheet["joint_controllers"] = self._read_joint()
        self._read_purposes(sheet)
        self._read_extra(sheet)
        self._read_data(sheet)
        self._read_persons(sheet)
        self._read_recipients(sheet)
        self._read_measures(sheet)
        self._read_transfers(sheet)
        return sheet

    def _refuse_without_name(self):
        row = self.grid.find(words.NAME, column=self.column)
        if row is None:
            self._tell("label_missing", value=words.NAME, is_error=True)
        elif self._is_filled():
            self._tell("no_name", row, is_error=True)
        return None

    def _is_filled(self):
        labels = (words.NAME, words.REFERENCE)
        known = {simplify(label) for label in labels}
        heads = ("description", "actors")
        return any(
            self._get(row)
            for key, rows in self.sections.items()
            if key not in heads
            for row in rows
            if simplify(self._get_label(row)) not in known
        )

    def _read_updated(self, sheet):
        """Keep the date of the last change: the sheet itself starts as a draft."""
        row = self.grid.find(words.UPDATED, column=self.column)
        if row is not None and self._get(row):
            sheet["updated"] = self._read_date(words.UPDATED)

    def _read_date(self, label):
        row = self.grid.find(label, column=self.column)
        text = self._get(row) if row is not None else ""
        if not text:
            return ""
        day = parse_date(text)
        if not day:
            self._tell("bad_date", row, value=text)
        return day

    def _read_joint(self):
        return [
            name
            for name in unfold(self._find(words.JOINT))
            if simplify(name) not in _NOTHING
        ]

    def _read_purposes(self, sheet):
        for row in self.sections.get("purposes", ()):
            if simplify(self._get_label(row)) == simplify(words.MAIN):
                continue
            for text in unfold(self._get(row)):
                purpose = read_purpose(text)
                sheet["purposes"].append(purpose)
                if not purpose["basis"]:
                    self._tell("no_basis", row, value=text)
        if not sheet["purposes"] and sheet["objective"]:
            first = sheet["objective"].split("\n")[0]
            sheet["purposes"].append(new_purpose(first[:120]))
            row = self.grid.find(words.MAIN, column=self.column)
            self._tell("no_basis", row, value=first)

    # === DATA === #

    def _read_data(self, sheet):
        loose = []
        for key in ("data", "sensitive"):
            for row in self.sections.get(key, ()):
                text, period = self._get(row), self._get(row, 4)
                if simplify(text) in _NOTHING and simplify(period) in _NOTHING:
                    continue
                loose += self._read_data_row(sheet, key, row, text, period)
        # Nobody says for which purpose: each of them, until somebody corrects it.
        for purpose in sheet["purposes"]:
            purpose["data"] += [
                c for c in dict.fromkeys(loose) if c not in purpose["data"]
            ]

    def _read_data_row(self, sheet, key, row, text, period):
        """Read one row; return the categories that no line gives to a purpose."""
        label = self._get_label(row)
        named = [self.lists.get_data(part) for part in text.split(", ")]
        is_ours = bool(text) and all(named)
        codes = list(dict.fromkeys(named)) if is_ours else [self._guess(key, label)]
        unread = []
        is_given = False
        for line in unfold(period):
            if read_line(line, sheet, codes, self.lists):
                is_given = True
            else:
                unread.append(line)
        if unread or not is_ours:
            period = f" ({'; '.join(unread)})" if unread else ""
            add_detail(sheet, f"{label} : {text}{period}")
        if unread:
            self._tell("period_as_text", row, 4, "; ".join(unread))
        if key == "sensitive" and not sheet["sensitive"]["reason"] and not is_ours:
            sheet["sensitive"]["reason"] = f"{label} : {text}"
        return [] if is_given else codes

    def _guess(self, key, label):
        if key == "sensitive":
            return "sensitive"
        plain = simplify(label)
        for known, codes in words.DATA_ROWS:
            # The first words are enough: the examples in brackets change.
            start = " ".join(simplify(known).split()[:2])
            if codes and plain.startswith(start):
                return codes[0]
        return "other"

    # === LISTS === #

    def _read_pairs(self, key, kinds, other):
        """Yield ``(row, kind, text)`` for each line of a section."""
        for row in self.sections.get(key, ()):
            label, text = self._get(row), self._get(row, 4)
            if not label and not text:
                continue
            code = kinds.get(simplify(label))
            if label and code is None and simplify(label) != simplify(other):
                self._tell("not_in_list", row, value=label)
                text = text or label
            for line in unfold(text) or [label]:
                yield self._split_kind(row, code, line, kinds)

    def _split_kind(self, row, code, line, kinds):
        """Give its kind back to a line that was folded into the last row."""
        head, mark, rest = line.partition(" : ")
        kind = kinds.get(simplify(head)) if mark else None
        return (row, kind, rest) if kind else (row, code, line)

    def _read_persons(self, sheet):
        for row, code, text in self._read_pairs("persons", _PERSONS, "Autres préciser"):
            known = self.lists.get_person(text)
            if simplify(text) in ("autres preciser", "autres"):
                known = "other"
            if not known and code and simplify(text) == simplify(self._get(row)):
                known = code
            if not known and code and self._get(row, 4):
                # A precision about a category that is known.
                add_detail(sheet, f"{self._get(row)} : {text}")
                known = code
            person = {"code": known or "", "name": text}
            if person not in sheet["persons"]:
                sheet["persons"].append(person)

    def _read_recipients(self, sheet):
        pairs = self._read_pairs("recipients", _RECIPIENTS, "Autre")
        for _row, kind, text in pairs:
            if text.startswith(words.PROCESSOR.strip()):
                text = text[len(words.PROCESSOR.strip()) :].strip()
                name, _mark, service = text.partition(" — ")
                sheet["processors"].append({"name": name, "service": service})
                continue
            if text.endswith(words.AUTHORITY):
                kind, text = "authority", text.removesuffix(words.AUTHORITY)
            sheet["recipients"].append({"name": text, "kind": kind or "other"})

    def _read_measures(self, sheet):
        kinds = {simplify(label): label for label in words.MEASURE_LIST}
        kinds.pop(simplify(words.OTHER_MEASURES))
        for _row, _kind, text in self._read_pairs(
            "measures", kinds, words.OTHER_MEASURES
        ):
            match = re.fullmatch(r"(.*) \(([^()]*)\)", text, re.DOTALL)
            state = _STATES.get(match[2]) if match else None
            sheet["measures"].append(
                {"name": match[1] if state else text, "state": state or "to_do"}
            )

    def _read_transfers(self, sheet):
        for row in self.sections.get("transfers", ()):
            columns = [unfold(self._get(row, offset)) for offset in (1, 2, 3, 5)]
            height = max(len(column) for column in columns)
            for number in range(height):
                name, country, safeguard, document = (
                    column[number] if number < len(column) else "" for column in columns
                )
                if simplify(name) in _NOTHING and not country:
                    continue
                sheet["transfers"].append(
                    self._read_transfer(row, name, country, safeguard, document)
                )

    def _read_transfer(self, row, name, country, safeguard, document):
        code = _SAFEGUARDS.get(simplify(safeguard), "")
        if simplify(safeguard) and not code:
            self._tell("bad_safeguard", row, 3, safeguard)
        return {
            "name": name or country,
            "country": "",
            "country_name": "" if country == "-" else country,
            "safeguard": code,
            "document": "" if document == "-" else document,
            "place": [self.grid.name, get_cell_name(row, self.column + 2)],
        }

    # === WHAT WE ADD BELOW === #

    def _read_extra(self, sheet):
        rows = {
            simplify(self._get_label(row)): self._get(row)
            for row in self.sections.get("extra", ())
        }
        values = {
            key: rows.get(simplify(label), "") for key, label in words.EXTRA.items()
        }
        roles = {simplify(label): code for code, label in words.ROLES.items()}
        origins = {simplify(label): code for code, label in words.ORIGINS.items()}
        sheet.update(
            role=roles.get(simplify(values["role"]), "controller"),
            served_controllers=unfold(values["served"]),
            origin=origins.get(simplify(values["origin"]), ""),
            origin_detail=values["origin_detail"],
            data_detail=values["detail"],
            tools=values["tools"],
            sensitive={"exception": values["exception"], "reason": values["reason"]},
            dpia={"criteria": [], "conclusion": values["dpia"]},
        )
        if values["persons"].isdigit():
            sheet["person_count"] = min(int(values["persons"]), 2**31 - 1)


def parse_date(text):
    """Return a date written in French or in ISO as ISO, empty when it is none.

    >>> parse_date("26/05/2018"), parse_date("2018-05-26"), parse_date("mai 2018")
    ('2018-05-26', '2018-05-26', '')
    """
    text = text.strip()
    match = re.fullmatch(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", text)
    parts = match.groups()[::-1] if match else None
    if not parts:
        match = re.match(r"(\d{4})-(\d{2})-(\d{2})(?:\D|$)", text)
        parts = match.groups() if match else None
    try:
        return date(*map(int, parts)).isoformat() if parts else ""
    except ValueError:
        return ""
