"""The contact that stands for erased customers stays nobody."""

from odoo.exceptions import UserError

from .document_common import DocumentCase


class TestStandIn(DocumentCase):
    def setUp(self):
        super().setUp()
        self.table = self.env["rgpd.stand.in"]
        self.france = self.env.ref("base.fr")
        self.stand_in = self.get()

    def get(self):
        return self.table._get(self.env.company, self.france)

    def test_there_is_one_per_company_and_country(self):
        self.assertEqual(self.get(), self.stand_in)

    def test_one_that_became_a_real_contact_is_left_alone(self):
        for change in (
            {"active": True},
            {"is_company": False},
            {"street": "9 venelle Cachée"},
            {"email": "quelqu.un@courriel.example"},
        ):
            with self.subTest(change):
                before = self.get()
                before.write(change)
                after = self.get()
                self.assertNotEqual(after, before)
                self.assertFalse(after.active)
                self.assertTrue(before.exists())

    def test_it_is_not_merged(self):
        wizard = self.env["base.partner.merge.automatic.wizard"]
        with self.assertRaisesRegex(UserError, "erased customers"):
            wizard._merge((self.stand_in | self.customer).ids, self.customer)
        self.assertTrue(self.stand_in.exists())
