"""Files filled in by people, and files that are no register at all."""

import io
import struct
import time
import zipfile
import zlib

import openpyxl
import pytest

from odoo.addons.rgpd_fichier_client.core.register.exchange import (
    archive,
    cnil,
    delimited,
    files,
    oca,
    ods,
    xlsx,
)
from odoo.addons.rgpd_fichier_client.core.register.exchange.grid import Grid
from odoo.addons.rgpd_fichier_client.core.register.exchange.issue import ExchangeError

from .exchange_sheets import LISTS, make_register, make_sheet

MANY = 50_000


def refuse(data):
    """Return the error of a file; it must come soon, whatever the file."""
    start = time.monotonic()
    with pytest.raises(ExchangeError) as caught:
        files.read(data, LISTS)
    assert time.monotonic() - start < 30
    return caught.value


def png():
    def chunk(kind, content):
        checksum = struct.pack(">I", zlib.crc32(kind + content))
        return struct.pack(">I", len(content)) + kind + content + checksum

    head = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    pixels = zlib.compress(b"\x00\x00")
    parts = chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


def add_part(data, name, content):
    stream = io.BytesIO(data)
    with zipfile.ZipFile(stream, "a", zipfile.ZIP_DEFLATED) as book:
        book.writestr(name, content)
    return stream.getvalue()


# === NO REGISTER === #


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b" \n", "empty"),
        (png(), "picture"),
        (b"\xff\xd8\xff\xe0" + b"0" * 100, "picture"),
        (b"%PDF-1.7", "pdf"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 600, "old_or_locked"),
        (b"PK\x03\x04 cut", "unreadable"),
        (b"\x00\x01\x02\x03", "unknown"),
        (b"a;b\n1;2\n", "unknown"),
        (b"{", "bad_json"),
        (b"[" * 100_000, "bad_json"),
        (b'{"format": "other"}', "other_json"),
        (b'{"format": "rgpd-register/1"}', "other_json"),
        (b'{"format": "rgpd-register/1", "sheets": []}', "nothing"),
        (b"0" * (archive.MAX_FILE + 1), "too_big"),
    ],
)
def test_a_file_that_is_no_register(data, code):
    assert refuse(data).code == code


@pytest.mark.parametrize("writer", [ods, xlsx])
def test_an_empty_workbook_and_one_of_something_else(writer):
    assert refuse(writer.write([Grid("Vide")])).code == "empty_book"
    assert refuse(writer.write([Grid("Prix", [["Article", "Prix"]])])).code == "unknown"


@pytest.mark.parametrize("writer", [ods, xlsx])
def test_the_empty_model_holds_nothing(writer):
    empty = make_sheet(
        name="",
        reference="",
        objective="",
        data=[],
        purposes=[],
        persons=[],
        recipients=[],
        measures=[],
        transfers=[],
        processors=[],
    )
    grids = cnil.write(make_register(empty))
    for row in grids[1].rows[63:]:
        del row[1:]
    assert refuse(writer.write(grids)).code == "nothing"


def test_a_zip_bomb_is_not_unpacked():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/workbook.xml", b"0" * (archive.MAX_UNPACKED + 1))
    assert len(stream.getvalue()) < 200_000
    assert refuse(stream.getvalue()).code == "bomb"


def test_a_bomb_in_many_workbooks_is_not_unpacked_either():
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/workbook.xml", b"0" * (archive.MAX_UNPACKED // 2))
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as outer:
        for number in range(4):
            outer.writestr(f"{number}.xlsx", inner.getvalue())
    reading = files.read(stream.getvalue(), LISTS)
    assert reading.found == []
    assert {issue.code for issue in reading.issues} == {"unreadable", "bomb"}


def test_a_list_of_parts_that_lies_about_its_sizes_fills_no_memory():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("META-INF/manifest.xml", "<m/>")
        book.writestr("content.xml", b"0" * 50_000_000)
    data = stream.getvalue().replace(
        struct.pack("<I", 50_000_000), struct.pack("<I", 100)
    )
    assert refuse(data).code == "unreadable"


