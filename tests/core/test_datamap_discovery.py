from odoo.addons.rgpd_fichier_client.core.datamap import discovery
from odoo.addons.rgpd_fichier_client.core.datamap.discovery_unknown import get_main
from odoo.addons.rgpd_fichier_client.core.datamap.schema import Link

COLUMNS = {
    "res.partner": [discovery.Column("name", "char")],
    "acme.scan": [
        discovery.Column("res_model", "char"),
        discovery.Column("res_id", "integer"),
        discovery.Column("contact_mail", "char"),
        discovery.Column("mailing_count", "char"),
    ],
}


def test_the_column_that_names_a_model_holds_nothing_personal():
    links = discovery.find_links(COLUMNS, []).values()
    assert discovery.get_halves(links) == {("acme.scan", "res_model")}


def test_a_telling_name_is_an_address_in_unknown_models_only():
    def addresses(*unknown):
        links = discovery.find_links(COLUMNS, [], unknown).values()
        return [link.path for link in links if link.kind == "email"]

    assert addresses() == []
    assert addresses("acme.scan") == ["contact_mail"]


def test_properties_are_followed_in_models_of_the_map_only():
    """A model that holds no person is not drawn in because it may have properties."""
    columns = {
        **COLUMNS,
        "acme.card": [
            discovery.Column("partner_id", "many2one", "res.partner"),
            discovery.Column("card_properties", "properties"),
        ],
        "acme.shelf": [discovery.Column("shelf_properties", "properties")],
    }
    links = discovery.find_links(columns, []).values()
    found = [(link.model, link.path) for link in links if link.kind == "property"]
    assert found == [("acme.card", "card_properties")]


def test_a_property_may_name_any_record_that_stands_for_a_person():
    columns = {
        **COLUMNS,
        "acme.lead": [
            discovery.Column("id", "integer"),
            discovery.Column("lead_properties", "properties"),
        ],
    }
    anchor = Link(0, "acme.lead", "anchor", "id", "acme.lead", leads_on=True)
    links = discovery.find_links(columns, [anchor]).values()
    targets = [link.target for link in links if link.kind == "property"]
    assert targets == ["acme.lead", "res.partner"]


def test_who_a_record_is_about():
    assert get_main(["x_sponsor_id"]) is None
    assert get_main(["x_customer_id"]) == "x_customer_id"
    assert get_main(["x_sponsor_id", "x_partner_id"]) == "x_partner_id"
    assert get_main(["sponsor_id", "referrer_id"]) is None
    assert get_main([]) is None
