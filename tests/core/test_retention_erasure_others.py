from odoo.addons.rgpd_fichier_client.core.datamap import discovery_unknown
from odoo.addons.rgpd_fichier_client.core.datamap.schema import Link
from odoo.addons.rgpd_fichier_client.core.retention import erasure_others

MAIN = Link(0, "acme", "direct", "partner_id", "res.partner", by_rule=True)
SPONSOR = Link(0, "acme", "direct", "sponsor_id", "res.partner", by_rule=True)
PART = Link(0, "acme", "owned", "visit_id", "acme.visit", by_rule=True)
SHIPPED = Link(0, "acme", "direct", "buyer_id", "res.partner")
LINKS = [MAIN, SPONSOR, PART, SHIPPED]
FOUND = {
    "acme": {
        1: ["direct:partner_id"],
        2: ["direct:sponsor_id"],
        3: ["direct:sponsor_id", "direct:partner_id"],
        4: ["direct:sponsor_id", "direct:buyer_id"],
        5: ["owned:visit_id"],
    }
}


def test_a_row_reached_beside_its_main_link_is_doubtful():
    main = discovery_unknown.find_main(LINKS)
    assert main == {"acme": MAIN}
    assert erasure_others.find_doubtful(FOUND, LINKS, main) == {"acme": {2}}


def test_without_a_main_link_nothing_is_doubtful():
    links = [SPONSOR, SHIPPED]
    assert discovery_unknown.find_main(links) == {}
    assert erasure_others.find_doubtful(FOUND, links, {}) == {}


def test_what_hangs_on_the_row_of_another_stays_with_it():
    rows = {
        "acme": {"mask": {1, 2}},
        "ir.attachment": {"delete": {7, 8}},
        "mail.message": {"redact": {9}},
    }
    hanging = {("ir.attachment", 8), ("mail.message", 9)}
    assert erasure_others.spare(rows, {("acme", 2)}, hanging) == {
        "acme": {"mask": {1}, "redact": {2}},
        "ir.attachment": {"delete": {7}},
        "mail.message": {"redact": {9}},
    }
