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
