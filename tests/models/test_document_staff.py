"""An employee who is a customer too keeps only the side of the staff."""

from .document_common import DocumentCase


class TestDocumentStaff(DocumentCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.employee = cls.seller.partner_id
        cls.employee.write(
            {
                "name": "Tudal Morvan",
                "email": "tudal.morvan@courriel.example",
                "phone": "+33 6 39 98 30 77",
            }
        )
        cls.bought = cls.new_order(cls.employee, years=12)
        cls.bought_lately = cls.new_order(cls.employee, years=1)
        # Written as a salesperson, on the order of a customer
        cls.sold = cls.new_order(cls.other, years=2)
        cls.sold.message_post(
            body="Vu avec Tudal Morvan", author_id=cls.employee.id,
            message_type="comment",
        )  # fmt: skip

    def test_the_old_order_lets_the_employee_go_and_the_account_stays(self):
        simulation = self.approve()
        self.assertGreaterEqual(simulation.document_count, 2)
        self.run_night()
        self.assertFalse(self.document(self.bought).error)
        self.assertEqual(self.get_traces(self.bought, "Morvan", "639983077"), [])
        self.assertNotEqual(self.bought.partner_id, self.employee)
        self.assertEqual(self.bought_lately.partner_id, self.employee)
        self.assertTrue(self.get_traces(self.bought_lately, "Morvan"))
        self.assertTrue(self.seller.active)
        self.assertEqual(self.employee.name, "Tudal Morvan")
        self.assertTrue(self.employee.email)
        self.assertEqual(self.sold.message_ids[0].author_id, self.employee)
        self.assertEqual(self.bought.user_id, self.seller)
        self.assertEqual(self.sold.user_id, self.seller)
        self.assertTrue(self.get_traces(self.sold, "Morvan"))

    def test_the_night_takes_nobody_of_the_staff(self):
        self.approve()
        self.run_night()
        self.assertFalse(self.env["rgpd.subject"]._of(self.employee).erased_on)

    def test_in_one_batch_the_employee_stays_on_the_orders_of_others(self):
        """Whom an order does not name stays on it, whoever else leaves that night."""
        sold = self.new_order(self.customer, years=13)
        sold.message_subscribe(self.employee.ids)
        note = sold.message_post(
            body="<p>Remise accordée, à rappeler lundi</p>",
            author_id=self.employee.id, partner_ids=self.employee.ids,
            message_type="comment",
        )  # fmt: skip
        self.env["rgpd.eraser"]._erase_documents(sold | self.bought)
        for order in (sold, self.bought):
            self.assertFalse(self.document(order).error)
        self.assertIn("Remise accordée", note.body)
        self.assertEqual(note.author_id, self.employee)
        self.assertEqual(note.partner_ids, self.employee)
        self.assertIn(self.employee, sold.message_partner_ids)
        self.assertNotIn(self.customer, sold.message_partner_ids)
        self.assertNotIn(self.employee, self.bought.message_partner_ids)
        self.assertNotIn(self.employee, self.bought.message_ids.author_id)
        self.assertEqual(self.get_traces(sold, "Kervella"), [])
        self.assertEqual(self.get_traces(self.bought, "639983077"), [])
