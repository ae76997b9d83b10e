"""What else of a settled invoice names its customer: payments, files, bank accounts."""

from unittest.mock import patch

from odoo import Command, fields
from odoo.tools import SQL

from .test_document_settled import SettledCase


class SettledRowsCase(SettledCase):
    def get_row_traces(self, *records):
        """Return where the customer still is on these rows and what hangs on them."""
        self.env.flush_all()
        found = set()
        for record in records:
            places = {
                record._table: SQL("t.id = %s", record.id),
                "mail_message": SQL(
                    "t.model = %s AND t.res_id = %s", record._name, record.id
                ),
                "ir_attachment": SQL(
                    "t.res_model = %s AND t.res_id = %s", record._name, record.id
                ),
                "mail_activity": SQL(
                    "t.res_model = %s AND t.res_id = %s", record._name, record.id
                ),
                "mail_followers": SQL(
                    "t.res_model = %s AND t.res_id = %s AND t.partner_id = %s",
                    record._name,
                    record.id,
                    self.customer.id,
                ),
            }
            for table, condition in places.items():
                rows = self.env.execute_query(
                    SQL(
                        "SELECT t::text FROM %s t WHERE %s",
                        SQL.identifier(table),
                        condition,
                    )
                )
                for (text,) in rows:
                    if "Kervella" in text or table == "mail_followers":
                        found.add((record._name, table))
        return found

    def talk_about(self, record):
        record.message_subscribe(self.customer.ids)
        record.message_post(body="Chère Inès Kervella, nous avons reçu 300 €")
        self.env["ir.attachment"].create(
            {
                "name": "reçu Inès Kervella.txt",
                "res_model": record._name,
                "res_id": record.id,
                "raw": b"Kervella",
            }
        )
        record.activity_schedule(
            "mail.mail_activity_data_todo", note="Rappeler Inès Kervella"
        )
        self.env.flush_all()


class TestBarePayments(SettledRowsCase):
    """The method of payment has no account: its payments have no journal entry."""

    def setUp(self):
        super().setUp()
        self.bank.inbound_payment_method_line_ids.payment_account_id = False

    def pay_bare(self, invoices, day=None):
        wizard = self.new_payment_wizard(invoices, day)
        # As with the accounting of the Enterprise edition
        moves = self.env.registry["account.move"]
        with patch.object(
            moves, "_get_invoice_in_payment_state", lambda _self: "in_payment"
        ):
            payment = wizard._create_payments()
        payment.memo = f"Virement {self.customer.name}"
        self.env.flush_all()
        self.assertFalse(payment.move_id)
        self.assertEqual(invoices.matched_payment_ids, payment)
        return payment

    def test_a_payment_without_an_entry_goes_along(self):
        payment = self.pay_bare(self.invoice)
        line = self.pay_by_statement(self.invoice)
        self.talk_about(payment)
        self.erase(self.old)
        self.assertEqual(
            self.get_links(payment, line, self.invoice.line_ids),
            {self.old.partner_id.id},
        )
        self.assertEqual(self.get_row_traces(payment), set())

    def test_a_young_payment_without_an_entry_keeps_the_name(self):
        day = fields.Date.subtract(fields.Date.today(), years=1)
        payment = self.pay_bare(self.invoice, day)
        self.pay_by_statement(self.invoice)
        self.erase(self.old)
        self.assertEqual(
            self.get_links(payment, self.invoice.line_ids), {self.customer.id}
        )

    def test_one_that_pays_a_young_invoice_as_well_keeps_the_name(self):
        live = self.new_invoice_of(self.recent, 1)
        payment = self.pay_bare(self.invoice + live, self.invoice.date)
        self.pay_by_statement(self.invoice)
        self.erase(self.old)
        self.assertEqual(
            self.get_links(payment, self.invoice.line_ids), {self.customer.id}
        )


