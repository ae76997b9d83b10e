"""Who paid the invoice of an organisation on line leaves what they paid with."""

from odoo import Command
from odoo.tools import SQL

from .organisation_common import OrganisationCase
from .test_document_payment import BareCase

DATA = ("Guivarch", "guivarch@", "639983002", "quai des Essais")


class OnlineCase(OrganisationCase):
    def pay_on_line(self, payer, invoices, payment=None, **vals):
        provider = self.env["payment.provider"].search([], limit=1)
        methods = self.env["payment.method"].with_context(active_test=False)
        row = self.env["payment.transaction"].create(
            {
                "provider_id": provider.id,
                "payment_method_id": methods.search([], limit=1).id,
                "reference": f"TEST-{invoices.ids}-{payer.id}",
                "amount": sum(invoices.mapped("amount_total")),
                "currency_id": self.env.company.currency_id.id,
                "partner_id": payer.id,
                "invoice_ids": [Command.set(invoices.ids)],
                "payment_id": payment and payment.id,
                "state": "done",
                **vals,
            }
        )
        self.env.flush_all()
        self.assertIn("Guivarch", str(self.get_all(row)))
        return row

    def get_all(self, row):
        self.env.flush_all()
        return self.env.execute_query(
            SQL("SELECT t::text FROM payment_transaction t WHERE id = %s", row.id)
        )[0][0]

    def check_left(self, row, payer):
        self.assertNotEqual(row.partner_id, payer)
        text = self.get_all(row)
        self.assertFalse([word for word in DATA if word in text], text)

    def check_stays(self, row, payer):
        self.assertEqual(row.partner_id, payer)
        self.assertIn("Guivarch", self.get_all(row))


class TestOnline(OnlineCase):
    def test_a_member_who_paid_in_the_portal_leaves_all_of_it(self):
        invoice = self.new_acme_invoice()
        payment = self.pay_for(invoice, self.other)
        row = self.pay_on_line(self.other, invoice, payment)
        amount = row.amount
        self.refresh()
        self.assertNotIn(invoice, self.get_rows(), "they leave with their payment")
        self.approve()
        self.run_night()
        document = self.document(payment.move_id)
        self.assertFalse(document.error)
        self.check_left(row, self.other)
        self.assertEqual(row.amount, amount)
        self.assertEqual(row.invoice_ids.partner_id, self.acme)
        erased = document.erasure_id.line_ids.filtered(lambda x: x.kind == "erased")
        self.assertIn("payment.transaction", erased.mapped("model"))
        self.assertEqual(self.simulate().document_count, 0)

    def test_who_paid_their_own_and_that_of_an_organisation_leaves(self):
        invoice, own = self.new_acme_invoice(), self.new_hand_made(self.other, 12)
        payment = self.pay_for(
            invoice + own, self.other, day=own.date, amount=600.0
        )  # fmt: skip
        row = self.pay_on_line(self.other, invoice + own, payment)
        self.erase(own)
        self.assertNotEqual(payment.partner_id, self.other)
        self.check_left(row, self.other)

    def test_a_payment_that_also_pays_what_stays_stays(self):
        invoice, live = self.new_acme_invoice(), self.new_hand_made(self.other, 1)
        payment = self.pay_for(invoice, self.other)
        row = self.pay_on_line(self.other, invoice + live, payment)
        self.erase(payment.move_id)
        self.check_stays(row, self.other)

    def test_what_failed_leaves_with_the_payment_too_and_that_of_others_does_not(self):
        invoice = self.new_acme_invoice()
        payment = self.pay_for(invoice, self.other)
        failed = self.pay_on_line(self.other, invoice, state="error")
        contact = self.new_contact()
        stranger = self.pay_on_line(contact, invoice, state="error")
        self.erase(payment.move_id)
        self.check_left(failed, self.other)
        self.check_stays(stranger, contact)

    def test_a_contact_who_paid_for_the_organisation_leaves_with_the_invoice(self):
        contact = self.new_contact()
        invoice, young = self.new_acme_invoice(), self.new_acme_invoice(2)
        payment = self.pay_for(invoice, self.acme)
        row = self.pay_on_line(contact, invoice, payment)
        recent = self.pay_on_line(contact, young)
        both = self.pay_on_line(contact, invoice + young, reference="TEST-BOTH")
        self.approve()
        self.assertIn(invoice, self.get_rows())
        self.assertNotIn(young, self.get_rows())
        self.run_night()
        document = self.document(invoice)
        self.assertFalse(document.error)
        self.assertTrue(document.erased_on)
        self.check_left(row, contact)
        self.assertEqual(row.partner_id, self.acme)
        self.assertEqual(payment.partner_id, self.acme)
        self.check_stays(recent, contact)
        self.check_stays(both, contact)
        self.refresh()
        self.assertTrue(document.erased_on)
        self.assertEqual(self.simulate().document_count, 0)


class TestOnlineBare(OnlineCase, BareCase):
    def test_a_payment_without_an_entry_takes_it_along(self):
        invoice = self.new_acme_invoice()
        payment = self.new_bare(
            12, partner_id=self.other.id, invoice_ids=[Command.set(invoice.ids)]
        )
        row = self.pay_on_line(self.other, invoice, payment)
        self.erase(payment)
        self.assertNotEqual(payment.partner_id, self.other)
        self.check_left(row, self.other)
