"""The register as the CSV file that Madis exports: one row per sheet.

Madis (2.4) writes this file and does not read it: it serves to move away from Madis,
and to type a register into it. Headers are looked for by their words, older ones
included; a purpose carries its legal basis in its text, because Madis knows one basis
per sheet.
"""

from . import cnil_words
from .cnil_read import parse_date
from .grid import Grid, fold, get_cell_name, simplify, unfold
from .issue import Issue
from .retention import read_line, write_lines
from .sheet import (
    BASES_FR,
    Found,
    Reading,
    add_detail,
    find_basis,
    new_sheet,
    read_purpose,
    write_purpose,
)

FORMAT = "madis"
YES, NO = "Oui", "Non"
_PEOPLE = "Détails - Personnes concernées - "
_SAFE = "Mesures de sécurité et confidentialité - "
_FLAG = "Traitement spécifique - "
_DELAY = "Détails - Délai de conservation - "
_COMMENT = " - Commentaire"
# Our category of persons → the box of Madis.
PEOPLE = {
    "customer": "Particuliers",
    "visitor": "Internautes",
    "employee": "Salariés",
    "elected": "Élus",
    "contact": "Professionnels",
    "contractor": "Partenaires",
    "user": "Usagers",
    "other": "Autres",
}
_PEOPLE_CODES = {
    "Particuliers": "customer",
    "Internautes": "visitor",
    "Salariés": "employee",
    "Élus": "other",
    "Professionnels": "contact",
    "Partenaires": "contractor",
    "Usagers": "customer",
    "Autres": "other",
}
# Kind of measure of the CNIL → the box of Madis.
_MEASURES = {
    "Contrôle d'accès des utilisateurs": "Contrôle d'accès",
    "Mesures de traçabilité": "Traçabilité",
    "Sauvegarde des données": "Sauvegarde",
    "Mesures de protection des logiciels": "Mise à jour",
}
MEASURE_BOXES = (*_MEASURES.values(), "Autres")
FLAGS = {
    "dpia_monitoring": "Surveillance systématique",
    "dpia_large_scale": "Collecte à large échelle",
    "dpia_vulnerable": "Personnes vulnérables",
    "dpia_matching": "Croisement de données",
    "dpia_scoring": "Évaluation ou notation",
    "dpia_automated": "Décisions automatisées avec effet",
    "dpia_exclusion": "Exclusion automatique d'un service",
    "dpia_innovative": "Usage innovant",
}
ROLES = {
    "controller": "Responsable de traitement",
    "processor": "Sous-traitant",
}
_ROLE_CODES = {
    "responsable de traitement": "controller",
    "responsable du traitement": "controller",
    "sous traitant": "processor",
}
# Words of the data categories of Madis → ours.
_DATA = {
    "etat civil": "identity",
    "identite": "identity",
    "filiation": "other",
    "situation familiale": "other",
    "coordonnees postales": "address",
    "adresse postale": "address",
    "coordonnees telephoniques": "contact",
    "telephone": "contact",
    "e mail": "contact",
    "email": "contact",
    "adresse email": "contact",
    "information bancaire": "bank",
    "informations bancaires": "bank",
    "situation bancaire": "bank",
    "patrimoine": "payment",
    "situation fiscale": "payment",
    "revenus": "payment",
    "adresse ip": "technical",
    "donnees de connexion": "technical",
    "connexion": "technical",
    "geolocalisation": "location",
    "images": "image",
    "photographies": "image",
    "sante": "sensitive",
    "donnees de sante": "sensitive",
    "numero de securite sociale": "sensitive",
    "appartenance syndicale": "sensitive",
    "opinion publique ou religieuse": "sensitive",
    "origine raciale ou ethnique": "sensitive",
    "vie sexuelle": "sensitive",
}
_ENDS = {
    "delete": "Destruction",
    "anonymize": "Tri",
    "archive": "Conservation",
    "review": "Inconnu",
}
_REFERENCE = "Référence : "

