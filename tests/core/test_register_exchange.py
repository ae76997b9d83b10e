"""Out and in again, format by format, as far as each format holds the register."""

import io
import json
import zipfile

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from odf import teletype
from odf.opendocument import load as load_ods
from odf.table import Table, TableCell, TableRow
from odf.text import P

from odoo.addons.rgpd_fichier_client.core.register.exchange import (
    cnil_words,
    document,
    files,
    grid,
    ods,
    phrase,
    xlsx,
)
from odoo.addons.rgpd_fichier_client.core.register.exchange.retention import write_lines
from odoo.addons.rgpd_fichier_client.core.register.exchange.sheet import new_purpose

from .exchange_sheets import DATA, LISTS, make_register, make_sheet

TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
FORMULAS = ("=cmd|' /C calc'!A0", "+1+cmd", "-1+cmd", "@SUM(A1)", "\t=1+1", " =1+1")


def there_and_back(kind, *sheets):
    data, _extension = files.write(kind, make_register(*sheets), "fr")
    return files.read(data, LISTS)


def names(lines):
    return sorted(line["name"] for line in lines)


def rules(purpose):
    keys = ("start_event", "active", "archive", "end_action")
    return {key: purpose[key] for key in keys}


# === JSON: EVERYTHING === #


def test_json_gives_everything_back():
    sheet = make_sheet()
    reading = there_and_back("json", sheet)
    assert reading.issues == []
    assert reading.language == "fr_FR"
    assert reading.found[0].sheet == sheet


def test_every_value_of_the_sheet_is_in_the_published_schema():
    schema = json.loads(document.SCHEMA_PATH.read_text(encoding="utf-8"))
    described = set(schema["$defs"]["sheet"]["properties"])
    assert set(make_sheet()) <= described


@pytest.mark.parametrize(
    ("change", "path", "code"),
    [
        ({"name": ""}, "name", "bad_value"),
        ({"role": "owner"}, "role", "bad_code"),
        ({"person_count": "many"}, "person_count", "bad_type"),
        ({"person_count": True}, "person_count", "bad_type"),
        ({"person_count": -1}, "person_count", "bad_value"),
        ({"date_start": "31/01/2020"}, "date_start", "bad_day"),
        ({"purposes": [{"basis": "contract"}]}, "purposes[0].name", "missing_key"),
        (
            {"purposes": [{"name": "A", "active": [1]}]},
            "purposes[0].active",
            "bad_length",
        ),
        (
            {"purposes": [{"name": "A", "active": [1, "week"]}]},
            "purposes[0].active[1]",
            "bad_code",
        ),
    ],
)
def test_json_that_the_schema_refuses_names_the_place(change, path, code):
    sheet = make_sheet(**change)
    reading = there_and_back("json", make_sheet(), sheet)
    assert [found.place for found in reading.found] == ["sheets[0]"]
    (issue,) = reading.issues
    assert (issue.sheet, issue.cell, issue.code) == ("sheets[1]", path, code)
    assert reading.titles["sheets[1]"] == " ".join(
        filter(None, (sheet["reference"], sheet["name"]))
    )
    assert issue.is_error


def test_json_with_the_name_alone_is_completed():
    data = {"format": "rgpd-register/1", "sheets": [{"name": "Seule"}]}
    reading = files.read(json.dumps(data).encode(), LISTS)
    sheet = reading.found[0].sheet
    assert sheet["role"] == "controller"
    assert sheet["purposes"] == []


# === CNIL: ODS AND XLSX === #


@pytest.mark.parametrize("kind", ["ods", "xlsx"])
def test_the_cnil_workbook_gives_back_what_it_holds(kind):
    sheet = make_sheet()
    reading = there_and_back(kind, sheet)
    assert reading.issues == []
    assert reading.format == "cnil"
    (found,) = reading.found
    back = found.sheet
    for key in (
        "name",
        "reference",
        "role",
        "objective",
        "date_start",
        "joint_controllers",
        "origin",
        "origin_detail",
        "data_detail",
        "tools",
        "person_count",
    ):
        assert back[key] == sheet[key], key
    assert back["dpia"]["conclusion"] == sheet["dpia"]["conclusion"]
    assert names(back["persons"]) == names(sheet["persons"])
    assert {p["code"] for p in back["persons"]} == {p["code"] for p in sheet["persons"]}
    assert sorted(back["recipients"], key=str) == sorted(sheet["recipients"], key=str)
    assert [p["name"] for p in back["processors"]] == ["Nuage Exemple"]
    assert [p["service"] for p in back["processors"]] == ["Hébergement"]


