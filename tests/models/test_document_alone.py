"""Invoices and payments that no order leads to end on their own day."""

from unittest.mock import patch

from odoo import Command, fields
from odoo.tools import SQL, mute_logger

from .test_document_settled import SettledCase

ERASER = "odoo.addons.rgpd_fichier_client.models.retention.rgpd_eraser_document"
DOCUMENT = "odoo.addons.rgpd_fichier_client.models.retention.account_move_document"


class AloneCase(SettledCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.by_hand = cls.new_hand_made(cls.customer, 12)

    @classmethod
    def new_hand_made(cls, partner, years, move_type="out_invoice", **vals):
        """Post an invoice that was made from nothing, so many years ago."""
        day = fields.Date.subtract(fields.Date.today(), years=years)
        invoice = cls.env["account.move"].create(
            {
                "move_type": move_type,
                "partner_id": partner.id,
                "invoice_date": day,
                "date": day,
                "narration": f"<p>Merci {partner.name}, {partner.phone}</p>",
                "invoice_line_ids": [
                    Command.create(
                        {
                            "name": f"Armoire gravée {partner.name}",
                            "price_unit": 300.0,
                            "tax_ids": False,
                        }
                    )
                ],
                **vals,
            }
        )
        invoice.action_post()
        invoice.message_subscribe(partner.ids)
        invoice.message_post(body=f"Relancé {partner.name} au {partner.phone}")
        cls.env.flush_all()
        return invoice

    def new_advance(self, years):
        """Let the customer pay in advance, so many years ago."""
        payment = self.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": self.customer.id,
                "amount": 50.0,
                "date": fields.Date.subtract(fields.Date.today(), years=years),
                "journal_id": self.bank.id,
                "memo": f"Acompte {self.customer.name}",
            }
        )
        payment.action_post()
        self.env.flush_all()
        return payment

    def get_rows(self):
        rows = self.env["rgpd.document"].search([("res_model", "=", "account.move")])
        return self.env["account.move"].browse(rows.mapped("res_id"))


