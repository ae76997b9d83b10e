from ..common import RgpdHttpCase, new_rgpd_user
from ..models.erasure_common import ErasureCase


class TestRetentionTours(RgpdHttpCase, ErasureCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        new_rgpd_user(
            cls.env, "dpo", login="tour_dpo", groups="sales_team.group_sale_manager"
        )
        cls.dpo = cls.env["res.users"].search([("login", "=", "tour_dpo")])

    def test_partner(self):
        self.start_tour(
            f"/odoo/contacts/{self.customer.id}",
            "rgpd_partner_retention_tour",
            login="tour_dpo",
        )

    def test_partner_list(self):
        self.start_tour(
            "/odoo/action-rgpd_fichier_client.rgpd_partner_retention_action",
            "rgpd_partner_list_tour",
            login="tour_dpo",
        )

    def test_order(self):
        order = self.env["sale.order"].create({"partner_id": self.customer.id})
        self.start_tour(
            f"/odoo/sales/{order.id}", "rgpd_order_retention_tour", login="tour_dpo"
        )
        self.assertEqual(order.state, "sale")

    def test_simulation(self):
        self.start_tour("/odoo", "rgpd_simulation_tour", login="tour_dpo")
        simulation = self.env["rgpd.simulation"].search([], limit=1)
        self.assertEqual(simulation.state, "approved")
        self.assertEqual(simulation.approved_by, self.dpo)
        self.assertEqual(self.prospect.name, "Zoé Liénard")

    def test_erasure(self):
        self.start_tour(
            f"/odoo/contacts/{self.prospect.id}", "rgpd_erasure_tour", login="tour_dpo"
        )
        erasure = self.env["rgpd.erasure"].search([], limit=1)
        self.assertEqual(erasure.state, "masked")
        self.assertNotIn("Zoé", self.prospect.name)
