from odoo.addons.rgpd_fichier_client.core.datamap import picture
from odoo.addons.rgpd_fichier_client.core.datamap.schema import Link


def link(model, kind, target="res.partner", role="subject"):
    return Link(0, model, kind, "path", target, role)


def test_each_model_stands_in_the_column_of_its_way_to_a_person():
    found = picture.arrange(
        [
            link("res.partner", "anchor"),
            link("crm.lead", "anchor"),
            link("crm.lead", "direct"),
            link("sale.order", "direct"),
            link("sale.order.line", "owned", "sale.order"),
            link("sale.line.note", "owned", "sale.order.line"),
            link("sale.line.note.part", "owned", "sale.line.note"),
            link("ir.attachment", "polymorphic", "*"),
            link("mail.message", "polymorphic", "*"),
            link("mail.message", "direct"),
            link("mailing.trace", "email"),
            link("res.company", "direct", role="staff"),
        ]
    )
    assert found == {
        "res.partner": (picture.PERSON, []),
        "crm.lead": (picture.PERSON, []),
        "sale.order": (picture.LINKED, ["res.partner"]),
        "sale.order.line": (picture.PART, ["sale.order"]),
        "sale.line.note": (picture.DEEPER, ["sale.order.line"]),
        "sale.line.note.part": (picture.DEEPER, ["sale.line.note"]),
        "ir.attachment": (picture.ON_ANY, []),
        "mail.message": (picture.LINKED, ["res.partner"]),
        "mailing.trace": (picture.ADDRESS, []),
    }


def test_models_that_lead_to_each_other_end():
    found = picture.arrange(
        [
            link("res.partner", "anchor"),
            link("a", "owned", "b"),
            link("b", "owned", "a"),
            link("c", "owned", "c"),
        ]
    )
    assert set(found) == {"res.partner", "a", "b", "c"}