HEADERS = (
    "Nom",
    "Structure - Nom",
    "Structure - SIREN",
    "Structure - Code INSEE",
    "En tant que",
    "Coordonnées du responsable de traitement",
    "Finalités",
    "Gestionnaire",
    "État",
    "Base légale",
    "Justification de la base légale",
    "Observations",
    "Registre public",
    "Est exempté d'AIPD",
    "Préconisations",
    "Catégorie de données",
    "Catégorie des données - Autres catégories",
    "Destination - Catégorie de destinataires",
    "Destination - Sous-traitants",
    "Historique - Créateur",
    "Historique - Date de création",
    "Historique - Dernière mise à jour",
    *(
        f"{_PEOPLE}{label}{suffix}"
        for label in PEOPLE.values()
        for suffix in ("", _COMMENT)
    ),
    "Détails - Nombre de personnes concernées",
    "Détails - Logiciels et supports",
    "Détails - Traitement papier",
    f"{_DELAY}Durée",
    f"{_DELAY}Nom",
    f"{_DELAY}Sort final",
    "Détails - Origine des données",
    "Détails - Moyens de la collecte",
    *(
        f"{_SAFE}{label}{suffix}"
        for label in MEASURE_BOXES
        for suffix in ("", _COMMENT)
    ),
    f"{_SAFE}A tout moment il est possible de ressortir les personnes habilitées",
    f"{_SAFE}La personne ou la procédure qui permet d’ouvrir des comptes est "
    "clairement identifiée",
    f"{_SAFE}Les spécificités de sensibilisation liées à ce traitement sont délivrées",
    *(f"{_FLAG}{label}" for label in FLAGS.values()),
)
# Words of older versions of Madis → those of today.
_OLDER = {
    "logiciel": "Détails - Logiciels et supports",
    "details logiciel": "Détails - Logiciels et supports",
    "details nombre de concernees": "Détails - Nombre de personnes concernées",
    "details personnes concernees agents": f"{_PEOPLE}Salariés",
    "details personnes concernees entreprises": f"{_PEOPLE}Professionnels",
    "statut": "État",
    "details delai de conservation nombre": f"{_DELAY}Durée",
    "details delai de conservation commentaire": f"{_DELAY}Nom",
    "details sort final": f"{_DELAY}Sort final",
}


# === WRITE === #


def write(document):
    """Return the one grid of the file."""
    grid = Grid("Madis", [list(HEADERS)], {0})
    for sheet in document["sheets"]:
        values = _write_row(document, sheet)
        grid.rows.append([values.get(header, "") for header in HEADERS])
    return grid


def _write_row(document, sheet):
    controller = document["actors"]["controller"]
    bases = list(dict.fromkeys(p["basis"] for p in sheet["purposes"]))
    purposes = fold([write_purpose(purpose) for purpose in sheet["purposes"]])
    return {
        "Nom": sheet["name"],
        "Structure - Nom": controller.get("name", ""),
        "Structure - SIREN": controller.get("number", ""),
        "En tant que": ROLES[sheet["role"]],
        "Coordonnées du responsable de traitement": fold(sheet["served_controllers"]),
        "Finalités": "\n\n".join(filter(None, (sheet["objective"], purposes))),
        "Gestionnaire": sheet["responsible"],
        "État": "Inactif" if sheet.get("state") == "archived" else "Actif",
        "Base légale": " - ".join(BASES_FR[basis] for basis in bases if basis),
        "Justification de la base légale": fold(
            [p["legal_reference"] or p["interest"] for p in sheet["purposes"]]
            if len(sheet["purposes"]) == 1
            else []
        ),
        "Observations": _write_note(sheet),
        "Registre public": NO,
        "Est exempté d'AIPD": YES if len(sheet["dpia"]["criteria"]) < 2 else NO,
        "Catégorie de données": " - ".join(line["name"] for line in sheet["data"]),
        "Catégorie des données - Autres catégories": sheet["data_detail"],
        "Destination - Catégorie de destinataires": fold(
            [recipient["name"] for recipient in sheet["recipients"]]
        ),
        "Destination - Sous-traitants": " - ".join(
            processor["name"] for processor in sheet["processors"]
        ),
        "Historique - Date de création": sheet.get("created", ""),
        "Historique - Dernière mise à jour": sheet.get("updated", ""),
        "Détails - Nombre de personnes concernées": str(sheet["person_count"] or ""),
        "Détails - Logiciels et supports": sheet["tools"],
        "Détails - Traitement papier": NO,
        "Détails - Origine des données": _write_origin(sheet),
        **_write_people(sheet),
        **_write_delays(sheet),
        **_write_measures(sheet),
        **{
            f"{_FLAG}{label}": YES if code in sheet["dpia"]["criteria"] else NO
            for code, label in FLAGS.items()
        },
    }


def _write_note(sheet):
    lines = [f"{_REFERENCE}{sheet['reference']}", sheet["dpia"]["conclusion"]]
    return "\n".join(line for line in lines if line)


def _write_origin(sheet):
    origin = cnil_words.ORIGINS.get(sheet["origin"], "")
    return " : ".join(filter(None, (origin, sheet["origin_detail"])))


