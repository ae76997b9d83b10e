"""What is saved on documents while the night works on them."""

from contextlib import ExitStack
from unittest.mock import patch

from psycopg2.errors import LockNotAvailable

from odoo import Command
from odoo.tools import mute_logger

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

    def assertSaved(self, is_retried=True):
        """The first order is whole and looked at again the day after."""
        self.assertEqual(self.count_left(), 1)
        with self.real() as env:
            order = env["sale.order"].browse(self.order_ids[0])
            self.assertEqual(order.client_order_ref, FAMILY)
            row = env["rgpd.document"].search([("res_id", "=", order.id)])
            self.assertEqual(bool(row.date_retry), is_retried)
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

        with mute_logger("odoo.sql_db"):
            self.run_night_with(save)
        # The lines of the order changed as well: the batch began again, and saw it
        self.assertSaved(is_retried=False)

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


class TestDocumentRaceLate(RealDocumentNightCase):
    """Transactions of their own, saved when the batch is erased and not yet saved."""

    def run_night_with(self, save):
        """Run a night; somebody saves between its work and its commit.

        :return: how many documents each call of the eraser was for
        """
        eraser = self.registry["rgpd.eraser"]
        original = eraser._erase_documents
        calls = []

        def erase(engine, records, *args, **kwargs):
            erasures = original(engine, records, *args, **kwargs)
            calls.append(len(records))
            if len(calls) == 1:
                self.save(save)
            return erasures

        with patch.object(eraser, "_erase_documents", erase):
            self.run_night()
        return calls

    def save(self, save):
        """Save something; nothing of the night may be in the way."""
        try:
            with self.real() as env:
                env.cr.execute("SET LOCAL lock_timeout = '2s'")
                save(env, env["sale.order"].browse(self.order_ids[0]))
        except LockNotAvailable as error:
            raise AssertionError("waits for the night") from error

    def assertSaved(self, calls):
        """The first order is whole; the batch was undone, and the others done again."""
        self.assertEqual(calls, [3, 2])
        self.assertEqual(self.count_left(), 1)
        with self.real() as env:
            order = env["sale.order"].browse(self.order_ids[0])
            self.assertEqual(order.client_order_ref, FAMILY)
            row = env["rgpd.document"].search([("res_id", "=", order.id)])
            self.assertTrue(row.date_retry)
            self.assertFalse(row.erased_on)
            run = self.get_run(env)
            self.assertEqual((run.state, run.document_count), ("done", 2))
            self.assertEqual(sum(run.erasure_ids.mapped("document_count")), 2)
            self.assertEqual(
                env["rgpd.erasure.outbox"].search_count([("kind", "=", "document")]), 2
            )

    def assertAllSaved(self, calls):
        """All three name the person: none is erased, none is tried again tonight."""
        self.assertEqual(calls, [3])
        self.assertEqual(self.count_left(), 3)
        with self.real() as env:
            run = self.get_run(env)
            self.assertEqual((run.state, run.document_count), ("done", 0))
            self.assertFalse(run.erasure_ids)

    def test_a_hold_of_other_software(self):
        """One set by a form waits where the night has written on the person."""
        self.assertAllSaved(
            self.run_night_with(
                lambda env, order: env.cr.execute(
                    """INSERT INTO rgpd_hold (name, kind, company_id, partner_id,
                                              date_start)
                       VALUES ('Litige 26/115', 'dispute', %s, %s, '2026-01-01')""",
                    (env.company.id, order.partner_id.id),
                )
            )
        )

    def test_a_request(self):
        self.assertAllSaved(
            self.run_night_with(
                lambda env, order: env["rgpd.request"].create(
                    {
                        "partner_id": order.partner_id.id,
                        "item_ids": [Command.create({"right": "access"})],
                    }
                )
            )
        )

    def test_a_restriction(self):
        def save(env, order):
            subject = env["rgpd.subject"]._of(order.partner_id)
            env.cr.execute(
                """INSERT INTO rgpd_restriction (subject_id, company_id, ground,
                                                 date_start)
                   VALUES (%s, %s, 'accuracy', now())""",
                (subject.id, env.company.id),
            )

        self.assertAllSaved(self.run_night_with(save))

    def test_a_note(self):
        self.assertSaved(
            self.run_night_with(
                lambda env, order: order.message_post(body=f"{FAMILY} a téléphoné")
            )
        )

    def test_a_file(self):
        self.assertSaved(
            self.run_night_with(
                lambda env, order: env["ir.attachment"].create(
                    {
                        "name": f"plan de {FAMILY}.txt",
                        "res_model": "sale.order",
                        "res_id": order.id,
                        "raw": FAMILY.encode(),
                    }
                )
            )
        )

    def test_what_concerns_nobody_of_them_undoes_nothing(self):
        calls = self.run_night_with(
            lambda env, order: env["res.partner"].create({"name": "Passant"})
        )
        self.assertEqual(calls, [3])
        self.assertEqual(self.count_left(), 0)

    def test_neither_the_batch_nor_the_look_is_compiled(self):
        """2,000 orders: seconds to save milliseconds."""
        documents = self.registry["rgpd.document"]
        found = []
        with ExitStack() as stack:
            for name in ("_get_due", "_get_still_due"):
                original = getattr(documents, name)

                def call(rows, *args, original=original):
                    rows.env.cr.execute("SHOW jit")
                    found.extend(rows.env.cr.fetchone())
                    return original(rows, *args)

                stack.enter_context(patch.object(documents, name, call))
            self.run_night_with(
                lambda env, order: env["res.partner"].create({"name": "Passante"})
            )
        self.assertEqual(found, ["off"] * 3)
