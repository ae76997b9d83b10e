"""Somebody objected, was erased, and comes back by a file: the whole way."""

from odoo.fields import Command
from odoo.tests.common import new_test_user

from ..models.erasure_common import ErasureCase

FILE = """name,email,phone,city
Zoé Liénard,Zoe.LIENARD@courriel.example,06 39 98 20 00,Quimper
Lou Marchand,lou.marchand@courriel.example,06 39 98 20 77,Brest
"""


class TestObjectorReturns(ErasureCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = new_test_user(
            cls.env,
            login="objector_seller",
            groups="base.group_user,base.group_partner_manager,"
            "sales_team.group_sale_salesman_all_leads",
        )
        cls.uid = cls.env["rgpd.subject"]._of(cls.prospect).uid
        cls.env["rgpd.consent"]._record(cls.prospect, None, "all", "objected")
        cls.erasure = cls.env["rgpd.eraser"]._erase(cls.prospect, "objection")
        cls.env.flush_all()
        cls.env.invalidate_all()

    def import_file(self):
        """Import the file with the wizard of the list of contacts, as a salesperson."""
        wizard = (
            self.env["base_import.import"]
            .with_user(self.seller)
            .create(
                {
                    "res_model": "res.partner",
                    "file": FILE.encode(),
                    "file_name": "salon.csv",
                    "file_type": "text/csv",
                }
            )
        )
        columns = ["name", "email", "phone", "city"]
        options = {"quoting": '"', "separator": ",", "has_headers": True}
        result = wizard.execute_import(columns, columns, options)
        self.assertFalse([m for m in result["messages"] if m["type"] == "error"])
        objector, other = self.env["res.partner"].browse(result["ids"])
        return objector, other

    def check(self, person, purpose, channel):
        gate = self.env["rgpd.contact.gate"].with_user(self.seller)
        verdict = gate._check(person.with_user(self.seller), purpose, channel)
        return verdict[person.id]

    def notes(self, person):
        return person.message_ids.filtered(
            lambda message: "objected to offers" in (message.body or "")
        )

    def test_the_whole_way(self):
        objector, other = self.import_file()
        # a new person, not the old one waking up
        self.assertNotEqual(objector, self.prospect)
        self.assertNotEqual(self.env["rgpd.subject"]._of(objector).uid, self.uid)
        # recognised by the digest: offers are denied on every channel, others' are not
        for purpose, channel in (
            ("prospect_email_b2c", "email"),
            ("prospect_sms_b2c", "sms"),
            ("prospect_phone_b2c", "phone"),
            ("softoptin", "email"),
        ):
            verdict = self.check(objector, purpose, channel)
            with self.subTest(purpose):
                self.assertFalse(verdict["allowed"])
                self.assertIn(verdict["code"], ("suppressed", "objected"))
                self.assertNotIn(
                    self.check(other, purpose, channel)["code"],
                    ("suppressed", "objected"),
                )
        # staff is told, on the record and nowhere else
        self.assertEqual(len(self.notes(objector)), 1)
        self.assertFalse(self.notes(other))
        # a new contract is possible, with its messages
        product = self.env["product.product"].create({"name": "Table"})
        order = (
            self.env["sale.order"]
            .with_user(self.seller)
            .create(
                {
                    "partner_id": objector.id,
                    "order_line": [Command.create({"product_id": product.id})],
                }
            )
        )
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        self.assertTrue(self.check(objector, "order", "email")["allowed"])
        # which keeps the person, and still not for offers
        self.env["rgpd.reason"]._refresh(objector)
        subject = self.env["rgpd.subject"]._of(objector)
        codes = subject.reason_ids.purpose_id.mapped("code")
        self.assertIn("order", codes)
        self.assertFalse(self.check(objector, "softoptin", "email")["allowed"])
        # importing the file again tells nobody twice
        self.import_file()
        self.assertEqual(len(self.notes(objector)), 1)