def _write_people(sheet):
    boxes = {label: [] for label in PEOPLE.values()}
    for person in sheet["persons"]:
        boxes[PEOPLE.get(person["code"], "Autres")].append(person["name"])
    values = {}
    for label, names in boxes.items():
        values[f"{_PEOPLE}{label}"] = YES if names else NO
        values[f"{_PEOPLE}{label}{_COMMENT}"] = fold(names)
    return values


def _write_delays(sheet):
    """Write one line per purpose: how long, for whom, what then (Art. 30.1.f)."""
    durations, names, ends = [], [], []
    codes = [line["code"] for line in sheet["data"]]
    for purpose in sheet["purposes"]:
        lines = write_lines(sheet | {"purposes": [purpose]}, codes)
        durations += lines
        names += [purpose["name"] for _line in lines]
        ends += [_ENDS[purpose["end_action"]] for _line in lines]
    return {
        f"{_DELAY}Durée": _number(durations),
        f"{_DELAY}Nom": _number(names),
        f"{_DELAY}Sort final": _number(ends),
    }


def _number(texts):
    """Write several values as Madis does: ``1: …``, ``2: …``."""
    return "\r\n".join(f"{number}: {text}" for number, text in enumerate(texts, 1))


def _write_measures(sheet):
    boxes = {label: [] for label in MEASURE_BOXES}
    for measure in sheet["measures"]:
        kind = cnil_words.MEASURES.get(measure.get("guide_number"))
        state = cnil_words.MEASURE_STATES[measure["state"]]
        boxes[_MEASURES.get(kind, "Autres")].append(f"{measure['name']} ({state})")
    values = {}
    for label, names in boxes.items():
        values[f"{_SAFE}{label}"] = YES if names else NO
        values[f"{_SAFE}{label}{_COMMENT}"] = fold(names)
    return values


# === READ === #


def is_known(grid):
    """Tell whether a table has the headers of Madis."""
    headers = _get_headers(grid)
    return {"Nom", "Finalités", "Base légale"} <= set(headers)


def read(grid, lists):
    """Return what a CSV file of Madis holds."""
    reading = Reading(FORMAT, language="fr")
    headers = _get_headers(grid)
    for row in range(1, len(grid.rows)):
        if not any(cell.strip() for cell in grid.rows[row]):
            continue
        reader = _RowReader(grid, row, headers, lists)
        sheet = reader.read_sheet()
        reading.issues += reader.issues
        if sheet:
            reading.found.append(Found(sheet, get_cell_name(row, headers["Nom"])))
    return reading


def _get_headers(grid):
    """Return ``{header of today: column}``."""
    known = {simplify(header): header for header in HEADERS} | {
        simplify(label): header for label, header in _OLDER.items()
    }
    headers = {}
    for column in range(len(grid.rows[0]) if grid.rows else 0):
        header = known.get(simplify(grid.get(0, column)))
        if header:
            headers.setdefault(header, column)
    return headers


