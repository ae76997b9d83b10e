"""A payment without a journal entry that no invoice of a person ends."""

from odoo import Command, fields

from .organisation_common import OrganisationCase

NAME = "account.payment"


class BareCase(OrganisationCase):
    def setUp(self):
        super().setUp()
        self.bank.inbound_payment_method_line_ids.payment_account_id = False

        # As with the accounting of the Enterprise edition
        moves = self.env.registry["account.move"]
        self.patch(moves, "_get_invoice_in_payment_state", lambda _self: "in_payment")

    def get_payment_rows(self):
        rows = self.env["rgpd.document"].search([("res_model", "=", NAME)])
        return self.env[NAME].browse(rows.mapped("res_id"))

    def new_bare(self, years, **vals):
        payment = self.env[NAME].create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": self.customer.id,
                "amount": 50.0,
                "date": fields.Date.subtract(fields.Date.today(), years=years),
                "journal_id": self.bank.id,
                "memo": "Acompte Inès Kervella",
                **vals,
            }
        )
        payment.action_post()
        payment.message_subscribe(self.customer.ids)
        payment.message_post(body="Reçu d'Inès Kervella")
        self.env["ir.attachment"].create(
            {
                "name": "reçu.txt",
                "res_model": NAME,
                "res_id": payment.id,
                "raw": b"Kervella",
            }
        )
        self.env.flush_all()
        self.assertFalse(payment.move_id)
        return payment


class TestBarePaymentAlone(BareCase):
    def test_which_of_them_are_documents(self):
        matched = self.new_payment_wizard(self.by_hand)._create_payments()
        self.assertFalse(matched.move_id)
        theirs = self.new_acme_invoice()
        for_acme = self.new_bare(12, invoice_ids=[Command.set(theirs.ids)])
        advance, recent = self.new_bare(12), self.new_bare(2)
        of_acme = self.new_bare(12, partner_id=self.acme.id)
        supplier = self.new_bare(12, partner_type="supplier")
        self.refresh()
        rows = self.get_payment_rows()
        for payment, is_document, why in (
            (advance, True, "an advance"),
            (for_acme, True, "paid for an organisation"),
            (matched, False, "it ends with the invoice"),
            (recent, False, "not within a year"),
            (of_acme, False, "of nobody"),
            (supplier, False, "that of a supplier"),
        ):
            with self.subTest(why):
                self.assertEqual(payment in rows, is_document)

    def test_the_day_is_that_of_the_law(self):
        payment = self.new_bare(12)
        books = self.env["rgpd.eraser.accounting"]
        self.assertEqual(
            payment.rgpd_date_retention, books._get_end(payment, books._get_years())
        )
        self.assertTrue(payment.rgpd_leaving)
        self.assertIn(
            payment,
            payment.search([("rgpd_date_retention", "<", fields.Date.today())]),
        )

    def test_the_night_lets_the_person_go(self):
        payment, recent = self.new_bare(12), self.new_bare(1)
        stamp = payment.write_date
        simulation = self.approve()
        lines = simulation.document_ids.filtered(
            lambda line: line.res_model == NAME and line.decision == "erase"
        )
        self.assertEqual(sum(lines.mapped("count")), 1)
        self.run_night()
        row = self.document(payment)
        self.assertFalse(row.error)
        self.assertTrue(row.erased_on)
        self.assertNotEqual(payment.partner_id, self.customer)
        self.assertNotIn("Kervella", payment.memo)
        bodies = "".join(map(str, payment.message_ids.mapped("body")))
        self.assertNotIn("Kervella", bodies)
        self.assertNotIn(self.customer, payment.message_partner_ids)
        files = self.env["ir.attachment"].search(
            [("res_model", "=", NAME), ("res_id", "=", payment.id)]
        )
        self.assertFalse(files)
        self.assertEqual(payment.amount, 50.0)
        self.assertEqual(payment.write_date, stamp)
        self.assertEqual(recent.partner_id, self.customer)
        erased = row.erasure_id.line_ids.filtered(lambda line: line.kind == "erased")
        self.assertIn(NAME, erased.mapped("model"))
        self.assertEqual(self.simulate().document_count, 0)

    def test_a_restored_backup_that_brings_it_back_is_seen(self):
        payment = self.new_bare(12)
        self.refresh()
        created, _erased = self.env["rgpd.erasure.outbox"]._get_creations_not_erased(
            NAME, "partner_id"
        )
        self.assertIn(payment.id, created)


class TestPaymentWatched(OrganisationCase):
    """Somebody writes on a payment while the night erases the invoice it paid."""

    def test_a_message_on_the_payment_counts(self):
        payment = self.pay(self.by_hand)
        self.refresh()
        row = self.document(self.by_hand)
        watched = row._get_watched()
        self.assertEqual(watched["account.move", self.by_hand.id], {row.id})
        self.assertEqual(watched["account.move", payment.move_id.id], {row.id})
        self.assertEqual(watched[NAME, payment.id], {row.id})
        known = row._get_hanging(self.env, watched)
        message = payment.message_post(body="Inès Kervella a appelé")
        self.env.flush_all()
        self.assertEqual(
            row._get_hanging(self.env, watched) - known,
            {("mail_message", NAME, message.id, payment.id)},
        )

    def test_so_does_one_on_a_payment_of_its_own(self):
        self.bank.inbound_payment_method_line_ids.payment_account_id = False
        moves = self.env.registry["account.move"]
        self.patch(moves, "_get_invoice_in_payment_state", lambda _self: "in_payment")
        advance = self.new_advance(12)
        self.assertFalse(advance.move_id)
        self.refresh()
        row = self.document(advance)
        self.assertEqual(row._get_watched()[NAME, advance.id], {row.id})

    def test_the_books_of_an_order_that_left_are_watched_alike(self):
        payment = self.pay(self.invoice)
        self.refresh()
        row = self.document(self.old)
        watched = row._watch_books(row._get_entries())
        self.assertEqual(watched[NAME, payment.id], {row.id})
