"""Write the register in the structure of the simplified register of the CNIL.

The workbook has room for one main purpose and five others, two categories of persons,
four recipients, three measures and four transfers. What is more goes, one line each,
into the "précisions" of the last row; the legal basis, for which there is no column,
stands behind each purpose. Labels stay word for word and in their order.
"""

from . import cnil_words as words
from .grid import Grid, fold, simplify
from .retention import write_lines
from .sheet import write_purpose

PURPOSES, PERSONS, RECIPIENTS, MEASURES, TRANSFERS = 5, 2, 4, 3, 4


def write(document):
    """Return the grids of the workbook: the list, one sheet each, the lists."""
    return [
        _write_list(document),
        *(_write_sheet(sheet) for sheet in document["sheets"]),
        _write_lists(),
    ]


# === LIST OF THE SHEETS === #


def _write_list(document):
    outside = (
        "(responsable de traitement ou son représentant si le responsable est situé "
        "en dehors de l’UE)"
    )
    actors = document["actors"]
    grid = Grid(words.LIST_NAME)
    grid.rows += _write_person(
        f"Coordonnées du responsable de l’organisme\n{outside}", actors["controller"]
    )
    grid.rows += _write_person(
        f"Coordonnées du représentant\n{outside}", actors["representative"]
    )
    grid.rows += _write_dpo(actors)
    grid.rows += [
        [
            "Identification du traitement",
            *[""] * 3,
            "Finalité du traitement",
            *[""] * 2,
            "Données sensibles ?",
        ],
        [
            words.NAME,
            words.REFERENCE,
            "Date de création de la fiche",
            "Dernière mise à jour de la fiche",
            *[""] * 3,
            "Oui/non",
        ],
    ]
    grid.heads = {6, 7}
    grid.rows += [
        [
            sheet["name"],
            sheet["reference"],
            _get_french_date(sheet.get("created")),
            _get_french_date(sheet.get("updated")),
            ", ".join(purpose["name"] for purpose in sheet["purposes"]),
            *[""] * 2,
            "Oui" if sheet["sensitive"].get("present") else "Non",
        ]
        for sheet in document["sheets"]
    ]
    return grid


def _write_person(label, actor):
    return [
        [
            label,
            "Nom :",
            actor.get("name", ""),
            "Prénom :",
            "",
            "Adresse :",
            actor.get("street", ""),
            "Adresse mél :",
            actor.get("email", ""),
        ],
        [
            "",
            "Code postal :",
            actor.get("zip", ""),
            "Ville :",
            actor.get("city", ""),
            "Téléphone :",
            actor.get("phone", ""),
        ],
    ]


def _write_dpo(actors):
    dpo, company = actors["dpo"], actors["dpo_company"]
    return [
        [
            "Coordonnées du délégué à la protection des données (DPO)",
            "Nom :",
            dpo.get("name", ""),
            "Prénom :",
            "",
            "Société (si DPO externe) :",
            company.get("name", ""),
            "Adresse :",
            dpo.get("street", ""),
        ],
        [
            "",
            "Code postal :",
            dpo.get("zip", ""),
            "Ville :",
            dpo.get("city", ""),
            "Téléphone :",
            dpo.get("phone", ""),
            "Adresse mél :",
            dpo.get("email", ""),
        ],
    ]


# === ONE SHEET === #


def _write_sheet(sheet):
    grid = Grid(f"{sheet['reference']} {sheet['name']}".strip()[:31])
    _add(grid, [words.SHEET_TITLE, *[""] * 6, sheet["reference"]], head=True)
    _add(grid, [""])
    _add(grid, [words.HEADS["description"], *[""] * 7], head=True)
    _add(grid, [words.NAME, sheet["name"]])
    _add(grid, [words.REFERENCE, sheet["reference"]])
    _add(grid, [words.CREATED, _get_french_date(sheet["date_start"])])
    _add(grid, [words.UPDATED, _get_french_date(sheet.get("updated"))])
    _add(grid, [""])
    _write_actors(grid, sheet)
    _write_purposes(grid, sheet)
    _write_data(grid, sheet)
    _write_persons(grid, sheet)
    _write_recipients(grid, sheet)
    _write_measures(grid, sheet)
    _write_transfers(grid, sheet)
    _write_extra(grid, sheet)
    return grid


