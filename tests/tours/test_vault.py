from ..common import RgpdHttpCase
from ..models.vault_common import VaultCase


class TestVaultTours(RgpdHttpCase, VaultCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.new_user("archive", login="tour_archive")
        cls.vault = cls.archive()

    def test_open(self):
        self.start_tour(
            "/odoo/action-rgpd_fichier_client.rgpd_vault_action",
            "rgpd_vault_tour",
            login="tour_archive",
        )
        access = self.env["rgpd.vault.access"].search([], limit=1)
        self.assertEqual(access.vault_id, self.vault)
        self.assertEqual(access.motive_kind, "dispute")

    def test_old_order_of_a_salesperson(self):
        self.order.user_id = self.seller
        self.start_tour(
            f"/odoo/sales/{self.order.id}",
            "rgpd_vault_seller_tour",
            login="vault_seller",
        )
