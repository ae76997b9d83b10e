from odoo.addons.rgpd_fichier_client.core.register import policy


def sheet(reference, **parts):
    return {
        "reference": reference,
        "name": f"Sheet {reference}",
        **dict.fromkeys(policy.PARTS, []),
        **parts,
    }


def content(*sheets, controller="Exemple SARL", **texts):
    return {"controller": controller, "sheets": list(sheets), "texts": texts}


def test_nothing_changed_and_nothing_was_known():
    text = content(sheet("A"))
    assert policy.get_changes(text, text) == []
    assert policy.get_changes(None, text) == []


def test_sheets_come_go_and_change():
    before = content(sheet("A"), sheet("B"), sheet("C"))
    after = content(sheet("A"), sheet("B", recipients=["Host"], data=["x"]), sheet("D"))
    assert policy.get_changes(before, after) == [
        ("changed", "Sheet B", ["data", "recipients"]),
        ("added", "Sheet D", []),
        ("removed", "Sheet C", []),
    ]


def test_another_contact_is_told_first():
    before, after = content(controller="A"), content(sheet("A"), controller="B")
    assert policy.get_changes(before, after)[0] == ("contact", "", [])


def test_other_words_on_the_rights_are_told_but_not_twice_a_new_address():
    before = content(rights="One month", contact="Write to a@exemple.example")
    assert (
        policy.get_changes(before, content(**before["texts"] | {"contact": "b"})) == []
    )
    after = content(**before["texts"] | {"rights": "Two weeks"})
    assert policy.get_changes(before, after) == [("rights", "", [])]


def test_every_part_of_a_sheet_that_changes_is_told():
    for part in policy.PARTS:
        changes = policy.get_changes(
            content(sheet("A")), content(sheet("A", **{part: 1}))
        )
        assert changes == [("changed", "Sheet A", [part])]