@pytest.mark.parametrize("kind", ["ods", "xlsx"])
def test_the_cnil_workbook_gives_back_every_purpose_with_basis_and_period(kind):
    sheet = make_sheet()
    back = there_and_back(kind, sheet).found[0].sheet
    assert len(back["purposes"]) == 7
    for before, after in zip(sheet["purposes"], back["purposes"], strict=True):
        for key in ("name", "basis", "legal_reference", "interest"):
            assert after[key] == before[key], key
        assert sorted(after["data"]) == sorted(before["data"]), before["name"]
        assert rules(after) == rules(before)
    (rule,) = back["purposes"][0]["rules"]
    assert rule["name"] == "Carte bancaire"
    assert rule["active"] == [13, "month"]


@pytest.mark.parametrize("kind", ["ods", "xlsx"])
def test_the_cnil_workbook_gives_back_measures_and_transfers(kind):
    sheet = make_sheet()
    back = there_and_back(kind, sheet).found[0].sheet
    assert {m["name"]: m["state"] for m in back["measures"]} == {
        m["name"]: m["state"] for m in sheet["measures"]
    }
    keys = ("name", "country_name", "safeguard", "document")
    assert [[line[key] for key in keys] for line in back["transfers"]] == [
        [line[key] for key in keys] for line in sheet["transfers"]
    ]