def _add(grid, row, head=False):
    if head:
        grid.heads.add(len(grid.rows))
    grid.rows.append(row)


def _write_actors(grid, sheet):
    _add(grid, list(words.ACTOR_HEAD), head=True)
    for key, label in words.ACTORS:
        actor = sheet["actors"].get(key) or {}
        _add(grid, [label, *(actor.get(name, "") for name in words.ACTOR_FIELDS)])
    _add(grid, [words.JOINT, fold(sheet["joint_controllers"])])
    _add(grid, [""])


def _write_purposes(grid, sheet):
    _add(grid, [words.HEADS["purposes"], *[""] * 7], head=True)
    _add(grid, [words.MAIN, sheet["objective"]])
    texts = [write_purpose(purpose) for purpose in sheet["purposes"]]
    texts = [*texts[: PURPOSES - 1], fold(texts[PURPOSES - 1 :])]
    for number in range(PURPOSES):
        text = texts[number] if number < len(texts) else ""
        _add(grid, [f"Sous-finalité {number + 1}", text])
    _add(grid, [""])


def _write_data(grid, sheet):
    _add(grid, _get_head("data", "Description", "Durée de conservation"), head=True)
    codes = [line["code"] for line in sheet["data"]]
    mapped = {code for _label, row in words.DATA_ROWS for code in row}
    for label, row in words.DATA_ROWS:
        held = [code for code in codes if code in row]
        if "other" in row:
            # A category that the company added has no row of its own.
            held += [c for c in codes if c not in mapped and c != "sensitive"]
        _add(grid, _get_data_row(sheet, label, held))
    _add(grid, [""])
    _add(
        grid, _get_head("sensitive", "Description", "Durée de conservation"), head=True
    )
    kinds = _get_sensitive_kinds(sheet) if "sensitive" in codes else set()
    for label, _marks in words.SENSITIVE_ROWS:
        _add(grid, _get_data_row(sheet, label, ["sensitive"] if label in kinds else []))
    _add(grid, [""])


def _get_data_row(sheet, label, codes):
    names = {line["code"]: line["name"] for line in sheet["data"]}
    if not codes:
        return [label]
    text = ", ".join(names[code] for code in codes)
    return [label, text, "", "", fold(write_lines(sheet, codes))]


def _get_sensitive_kinds(sheet):
    """Return the rows that the details of the sheet name; the first when none is."""
    text = simplify(f"{sheet['data_detail']} {sheet['sensitive'].get('reason', '')}")
    named = {
        label
        for label, marks in words.SENSITIVE_ROWS
        if any(mark in text for mark in marks)
    }
    return named or {label for label, _marks in words.SENSITIVE_ROWS}


def _write_persons(grid, sheet):
    _add(grid, _get_head("persons", "Description", "Précisions"), head=True)
    rows = [
        (words.PERSONS.get(person["code"], words.OTHER_PERSONS), person["name"])
        for person in sheet["persons"]
    ]
    rows = _fold_rows(rows, PERSONS, words.OTHER_PERSONS)
    _add_pairs(grid, "Catégorie de personnes", rows, PERSONS)


def _write_recipients(grid, sheet):
    _add(grid, _get_head("recipients", "Type de destinataire", "Précisions"), head=True)
    rows = [
        (
            words.RECIPIENTS[recipient["kind"]],
            recipient["name"]
            + (words.AUTHORITY if recipient["kind"] == "authority" else ""),
        )
        for recipient in sheet["recipients"]
    ]
    rows += [
        (
            words.RECIPIENTS["processor"],
            words.PROCESSOR + " — ".join(filter(None, (p["name"], p["service"]))),
        )
        for p in sheet["processors"]
    ]
    rows = _group_rows(rows)
    _add_pairs(
        grid,
        "Destinataire",
        _fold_rows(rows, RECIPIENTS, words.RECIPIENTS["other"]),
        RECIPIENTS,
    )


