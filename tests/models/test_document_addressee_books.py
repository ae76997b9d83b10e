"""Books of an organisation that still name somebody once its order names nobody."""

from .test_document_addressee import AddresseeCase

OWN = "contrat Atelier Test.txt"


class TestAddresseeLeft(AddresseeCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Changed on the invoice: the goods of the order went to somebody else
        cls.invoice = cls.new_invoice(cls.order, 12)
        cls.invoice.partner_shipping_id = cls.customer
        cls.invoice.narration = f"<p>Atelier Test, {cls.customer.name}</p>"
        for text in ("Atelier Test", cls.customer.name):
            cls.new_file(cls.invoice, f"contrat {text}.txt", f"Contrat, {text}")
        cls.env.flush_all()

    @classmethod
    def new_file(cls, record, name, text, mimetype="text/plain"):
        return cls.env["ir.attachment"].create(
            {
                "name": name,
                "res_model": record._name,
                "res_id": record.id,
                "raw": text if isinstance(text, bytes) else text.encode(),
                "mimetype": mimetype,
            }
        )

    def test_the_order_and_its_files_stay_those_of_the_organisation(self):
        self.pay_for(self.invoice, self.acme)
        self.approve()
        self.run_night()
        row = self.document(self.order)
        self.assertTrue(row.erased_on)
        self.assertFalse(row.error)
        self.assertFalse(row.date_books, "both left in one night")
        self.assert_left(self.order)
        self.assertNotEqual(self.invoice.partner_shipping_id, self.customer)
        self.assertIn("Atelier Test", self.invoice.narration)
        self.assertNotIn("Kervella", self.invoice.narration)
        self.assertIn("1 rue des Essais", self.order.note)
        self.assertEqual(self.order.client_order_ref, "Commande de Atelier Test")
        for record in (self.order, self.invoice):
            with self.subTest(record=record._name):
                self.assertIn(OWN, self.get_files(record))
        left = self.get_files(self.order) | self.get_files(self.invoice)
        self.assertFalse([n for n in left if "Guivarch" in n or "Kervella" in n])
        self.assertEqual(self.simulate().document_count, 0)