@pytest.mark.parametrize(
    ("writer", "part"),
    [
        (xlsx, "xl/vbaProject.bin"),
        (xlsx, "xl/macrosheets/sheet1.xml"),
        (ods, "Basic/Standard/Module1.xml"),
        (ods, "Scripts/python/run.py"),
    ],
)
def test_macros_are_refused(writer, part):
    data = writer.write(cnil.write(make_register()))
    assert refuse(add_part(data, part, "Sub Auto_Open()")).code == "macros"


def test_a_locked_spreadsheet_is_told():
    data = ods.write(cnil.write(make_register()))
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    parts["META-INF/manifest.xml"] = b"<m><encryption-data/></m>"
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as book:
        for name, content in parts.items():
            book.writestr(name, content)
    assert refuse(stream.getvalue()).code == "old_or_locked"


@pytest.mark.parametrize("kind", ["ods", "xlsx"])
def test_declared_entities_are_refused(kind):
    bomb = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbb">]><a>&b;</a>'
    name = "content.xml" if kind == "ods" else "xl/workbook.xml"
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as book:
        book.writestr("META-INF/manifest.xml", "<m/>")
        book.writestr(name, bomb)
    assert refuse(stream.getvalue()).code == "unreadable"


# === FAR TOO LONG === #


def test_fifty_thousand_rows_are_refused_soon():
    rows = [[f"r{number}", "x", "y"] for number in range(MANY)]
    for data in (
        ods.write([Grid("Long", rows)]),
        xlsx.write([Grid("Long", rows)]),
        delimited.write(Grid("Long", rows)),
    ):
        error = refuse(data)
        assert error.code == "too_many_rows"
        assert error.values["limit"] < MANY


def test_one_row_repeated_fifty_thousand_times_is_refused():
    data = ods.write([Grid("Long", [["x"]])])
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        content = book.read("content.xml")
    repeat = b'<table:table-row table:number-rows-repeated="50000" '
    content = content.replace(b"<table:table-row ", repeat, 1)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as book:
        book.writestr("META-INF/manifest.xml", "<m/>")
        book.writestr("content.xml", content)
    assert refuse(stream.getvalue()).code == "too_many_rows"


def test_a_cell_far_away_does_not_fill_the_memory():
    book = openpyxl.Workbook()
    book.active["A1"] = "x"
    book.active["XFD1048576"] = "far"
    stream = io.BytesIO()
    book.save(stream)
    assert refuse(stream.getvalue()).code == "too_many_rows"


# === FILLED IN BY PEOPLE === #


def edit(change, *sheets):
    """Read a workbook of the CNIL after somebody changed the rows of its sheet."""
    grids = cnil.write(make_register(*sheets))
    grids[1].rows = change([list(row) for row in grids[1].rows])
    return files.read(ods.write(grids), LISTS)


def read_plain():
    return without_places(edit(lambda rows: rows).found[0].sheet)


def without_places(sheet):
    for line in sheet["transfers"]:
        line.pop("place")
    return sheet


def test_inserted_rows_change_nothing():
    def insert(rows):
        result = []
        for row in rows:
            result += [["", "", ""], row]
        return result

    assert without_places(edit(insert).found[0].sheet) == read_plain()


def test_sections_that_were_moved_change_nothing():
    def move(rows):
        # Transfers and measures first, purposes and persons last.
        first, middle, last = rows[52:62], rows[15:52], rows[62:]
        return [*rows[:8], *first, *rows[8:15], *middle[::1], *last]

    assert without_places(edit(move).found[0].sheet) == read_plain()


def test_a_column_in_front_changes_nothing():
    sheet = edit(lambda rows: [["", *row] for row in rows]).found[0].sheet
    assert sheet["name"] == "Commandes et livraisons"
    assert len(sheet["purposes"]) == 7


def test_rows_beyond_the_model_are_read_too():
    def add(rows):
        rows.insert(51, ["Destinataire 5", "Sous-traitants", "", "", "Routeur"])
        return rows

    names = [r["name"] for r in edit(add).found[0].sheet["recipients"]]
    assert "Routeur" in names