def _write_measures(grid, sheet):
    head = _get_head("measures", "Type de mesure de sécurité", "Précisions")
    _add(grid, head, head=True)
    rows = [
        (
            words.MEASURES.get(measure.get("guide_number"), words.OTHER_MEASURES),
            f"{measure['name']} ({words.MEASURE_STATES[measure['state']]})",
        )
        for measure in sheet["measures"]
    ]
    rows = _fold_rows(_group_rows(rows), MEASURES, words.OTHER_MEASURES)
    _add_pairs(grid, "Mesure de sécurité", rows, MEASURES)


def _write_transfers(grid, sheet):
    _add(
        grid,
        [
            words.HEADS["transfers"],
            "Destinataire",
            "Pays",
            "Type de Garanties",
            "",
            "Liens vers la documentation",
            *[""] * 2,
        ],
        head=True,
    )
    rows = [
        [
            line["name"],
            line["country_name"],
            words.SAFEGUARDS.get(line["safeguard"], ""),
            line["document"],
        ]
        for line in sheet["transfers"]
    ]
    last = rows[TRANSFERS - 1 :]
    if len(last) > 1:
        columns = [
            fold([value or "-" for value in column])
            for column in zip(*last, strict=True)
        ]
        rows = [*rows[: TRANSFERS - 1], columns]
    for number in range(TRANSFERS):
        row = rows[number] if number < len(rows) else [""] * 4
        name, country, safeguard, document = row
        label = f"Organisme destinataire {number + 1}"
        _add(grid, [label, name, country, safeguard, "", document])
    _add(grid, [""])


def _write_extra(grid, sheet):
    _add(grid, [words.HEADS["extra"], *[""] * 7], head=True)
    sensitive, dpia = sheet["sensitive"], sheet["dpia"]
    values = {
        "role": words.ROLES[sheet["role"]],
        "served": fold(sheet["served_controllers"]),
        "persons": str(sheet["person_count"] or ""),
        "origin": words.ORIGINS.get(sheet["origin"], ""),
        "origin_detail": sheet["origin_detail"],
        "detail": sheet["data_detail"],
        "tools": sheet["tools"],
        "exception": sensitive["exception"],
        "reason": sensitive["reason"],
        "dpia": dpia["conclusion"],
    }
    for key, label in words.EXTRA.items():
        _add(grid, [label, values[key]])


# === ROWS === #


def _get_head(key, second, third):
    return [words.HEADS[key], second, "", "", third, *[""] * 3]


def _add_pairs(grid, label, rows, room):
    for number in range(room):
        kind, text = rows[number] if number < len(rows) else ("", "")
        _add(grid, [f"{label} {number + 1}", kind, "", "", text])
    _add(grid, [""])


def _group_rows(rows):
    """Put together what is of one kind: one row each, its names as lines."""
    kinds = {}
    for kind, text in rows:
        kinds.setdefault(kind, []).append(text)
    return [(kind, fold(texts)) for kind, texts in kinds.items()]


def _fold_rows(rows, room, other):
    """Put what has no room left into the last row, each with its kind."""
    if len(rows) <= room:
        return rows
    kept, surplus = rows[: room - 1], rows[room - 1 :]
    lines = []
    for kind, text in surplus:
        for line in text.split("\n"):
            line = line.removeprefix("• ")
            lines.append(line if kind == other else f"{kind} : {line}")
    return [*kept, (other, fold(lines))]


def _get_french_date(text):
    """Return an ISO date as the French write it."""
    if not text:
        return ""
    year, month, day = text[:10].split("-")
    return f"{day}/{month}/{year}"


def _write_lists():
    """Return the lists, in the columns where the workbook of the CNIL has them.

    Its list of countries is left out: it is older than half of the decisions.
    """
    columns = {
        0: ("Garanties", *words.SAFEGUARDS.values()),
        5: ("Catégories de personnes", *words.PERSON_LIST),
        7: ("Destinataires", *dict.fromkeys(words.RECIPIENTS.values())),
        9: ("Mesures de sécurité techniques", *words.MEASURE_LIST),
    }
    height = max(len(values) for values in columns.values())
    grid = Grid(words.LISTS_NAME, heads={0})
    grid.rows = [[""] * 10 for _number in range(height)]
    for column, values in columns.items():
        for number, value in enumerate(values):
            grid.rows[number][column] = value
    return grid
