from collections import namedtuple

from odoo.addons.rgpd_fichier_client.core.retention import erasure_scope

Identifier = namedtuple("Identifier", "kind value")
MESSAGE = ("mail.message", 7)
SHARED = ("mail.message", 8)
UNKNOWN = ("mail.message", 9)
IDENTIFIERS = {
    1: [Identifier("email", "zoe@courriel.example")],
    2: [Identifier("email", "hugo@courriel.example")],
}
OWNERS = {MESSAGE: {1}, SHARED: {1, 2}}
TEXT = "<p>zoe@courriel.example et hugo@courriel.example</p>"


def redact(row, **options):
    rows = erasure_scope.RowRedactor(IDENTIFIERS, OWNERS, **options)
    return rows.of_model(row[0])(row[1])(TEXT)


def test_a_row_loses_the_identifiers_of_its_persons_only():
    assert redact(MESSAGE) == "<p>[effacé] et hugo@courriel.example</p>"
    assert redact(SHARED) == "<p>[effacé] et [effacé]</p>"


def test_a_row_that_leads_to_nobody_is_everybodys():
    assert redact(UNKNOWN) == "<p>[effacé] et [effacé]</p>"


def test_the_archive_has_a_mark_of_its_own():
    assert redact(MESSAGE, mark="[archivé]") == (
        "<p>[archivé] et hugo@courriel.example</p>"
    )
    rows = erasure_scope.RowRedactor(IDENTIFIERS, OWNERS, "[archivé]")
    assert rows.of_row(*MESSAGE)("rien [effacé]") == "rien [effacé]"


def test_each_person_gets_the_rows_that_are_theirs():
    report = erasure_scope.Report(OWNERS, {1: {}, 2: {}, 3: {}})
    report.add("erased", "mail.message", ("correspondence",), [7, 8])
    assert [line["count"] for line in report.lines_of(1)] == [2]
    assert [line["count"] for line in report.lines_of(2)] == [1]
    assert report.lines_of(3) == []
    # What is noted after a certificate was read counts as well; the same row once
    report.add("erased", "mail.message", ("correspondence",), [8])
    report.add("erased", "ir.attachment", ("file",), [1])
    report.owners["ir.attachment", 1] = {3}
    report.add("kept", "mail.message", ("invoice",), [8], "accounting")
    assert [(x["kind"], x["model"], x["count"]) for x in report.lines_of(2)] == [
        ("erased", "mail.message", 1),
        ("kept", "mail.message", 1),
    ]
    assert report.totals_of(3)["erased_count"] == 1
