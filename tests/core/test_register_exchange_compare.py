"""What an import would change, told before it is written."""

import copy

import pytest

from odoo.addons.rgpd_fichier_client.core.register.exchange import compare
from odoo.addons.rgpd_fichier_client.core.register.exchange.sheet import new_purpose

from .exchange_sheets import make_sheet

FIELDS = ("name", "objective", "tools", "person_count")


def get_changed(change):
    incoming = copy.deepcopy(make_sheet())
    change(incoming)
    return compare.get_changed(make_sheet(), incoming, FIELDS)


def test_the_same_sheet_changes_nothing():
    assert get_changed(lambda sheet: None) == []


def test_what_the_file_leaves_empty_changes_nothing():
    def empty(sheet):
        sheet.update(
            name="",
            objective="",
            person_count=0,
            purposes=[],
            persons=[],
            recipients=[],
            sensitive={"exception": "", "reason": ""},
            dpia={"criteria": [], "conclusion": ""},
        )

    assert get_changed(empty) == []


def test_spaces_accents_and_case_of_a_list_change_nothing():
    def respell(sheet):
        sheet["recipients"] = [{"name": " COMPTABILITE", "kind": "other"}]
        sheet["objective"] = "  ".join(sheet["objective"].split())

    assert get_changed(respell) == []


@pytest.mark.parametrize(
    ("path", "value", "part"),
    [
        (("objective",), "Autre", "objective"),
        (("person_count",), 5, "person_count"),
        (("joint_controllers",), ["Nouveau"], "joint_controllers"),
        (("recipients",), [{"name": "Nouveau"}], "recipients"),
        (("persons",), [{"code": "elected", "name": "Élus"}], "persons"),
        (("dpia", "conclusion"), "Autre", "dpia"),
        (("sensitive", "exception"), "a", "sensitive"),
        (("purposes",), [new_purpose("Neuve")], "purposes"),
        (("purposes", 0, "basis"), "consent", "purposes"),
        (("purposes", 0, "active"), [9, "year"], "purposes"),
        (("purposes", 0, "data"), ["bank"], "purposes"),
    ],
)
def test_each_part_that_changes_is_named(path, value, part):
    def change(sheet):
        *way, last = path
        for key in way:
            sheet = sheet[key]
        sheet[last] = value

    assert get_changed(change) == [part]
