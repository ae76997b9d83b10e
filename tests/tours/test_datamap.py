from ..common import RgpdHttpCase


class TestDataMapTour(RgpdHttpCase):
    def test_the_dpo_decides_otherwise(self):
        self.new_user("dpo")
        self.start_tour("/odoo", "rgpd_datamap_tour", login="rgpd_dpo")
        field = self.env["rgpd.data.field"].search(
            [("model", "=", "res.partner"), ("name", "=", "phone")]
        )
        self.assertEqual(field.strategy_override, "random_unique")
        self.assertEqual(field.effective_strategy, "random_unique")
        self.assertTrue(field.note)
        entry = self.env["rgpd.journal"].search([("kind", "=", "map.decided")], limit=1)
        self.assertEqual(entry.payload["field"], "res.partner.phone")

    def test_the_officer_opens_a_person(self):
        self.new_user("officer")
        partner = self.env["res.partner"].create(
            {"name": "Sylvie Exemple", "email": "sylvie@example.com"}
        )
        self.env["rgpd.subject"]._of(partner)
        self.start_tour("/odoo", "rgpd_subject_tour", login="rgpd_officer")

    def test_the_officer_looks_a_person_up(self):
        officer = self.new_user("officer", groups="sales_team.group_sale_salesman")
        partner = self.env["res.partner"].create(
            {"name": "Sylvie Exemple", "email": "sylvie@example.com"}
        )
        self.env["sale.order"].create({"partner_id": partner.id, "user_id": officer.id})
        self.env["rgpd.data.map"]._discover()
        self.start_tour("/odoo", "rgpd_person_lookup_tour", login="rgpd_officer")
        entries = self.env["rgpd.journal"].search([("kind", "=like", "person.%")])
        self.assertEqual(
            entries.mapped("kind"), ["person.shown", "person.lookup", "person.lookup"]
        )

    def test_the_reader_sees_the_picture_of_the_map(self):
        self.new_user("reader")
        partner = self.env["res.partner"].create({"name": "Sylvie Exemple"})
        self.env["sale.order"].create({"partner_id": partner.id})
        self.env["rgpd.data.map"]._discover()
        fields = self.env["rgpd.data.field"].search([("is_present", "=", True)])
        fields.filtered(lambda f: f.model == "sale.order")._count_values("sale.order")
        fields.filtered(lambda f: f.model == "res.partner")._count_values("res.partner")
        self.start_tour(
            "/odoo/rgpd-map-picture", "rgpd_map_picture_tour", login="rgpd_reader"
        )
