"""A restored backup brings names back on documents: the ledger knows them."""

import os
from contextlib import contextmanager
from tempfile import TemporaryDirectory
from unittest.mock import patch

from odoo import Command

from .document_common import DocumentCase


class TestDocumentLedger(DocumentCase):
    def setUp(self):
        super().setUp()
        folder = TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        patcher = patch.dict(os.environ, {"RGPD_LEDGER_DIR": folder.name})
        patcher.start()
        self.addCleanup(patcher.stop)
        self.checks = self.env["rgpd.ledger.check"]

    def run_cron(self, name):
        with self.enter_registry_test_mode():
            self.env.ref(
                f"rgpd_fichier_client.rgpd_erasure_{name}_cron"
            ).method_direct_trigger()
        self.env.invalidate_all()

    @contextmanager
    def restored(self):
        """What a backup from before the block looks like: the block is undone."""
        with self.env.cr.savepoint() as savepoint:
            yield
            self.env.flush_all()
            savepoint.rollback()
        self.env.invalidate_all()

    def erase(self):
        self.env["rgpd.eraser"]._erase_documents(self.old)
        self.run_cron("ledger")

    def test_nothing_is_missing_in_the_database_that_wrote_it(self):
        self.erase()
        self.assertEqual(self.env["rgpd.erasure.outbox"]._get_missing_documents(), {})
        self.assertFalse(self.checks._compare())

    def test_the_names_leave_again_and_the_person_stays(self):
        with self.restored():
            self.erase()
        self.assertTrue(self.get_traces(self.old, "Kervella"))
        check = self.checks._compare()
        line = check.line_ids
        self.assertEqual((line.res_model, line.res_id), ("sale.order", self.old.id))
        self.assertEqual((check.document_count, check.line_count), (1, 0))
        self.assertEqual(line.action_open_record()["res_model"], "sale.order")
        # Compared again, the same document is listed once
        self.assertEqual(self.checks._compare().line_ids, line)
        # The person is a customer as before: they may be contacted meanwhile
        waiting = line._get_waiting("res.partner", self.customer.ids)
        self.assertFalse(waiting)
        check.with_user(self.dpo)._confirm()
        self.run_cron("replay")
        self.assertEqual(line.state, "done")
        self.assertEqual(line.erasure_id.ground, "replay")
        self.assertEqual(line.erasure_id.scope, "documents")
        self.assertEqual(self.get_traces(self.old, "Kervella", "courriel.example"), [])
        self.assertEqual(self.customer.name, "Inès Kervella")
        self.assertTrue(self.get_traces(self.recent, "Kervella"))
        self.assertFalse(self.checks._compare().filtered(lambda c: c.state != "done"))

    def test_an_order_that_took_the_number_is_another_one(self):
        with self.restored():
            self.erase()
        self.env.cr.execute(
            "UPDATE sale_order SET create_date = '2099-01-01' WHERE id = %s",
            (self.old.id,),
        )
        self.assertEqual(self.env["rgpd.erasure.outbox"]._get_missing_documents(), {})

    def test_an_order_that_names_somebody_again_came_from_no_backup(self):
        self.erase()
        self.old.partner_id = self.customer
        self.env["rgpd.document"]._refresh()
        self.assertFalse(self.document(self.old).erased_on)
        self.assertEqual(self.env["rgpd.erasure.outbox"]._get_missing_documents(), {})

    def test_what_is_held_since_the_backup_waits(self):
        with self.restored():
            self.erase()
        check = self.checks._compare()
        self.env["rgpd.request"].create(
            {
                "partner_id": self.customer.id,
                "item_ids": [Command.create({"right": "access"})],
            }
        )
        check.with_user(self.dpo)._confirm()
        self.run_cron("replay")
        self.assertEqual(check.line_ids.state, "failed")
        self.assertTrue(self.get_traces(self.old, "Kervella"))
