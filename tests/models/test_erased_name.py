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

    def test_what_is_made_of_what_is_emptied_is_empty(self):
        """Odoo need not make it again, but for the name of a company that stays."""
        company = self.env["res.partner"].create(
            {"name": "Atelier Exemple", "is_company": True}
        )
        emptied = ("company_name", "commercial_company_name")
        self.customer.parent_id = company
        self.mask(pseudonym=("name",), null=(*emptied, "email", "email_normalized"))
        self.assertEqual(self.customer.commercial_company_name, company.name)
        self.assertFalse(self.customer.email_normalized)
        self.customer.write({"parent_id": False, "email": "zoe@post.example"})
        self.customer.company_name = "Chez Zoé"
        self.mask(pseudonym=("name",), null=("company_name", "phone"))
        self.assertFalse(self.customer.commercial_company_name)
        self.assertEqual(self.customer.email_normalized, "zoe@post.example")
        # Not emptied itself: Odoo makes it again
        self.mask(pseudonym=("name",), null=("email",))
        self.assertFalse(self.customer.email_normalized)
