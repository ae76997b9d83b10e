"""Payments that went to the bank together: each of them ends by itself."""

from unittest.mock import patch

from odoo import fields
from odoo.tools import SQL

from .organisation_common import OrganisationCase

RETENTION = "odoo.addons.rgpd_fichier_client.models.retention"
GROUPS = f"{RETENTION}.rgpd_eraser_document_groups"
ALONE = f"{RETENTION}.account_move_document"


class DepositCase(OrganisationCase):
    def setUp(self):
        super().setUp()
        # Three are many here, and a group is followed by two at a time
        for name, value in (
            (f"{GROUPS}.MAX_DEPOSITED", 2),
            (f"{GROUPS}.ENTRIES_PER_STEP", 2),
            (f"{ALONE}.MAX_MATCHES", 2),
        ):
            patcher = patch(name, value)
            patcher.start()
            self.addCleanup(patcher.stop)
        self.clearing = self.env["account.account"].create(
            {
                "name": "Valeurs à l'encaissement",
                "code": "511299",
                "account_type": "asset_current",
                "reconcile": True,
            }
        )
        self.bank.inbound_payment_method_line_ids.payment_account_id = self.clearing

    def deposit(self, payments, partner=None, years=0, text="REMISE CHEQUES"):
        """Book one line of a bank statement for all these payments.

        :param years: so many after them
        """
        day = payments[:1].date
        line = self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.bank.id,
                "date": fields.Date.add(day, years=years),
                "payment_ref": text,
                "amount": sum(payments.mapped("amount")),
            }
        )
        suspense = line.move_id.line_ids.filtered(
            lambda x: x.account_id == self.bank.suspense_account_id
        )
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE account_move_line SET account_id = %s, partner_id = %s"
                " WHERE id = %s",
                self.clearing.id,
                partner and partner.id,
                suspense.id,
            )
        )
        self.env.invalidate_all()
        paid = payments.move_id.line_ids.filtered(
            lambda x: x.account_id == self.clearing
        )
        (suspense + paid).reconcile()
        self.env.flush_all()
        self.assertTrue(paid.full_reconcile_id)
        return line

    def pay_all(self, count=5):
        """Let the customer and the other one pay by turns, on one day."""
        invoices = payments = None
        for number in range(count):
            payer = self.customer if number % 2 else self.other
            invoice = self.new_hand_made(payer, 12)
            payment = self.new_payment_wizard(invoice)._create_payments()
            payment.memo = f"Chèque {payer.name}"
            invoices = (invoices or invoice) | invoice
            payments = (payments or payment) | payment
        self.env.flush_all()
        return invoices, payments


