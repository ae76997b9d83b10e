"""An invoice somebody is still at work on holds its order back."""

from .document_common import DocumentCase


class TestDocumentDraft(DocumentCase):
    def assert_waits(self, draft):
        """The simulation shows the order as held back, and the night leaves both."""
        simulation = self.approve()
        lines = simulation.document_ids.filtered(lambda line: line.decision == "draft")
        self.assertEqual(sum(lines.mapped("count")), 1)
        self.assertEqual(simulation.document_held_count, 1)
        self.run_night()
        self.assertEqual(draft.partner_id, self.customer)
        self.assertEqual(self.old.partner_id, self.customer)

    def test_an_invoice_of_yesterday_waits_for_the_accountant(self):
        self.assert_waits(self.new_draft(self.old))

    def test_a_credit_note_of_yesterday_waits_for_the_accountant(self):
        self.assert_waits(self.new_draft(self.old, "out_refund"))

    def test_one_that_will_post_by_itself_waits_whatever_its_age(self):
        draft = self.new_draft(self.old)
        self.date_draft(draft, 20, auto_post="at_date")
        self.assert_waits(draft)

    def test_a_posted_one_that_is_being_corrected_waits(self):
        invoice = self.new_invoice(self.old, 2)
        invoice.button_draft()
        self.assert_waits(invoice)

    def test_the_period_is_that_of_the_order(self):
        """Once invoiced, the order is kept as long as the books; so is its draft."""
        self.date(self.old, years=14)
        self.new_invoice(self.old, 13)
        draft = self.new_draft(self.old, "out_refund")
        self.date_draft(draft, 8)
        self.assert_waits(draft)

    def test_a_forgotten_or_cancelled_one_holds_nothing(self):
        for years, state in ((8, "draft"), (0, "cancel")):
            self.date_draft(self.new_draft(self.old), years, state)
        self.approve()
        self.run_night()
        self.assertNotEqual(self.old.partner_id, self.customer)
