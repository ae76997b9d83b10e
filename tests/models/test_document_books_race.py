"""What is saved while the night lets persons leave the books of erased orders."""

from datetime import timedelta
from unittest.mock import patch

from odoo import Command, fields
from odoo.tools import SQL

from .test_retention_night import RealNightCase

NAMES = ("Client-de-Livres", "Cliente-de-Livres")


class TestBooksRace(RealNightCase):
    """Two orders whose names have left, and one payment that names both customers."""

    def prepare(self, env):
        partners = env["res.partner"].create([{"name": name} for name in NAMES])
        product = env["product.product"].create({"name": "Banc", "taxes_id": False})
        orders = env["sale.order"].create(
            [
                {
                    "partner_id": partner.id,
                    "order_line": [
                        Command.create({"product_id": product.id, "price_unit": 300})
                    ],
                }
                for partner in partners
            ]
        )
        # Both stay in the file
        env["sale.order"].create([{"partner_id": partner.id} for partner in partners])
        env.flush_all()
        env.cr.execute(
            SQL(
                "UPDATE sale_order SET date_order = %s, state = 'sale'"
                " WHERE id = ANY(%s)",
                fields.Datetime.now() - timedelta(days=365 * 12 + 30),
                orders.ids,
            )
        )
        env.invalidate_all()
        self.order_ids, self.invoice_ids = orders.ids, self.invoice(env, orders).ids
        self.entry_id = self.pay(env, env["account.move"].browse(self.invoice_ids)).id
        env["rgpd.reason"]._refresh()
        env["rgpd.document"]._refresh()
        for order in orders:
            env["rgpd.eraser"]._erase_documents(order)
        rows = env["rgpd.document"]._of(orders)
        self.assertTrue(all(rows.mapped("erased_on")))
        rows.date_books = fields.Date.today()
        return partners.ids

    def invoice(self, env, orders):
        day = fields.Date.subtract(fields.Date.today(), years=12)
        invoices = env["account.move"].create(
            [
                {
                    "move_type": "out_invoice",
                    "partner_id": order.partner_id.id,
                    "invoice_date": day,
                    "date": day,
                    "invoice_line_ids": [
                        Command.create(
                            {
                                "product_id": order.order_line.product_id.id,
                                "price_unit": 300.0,
                                "tax_ids": False,
                                "sale_line_ids": [Command.link(order.order_line.id)],
                            }
                        )
                    ],
                }
                for order in orders
            ]
        )
        invoices.action_post()
        return invoices

    def pay(self, env, invoices):
        """Book one entry of the bank for both."""
        owed = invoices.line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )
        bank = env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", env.company.id)], limit=1
        )
        entry = env["account.move"].create(
            {
                "journal_id": bank.id,
                "date": invoices[0].date,
                "line_ids": [
                    Command.create(
                        {
                            "account_id": bank.default_account_id.id,
                            "debit": sum(owed.mapped("debit")),
                        }
                    ),
                    *(
                        Command.create(
                            {
                                "account_id": line.account_id.id,
                                "partner_id": line.partner_id.id,
                                "credit": line.debit,
                            }
                        )
                        for line in owed
                    ),
                ],
            }
        )
        entry.action_post()
        for line in owed:
            paid = entry.line_ids.filtered(
                lambda x, line=line: x.partner_id == line.partner_id and x.credit
            )
            (paid + line).reconcile()
        return entry

    def run_night_with(self, save):
        """Run a night; somebody saves between its work and its commit."""
        eraser = self.registry["rgpd.eraser"]
        original = eraser._erase_books
        calls = []

        def erase(engine, records):
            erasures = original(engine, records)
            calls.append(len(records))
            if len(calls) == 1:
                self.assertTrue(erasures)
                with self.real() as env:
                    env.cr.execute("SET LOCAL lock_timeout = '2s'")
                    save(env)
            return erasures

        with patch.object(eraser, "_erase_books", erase):
            self.run_night()
        return calls

    def get_named(self):
        """Return which of the two the payment names."""
        with self.real() as env:
            entry = env["account.move"].browse(self.entry_id)
            return set(entry.line_ids.partner_id.ids) & set(self.person_ids)

    def assertSaved(self, calls):
        """Both stay on their common payment, and are looked at the day after."""
        self.assertEqual(calls, [2])
        self.assertEqual(self.get_named(), set(self.person_ids))
        with self.real() as env:
            rows = env["rgpd.document"].search([("res_id", "in", self.order_ids)])
            tomorrow = fields.Date.add(env["rgpd.reason"]._get_today(), days=1)
            self.assertEqual(rows.mapped("date_books"), [tomorrow, tomorrow])
            self.assertEqual(self.get_run(env).state, "done")
            self.assertFalse(self.get_run(env).erasure_ids)
            rows.date_books = fields.Date.today()

    def test_a_hold_on_the_other_customer_of_a_payment(self):
        """The first order has nothing to do with them but the payment."""
        with self.real() as env:
            rows = env["rgpd.document"].search([("res_id", "=", self.order_ids[1])])
            rows.date_books = False
        calls = self.run_night_with(
            lambda env: env.cr.execute(
                """INSERT INTO rgpd_hold (name, kind, company_id, partner_id,
                                          date_start)
                   VALUES ('Litige 26/116', 'dispute', %s, %s, '2026-01-01')""",
                (env.company.id, self.person_ids[1]),
            )
        )
        self.assertEqual(calls, [1])
        self.assertEqual(self.get_named(), set(self.person_ids))

    def test_a_request(self):
        calls = self.run_night_with(
            lambda env: env["rgpd.request"].create(
                {
                    "partner_id": self.person_ids[0],
                    "item_ids": [Command.create({"right": "access"})],
                }
            )
        )
        self.assertSaved(calls)

    def test_a_note_on_the_payment(self):
        calls = self.run_night_with(
            lambda env: (
                env["account.move"]
                .browse(self.entry_id)
                .message_post(body=f"{NAMES[0]} a téléphoné")
            )
        )
        self.assertSaved(calls)
        self.run_night()
        self.assertFalse(self.get_named())

    def test_nothing_came(self):
        calls = self.run_night_with(lambda env: None)
        self.assertEqual(calls, [2])
        self.assertFalse(self.get_named())