class TestDepositFree(DepositCase):
    """Without the audit trail of Odoo."""

    def check_alone(self, invoices, payments, line):
        """Each leaves without the others, and the books say the same."""
        year = invoices[:1].date.year
        books = self.get_figures(year), self.get_chain()
        self.erase(invoices[:1])
        self.assertNotEqual(payments[0].partner_id, self.other)
        self.assertNotIn(self.other, payments[0].move_id.line_ids.partner_id)
        self.assertEqual(payments[2].partner_id, self.other)
        self.assertFalse(self.document(invoices[:1]).date_books)
        self.assertEqual((self.get_figures(year), self.get_chain()), books)
        self.assertEqual(line.payment_ref, "REMISE CHEQUES")

    def test_who_is_on_a_deposit_of_many_leaves_alone(self):
        invoices, payments = self.pay_all()
        line = self.deposit(payments)
        self.check_alone(invoices, payments, line)

    def test_the_year_of_the_deposit_keeps_no_name(self):
        """It is not on it."""
        invoices, payments = self.pay_all()
        line = self.deposit(payments, years=2)
        self.check_alone(invoices, payments, line)

    def test_a_deposit_in_the_name_of_an_organisation_holds_nobody_either(self):
        invoices, payments = self.pay_all()
        line = self.deposit(payments, partner=self.acme)
        self.check_alone(invoices, payments, line)
        self.assertIn(self.acme, line.move_id.line_ids.partner_id)

    def test_one_that_names_a_person_is_looked_at_as_a_whole(self):
        invoices, payments = self.pay_all()
        self.deposit(payments, partner=self.customer)
        erasure = self.erase(invoices[:1])
        self.assertEqual(payments[0].partner_id, self.other)
        self.assertTrue(self.document(invoices[:1]).date_books)
        kept = self.get_kept(erasure, "posted")
        self.assertEqual(kept["account.move.line"], len(invoices[0].line_ids))

    def test_one_that_names_a_person_goes_whatever_its_size(self):
        """More than it follows at a time: as a whole, once nothing holds one of it."""
        invoices, payments = self.pay_all()
        line = self.deposit(payments, partner=self.customer, text="VIR Inès Kervella")
        self.erase(invoices[0] + invoices[2] + invoices[4])
        self.erase(invoices[1] + invoices[3])
        self.assertEqual(payments[0].partner_id, self.other, "somebody else stayed")
        erasures = self.env["rgpd.eraser"]._erase_books(invoices[:1])
        self.env.invalidate_all()
        left = {self.customer, self.other}
        self.assertFalse({*payments.partner_id} & left)
        self.assertFalse({*(invoices + payments.move_id).line_ids.partner_id} & left)
        self.assertFalse({*line.move_id.line_ids.partner_id} & left)
        self.assertNotIn("Kervella", line.payment_ref)
        # Each has a certificate, and nobody is looked for again
        self.assertEqual(len(erasures), 2)
        self.assertFalse(any(self.document(i).date_books for i in invoices))

    def get_deposit_traces(self, line, text):
        """Return where a text is on a deposit, its lines and its messages."""
        places = {
            "account_move": SQL("id = %s", line.move_id.id),
            "account_move_line": SQL("move_id = %s", line.move_id.id),
            "account_bank_statement_line": SQL("id = %s", line.id),
            "mail_message": SQL(
                "model = 'account.move' AND res_id = %s", line.move_id.id
            ),
        }
        self.env.flush_all()
        return {
            table
            for table, condition in places.items()
            if self.env.execute_query(
                SQL(
                    "SELECT FROM %s t WHERE %s AND t::text ILIKE %s",
                    SQL.identifier(table),
                    condition,
                    f"%{text}%",
                )
            )
        }

    def test_who_leaves_is_taken_out_of_the_texts_of_the_deposit(self):
        """It leads to nobody, and no link says whom its texts name."""
        invoices, payments = self.pay_all()
        line = self.deposit(payments, text="REMISE Malo Guivarch, Inès Kervella")
        line.move_id.narration = "<p>Chèque de Malo Guivarch</p>"
        line.move_id.message_post(body="Malo Guivarch a signé au dos")
        self.assertTrue(self.get_deposit_traces(line, "Guivarch"))
        self.erase(invoices[0] + invoices[2] + invoices[4])
        self.assertEqual(self.get_deposit_traces(line, "Guivarch"), set())
        self.assertIn("Inès Kervella", line.payment_ref)
        self.erase(invoices[1] + invoices[3])
        self.env.invalidate_all()
        self.assertEqual(self.get_deposit_traces(line, "Kervella"), set())
        self.assertIn("REMISE", line.payment_ref)

    def test_a_text_of_a_younger_deposit_keeps_whom_it_names_alone(self):
        """Accounting needs the text: the link is all that tells whose name it is."""
        invoices, payments = self.pay_all()
        line = self.deposit(payments, years=2, text="REMISE Malo Guivarch")
        books = self.env["rgpd.eraser.accounting"]
        end = books._get_end(line.move_id, books._get_years())
        self.erase(invoices)
        self.env["rgpd.eraser"]._erase_books(invoices)
        row = self.document(invoices[:1])
        self.assertEqual(payments[0].partner_id, self.other)
        self.assertEqual(row.date_books, fields.Date.add(end, days=1))
        self.assertNotEqual(payments[1].partner_id, self.customer)
        self.assertFalse(self.document(invoices[1]).date_books)
        reason, day = self.env.registry["rgpd.reason"], row.date_books
        with patch.object(reason, "_get_today", lambda _self: day):
            self.env["rgpd.eraser"]._erase_books(invoices)
        self.env.invalidate_all()
        self.assertNotEqual(payments[0].partner_id, self.other)
        self.assertEqual(self.get_deposit_traces(line, "Guivarch"), set())
        self.assertFalse(row.date_books)

    def test_a_deposit_of_few_goes_as_one(self):
        invoices, payments = self.pay_all(2)
        self.deposit(payments)
        self.erase(invoices[:1])
        self.assertEqual(payments[0].partner_id, self.other, "somebody else stays")
        self.assertTrue(self.document(invoices[:1]).date_books)
        self.erase(invoices[1:])
        self.env["rgpd.eraser"]._erase_books(invoices)
        self.env.invalidate_all()
        self.assertFalse({*payments.partner_id} & {self.customer, self.other})

    def test_the_night_ends_all_of_them(self):
        invoices, payments = self.pay_all()
        self.deposit(payments)
        self.approve()
        self.run_night()
        self.assertFalse({*payments.partner_id} & {self.customer, self.other})
        self.assertFalse({*invoices.partner_id} & {self.customer, self.other})
        rows = self.env["rgpd.document"]._of(invoices)
        self.assertEqual(rows.filtered("erased_on"), rows)
        self.assertFalse(any(rows.mapped("date_books")))


class TestDepositRestricted(TestDepositFree):
    """With the audit trail."""

    restricted = True
