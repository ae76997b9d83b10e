"""Payments and entries whose ten years are over let a living customer go."""

import csv
import io
from collections import defaultdict
from datetime import date

from odoo import fields
from odoo.tools.sql import SQL

from .test_document_books import BooksCase

# Columns of the FEC that name the customer or repeat a text (art. A47 A-1 LPF)
NAMING = ("CompAuxNum", "CompAuxLib", "PieceRef", "EcritureLib")


class SettledCase(BooksCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.write(
            {
                "country_id": cls.env.ref("base.fr").id,
                "vat": "FR40303265045",
                "company_registry": "30326504500012",
            }
        )
        cls.bank = cls.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", cls.env.company.id)], limit=1
        )
        cls.bank.inbound_payment_method_line_ids.payment_account_id = (
            cls.bank.default_account_id
        )

    def new_payment_wizard(self, invoices, day=None):
        """Return the wizard that pays these invoices in one go."""
        wizard = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoices.ids
        )
        return wizard.create(
            {
                "payment_date": day or invoices[0].date,
                "journal_id": self.bank.id,
                "group_payment": True,
            }
        )

    def pay(self, invoices, day=None):
        payment = self.new_payment_wizard(invoices, day)._create_payments()
        payment.memo = f"Virement {self.customer.name}"
        self.env.flush_all()
        self.assertTrue(invoices.line_ids.full_reconcile_id)
        return payment

    def pay_by_statement(self, invoice):
        line = self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.bank.id,
                "date": invoice.date,
                "payment_ref": f"VIR {self.customer.name}",
                "partner_name": self.customer.name,
                "account_number": "FR7630006000011234567890189",
                "partner_id": self.customer.id,
                "amount": invoice.amount_total,
            }
        )
        receivable = invoice.line_ids.filtered(
            lambda x: x.account_id.account_type == "asset_receivable"
        )
        suspense = line.move_id.line_ids.filtered(
            lambda x: x.account_id == self.bank.suspense_account_id
        )
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE account_move_line SET account_id = %s WHERE id = %s",
                receivable.account_id.id,
                suspense.id,
            )
        )
        self.env.invalidate_all()
        (suspense + receivable).reconcile()
        self.env.flush_all()
        self.assertTrue(receivable.full_reconcile_id)
        return line

    def get_fec(self, year):
        wizard = self.env["l10n_fr.fec.export.wizard"].create(
            {
                "date_from": date(year, 1, 1),
                "date_to": date(year, 12, 31),
                "test_file": True,
            }
        )
        return wizard.generate_fec()["file_content"]

    def get_lines(self, year):
        """Return the rows of a FEC but for openings of accounts that are settled.

        Odoo writes one of nothing at all for each customer who ever owed something.
        """
        text = self.get_fec(year).decode()
        return [
            row
            for row in csv.DictReader(io.StringIO(text), delimiter="|")
            if row["JournalCode"] != "OUV" or {row["Debit"], row["Credit"]} != {"0,00"}
        ]

    def get_figures(self, year):
        """Return the rows of a FEC without what names the customer, in order."""
        text = self.get_fec(year).decode()
        rows = csv.DictReader(io.StringIO(text), delimiter="|")
        return sorted(
            tuple(value for name, value in row.items() if name not in NAMING)
            for row in rows
        )

    def get_balances(self):
        """Return what each customer owes, settled accounts left out."""
        self.env.flush_all()
        groups = self.env["account.move.line"]._read_group(
            [
                ("parent_state", "=", "posted"),
                ("account_id.account_type", "=", "asset_receivable"),
            ],
            ["partner_id"],
            ["balance:sum"],
        )
        return {partner.id: total for partner, total in groups if total}

    def get_chain(self):
        user = self.env.ref("base.user_admin")
        user.group_ids += self.env.ref("account.group_account_user")
        company = self.env.company.with_user(user)
        results = company._check_hash_integrity()["results"]
        return sorted((r["journal_name"], r["status"]) for r in results)

    def get_links(self, *records):
        """Return the persons these rows lead to."""
        found = defaultdict(set)
        for some in records:
            for record in some:
                found[some._name].add(record.partner_id.id)
        return {person for persons in found.values() for person in persons}


