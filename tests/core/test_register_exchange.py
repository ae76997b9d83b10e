"""Out and in again, format by format, as far as each format holds the register."""

import io
import json
import zipfile

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from odoo.addons.rgpd_fichier_client.core.register.exchange import (
    cnil_words,
    document,
    files,
    grid,
    ods,
    phrase,
    xlsx,
)

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
        ({"date_start": "31/01/2020"}, "date_start", "bad_value"),
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
    reading = there_and_back("json", make_sheet(), make_sheet(**change))
    assert [found.place for found in reading.found] == ["sheets[0]"]
    (issue,) = reading.issues
    assert (issue.sheet, issue.cell, issue.code) == ("sheets[1]", path, code)
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


# Label → number of the row in the workbook of the CNIL, edition of 2019.
PLACES = {
    "Description du traitement ": 3,
    "Nom du traitement": 4,
    "N° / RÉF": 5,
    "Date de création du traitement": 6,
    "Mise à jour du traitement": 7,
    "Acteurs": 9,
    "Responsable du traitement": 10,
    "Délégué à la protection des données": 11,
    "Société du DPO (si celui-ci est externe)": 12,
    "Représentant": 13,
    "Responsable(s) conjoint(s)": 14,
    "Finalité(s) du traitement effectué": 16,
    "Finalité principale": 17,
    "Sous-finalité 1": 18,
    "Sous-finalité 5": 22,
    "Catégories de données personnelles concernées": 24,
    "État civil, identité, données d'identification, images…": 25,
    "Numéro de Sécurité Sociale (ou NIR)": 30,
    "Données sensibles": 32,
    "Données révélant l'origine raciale ou ethnique": 33,
    "Données relatives à des condamnations pénales ou infractions": 41,
    "Catégories de personnes concernées": 43,
    "Catégorie de personnes 1": 44,
    "Catégorie de personnes 2": 45,
    "Destinataires": 47,
    "Destinataire 1": 48,
    "Destinataire 4": 51,
    "Mesures de sécurité": 53,
    "Mesure de sécurité 1": 54,
    "Mesure de sécurité 3": 56,
    "Transferts hors UE": 58,
    "Organisme destinataire 1": 59,
    "Organisme destinataire 4": 62,
}


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
    for label, number in PLACES.items():
        assert rows[number - 1][0] == label
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
