"""Whoever paid the invoice of an organisation leaves what they paid with."""

from odoo import fields

from .organisation_common import OrganisationCase


class TestPayerFree(OrganisationCase):
    """Without the audit trail of Odoo."""

    def check_left(self, payment, invoice, target=None):
        """The payer left their payment; the invoice is that of the organisation."""
        rows = (payment, payment.move_id, payment.move_id.line_ids)
        self.assertEqual(self.get_links(*rows), {payment.partner_id.id})
        if target:
            self.assertEqual(payment.partner_id, target)
        else:
            stand_ins = self.env["rgpd.stand.in"]._get_partner_ids()
            self.assertIn(payment.partner_id.id, stand_ins)
        self.assertNotIn("Guivarch", payment.memo)
        self.assertEqual(invoice.partner_id, self.acme)
        self.assertEqual(invoice.line_ids.partner_id, self.acme)

    def test_the_night_lets_the_payer_go_and_the_invoice_stays(self):
        invoice = self.new_acme_invoice()
        payment = self.pay_for(invoice, self.other)
        live = self.new_hand_made(self.other, 1)
        old_year, year = invoice.date.year, live.date.year
        figures = [self.get_figures(old_year), self.get_figures(year)]
        totals, chain, stamp = self.get_totals(), self.get_chain(), invoice.write_date
        files = self.env["ir.attachment"].search(
            [("res_model", "=", "account.move"), ("res_id", "=", invoice.id)]
        )
        self.assertTrue(files)
        self.approve()
        self.run_night()
        self.check_left(payment, invoice)
        # What was written about it stays, without the name
        self.assertNotIn("Guivarch", invoice.narration)
        self.assertIn("Atelier Test, 1 rue des Essais", invoice.narration)
        bodies = "".join(map(str, invoice.message_ids.mapped("body")))
        self.assertNotIn("Guivarch", bodies)
        self.assertIn("Atelier Test", bodies)
        self.assertEqual(files.exists(), files)
        self.assertIn("Atelier Test", invoice.invoice_line_ids.name)
        # The person and the organisation stay in the file
        self.assertEqual(self.other.name, "Malo Guivarch")
        self.assertEqual(live.partner_id, self.other)
        # The books say the same
        self.assertEqual(invoice.payment_state, "paid")
        self.assertEqual(self.get_totals(), totals)
        self.assertEqual(self.get_chain(), chain)
        self.assertEqual([self.get_figures(old_year), self.get_figures(year)], figures)
        self.assertNotIn(b"Guivarch", self.get_fec(old_year))
        self.assertEqual(invoice.write_date, stamp)
        row = self.document(payment.move_id)
        self.assertFalse(row.error)
        self.assertFalse(row.date_books)
        erased = row.erasure_id.line_ids.filtered(lambda line: line.kind == "erased")
        self.assertIn("account.payment", erased.mapped("model"))
        self.assertFalse(self.get_kept(row.erasure_id, "posted"))
        self.assertEqual(self.simulate().document_count, 0)

    def test_an_invoice_made_from_an_order_ends_no_payer_either(self):
        order = self.new_order(self.acme, years=12)
        invoice = self.new_invoice(order, 12)
        payment = self.pay_for(invoice, self.other)
        self.refresh()
        self.assertIn(payment.move_id, self.get_rows())
        self.assertNotIn(invoice, self.get_rows())
        self.erase(payment.move_id)
        self.check_left(payment, invoice)

    def test_a_line_of_a_statement_goes_alike(self):
        invoice = self.new_acme_invoice()
        line = self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.bank.id,
                "date": invoice.date,
                "payment_ref": "VIR Malo Guivarch",
                "partner_name": "Malo Guivarch",
                "partner_id": self.other.id,
                "amount": invoice.amount_total,
            }
        )
        suspense = line.move_id.line_ids.filtered(
            lambda x: x.account_id == self.bank.suspense_account_id
        )
        receivable = invoice.line_ids.filtered(
            lambda x: x.account_id.account_type == "asset_receivable"
        )
        # As the counterpart of what the organisation owed
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE account_move_line SET account_id = %s, partner_id = %s"
            " WHERE id = %s",
            (receivable.account_id.id, self.acme.id, suspense.id),
        )
        self.env.invalidate_all()
        self.match_receivables(line.move_id, invoice)
        balances = self.get_balances()
        self.refresh()
        self.assertIn(line.move_id, self.get_rows())
        self.erase(line.move_id)
        self.assertNotEqual(line.partner_id, self.other)
        self.assertNotIn(self.other, line.move_id.line_ids.partner_id)
        self.assertIn(self.acme, line.move_id.line_ids.partner_id)
        self.assertNotIn("Guivarch", line.payment_ref + (line.partner_name or ""))
        self.assertEqual(self.get_balances(), balances)
        self.assertEqual(invoice.partner_id, self.acme)

    def test_a_contact_of_the_organisation_leaves_it_to_them(self):
        contact = self.new_contact()
        invoice = self.new_acme_invoice()
        payment = self.pay_for(invoice, contact)
        self.erase(payment.move_id)
        self.check_left(payment, invoice, target=self.acme)
        # What the contact has in common with the organisation is its own
        self.assertIn("1 rue des Essais", invoice.narration)
        self.assertEqual(contact.name, "Jeanne Guivarch")

    def test_a_young_payment_keeps_its_name(self):
        invoice = self.new_acme_invoice()
        payment = self.pay_for(invoice, self.other, self.year_ago())
        self.approve()
        self.run_night()
        self.assertEqual(payment.partner_id, self.other)
        self.assertIn("Guivarch", payment.memo)

    def test_an_invoice_that_is_not_paid_in_full_keeps_the_link(self):
        invoice = self.new_acme_invoice()
        payment = self.pay_for(invoice, self.other, amount=100.0)
        self.erase(payment.move_id)
        self.assertEqual(self.get_links(payment.move_id.line_ids), {self.other.id})
        row = self.document(payment.move_id)
        self.assertTrue(row.date_books)
        rest = self.pay_for(invoice, self.acme, amount=200.0)
        self.env["rgpd.eraser"]._erase_books(payment.move_id)
        self.env.invalidate_all()
        self.assertFalse(row.error)
        self.assertFalse(row.date_books)
        self.check_left(payment, invoice)
        self.assertEqual(rest.partner_id, self.acme)

    def test_two_who_paid_one_invoice_leave_it_together(self):
        invoice = self.new_acme_invoice()
        first = self.pay_for(invoice, self.other, amount=100.0)
        second = self.pay_for(invoice, self.customer, amount=200.0)
        self.erase(first.move_id)
        self.assertEqual(
            self.get_links(first.move_id.line_ids, second), {
                self.other.id, self.customer.id,
            }
        )  # fmt: skip
        self.approve()
        self.run_night()
        self.check_left(first, invoice)
        self.check_left(second, invoice)

    def test_what_the_seal_of_the_invoice_covers_is_not_theirs(self):
        invoice = self.new_acme_invoice()
        payment = self.pay_for(invoice, self.other)
        invoice.journal_id.restrict_mode_hash_table = True
        invoice.button_hash()
        self.assertTrue(invoice.inalterable_hash)
        chain = self.get_chain()
        self.erase(payment.move_id)
        self.check_left(payment, invoice)
        self.assertEqual(self.get_chain(), chain)

    def test_the_certificate_tells_of_the_label_that_the_seal_keeps(self):
        label = "Armoire gravée Malo Guivarch"
        invoice = self.new_acme_invoice()
        invoice.button_draft()
        invoice.invoice_line_ids.name = label
        invoice.action_post()
        payment = self.pay_for(invoice, self.other)
        later = self.new_acme_invoice(3)
        invoice.journal_id.restrict_mode_hash_table = True
        (invoice + later).button_hash()
        self.assertTrue(invoice.inalterable_hash)
        erasure = self.erase(payment.move_id)
        self.check_left(payment, invoice)
        self.assertEqual(invoice.invoice_line_ids.name, label)
        kept = erasure.line_ids.filtered(
            lambda line: line.kind == "kept" and line.note == "accounting"
        )
        books = self.env["rgpd.eraser.accounting"]
        self.assertEqual(kept.model, "account.move.line")
        self.assertEqual(kept.count, 1)
        self.assertEqual(kept.article, "L123-22 C. com.")
        # The seal of the last entry is made from that of this one
        end = books._get_end(later, books._get_years())
        self.assertEqual(kept.end_date, end)
        self.assertEqual(erasure.kept_until, end)
        self.assertTrue(erasure.is_partial)

    def test_an_organisation_that_paid_for_somebody_stays_on_its_payment(self):
        payment = self.pay_for(self.by_hand, self.acme)
        payment.memo = "Atelier Test pour Inès Kervella"
        balances = self.get_balances()
        self.erase(self.by_hand)
        self.assertNotIn(self.customer, self.by_hand.line_ids.partner_id)
        self.assertEqual(payment.partner_id, self.acme)
        self.assertEqual(payment.move_id.line_ids.partner_id, self.acme)
        self.assertNotIn("Kervella", payment.memo)
        self.assertIn("Atelier Test pour", payment.memo)
        self.assertFalse(self.document(self.by_hand).date_books)
        owed = self.get_balances()
        self.assertEqual(owed[self.acme.id], balances[self.acme.id])

    def test_a_hold_on_the_payer_keeps_them(self):
        invoice = self.new_acme_invoice()
        payment = self.pay_for(invoice, self.other)
        hold = self.env["rgpd.hold"].create(
            {"name": "Litige", "partner_id": self.other.id, "lift_reason": "Jugé"}
        )
        self.approve()
        self.run_night()
        self.assertEqual(payment.partner_id, self.other)
        hold.action_lift()
        self.approve()
        self.run_night()
        self.check_left(payment, invoice)

    def test_the_simulation_counts_what_leaves_and_nothing_of_the_organisation(self):
        invoice = self.new_acme_invoice()
        self.pay_for(invoice, self.other)
        lines = self.simulate().document_ids.filtered(
            lambda line: (
                line.res_model in ("account.move", "account.payment")
                and line.decision == "erase"
            )
        )
        counts = {}
        for line in lines:
            key = (line.res_model, line.rule or "own")
            counts[key] = counts.get(key, 0) + line.count
        # That of the customer of the case, and the payment
        self.assertEqual(counts["account.move", "own"], 2)
        self.assertEqual(counts["account.payment", "settled"], 1)
        self.assertNotIn(("account.move", "settled"), counts)

    def test_until_when_the_payment_is_kept_is_said(self):
        invoice = self.new_acme_invoice()
        payment = self.pay_for(invoice, self.other)
        self.refresh()
        self.assertTrue(payment.move_id.rgpd_leaving)
        self.assertFalse(invoice.rgpd_leaving)
        day = payment.move_id.rgpd_date_retention
        self.assertLess(day, fields.Date.today())


class TestPayerRestricted(TestPayerFree):
    """With the audit trail."""

    restricted = True
