"""What still names a living customer in the books goes in a night of its own."""

from datetime import date
from unittest.mock import patch

from odoo import fields
from odoo.tools import SQL

from .test_document_settled import SettledCase

MODELS = "odoo.addons.rgpd_fichier_client.models.retention"
GROUPS = f"{MODELS}.rgpd_eraser_document_groups"


class TestSettledLater(SettledCase):
    index = "rgpd_document_books_idx"

    def setUp(self):
        super().setUp()
        # In France, where the day begins earlier
        self.today = self.env["rgpd.reason"]._get_today()

    def night_of(self, day):
        """Let the night of another day work, under an approval of that day."""
        reason = self.env.registry["rgpd.reason"]
        with patch.object(reason, "_get_today", lambda _self: day):
            self.approve()
            self.run_night()

    def assert_all_left(self, *rows):
        self.assertEqual(self.get_links(*rows), {self.old.partner_id.id})
        self.assertFalse(self.document(self.old).date_books)

    def test_a_payment_of_the_year_after_goes_a_year_later(self):
        year = self.invoice.date.year + 1
        payment = self.pay(self.invoice, date(year, 1, 5))
        rows = (
            payment, payment.move_id.line_ids, payment.move_id, self.invoice.line_ids,
        )  # fmt: skip
        first, second = date(year + 10, 1, 2), date(year + 11, 1, 2)
        books = (self.get_figures(year - 1), self.get_figures(year))
        balances, chain = self.get_balances(), self.get_chain()
        stamp = self.invoice.write_date
        self.night_of(first)
        self.assertTrue(self.document(self.old).erased_on)
        self.assertEqual(self.get_links(*rows), {self.customer.id})
        self.assertEqual(self.document(self.old).date_books, date(year + 11, 1, 1))
        self.night_of(date(year + 10, 12, 31))
        self.assertEqual(self.get_links(*rows), {self.customer.id})
        self.night_of(second)
        self.assert_all_left(*rows)
        self.assertNotIn("Kervella", payment.memo or "")
        self.assertEqual(self.get_book_traces(payment.move_id), set())
        self.assertEqual((self.get_figures(year - 1), self.get_figures(year)), books)
        self.assertEqual((self.get_balances(), self.get_chain()), (balances, chain))
        self.assertEqual(self.invoice.write_date, stamp)
        proofs = self.env["rgpd.erasure"].search(
            [("scope", "=", "documents"), ("subject_uid", "=", self.subject.uid)]
        )
        self.assertEqual(len(proofs), 2)
        last = proofs.sorted("id")[-1]
        erased = last.line_ids.filtered(lambda line: line.kind == "erased")
        self.assertIn("account.payment", erased.mapped("model"))
        self.assertFalse(self.get_kept(last, "posted"))
        self.assertTrue(self.customer.name)

    @property
    def subject(self):
        return self.env["rgpd.subject"]._of(self.customer)

    def test_what_is_matched_late_goes_at_the_next_look(self):
        self.erase(self.old)
        self.night_of(self.today)
        row = self.document(self.old)
        self.assertEqual(row.date_books, fields.Date.add(self.today, days=30))
        self.assertEqual(self.get_links(self.invoice.line_ids), {self.customer.id})
        payment = self.pay(self.invoice, self.invoice.date)
        self.night_of(fields.Date.add(self.today, days=29))
        self.assertEqual(self.get_links(payment), {self.customer.id})
        self.night_of(fields.Date.add(self.today, days=30))
        self.assert_all_left(payment, self.invoice.line_ids)

    def test_one_payment_for_the_orders_of_two_customers(self):
        """Each of them leaves alone, in nights of their own."""
        order = self.new_order(self.other, years=12)
        second = self.new_invoice_of(order, 12)
        payment = self.pay_both(self.invoice, second)
        paid = payment.line_ids.filtered("partner_id")
        rows = (paid, self.invoice.line_ids, second.line_ids)
        self.erase(self.old)
        self.erase(order)
        both = {self.customer.id, self.other.id}
        self.assertEqual(self.get_links(*rows), both)
        self.night_of(self.today)
        self.assert_all_left(*rows)
        self.assertFalse(self.document(order).date_books)
        self.assertNotIn("Guivarch", "".join(paid.mapped("name")))

    def pay_both(self, *invoices):
        """Book one entry of the bank for the invoices of several customers."""
        receivables = self.env["account.move.line"].union(
            *(
                invoice.line_ids.filtered(
                    lambda x: x.account_id.account_type == "asset_receivable"
                )
                for invoice in invoices
            )
        )
        lines = [
            fields.Command.create(
                {
                    "account_id": line.account_id.id,
                    "partner_id": line.partner_id.id,
                    "credit": line.debit,
                    "name": f"Chèque {self.customer.name} et {self.other.name}",
                }
            )
            for line in receivables
        ]
        total = sum(receivables.mapped("debit"))
        bank = {"account_id": self.bank.default_account_id.id, "debit": total}
        entry = self.env["account.move"].create(
            {
                "journal_id": self.bank.id,
                "date": invoices[0].date,
                "line_ids": [fields.Command.create(bank), *lines],
            }
        )
        entry.action_post()
        for line in receivables:
            paid = entry.line_ids.filtered(
                lambda x, line=line: x.partner_id == line.partner_id and x.credit
            )
            (paid + line).reconcile()
        self.env.flush_all()
        self.assertEqual(len(receivables.full_reconcile_id), len(invoices))
        return entry

    def test_a_hold_keeps_the_books(self):
        self.erase(self.old)
        payment = self.pay(self.invoice, self.invoice.date)
        self.env["rgpd.hold"].create({"name": "Litige", "partner_id": self.customer.id})
        self.night_of(self.today)
        self.assertEqual(self.get_links(payment), {self.customer.id})
        self.assertTrue(self.document(self.old).date_books)

    def test_a_hold_on_the_order_that_names_nobody_keeps_the_books(self):
        self.erase(self.old)
        payment = self.pay(self.invoice, self.invoice.date)
        self.env["rgpd.hold"].create({"name": "Contrôle", "order_id": self.old.id})
        self.night_of(self.today)
        self.assertEqual(self.get_links(payment), {self.customer.id})
        self.assertTrue(self.document(self.old).date_books)

    def test_an_open_request_keeps_the_books(self):
        self.erase(self.old)
        payment = self.pay(self.invoice, self.invoice.date)
        self.env["rgpd.request"].create(
            {
                "partner_id": self.customer.id,
                "item_ids": [fields.Command.create({"right": "access"})],
            }
        )
        self.night_of(self.today)
        self.assertEqual(self.get_links(payment), {self.customer.id})
        self.assertTrue(self.document(self.old).date_books)

    def test_what_the_seal_covers_is_never_looked_at_again(self):
        self.pay(self.invoice)
        self.invoice.journal_id.restrict_mode_hash_table = True
        self.invoice.button_hash()
        self.erase(self.old)
        self.night_of(self.today)
        self.assertFalse(self.document(self.old).date_books)
        self.assertEqual(self.get_links(self.invoice.line_ids), {self.customer.id})

    def test_nothing_leaves_without_an_approval(self):
        self.erase(self.old)
        payment = self.pay(self.invoice, self.invoice.date)
        self.run_night()
        self.assertEqual(self.get_links(payment), {self.customer.id})

    def test_what_was_erased_before_is_looked_at_once_after_the_update(self):
        self.erase(self.old)
        self.env.flush_all()
        self.env.cr.execute("UPDATE rgpd_document SET date_books = NULL")
        self.env["rgpd.document"]._init_column("date_books")
        self.env.invalidate_all()
        self.assertTrue(self.document(self.old).date_books)
        self.assertFalse(self.document(self.recent).date_books)

    def test_an_order_that_names_somebody_again_is_left_to_its_own_night(self):
        self.erase(self.old)
        self.assertTrue(self.document(self.old).date_books)
        self.env.cr.execute(
            SQL(
                "UPDATE sale_order SET partner_id = %s WHERE id = %s",
                self.other.id,
                self.old.id,
            )
        )
        self.env.invalidate_all()
        self.refresh()
        self.assertFalse(self.document(self.old).date_books)

    def test_a_group_is_followed_step_by_step_whatever_its_size(self):
        payment = self.pay(self.invoice)
        finder = self.env["rgpd.eraser.document.scope"]
        with patch(f"{GROUPS}.ENTRIES_PER_STEP", 1):
            groups = finder._get_groups(self.invoice, self.old)
        self.assertTrue(groups.is_free(self.invoice.id))
        self.assertEqual(
            groups.get_members(payment.move_id.id),
            {self.invoice.id, payment.move_id.id},
        )

    def test_a_night_with_nothing_due_asks_one_statement(self):
        table = self.env["rgpd.document"]
        self.env.flush_all()
        with self.assertQueryCount(1):
            self.assertFalse(table._get_books_due(self.env.company))
        # The plan depends on how old other transactions of the server are
        index = self.env.execute_query(
            SQL("SELECT indexdef FROM pg_indexes WHERE indexname = %s", self.index)
        )
        self.assertIn("(date_books) WHERE (date_books IS NOT NULL)", index[0][0])


class TestSettledLaterRestricted(TestSettledLater):
    """With the audit trail of Odoo."""

    restricted = True