class TestSettledFree(SettledCase):
    """Without the audit trail of Odoo."""

    def test_a_paid_invoice_and_its_payment_let_the_customer_go(self):
        payment = self.pay(self.invoice)
        live = self.new_invoice_of(self.recent, 1)
        old_year, year = self.invoice.date.year, live.date.year
        fec, figures = self.get_lines(year), self.get_figures(old_year)
        balances, chain = self.get_balances(), self.get_chain()
        self.assertTrue(figures)
        erasure = self.erase(self.old)
        rows = (
            self.invoice, self.invoice.line_ids, payment, payment.move_id,
            payment.move_id.line_ids,
        )  # fmt: skip
        self.assertEqual(self.get_links(*rows), {self.old.partner_id.id})
        self.assertNotIn("Kervella", payment.memo or "")
        self.assertEqual(self.get_book_traces(self.invoice), set())
        self.assertEqual(self.get_book_traces(payment.move_id), set())
        self.assertFalse(self.get_kept(erasure, "posted"))
        # The books say the same: what is owed, the chain, the file for the tax office
        self.assertEqual(self.get_balances(), balances)
        self.assertEqual(self.get_chain(), chain)
        self.assertEqual(self.get_lines(year), fec)
        self.assertEqual(self.get_figures(old_year), figures)
        self.assertNotIn(b"Kervella", self.get_fec(old_year))
        self.assertIn("Kervella", str(fec))
        erased = erasure.line_ids.filtered(lambda line: line.kind == "erased")
        self.assertIn("account.payment", erased.mapped("model"))

    def test_a_line_of_a_bank_statement_goes_along(self):
        line = self.pay_by_statement(self.invoice)
        balances = self.get_balances()
        self.erase(self.old)
        rows = (line, line.move_id.line_ids, self.invoice.line_ids)
        self.assertEqual(self.get_links(*rows), {self.old.partner_id.id})
        self.env.cr.execute(
            "SELECT t::text FROM account_bank_statement_line t WHERE id = %s",
            (line.id,),
        )
        text = self.env.cr.fetchone()[0]
        self.assertNotIn("Kervella", text)
        self.assertNotIn("FR76", text)
        self.assertEqual(self.get_balances(), balances)
        self.assertEqual(line.amount, self.invoice.amount_total)

    def check_link_stays(self, *rows):
        erasure = self.erase(self.old)
        self.assertEqual(self.get_links(*rows), {self.customer.id})
        self.assertEqual(
            self.get_kept(erasure, "posted")["account.move.line"],
            len(self.invoice.line_ids),
        )

    def test_a_payment_of_last_year_keeps_the_account_as_it_is(self):
        day = fields.Date.subtract(fields.Date.today(), years=1)
        payment = self.pay(self.invoice, day)
        self.check_link_stays(payment, payment.move_id.line_ids, self.invoice.line_ids)

    def test_what_is_not_paid_keeps_its_debtor(self):
        self.check_link_stays(self.invoice.line_ids)

    def test_a_payment_for_an_invoice_that_stays_stays(self):
        live = self.new_invoice_of(self.recent, 1)
        payment = self.pay(self.invoice + live, self.invoice.date)
        self.check_link_stays(payment, payment.move_id.line_ids, self.invoice.line_ids)

    def test_what_the_seal_covers_keeps_its_link(self):
        payment = self.pay(self.invoice)
        self.invoice.journal_id.restrict_mode_hash_table = True
        self.invoice.button_hash()
        chain = self.get_chain()
        self.erase(self.old)
        self.assertEqual(
            self.get_links(payment, self.invoice.line_ids), {self.customer.id}
        )
        self.assertEqual(self.get_chain(), chain)


class TestSettledRestricted(TestSettledFree):
    """With the audit trail."""

    restricted = True
