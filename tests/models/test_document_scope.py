"""What an erasure of documents reaches, and whose it is."""

from odoo import Command, fields

from .document_common import DocumentCase


class TestDocumentScope(DocumentCase):
    def erase(self, orders):
        erasures = self.env["rgpd.eraser"]._erase_documents(orders)
        self.assertFalse(any(self.document(orders).mapped("error")))
        return erasures

    def test_the_employee_of_a_sole_trader_leads_to_nobody(self):
        trader = self.new_customer("Gwenn Lagadec", 8, is_company=True)
        trader.name = "Gwenn Lagadec EI"
        employee = self.new_customer("Tudal Morvan", 9, parent_id=trader.id)
        subject = self.env["rgpd.subject"]._of(trader)
        self.env["rgpd.subject"]._refresh()
        self.assertTrue(subject.is_natural)
        order = self.new_order(employee, years=12)
        order.partner_invoice_id = order.partner_shipping_id = employee
        self.erase(order)
        stand_ins = self.env["rgpd.stand.in"].search([]).partner_id
        for partner in (
            order.partner_id,
            order.partner_invoice_id,
            order.partner_shipping_id,
        ):
            self.assertIn(partner, stand_ins)

    def test_accounts_whose_years_are_over_are_not_kept(self):
        """No day of the past as "kept until", and no draft."""
        self.new_invoice(self.old, years=12)
        draft = self.new_invoice(self.old, years=1)
        draft.button_draft()
        draft.posted_before = False
        erasure = self.erase(self.old)
        today = fields.Date.today()
        ends = erasure.line_ids.filtered("end_date").mapped("end_date")
        self.assertFalse([day for day in ends if day < today])
        kept = erasure.line_ids.filtered(
            lambda line: line.kind == "kept" and line.model == "account.move"
        )
        self.assertFalse(kept)

    def new_payment(self, orders):
        provider = self.env["payment.provider"].search([], limit=1)
        methods = self.env["payment.method"].with_context(active_test=False)
        return self.env["payment.transaction"].create(
            {
                "provider_id": provider.id,
                "payment_method_id": methods.search([], limit=1).id,
                "reference": f"Test {orders.ids}",
                "amount": 1.0,
                "currency_id": self.env.company.currency_id.id,
                "partner_id": orders[:1].partner_id.id,
                "sale_order_ids": [Command.set(orders.ids)],
            }
        )

    def count_payments(self, erasure):
        lines = erasure.line_ids.filtered(
            lambda line: line.model == "payment.transaction" and line.kind == "erased"
        )
        return max(lines.mapped("count"), default=0)

    def test_each_payment_counts_for_its_own_customer(self):
        theirs = self.new_order(self.other, years=12)
        payments = [self.new_payment(self.old), self.new_payment(theirs)]
        erasures = self.erase(self.old | theirs)
        self.assertEqual(len(erasures), 2)
        self.assertEqual([self.count_payments(one) for one in erasures], [1, 1])
        for payment in payments:
            self.assertNotIn(payment.partner_id, self.customer | self.other)

    def test_a_payment_for_an_order_that_stays_stays(self):
        second = self.new_order(self.customer, years=12)
        payment = self.new_payment(self.old | second)
        self.erase(self.old)
        self.assertEqual(payment.partner_id, self.customer)
        self.erase(second)
        self.assertNotEqual(payment.partner_id, self.customer)

    def test_a_payment_of_two_orders_erased_together_goes(self):
        second = self.new_order(self.customer, years=12)
        payment = self.new_payment(self.old | second)
        self.erase(self.old | second)
        self.assertNotEqual(payment.partner_id, self.customer)