class TestAloneFree(AloneCase):
    """Without the audit trail of Odoo."""

    def test_the_day_is_that_of_the_law(self):
        books = self.env["rgpd.eraser.accounting"]
        years = books._get_years()
        recent = self.new_hand_made(self.customer, 2)
        for closing in (("12", 31), ("2", 28), ("6", 30)):
            self.env.company.write(
                {"fiscalyear_last_month": closing[0], "fiscalyear_last_day": closing[1]}
            )
            self.env.flush_all()
            self.env.invalidate_all()
            for move in self.by_hand + recent:
                with self.subTest(closing=closing, day=move.date):
                    self.assertEqual(
                        move.rgpd_date_retention, books._get_end(move, years)
                    )
                    found = self.env["account.move"].search(
                        [("rgpd_date_retention", "=", move.rgpd_date_retention)]
                    )
                    self.assertIn(move, found)

    def test_which_of_them_are_documents(self):
        payment = self.pay(self.by_hand)
        advance = self.new_advance(12)
        bill = self.new_hand_made(self.customer, 12, "in_invoice")
        recent = self.new_hand_made(self.customer, 2)
        organisation = self.env["res.partner"].create(
            {"name": "Atelier Test", "is_company": True}
        )
        theirs = self.new_hand_made(organisation, 12)
        self.refresh()
        rows = self.get_rows()
        self.assertLessEqual(self.by_hand + advance.move_id, rows)
        others = {
            "it ends with its order": self.invoice,
            "it ends with what it paid": payment.move_id,
            "that of a supplier": bill,
            "not within a year": recent,
            "of nobody": theirs,
        }
        for why, move in others.items():
            with self.subTest(why):
                self.assertNotIn(move, rows)

    def test_a_line_of_a_statement_that_paid_an_order_ends_with_it(self):
        line = self.pay_by_statement(self.invoice)
        alone = self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.bank.id,
                "date": self.invoice.date,
                "payment_ref": "VIR Kervella",
                "partner_id": self.customer.id,
                "amount": 12.0,
            }
        )
        self.refresh()
        self.assertNotIn(line.move_id, self.get_rows())
        self.assertIn(alone.move_id, self.get_rows())

    def test_a_deposit_of_many_payments_is_not_followed(self):
        """What is matched with very many others says of none of them what it was."""
        payment = self.pay(self.invoice)
        entry, deposit = payment.move_id, self.new_hand_made(self.customer, 12)
        # The invoice of the order, its payment, and what that is deposited with
        self.match(entry, deposit)
        self.env.cr.execute(
            SQL("UPDATE account_move SET move_type = 'entry' WHERE id = %s", deposit.id)
        )

        def is_matched(move):
            query = self.env["account.move"]._rgpd_get_matched_sql("o")
            return bool(
                self.env.execute_query(
                    SQL(
                        "SELECT 1 FROM account_move o WHERE o.id = %s AND EXISTS (%s)",
                        move.id,
                        query,
                    )
                )
            )

        self.assertTrue(is_matched(entry), "with the invoice")
        self.assertTrue(is_matched(deposit), "by the payment")
        with patch(f"{DOCUMENT}.MAX_MATCHES", 1):
            self.assertTrue(is_matched(entry), "with the invoice itself")
            self.assertFalse(is_matched(deposit), "the payment has two matches")

    def match(self, move, other):
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """INSERT INTO account_partial_reconcile
                          (debit_move_id, credit_move_id, amount)
                   VALUES (%s, %s, 1)""",
                move.line_ids.filtered("debit")[0].id,
                other.line_ids.filtered("credit")[0].id,
            )
        )

    def test_the_night_lets_the_customer_leave_it_and_its_payment(self):
        payment = self.pay(self.by_hand)
        self.pay(self.invoice)
        live = self.new_hand_made(self.customer, 1)
        old_year, year = self.by_hand.date.year, live.date.year
        fec, figures = self.get_lines(year), self.get_figures(old_year)
        balances, chain = self.get_balances(), self.get_chain()
        stamp, total = self.by_hand.write_date, self.by_hand.amount_total
        simulation = self.approve()
        shown = simulation.document_ids.filtered(
            lambda line: (
                line.res_model == "account.move"
                and line.decision == "erase"
                and not line.rule
            )
        )
        self.assertEqual(sum(shown.mapped("count")), 1)
        self.run_night()
        row = self.document(self.by_hand)
        self.assertFalse(row.error)
        self.assertTrue(row.erased_on)
        self.assertFalse(row.date_books)
        self.assertEqual(simulation.run_ids.document_count, simulation.document_count)
        self.assertEqual(self.get_book_traces(self.by_hand), set())
        self.assertEqual(self.get_book_traces(payment.move_id), set())
        self.assertNotIn("Kervella", payment.memo or "")
        rows = (
            self.by_hand, self.by_hand.line_ids, payment, payment.move_id,
            payment.move_id.line_ids,
        )  # fmt: skip
        self.assertEqual(self.get_links(*rows), {self.by_hand.partner_id.id})
        self.assertNotEqual(self.by_hand.partner_id, self.customer)
        self.assertNotIn(self.customer, self.by_hand.message_partner_ids)
        self.assertEqual(self.customer.name, "Inès Kervella")
        self.assertEqual(live.partner_id, self.customer)
        # The books say the same
        self.assertEqual(self.by_hand.state, "posted")
        self.assertEqual(self.by_hand.amount_total, total)
        self.assertEqual(self.by_hand.write_date, stamp)
        self.assertEqual(self.get_balances(), balances)
        self.assertEqual(self.get_chain(), chain)
        self.assertEqual(self.get_lines(year), fec)
        self.assertEqual(self.get_figures(old_year), figures)
        self.assertNotIn(b"Kervella", self.get_fec(old_year))
        lines = row.erasure_id.line_ids
        erased = lines.filtered(lambda line: line.kind == "erased")
        self.assertLessEqual(
            {"account.move", "account.payment"}, set(erased.mapped("model"))
        )
        self.assertEqual(self.simulate().document_count, 0)

    def test_what_is_not_paid_keeps_its_debtor_until_it_is(self):
        erasure = self.erase(self.by_hand)
        self.assertEqual(self.get_book_traces(self.by_hand), set())
        self.assertEqual(self.get_links(self.by_hand.line_ids), {self.customer.id})
        self.assertEqual(
            self.get_kept(erasure, "posted")["account.move.line"],
            len(self.by_hand.line_ids),
        )
        row = self.document(self.by_hand)
        self.assertTrue(row.date_books, "looked at again")
        self.pay(self.by_hand)
        self.env["rgpd.eraser"]._erase_books(self.by_hand)
        self.env.invalidate_all()
        self.assertFalse(row.error)
        self.assertEqual(
            self.get_links(self.by_hand.line_ids), {self.by_hand.partner_id.id}
        )
        self.assertFalse(row.date_books)

    def test_a_payment_of_last_year_keeps_the_account_as_it_is(self):
        day = fields.Date.subtract(fields.Date.today(), years=1)
        payment = self.pay(self.by_hand, day)
        self.erase(self.by_hand)
        self.assertEqual(
            self.get_links(payment, self.by_hand.line_ids), {self.customer.id}
        )

    def test_an_order_that_still_names_somebody_keeps_what_paid_both(self):
        payment = self.pay(self.by_hand + self.invoice)
        self.erase(self.by_hand)
        self.assertEqual(
            self.get_links(payment, self.invoice.line_ids), {self.customer.id}
        )
        self.assertTrue(self.get_book_traces(self.invoice))

    def test_what_the_seal_covers_stays(self):
        self.by_hand.journal_id.restrict_mode_hash_table = True
        self.by_hand.button_hash()
        self.assertTrue(self.by_hand.inalterable_hash)
        chain, label = self.get_chain(), self.by_hand.invoice_line_ids.name
        erasure = self.erase(self.by_hand)
        self.assertEqual(self.get_chain(), chain)
        self.assertEqual(self.by_hand.invoice_line_ids.name, label)
        self.assertFalse(self.document(self.by_hand).error)
        self.assertEqual(self.get_links(self.by_hand.line_ids), {self.customer.id})
        self.assertTrue(self.get_kept(erasure, "accounting"))
        text = self.by_hand.narration or ""
        self.assertNotIn("Kervella", text)

    @mute_logger(ERASER)
    def test_a_hold_on_it_keeps_it(self):
        hold = self.env["rgpd.hold"].create(
            {"name": "Litige", "move_id": self.by_hand.id, "lift_reason": "Jugé"}
        )
        self.approve()
        self.run_night()
        self.assertTrue(self.get_book_traces(self.by_hand))
        hold.action_lift()
        self.run_night()
        self.assertEqual(self.get_book_traces(self.by_hand), set())

    def test_a_purpose_that_ends_in_a_review_erases_nothing(self):
        self.env.ref("rgpd_fichier_client.rgpd_purpose_invoice").end_action = "review"
        self.approve()
        self.run_night()
        self.assertTrue(self.get_book_traces(self.by_hand))

    def test_an_advance_nobody_invoiced_loses_its_texts_alone(self):
        """The company owes it: the account of the customer has to balance."""
        advance = self.new_advance(12)
        self.erase(advance.move_id)
        self.assertEqual(
            self.get_links(advance, advance.move_id.line_ids), {self.customer.id}
        )
        self.assertTrue(self.document(advance.move_id).date_books)

    def test_an_advance_and_its_refund_let_the_customer_go(self):
        self.bank.outbound_payment_method_line_ids.payment_account_id = (
            self.bank.default_account_id
        )
        advance = self.new_advance(12)
        back = self.env["account.payment"].create(
            {
                "payment_type": "outbound",
                "partner_type": "customer",
                "partner_id": self.customer.id,
                "amount": 50.0,
                "date": advance.date,
                "journal_id": self.bank.id,
                "memo": f"Retour {self.customer.name}",
            }
        )
        back.action_post()
        lines = (advance + back).move_id.line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )
        lines.reconcile()
        self.env.flush_all()
        self.refresh()
        self.assertLessEqual((advance + back).move_id, self.get_rows())
        balances = self.get_balances()
        self.erase(advance.move_id)
        self.assertEqual(
            self.get_links(advance, back, back.move_id.line_ids),
            {advance.move_id.partner_id.id},
        )
        self.assertNotIn("Kervella", (advance.memo or "") + (back.memo or ""))
        self.assertEqual(self.get_balances(), balances)

    def test_a_backup_that_brings_it_back_is_seen(self):
        self.refresh()
        created, _erased = self.env["rgpd.erasure.outbox"]._get_creations_not_erased(
            "account.move", "partner_id"
        )
        self.assertIn(self.by_hand.id, created)
        self.assertNotIn(self.invoice.id, created)

    def test_an_old_draft_that_nobody_posts_goes(self):
        draft = self.new_draft(self.old)
        draft.invoice_line_ids.sale_line_ids = False
        self.date_draft(draft, 12)
        planned = self.new_draft(self.old)
        planned.invoice_line_ids.sale_line_ids = False
        self.date_draft(planned, 12, auto_post="monthly")
        self.refresh()
        self.assertIn(draft, self.get_rows())
        self.assertNotIn(planned, self.get_rows())
        self.erase(draft)
        self.assertNotEqual(draft.partner_id, self.customer)

    def test_the_invoice_says_its_day(self):
        self.assertIn("DPO", self.by_hand.rgpd_leaving)
        self.assertFalse(self.invoice.rgpd_leaving, "its order says it")
        [until] = self.by_hand.rgpd_get_retention()
        self.assertEqual(
            [row["name"] for row in until["rows"]],
            ["rgpd_date_retention", "rgpd_leaving"],
        )
        recent = self.new_hand_made(self.customer, 2)
        self.assertTrue(recent.rgpd_leaving)
        erasure = self.erase(self.by_hand)
        self.env.invalidate_all()
        self.assertIn(erasure.reference, self.by_hand.rgpd_leaving)

    def test_most_nights_ask_nothing_of_the_table(self):
        """Rows are there a year before the end: a young company has none."""
        self.env.cr.execute(
            SQL(
                "UPDATE account_move SET date = %s WHERE partner_id = %s",
                fields.Date.subtract(fields.Date.today(), years=5),
                self.customer.id,
            )
        )
        self.env.invalidate_all()
        self.refresh()
        self.assertFalse(self.get_rows())


class TestAloneRestricted(TestAloneFree):
    """With the audit trail."""

    restricted = True