def read_ods_alone(data):
    """Read a spreadsheet with no code of ours: ``{sheet: [[text, …], …]}``."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.infolist()[0].filename == "mimetype"
        assert archive.infolist()[0].compress_type == zipfile.ZIP_STORED
        root = etree.fromstring(archive.read("content.xml"))
    return {
        table.get(f"{TABLE}name"): [
            [
                "\n".join("".join(p.itertext()) for p in cell.iter(f"{TEXT}p"))
                for cell in row.iter(f"{TABLE}table-cell")
            ]
            for row in table.iter(f"{TABLE}table-row")
        ]
        for table in root.iter(f"{TABLE}table")
    }


# Number of the row → column → label in the sheet to fill in of the simplified register
# of the CNIL, edition of 2019. All of its labels; its advice and links are left out.
PLACES = {
    3: {0: "Description du traitement "},
    4: {0: "Nom du traitement"},
    5: {0: "N° / RÉF"},
    6: {0: "Date de création du traitement"},
    7: {0: "Mise à jour du traitement"},
    9: {
        0: "Acteurs",
        1: "Nom",
        2: "Adresse",
        3: "Code Postal",
        4: "Ville",
        5: "Pays",
        6: "Téléphone",
        7: "Adresse mél",
    },
    10: {0: "Responsable du traitement"},
    11: {0: "Délégué à la protection des données"},
    12: {0: "Société du DPO (si celui-ci est externe)"},
    13: {0: "Représentant"},
    14: {0: "Responsable(s) conjoint(s)"},
    16: {0: "Finalité(s) du traitement effectué"},
    17: {0: "Finalité principale"},
    **{17 + number: {0: f"Sous-finalité {number}"} for number in range(1, 6)},
    24: {
        0: "Catégories de données personnelles concernées",
        1: "Description",
        4: "Durée de conservation",
    },
    25: {0: "État civil, identité, données d'identification, images…"},
    26: {0: "Vie personnelle (habitudes de vie, situation familiale, etc.)"},
    27: {
        0: "Informations d'ordre économique et financier (revenus, situation "
        "financière, situation fiscale, etc.)"
    },
    28: {0: "Données de connexion (adress IP, logs, etc.)"},
    29: {0: "Données de localisation (déplacements, données GPS, GSM, etc.)"},
    30: {0: "Numéro de Sécurité Sociale (ou NIR)"},
    32: {0: "Données sensibles", 1: "Description", 4: "Durée de conservation"},
    33: {0: "Données révélant l'origine raciale ou ethnique"},
    34: {0: "Données révélant les opinions politiques"},
    35: {0: "Données révélant les convictions religieuses ou philosophiques"},
    36: {0: "Données révélant l'appartenance syndicale"},
    37: {0: "Données génétiques"},
    38: {
        0: "Données biométriques aux fins d'identifier une personne physique de "
        "manière unique"
    },
    39: {0: "Données concernant la santé"},
    40: {0: "Données concernant la vie sexuelle ou l'orientation sexuelle"},
    41: {0: "Données relatives à des condamnations pénales ou infractions"},
    43: {0: "Catégories de personnes concernées", 1: "Description", 4: "Précisions"},
    44: {0: "Catégorie de personnes 1"},
    45: {0: "Catégorie de personnes 2"},
    47: {0: "Destinataires", 1: "Type de destinataire", 4: "Précisions"},
    **{47 + number: {0: f"Destinataire {number}"} for number in range(1, 5)},
    53: {0: "Mesures de sécurité", 1: "Type de mesure de sécurité", 4: "Précisions"},
    **{53 + number: {0: f"Mesure de sécurité {number}"} for number in range(1, 4)},
    58: {
        0: "Transferts hors UE",
        1: "Destinataire",
        2: "Pays",
        3: "Type de Garanties",
        5: "Liens vers la documentation",
    },
    **{58 + number: {0: f"Organisme destinataire {number}"} for number in range(1, 5)},
}
# The same for its list of the sheets; the second line of a label is explanation.
LIST_PLACES = {
    1: {
        0: "Coordonnées du responsable de l’organisme",
        1: "Nom :",
        3: "Prénom :",
        5: "Adresse :",
        7: "Adresse mél :",
    },
    2: {1: "Code postal :", 3: "Ville :", 5: "Téléphone :"},
    3: {
        0: "Coordonnées du représentant",
        1: "Nom :",
        3: "Prénom :",
        5: "Adresse :",
        7: "Adresse mél :",
    },
    4: {1: "Code postal :", 3: "Ville :", 5: "Téléphone :"},
    5: {
        0: "Coordonnées du délégué à la protection des données (DPO)",
        1: "Nom :",
        3: "Prénom :",
        5: "Société (si DPO externe) :",
        7: "Adresse :",
    },
    6: {1: "Code postal :", 3: "Ville :", 5: "Téléphone :", 7: "Adresse mél :"},
    7: {
        0: "Identification du traitement",
        4: "Finalité du traitement",
        7: "Données sensibles ?",
    },
    8: {
        0: "Nom du traitement",
        1: "N° / RÉF",
        2: "Date de création de la fiche",
        3: "Dernière mise à jour de la fiche",
        7: "Oui/non",
    },
}


def read_with_odfpy(data):
    """Read a spreadsheet with the library of OpenDocument, cells repeated or not."""
    tables = {}
    for table in load_ods(io.BytesIO(data)).getElementsByType(Table):
        rows = []
        for row in table.getElementsByType(TableRow):
            cells = []
            for cell in row.getElementsByType(TableCell):
                text = "\n".join(
                    teletype.extractText(part) for part in cell.getElementsByType(P)
                )
                cells += [text] * int(cell.getAttribute("numbercolumnsrepeated") or 1)
            rows.append(cells)
        tables[table.getAttribute("name")] = rows
    return tables


@pytest.mark.parametrize("read", [read_ods_alone, read_with_odfpy])
@pytest.mark.parametrize("sheet", [make_sheet(), make_sheet(purposes=[], persons=[])])
def test_an_independent_reader_finds_every_label_of_the_model(read, sheet):
    tables = read(files.write("ods", make_register(sheet))[0])
    sheet_rows = tables["RT-001 Commandes et livraisons"[:31]]
    list_rows = tables["2_-_Liste_des_traitements"]
    for rows, places in ((sheet_rows, PLACES), (list_rows, LIST_PLACES)):
        for number, labels in places.items():
            for column, label in labels.items():
                found = rows[number - 1][column]
                if places is LIST_PLACES and column == 0:
                    found = found.split("\n")[0]
                assert found == label, (number, column)


@pytest.mark.parametrize("sheet", [make_sheet(), make_sheet(purposes=[], persons=[])])
def test_an_independent_reader_finds_each_label_in_its_place(sheet):
    data, extension = files.write("ods", make_register(sheet))
    assert extension == "ods"
    tables = read_ods_alone(data)
    assert list(tables) == [
        "2_-_Liste_des_traitements",
        "RT-001 Commandes et livraisons"[:31],
        "5_-_Listes",
    ]
    rows = tables["RT-001 Commandes et livraisons"[:31]]
    assert rows[3][1] == "Commandes et livraisons"
    assert rows[23][4] == "Durée de conservation"
    assert rows[42][4] == "Précisions"
    assert [cell for cell in rows[8] if cell][1:3] == ["Nom", "Adresse"]
    assert rows[9][1] == "Boutique Exemple"
    listed = tables["2_-_Liste_des_traitements"]
    assert listed[7][0] == "Nom du traitement"
    assert listed[8][:2] == ["Commandes et livraisons", "RT-001"]


def test_each_row_of_sensitive_data_has_its_label():
    rows = read_ods_alone(files.write("ods", make_register())[0])
    rows = rows["RT-001 Commandes et livraisons"[:31]]
    labels = [row[0] for row in rows[32:41]]
    assert labels == [label for label, _marks in cnil_words.SENSITIVE_ROWS]
    labels = [row[0] for row in rows[24:30]]
    assert labels == [label for label, _codes in cnil_words.DATA_ROWS]


def test_orders_are_economic_information_and_not_private_life():
    rows = dict(cnil_words.DATA_ROWS)
    economic = next(codes for label, codes in rows.items() if "économique" in label)
    private = next(codes for label, codes in rows.items() if "Vie personnelle" in label)
    assert "order" in economic and "order" not in private
    # Each category of ours has one place, and the usual one of a row comes first.
    codes = [code for row in rows.values() for code in row]
    assert len(codes) == len(set(codes))
    assert economic[0] == "payment"


def test_the_same_time_is_said_once():
    period = {
        "basis": "contract",
        "data": ["identity"],
        "start_event": "contract_end",
        "archive": [0, "year"],
        "end_action": "delete",
    }
    purposes = [
        new_purpose(name, **period, active=[3, "year"])
        for name in ("Devis", "Commandes", "Relances")
    ]
    purposes[2]["active"] = [5, "year"]
    rule = {
        "name": "Preuve",
        "data": ["identity"],
        "start_event": "payment",
        "active": [0, "year"],
        "archive": [15, "month"],
        "end_action": "delete",
    }
    purposes[0]["rules"], purposes[1]["rules"] = [rule], [dict(rule)]
    data = [{"code": "identity", "name": "Identité", "sensitive": False}]
    sheet = make_sheet(purposes=purposes, data=data)
    lines = write_lines(sheet, ["identity"])
    assert [line.split(" : ")[0] for line in lines] == [
        "« Devis », « Commandes »",
        "Relances",
        "Règle particulière « Preuve » pour « Devis », « Commandes »",
    ]
    (found,) = there_and_back("ods", sheet).found
    periods = {purpose["name"]: purpose for purpose in found.sheet["purposes"]}
    assert periods["Devis"]["active"] == periods["Commandes"]["active"]
    assert periods["Relances"]["active"] == [5, "year"]
    for name in ("Devis", "Commandes"):
        (read,) = periods[name]["rules"]
        assert (read["name"], read["archive"]) == ("Preuve", [15, "month"])
        assert read["start_event"] == "payment"
    assert not periods["Relances"]["rules"]


# === MADIS === #


def test_madis_gives_back_what_it_holds():
    sheet = make_sheet()
    reading = there_and_back("madis", sheet)
    assert reading.issues == []
    assert reading.format == "madis"
    back = reading.found[0].sheet
    for key in (
        "name",
        "reference",
        "role",
        "objective",
        "responsible",
        "data_detail",
        "origin",
        "origin_detail",
        "tools",
        "person_count",
        "dpia",
    ):
        assert back[key] == sheet[key], key
    for key in ("persons", "recipients", "processors", "measures"):
        assert names(back[key]) == names(sheet[key]), key
    for before, after in zip(sheet["purposes"], back["purposes"], strict=True):
        assert after["name"] == before["name"]
        assert after["basis"] == before["basis"]
        assert sorted(after["data"]) == sorted(before["data"])
        assert rules(after) == rules(before)


def test_a_file_of_madis_itself():
    header = (
        "Nom;En tant que;Finalités;Gestionnaire;Base légale;"
        "Justification de la base légale;Catégorie de données;"
        "Détails - Personnes concernées - Agents;"
        "Détails - Délai de conservation - Durée"
    )
    row = (
        "Newsletter;Responsable de traitement;Informer;Service com;Le consentement;"
        "Case à cocher;Email - Couleur préférée;Oui;1: 3 ans"
    )
    reading = files.read(f"{header}\n{row}\n;;Sans nom;;;;;;\n".encode(), LISTS)
    (found,) = reading.found
    sheet = found.sheet
    assert sheet["purposes"][0]["basis"] == "consent"
    assert sheet["purposes"][0]["legal_reference"] == "Case à cocher"
    assert sheet["purposes"][0]["data"] == ["contact"]
    assert sheet["persons"] == [{"code": "employee", "name": "Salariés"}]
    # What has no place is kept, and told with its cell.
    assert "Couleur préférée" in sheet["data_detail"]
    assert "3 ans" in sheet["data_detail"]
    told = {(issue.code, issue.cell) for issue in reading.issues}
    assert told == {("data_as_text", "G2"), ("period_as_text", "I2"), ("no_name", "A3")}


# === CISO ASSISTANT === #


def test_ciso_gives_back_what_it_holds():
    sheet = make_sheet()
    reading = there_and_back("ciso", sheet)
    assert reading.issues == []
    assert reading.format == "ciso"
    back = reading.found[0].sheet
    for key in ("name", "reference", "objective", "tools", "origin_detail"):
        assert back[key] == sheet[key], key
    assert sorted(p["code"] for p in back["persons"]) == sorted(
        p["code"] for p in sheet["persons"]
    )
    for key in ("recipients", "processors", "transfers"):
        assert names(back[key]) == names(sheet[key]), key
    assert {r["name"]: r["kind"] for r in back["recipients"]} == {
        r["name"]: r["kind"] for r in sheet["recipients"]
    }
    for before, after in zip(sheet["purposes"], back["purposes"], strict=True):
        for key in ("name", "basis", "legal_reference", "interest"):
            assert after[key] == before[key], key
        assert sorted(after["data"]) == sorted(before["data"])
        assert rules(after) == rules(before)
    for before, after in zip(sheet["transfers"], back["transfers"], strict=True):
        for key in ("name", "country", "safeguard", "document"):
            assert after[key] == before[key], key


def test_several_sheets_for_ciso_are_one_workbook_each():
    second = make_sheet(name="Factures", reference="RT-002")
    data, extension = files.write("ciso", make_register(make_sheet(), second))
    assert extension == "zip"
    reading = files.read(data, LISTS)
    assert [found.sheet["reference"] for found in reading.found] == ["RT-001", "RT-002"]


def test_ciso_has_its_sheets_and_its_columns():
    data, extension = files.write("ciso", make_register())
    assert extension == "xlsx"
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert book.sheetnames == [
        "Processing",
        "Purposes",
        "Personal data",
        "Data subjects",
        "Data recipients",
        "Contractors",
        "Transfers",
    ]
    head = [cell.value for cell in book["Purposes"][1]]
    assert head == ["name", "description", "legal_basis", "article_9_condition"]
    assert book["Purposes"]["C2"].value == "privacy_contract"


# === FORMULAS === #


@pytest.mark.parametrize("text", FORMULAS)
@pytest.mark.parametrize("kind", ["ods", "xlsx", "madis", "ciso"])
def test_no_cell_is_a_formula_and_the_text_comes_back(kind, text):
    sheet = make_sheet(objective=text, tools=text, reference="RT-9")
    data, _extension = files.write(kind, make_register(sheet), "fr")
    if kind == "ods":
        cells = [
            c for rows in read_ods_alone(data).values() for row in rows for c in row
        ]
        assert b"table:formula" not in zipfile.ZipFile(io.BytesIO(data)).read(
            "content.xml"
        )
    elif kind == "madis":
        text_file = data.decode("utf-8-sig")
        assert f'"{text}' not in text_file
        assert f";{text}" not in text_file
        cells = []
    else:
        book = openpyxl.load_workbook(io.BytesIO(data))
        filled = [c for s in book for row in s.iter_rows() for c in row if c.value]
        assert {cell.data_type for cell in filled} == {"s"}
        cells = [cell.value for cell in filled]
    for cell in cells:
        assert not cell.strip(" ").startswith(("=", "@", "\t", "+1+", "-1+")), cell
    back = files.read(data, LISTS).found[0].sheet
    assert back["tools"].strip() == text.strip()


def test_control_characters_do_not_break_a_workbook():
    for kind in ("ods", "xlsx", "madis", "ciso"):
        back = there_and_back(kind, make_sheet(name="a\x00b\x0bc\x1f"))
        assert back.found[0].sheet["name"] == "abc"


# === SENTENCES === #


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("event", phrase._WORDS["fr"]["events"])
@pytest.mark.parametrize("active", [0, 1, 3])
@pytest.mark.parametrize("archive", [0, 1, 10])
def test_every_period_is_understood_again(lang, event, active, archive):
    for unit in ("day", "month", "year"):
        for end in ("delete", "anonymize", "archive", "review"):
            rule = {
                "start_event": event,
                "active": [active, unit if active else "year"],
                "archive": [archive, unit if archive else "year"],
                "end_action": end,
            }
            text = phrase.write(rule, lang)
            assert bool(text) == bool(active or archive)
            assert phrase.parse(text) == (rule if text else None)
            limit = phrase.write(rule | {"is_limit": True}, lang)
            wanted = rule | {"is_limit": True} if text else None
            assert phrase.parse(limit) == wanted


@pytest.mark.parametrize(
    "text", ["5 ans à compter du versement de la paie", "3 ans", "", "à vie", "=1+1"]
)
def test_a_period_written_by_a_person_is_not_guessed(text):
    assert phrase.parse(text) is None


def test_the_grid_of_a_spreadsheet_survives():
    rows = [["a", "b  c", "l1\nl2"], [], ["", "=1", "'quoted'"]]
    data = ods.write([grid.Grid("Un", rows), grid.Grid("Deux", [["x"]])])
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        one, two = ods.read(archive)
    assert one.rows == rows
    assert two.rows == [["x"]]


TEXTS = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), include_characters="=+-@'\t\n"),
    max_size=40,
)


@given(TEXTS)
def test_a_safe_cell_is_no_formula_and_gives_the_text_back(text):
    safe = grid.make_safe(text)
    assert grid.strip_safe(safe) == text
    number = safe.strip().strip("+-").replace(" ", "")
    if not number.replace(".", "").replace(",", "").replace("-", "").isnumeric():
        assert not safe.lstrip(" ").startswith(("=", "@", "\t", "\n"))
        assert not safe.startswith(("+", "-")) or not any(map(str.isalpha, safe))


@given(st.lists(TEXTS.map(str.strip).filter(bool), max_size=5))
def test_folded_texts_unfold(texts):
    texts = [" ".join(text.split()) for text in texts]
    texts = [text for text in texts if text and "•" not in text]
    assert grid.unfold(grid.fold(texts)) == texts


@given(st.lists(st.lists(TEXTS, max_size=3), max_size=4))
def test_any_text_survives_a_spreadsheet(rows):
    for writer in (ods, xlsx):
        data = writer.write([grid.Grid("Un", rows)])
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            (back,) = writer.read(archive)
        expected = [list(row) for row in rows]
        for row in expected:
            while row and not row[-1]:
                row.pop()
        while expected and not expected[-1]:
            expected.pop()
        assert back.rows == expected


def test_the_names_of_the_data_are_those_of_the_database():
    back = there_and_back("ods").found[0].sheet
    assert {code for p in back["purposes"] for code in p["data"]} == set(DATA)


def test_a_row_of_the_workbook_is_as_tall_as_its_text():
    data, _extension = files.write("xlsx", make_register())
    sheet = openpyxl.load_workbook(io.BytesIO(data)).worksheets[1]
    for row in sheet.iter_rows():
        lines = max(str(cell.value or "").count("\n") + 1 for cell in row)
        assert sheet.row_dimensions[row[0].row].height >= min(lines * 13, 409)
    assert sheet.page_setup.paperSize == 9