class _RowReader:
    """Reads one row of the file."""

    def __init__(self, grid, row, headers, lists):
        self.grid, self.row, self.headers, self.lists = grid, row, headers, lists
        self.issues = []

    def _get(self, header):
        column = self.headers.get(header)
        return "" if column is None else self.grid.get(self.row, column)

    def _tell(self, code, header, value="", is_error=False):
        column = self.headers.get(header)
        cell = "" if column is None else get_cell_name(self.row, column)
        self.issues.append(Issue(code, self.grid.name, cell, value[:80], is_error))

    def read_sheet(self):
        """Return the sheet, or None without a name."""
        name = self._get("Nom")
        if not name:
            self._tell("no_name", "Nom", is_error=True)
            return None
        sheet = new_sheet(name=name, responsible=self._get("Gestionnaire"))
        sheet["role"] = _ROLE_CODES.get(
            simplify(self._get("En tant que")), "controller"
        )
        sheet["tools"] = self._get("Détails - Logiciels et supports")
        sheet["data_detail"] = self._get("Catégorie des données - Autres catégories")
        sheet["served_controllers"] = (
            unfold(self._get("Coordonnées du responsable de traitement"))
            if sheet["role"] == "processor"
            else []
        )
        self._read_note(sheet)
        self._read_purposes(sheet)
        self._read_data(sheet)
        self._read_delays(sheet)
        self._read_persons(sheet)
        self._read_recipients(sheet)
        self._read_measures(sheet)
        self._read_rest(sheet)
        return sheet

    def _read_note(self, sheet):
        first, _mark, rest = self._get("Observations").partition("\n")
        if first.startswith(_REFERENCE):
            sheet["reference"] = first.removeprefix(_REFERENCE).strip()
            first = ""
        note = "\n".join(filter(None, (first.strip(), rest.strip())))
        sheet["dpia"]["conclusion"] = note

    def _read_purposes(self, sheet):
        objective, texts = self._split_goals()
        sheet["objective"] = objective
        basis = find_basis(self._get("Base légale"))
        for text in texts or [objective.split("\n")[0][:120] or sheet["name"]]:
            purpose = read_purpose(text)
            if not purpose["basis"]:
                purpose["basis"] = basis
                self._read_justification(purpose)
            if not purpose["basis"]:
                self._tell("no_basis", "Base légale", purpose["name"])
            sheet["purposes"].append(purpose)

    def _split_goals(self):
        """Return the main objective and the purposes written as lines under it."""
        goals = self._get("Finalités").replace("\r\n", "\n")
        objective, _mark, lines = goals.partition("\n\n")
        if lines:
            return objective.strip(), unfold(lines)
        if goals.startswith("•"):
            return "", unfold(goals)
        if " — base légale : " in goals:
            return "", [goals]
        return goals, []

    def _read_justification(self, purpose):
        text = self._get("Justification de la base légale")
        if purpose["basis"] == "legitimate_interest":
            purpose["interest"] = text
        elif text:
            purpose["legal_reference"] = text

    def _read_data(self, sheet):
        codes = []
        for text in self._get("Catégorie de données").split(" - "):
            if not text.strip():
                continue
            code = self.lists.get_data(text) or _DATA.get(simplify(text))
            if code:
                codes.append(code)
            else:
                self._tell("data_as_text", "Catégorie de données", text)
                add_detail(sheet, text)
        self.codes = list(dict.fromkeys(codes))

    def _read_delays(self, sheet):
        given = False
        unread = []
        for line in _split_numbers(self._get(f"{_DELAY}Durée")):
            if read_line(line, sheet, self.codes, self.lists):
                given = True
            else:
                unread.append(line)
        if not given:
            for purpose in sheet["purposes"]:
                purpose["data"] = list(self.codes)
        if unread:
            names = _split_numbers(self._get(f"{_DELAY}Nom"))
            text = "; ".join([*unread, *(name for name in names if not given)])
            self._tell("period_as_text", f"{_DELAY}Durée", text)
            add_detail(sheet, f"Délai de conservation : {text}")

    def _read_persons(self, sheet):
        for label, code in _PEOPLE_CODES.items():
            if simplify(self._get(f"{_PEOPLE}{label}")) not in ("oui", "yes", "1"):
                continue
            for name in unfold(self._get(f"{_PEOPLE}{label}{_COMMENT}")) or [label]:
                known = self.lists.get_person(name)
                if not known and name != label:
                    add_detail(sheet, f"{label} : {name}")
                person = {"code": known or code, "name": name}
                if person not in sheet["persons"]:
                    sheet["persons"].append(person)

    def _read_recipients(self, sheet):
        for name in unfold(self._get("Destination - Catégorie de destinataires")):
            sheet["recipients"].append({"name": name, "kind": "other"})
        for name in self._get("Destination - Sous-traitants").split(" - "):
            if name.strip():
                sheet["processors"].append({"name": name.strip(), "service": ""})

    def _read_measures(self, sheet):
        states = {text: code for code, text in cnil_words.MEASURE_STATES.items()}
        for label in MEASURE_BOXES:
            if simplify(self._get(f"{_SAFE}{label}")) not in ("oui", "yes", "1"):
                continue
            for text in unfold(self._get(f"{_SAFE}{label}{_COMMENT}")) or [label]:
                name, _mark, state = text.removesuffix(")").rpartition(" (")
                code = states.get(state) if name else None
                sheet["measures"].append(
                    {"name": name if code else text, "state": code or "applied"}
                )

    def _read_rest(self, sheet):
        count = self._get("Détails - Nombre de personnes concernées")
        if count.isdigit():
            sheet["person_count"] = min(int(count), 2**31 - 1)
        origin = self._get("Détails - Origine des données")
        codes = {text: code for code, text in cnil_words.ORIGINS.items()}
        for text, code in codes.items():
            if origin == text or origin.startswith(f"{text} : "):
                sheet["origin"] = code
                origin = origin.removeprefix(text).removeprefix(" : ")
        sheet["origin_detail"] = origin
        sheet["dpia"]["criteria"] = [
            code
            for code, label in FLAGS.items()
            if simplify(self._get(f"{_FLAG}{label}")) in ("oui", "yes", "1")
        ]
        created = parse_date(self._get("Historique - Date de création"))
        if created:
            sheet["created"] = created


def _split_numbers(text):
    """Return the values that :func:`_number` wrote; one value may have no number."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    values = []
    for number, line in enumerate(lines, 1):
        head = f"{number}: "
        values.append(line.removeprefix(head))
    return values
