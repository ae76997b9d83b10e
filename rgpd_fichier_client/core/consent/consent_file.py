"""A file of consents: what its columns are called, and what a row says.

Each row says who, what about, what was decided, when, where it was collected, and what
proves it (art. 7.1 GDPR). A row that lacks one of them is an error, named by a code;
nothing is guessed and no date is made up.
"""

import unicodedata
from dataclasses import dataclass, field
from datetime import date, datetime

COLUMNS = {
    "id": ("id", "identifiant", "contact"),
    "ref": ("ref", "reference", "code client", "numero client"),
    "email": ("email", "e-mail", "courriel", "mail", "adresse e-mail"),
    "phone": ("phone", "telephone", "tel", "mobile", "portable"),
    "purpose": ("purpose", "finalite"),
    "channel": ("channel", "canal"),
    "decision": ("decision", "choix", "consentement"),
    "moment": ("date", "moment", "date et heure", "decided on"),
    "source": ("source", "origine", "collecte"),
    "proof": ("proof", "preuve"),
    "text": ("text", "texte", "mention", "texte affiche"),
    "guardian": (
        "guardian",
        "holder of parental authority",
        "titulaire de l'autorite parentale",
        "autorite parentale",
        "representant legal",
    ),
}
IDENTIFIERS = ("id", "ref", "email", "phone")
REQUIRED = ("purpose", "channel", "decision", "moment", "source", "proof")
DECISIONS = {
    "given": "given",
    "yes": "given",
    "oui": "given",
    "1": "given",
    "true": "given",
    "accepte": "given",
    "accord": "given",
    "donne": "given",
    "consentement donne": "given",
    "refused": "refused",
    "no": "refused",
    "non": "refused",
    "0": "refused",
    "false": "refused",
    "refus": "refused",
    "refuse": "refused",
    "withdrawn": "withdrawn",
    "retrait": "withdrawn",
    "retire": "withdrawn",
    "objected": "objected",
    "opposition": "objected",
    "oppose": "objected",
    "desabonne": "objected",
}
CHANNELS = {
    "email": "email",
    "e-mail": "email",
    "courriel": "email",
    "mail": "email",
    "sms": "sms",
    "phone": "phone",
    "telephone": "phone",
    "post": "post",
    "courrier": "post",
    "courrier postal": "post",
    "partners": "partners",
    "partenaires": "partners",
    "tracking": "tracking",
    "suivi": "tracking",
    "suivi des e-mails": "tracking",
    "all": "all",
    "tous": "all",
    "tous les canaux": "all",
}
# The day is read as in France; an hour is optional.
FORMATS = (
    "%d/%m/%Y",
    "%d/%m/%Y %H:%M",
    "%d/%m/%Y %H:%M:%S",
    "%d-%m-%Y",
    "%d.%m.%Y",
)
LONGEST = 5000


@dataclass
class Row:
    """One row of the file, read; ``errors`` are codes, empty when it is usable."""

    number: int
    values: dict
    moment: datetime | None = None
    has_time: bool = False
    decision: str | None = None
    channel: str | None = None
    errors: list = field(default_factory=list)


def normalise(text):
    """Return a heading or a word without accents, capitals or double spaces."""
    flat = unicodedata.normalize("NFKD", str(text or "")).casefold()
    flat = "".join(char for char in flat if not unicodedata.combining(char))
    return " ".join(flat.replace("_", " ").split())


def read_header(cells):
    """Return ``({index: column}, [missing columns])`` of the first line.

    The person is missing when there is no way to tell who it is.
    """
    names = {alias: column for column, row in COLUMNS.items() for alias in row}
    found = {}
    for index, cell in enumerate(cells):
        column = names.get(normalise(cell))
        if column and column not in found.values():
            found[index] = column
    missing = [column for column in REQUIRED if column not in found.values()]
    if not set(IDENTIFIERS) & set(found.values()):
        missing.insert(0, "person")
    return found, missing


def read_row(number, header, cells):
    """Return the :class:`Row` of one line; ``None`` for an empty one."""
    values, moment = {}, None
    for index, column in header.items():
        cell = cells[index] if index < len(cells) else None
        if column == "moment" and isinstance(cell, date):
            moment = cell
            values[column] = cell.isoformat()
        else:
            values[column] = _read_text(cell)
    if not any(values.values()):
        return None
    row = Row(number, values)
    row.errors += [f"missing_{name}" for name in REQUIRED if not values.get(name)]
    if not any(values.get(name) for name in IDENTIFIERS):
        row.errors.append("missing_person")
    if any(len(value) > LONGEST for value in values.values()):
        row.errors.append("too_long")
    row.decision = DECISIONS.get(normalise(values.get("decision")))
    row.channel = CHANNELS.get(normalise(values.get("channel")))
    row.moment, row.has_time = read_moment(moment or values.get("moment"))
    for name in ("decision", "channel", "moment"):
        if values.get(name) and getattr(row, name) is None:
            row.errors.append(f"unknown_{name}")
    return row


def _read_text(cell):
    if cell is None:
        return ""
    # A spreadsheet turns numbers into floats
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return str(cell).strip()


def read_moment(value):
    """Return ``(datetime, has an hour)``, ``(None, False)`` if unreadable.

    >>> read_moment("03/09/2026")[0]
    datetime.datetime(2026, 9, 3, 0, 0)
    """
    if isinstance(value, datetime):
        return value.replace(microsecond=0), (value.hour, value.minute) != (0, 0)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day), False
    text = str(value or "").strip()
    for shape in FORMATS:
        try:
            return datetime.strptime(text, shape), ":" in text
        except ValueError:
            continue
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None, False
    # A moment that names its zone keeps it; the others are those of France.
    return moment.replace(microsecond=0), ":" in text