class TestSettledTexts(SettledRowsCase):
    def test_messages_and_files_of_a_payment_go_along(self):
        payment = self.pay(self.invoice)
        self.talk_about(payment)
        files = self.env["ir.attachment"].search(
            [("res_model", "=", payment._name), ("res_id", "=", payment.id)]
        )
        self.assertTrue(self.get_row_traces(payment))
        erasure = self.erase(self.old)
        self.assertEqual(self.get_row_traces(payment), set())
        self.assertFalse(files.exists())
        self.assertTrue(payment.message_ids, "what was done stays")
        erased = erasure.line_ids.filtered(lambda line: line.kind == "erased")
        self.assertIn("ir.attachment", erased.mapped("model"))

    def test_texts_of_a_payment_that_keeps_its_name_stay(self):
        day = fields.Date.subtract(fields.Date.today(), years=1)
        payment = self.pay(self.invoice, day)
        self.talk_about(payment)
        before = self.get_row_traces(payment)
        self.erase(self.old)
        self.assertEqual(self.get_row_traces(payment), before)


class TestSettledBankAccounts(SettledRowsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.account = cls.env["res.partner.bank"].create(
            {
                "acc_number": "FR7630006000011234567890189",
                "partner_id": cls.customer.id,
                "allow_out_payment": True,
            }
        )
        cls.bank.outbound_payment_method_line_ids.payment_account_id = (
            cls.bank.default_account_id
        )

    def test_the_account_a_refund_was_paid_to_is_not_named_any_more(self):
        paid = self.pay(self.invoice)
        refund = self.invoice._reverse_moves(
            [{"date": self.invoice.date, "invoice_date": self.invoice.date}]
        )
        refund.partner_bank_id = self.account
        refund.action_post()
        repaid = self.pay(refund)
        repaid.partner_bank_id = self.account
        self.env.flush_all()
        self.assertEqual(refund.partner_bank_id, self.account)
        self.erase(self.old)
        self.assertEqual(
            self.get_links(paid, repaid, refund.line_ids), {self.old.partner_id.id}
        )
        self.assertFalse(refund.partner_bank_id)
        self.assertFalse(repaid.partner_bank_id)
        self.assertTrue(self.account.exists(), "the customer stays, and the account")
        self.assertEqual(self.account.partner_id, self.customer)

    def test_the_account_of_the_company_stays(self):
        own = self.env["res.partner.bank"].create(
            {
                "acc_number": "FR7630001007941234567890185",
                "partner_id": self.env.company.partner_id.id,
            }
        )
        self.pay(self.invoice)
        self.env.cr.execute(
            SQL(
                "UPDATE account_move SET partner_bank_id = %s WHERE id = %s",
                own.id,
                self.invoice.id,
            )
        )
        self.env.invalidate_all()
        self.erase(self.old)
        self.assertEqual(self.invoice.partner_bank_id, own)


class TestSettledOnLine(SettledRowsCase):
    def new_transaction(self, **vals):
        provider = self.env["payment.provider"].search([], limit=1)
        methods = self.env["payment.method"].with_context(active_test=False)
        method = methods.search([], limit=1)
        transaction = self.env["payment.transaction"].create(
            {
                "provider_id": provider.id,
                "payment_method_id": method.id,
                "reference": f"TEST-{self.invoice.id}-{len(vals)}",
                "amount": self.invoice.amount_total,
                "currency_id": self.invoice.currency_id.id,
                "partner_id": self.customer.id,
                "state": "done",
                **vals,
            }
        )
        self.env.cr.execute(
            SQL(
                "UPDATE payment_transaction SET create_date = %s WHERE id = %s",
                self.invoice.date,
                transaction.id,
            )
        )
        self.env.invalidate_all()
        return transaction

    def test_a_payment_by_the_link_of_the_portal_goes_along(self):
        payment = self.pay(self.invoice)
        transaction = self.new_transaction(
            invoice_ids=[Command.set(self.invoice.ids)], payment_id=payment.id
        )
        payment.payment_transaction_id = transaction
        self.env.flush_all()
        self.assertTrue(self.get_row_traces(transaction))
        self.erase(self.old)
        self.assertEqual(self.get_row_traces(transaction), set())
        self.assertEqual(self.get_links(payment, transaction), {self.old.partner_id.id})
        self.assertEqual(transaction.amount, self.invoice.amount_total)

    def test_one_that_pays_what_stays_stays(self):
        live = self.new_invoice_of(self.recent, 1)
        self.pay(self.invoice)
        transaction = self.new_transaction(
            invoice_ids=[Command.set((self.invoice + live).ids)]
        )
        self.erase(self.old)
        self.assertEqual(transaction.partner_id, self.customer)
        self.assertTrue(self.get_row_traces(transaction))


class TestSettledTextsRestricted(TestSettledTexts):
    """With the audit trail of Odoo."""

    restricted = True
