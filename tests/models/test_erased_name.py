"""The name of a contact, where little or nothing else of the contact goes."""

from odoo.tools import SQL

from odoo.addons.rgpd_fichier_client.core.retention.erasure_plan import ModelPlan

from .erasure_common import ErasureCase


class TestErasedName(ErasureCase):
    def mask(self, **columns):
        plan = ModelPlan("res.partner", "mask", columns=columns)
        self.env.flush_all()
        self.env["rgpd.eraser.rows"]._mask(plan, self.customer.ids)
        self.env.flush_all()
        self.env.invalidate_all()

    def test_nothing_but_the_name_goes(self):
        """The DPO keeps each other field, and the contact stays in the lists."""
        self.env.cr.execute(
            SQL(
                "UPDATE res_partner SET write_date = '2020-01-01' WHERE id = %s",
                self.customer.id,
            )
        )
        self.mask(pseudonym=("name",))
        self.assertTrue(self.customer.name.startswith("Personne effacée "))
        self.assertEqual(self.customer.complete_name, self.customer.name)
        self.assertEqual(self.customer.write_uid, self.env.user)
        self.assertGreater(self.customer.write_date.year, 2020)

    def test_the_name_goes_with_both_kinds_of_columns(self):
        self.customer.function = "Luthière"
        self.mask(pseudonym=("name",), empty=("complete_name", "function"))
        self.assertTrue(self.customer.name.startswith("Personne effacée "))
        self.assertEqual(self.customer.complete_name, self.customer.name)
        self.assertFalse(self.customer.function)