def test_a_sheet_without_its_name_names_the_cell():
    def erase(rows):
        rows[3][1] = ""
        return rows

    reading = edit(erase)
    assert reading.found == []
    (issue,) = reading.issues
    assert (issue.code, issue.cell, issue.is_error) == ("no_name", "B4", True)
    assert issue.sheet.startswith("RT-001")


def test_a_sheet_without_the_label_of_its_name_says_which():
    reading = edit(lambda rows: [row for row in rows if row[0] != "Nom du traitement"])
    (issue,) = reading.issues
    assert (issue.code, issue.value) == ("label_missing", "Nom du traitement")


def test_what_is_not_recognised_is_kept_and_told_with_its_cell():
    def fill(rows):
        rows[5][1] = "printemps 2020"
        rows[17][1] = "Envoyer des colis"
        rows[24][1] = "Noms, prénoms, adresses"
        rows[24][4] = "5 ans à compter du versement de la paie"
        rows[43][1] = "Adhérents"
        rows[58][3] = "Poignée de main"
        return rows

    reading = edit(fill)
    sheet = reading.found[0].sheet
    told = {(issue.code, issue.cell) for issue in reading.issues}
    assert told == {
        ("bad_date", "B6"),
        ("no_basis", "B18"),
        # The second row speaks of the purpose that was replaced.
        ("period_as_text", "E25"),
        ("period_as_text", "E27"),
        ("not_in_list", "B44"),
        ("bad_safeguard", "D59"),
    }
    assert "Noms, prénoms, adresses (5 ans à compter" in sheet["data_detail"]
    assert sheet["purposes"][0]["name"] == "Envoyer des colis"
    assert sheet["purposes"][0]["basis"] == ""


def test_the_words_of_the_model_are_not_answers():
    def choose(rows):
        rows[43][1:] = ["Sélectionnez un élément dans cette liste déroulante ►"]
        rows[44][1:] = ["", "", "", ""]
        return rows

    assert edit(choose).found[0].sheet["persons"] == []


def test_the_example_of_the_model_is_left_out():
    grids = cnil.write(make_register())
    grids[1].rows[0][0] = "Exemple de fiche de registre"
    assert refuse(ods.write(grids)).code == "nothing"


# === OCA === #


def test_an_export_of_the_oca_activities():
    data = (
        "name,description,controller_id,processor_ids,subject_domain\n"
        '"Envois","<p>Envoyer <b>les colis</b></p><p>et suivre</p>",Boutique,'
        "Transport Exemple,[]\n"
        ',,,Nuage Exemple,\nPaie,,Boutique,,"[(""a"",""="",1)]"\n'
    )
    reading = files.read(data.encode(), LISTS)
    first, second = (found.sheet for found in reading.found)
    assert reading.format == "oca"
    assert first["objective"] == "Envoyer les colis\net suivre"
    assert [p["name"] for p in first["processors"]] == [
        "Transport Exemple",
        "Nuage Exemple",
    ]
    assert "[(" in second["data_detail"]
    # The basis is never guessed.
    assert first["purposes"][0]["basis"] == ""
    assert {issue.code for issue in reading.issues} == {"no_basis"}


def test_rows_of_the_oca_tables():
    reading = oca.read_rows(
        [{"id": 3, "name": "Envois", "description": None, "processors": ["X"]}]
    )
    assert reading.found[0].sheet["processors"] == [{"name": "X", "service": ""}]


def test_a_broken_workbook_beside_good_ones_is_told_and_the_others_read():
    good, _extension = files.write("ciso", make_register())
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as book:
        book.writestr("good.xlsx", good)
        book.writestr("bad.xlsx", b"nothing")
        book.writestr("other.xlsx", xlsx.write([Grid("Prix", [["a"]])]))
    reading = files.read(stream.getvalue(), LISTS)
    assert [found.place for found in reading.found] == ["good.xlsx"]
    assert {(issue.sheet, issue.code) for issue in reading.issues} == {
        ("bad.xlsx", "unreadable"),
        ("other.xlsx", "unknown"),
    }
