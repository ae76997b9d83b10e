"""What is saved while the night works on documents, between its look and its locks."""

from unittest.mock import patch

from odoo import Command

from .test_document_night import FAMILY, RealDocumentNightCase


class TestDocumentRace(RealDocumentNightCase):
    """Transactions of their own, saved after the night has chosen the documents."""

    def run_night_with(self, save):
        """Run a night; somebody saves when it has chosen the documents to erase."""
        reasons = self.registry["rgpd.reason"]
        original = reasons._treat_documents
        calls = []

        def treat(night, run, due):
            calls.append(len(due))
            if len(calls) == 1:
                with self.real() as env:
                    save(env, env["sale.order"].browse(self.order_ids[0]))
            return original(night, run, due)

        with patch.object(reasons, "_treat_documents", treat):
            self.run_night()

    def assertSaved(self):
        """The first order is whole and looked at again the day after."""
        self.assertEqual(self.count_left(), 1)
        with self.real() as env:
            order = env["sale.order"].browse(self.order_ids[0])
            self.assertEqual(order.client_order_ref, FAMILY)
            row = env["rgpd.document"].search([("res_id", "=", order.id)])
            self.assertTrue(row.date_retry)
            self.assertFalse(row.error)
            run = self.get_run(env)
            self.assertEqual((run.state, run.document_count), ("done", 2))
            self.assertFalse(run.document_failed_count)

    def test_a_hold_saved_before_the_lock_saves_the_order(self):
        def save(env, order):
            env["rgpd.hold"].create({"name": "Litige 26/112", "order_id": order.id})
            # The person is held, and with them all their orders
            env.flush_all()

        self.run_night_with(save)
        self.assertEqual(self.count_left(), 3)

    def test_a_hold_of_other_software_saves_the_orders(self):
        """It computes no reason again: nothing else meets the night."""

        def save(env, order):
            env.cr.execute(
                """INSERT INTO rgpd_hold (name, kind, company_id, order_id, date_start)
                   VALUES ('Litige 26/113', 'dispute', %s, %s, '2026-01-01')""",
                (env.company.id, order.id),
            )

        self.run_night_with(save)
        self.assertEqual(self.count_left(), 3)

    def test_a_request_saved_before_the_lock_saves_the_orders(self):
        def save(env, order):
            env["rgpd.request"].create(
                {
                    "partner_id": order.partner_id.id,
                    "item_ids": [Command.create({"right": "access"})],
                }
            )

        self.run_night_with(save)
        self.assertEqual(self.count_left(), 3)

    def test_a_draft_invoice_saved_before_the_lock_saves_the_order(self):
        def save(env, order):
            env["account.move"].create(
                {
                    "move_type": "out_invoice",
                    "partner_id": order.partner_id.id,
                    "invoice_line_ids": [
                        Command.create(
                            {
                                "name": "Banc",
                                "tax_ids": False,
                                "sale_line_ids": [
                                    Command.link(order.order_line[:1].id)
                                ],
                            }
                        )
                    ],
                }
            )

        self.run_night_with(save)
        self.assertSaved()

    def test_a_note_saved_before_the_lock_saves_the_order(self):
        """The night cannot see it: the name in it would stay on the order."""
        self.run_night_with(
            lambda env, order: order.message_post(body=f"{FAMILY} a téléphoné")
        )
        self.assertSaved()

    def test_a_file_saved_before_the_lock_saves_the_order(self):
        def save(env, order):
            env["ir.attachment"].create(
                {
                    "name": f"plan de {FAMILY}.txt",
                    "res_model": "sale.order",
                    "res_id": order.id,
                    "raw": FAMILY.encode(),
                }
            )

        self.run_night_with(save)
        self.assertSaved()
