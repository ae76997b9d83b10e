"""A sheet of the register as plain values, the middle of every exchange.

Each format is written from these values and read into them; the models write and read
them too, so that a format knows nothing of Odoo. `register.schema.json` is their
published description.
"""

from dataclasses import dataclass, field

from ..basis import ARTICLES
from .grid import simplify

# Legal bases in French, as Madis writes them; the CNIL workbook has no column for it.
BASES_FR = {
    "consent": "Le consentement",
    "contract": "L'exécution d'un contrat",
    "legal_obligation": "L'obligation légale",
    "vital_interest": "L'intérêt vital",
    "public_task": "L'exécution d'une mission d'intérêt public",
    "legitimate_interest": "L'intérêt légitime",
}
_BASIS_MARK = " — base légale : "
_TEXT_MARK = " ; texte : "
_INTEREST_MARK = " ; intérêt poursuivi : "


@dataclass
class Found:
    """A register sheet read from a file, and where it stood there."""

    sheet: dict
    place: str = ""


@dataclass
class Reading:
    """What was read from a file."""

    format: str
    found: list = field(default_factory=list)
    issues: list = field(default_factory=list)
    language: str = ""
    # Where a place is a path: what the reader of the file calls it
    titles: dict = field(default_factory=dict)


@dataclass
class Lists:
    """The lists of the database, so that their words are recognised in a file.

    :param data: simplified name or code of a data category → its code
    :param persons: simplified name or code of a category of persons → its code
    """

    data: dict = field(default_factory=dict)
    persons: dict = field(default_factory=dict)

    def get_data(self, text):
        return self.data.get(simplify(text))

    def get_person(self, text):
        return self.persons.get(simplify(text))


def new_sheet(**values):
    """Return an empty sheet with these values."""
    return {
        "name": "",
        "reference": "",
        "role": "controller",
        "objective": "",
        "date_start": "",
        "date_review": "",
        "joint_controllers": [],
        "served_controllers": [],
        "responsible": "",
        "purposes": [],
        "persons": [],
        "data_detail": "",
        "sensitive": {"exception": "", "reason": ""},
        "origin": "",
        "origin_detail": "",
        "recipients": [],
        "processors": [],
        "transfers": [],
        "measures": [],
        "tools": "",
        "person_count": 0,
        "dpia": {"criteria": [], "conclusion": ""},
    } | values


def new_purpose(name, **values):
    """Return a purpose of this name with these values, and nothing guessed."""
    return {
        "code": "",
        "name": name,
        "basis": "",
        "legal_reference": "",
        "interest": "",
        "start_event": "",
        "active": [0, "year"],
        "archive": [0, "year"],
        "end_action": "delete",
        "data": [],
        "rules": [],
    } | values


def add_detail(sheet, text):
    """Keep a text of the file that has no place of its own."""
    texts = [sheet["data_detail"], text.strip()]
    sheet["data_detail"] = "\n".join(part for part in texts if part)


def write_purpose(purpose):
    """Return a purpose with its basis in one text, for formats that have no column.

    >>> write_purpose({"name": "Factures", "basis": "legal_obligation",
    ...                "legal_reference": "L123-22 C. com.", "interest": ""})
    "Factures — base légale : L'obligation légale (art. 6.1.c RGPD) ; \
texte : L123-22 C. com."
    """
    text = " ".join(purpose["name"].split())
    if purpose["basis"]:
        article = ARTICLES[purpose["basis"]]
        text += f"{_BASIS_MARK}{BASES_FR[purpose['basis']]} (art. {article} RGPD)"
    for mark, name in ((_TEXT_MARK, "legal_reference"), (_INTEREST_MARK, "interest")):
        if purpose.get(name):
            text += mark + " ".join(purpose[name].split())
    return text


def read_purpose(text):
    """Return the purpose that a text says; without a known basis, only its name."""
    text = " ".join(text.split())
    head, mark, rest = text.partition(_BASIS_MARK)
    if not mark:
        return new_purpose(text)
    rest, _mark, interest = rest.partition(_INTEREST_MARK)
    rest, _mark, reference = rest.partition(_TEXT_MARK)
    basis = find_basis(rest.partition(" (art.")[0])
    if not basis:
        return new_purpose(text)
    return new_purpose(head, basis=basis, legal_reference=reference, interest=interest)


# The words that tell one basis from the others, in French and in English.
_BASIS_WORDS = (
    ("consent", ("consentement", "consent")),
    ("legitimate_interest", ("interet legitime", "legitimate interest")),
    ("vital_interest", ("vitaux", "vital")),
    ("public_task", ("mission d interet public", "interet public", "public interest")),
    ("legal_obligation", ("obligation legale", "legal obligation")),
    ("contract", ("contrat", "contract")),
)


def find_basis(text):
    """Return the code of a basis written in words or as a code; empty if unclear.

    Two bases in one text are unclear: a purpose rests on exactly one (Art. 6.1).

    >>> find_basis("L'intérêt légitime"), find_basis("contrat ou consentement")
    ('legitimate_interest', '')
    """
    plain = simplify(text)
    found = {
        code
        for code, words in _BASIS_WORDS
        if any(word in plain for word in words) or plain == simplify(code)
    }
    return found.pop() if len(found) == 1 else ""


def get_rows_of_data(sheet):
    """Return the codes of the data categories of a sheet with their names."""
    return {line["code"]: line["name"] for line in sheet.get("data", ())}
