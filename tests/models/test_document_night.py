"""The night of the documents with real transactions."""

from datetime import timedelta
from unittest.mock import patch

from odoo import Command, fields
from odoo.tools import SQL

from .test_retention_night import RUN, RealNightCase

FAMILY = "Bon-de-Test"


class RealDocumentNightCase(RealNightCase):
    def prepare(self, env):
        """Make a customer of today with three orders that nothing keeps any more."""
        partner = env["res.partner"].create(
            {"name": FAMILY, "email": "bon@courriel.example"}
        )
        product = env["product.product"].create({"name": "Banc", "taxes_id": False})
        orders = env["sale.order"].create(
            [
                {
                    "partner_id": partner.id,
                    "client_order_ref": FAMILY,
                    "order_line": [Command.create({"product_id": product.id})],
                }
                for _rank in range(3)
            ]
        )
        env.flush_all()
        env.cr.execute(
            SQL(
                "UPDATE sale_order SET date_order = %s, state = 'sale'"
                " WHERE id = ANY(%s)",
                fields.Datetime.now() - timedelta(days=365 * 12),
                orders.ids,
            )
        )
        env.invalidate_all()
        self.order_ids = orders.ids
        env["sale.order"].create({"partner_id": partner.id})
        return partner.ids

    def count_left(self):
        with self.real() as env:
            orders = env["sale.order"].browse(self.order_ids)
            references = orders.mapped("client_order_ref")
            partners = orders.filtered(lambda o: o.partner_id.id in self.person_ids)
            self.assertEqual(len(partners), references.count(FAMILY), "no half order")
            return len(partners)


class TestRealDocumentNight(RealDocumentNightCase):
    def test_a_killed_night_goes_on_with_the_next_document(self):
        eraser = self.registry["rgpd.eraser"]
        original = eraser._erase_documents
        calls = []

        def die_at_third(engine, records, ground="retention"):
            calls.append(records.ids)
            if len(calls) == 3:
                raise KeyboardInterrupt
            return original(engine, records, ground)

        with (
            patch(f"{RUN}.PERSONS_PER_BATCH", 1),
            patch.object(eraser, "_erase_documents", die_at_third),
            self.assertRaises(KeyboardInterrupt),
        ):
            self.run_night()
        self.assertEqual(self.count_left(), 1)
        self.run_night()
        self.assertEqual(self.count_left(), 0)
        self.assertEqual(self.get_names(), [FAMILY])
        with self.real() as env:
            run = self.get_run(env)
            self.assertEqual(run.state, "done")
            self.assertEqual(run.document_count, 3)
            counts = run.erasure_ids.mapped("document_count")
            self.assertEqual(sum(counts), 3)

    def test_an_order_somebody_edits_waits_and_stops_no_other(self):
        with self.registry.cursor() as cr:
            cr.execute(
                "UPDATE sale_order SET origin = 'x' WHERE id = %s", self.order_ids[:1]
            )
            self.run_night()
            cr.commit()
        self.assertEqual(self.count_left(), 1)
        with self.real() as env:
            row = env["rgpd.document"].search([("res_id", "=", self.order_ids[0])])
            self.assertTrue(row.date_retry)
            row.date_retry = False
        self.run_night()
        self.assertEqual(self.count_left(), 0)
