"""Deliveries of an order: nothing of the name stays, per person and per document."""

import unittest
from datetime import timedelta

from odoo import Command, fields
from odoo.tools import SQL

from ..models.document_common import DocumentCase

SECRETS = ("Prigent", "prigent", "39 98 30 41", "639983041", "Cachée")
# Where the customer stays a person of the file, and what the add-on keeps in cipher
OF_THE_PERSON = {"res_partner"}


class TestStockErasure(DocumentCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if "sale_id" not in cls.env.get("stock.picking", cls.env["base"])._fields:
            raise unittest.SkipTest("deliveries of orders are not installed")
        cls.buyer = cls.new_customer("Nolwenn Prigent", 41)
        cls.address = cls.env["res.partner"].create(
            {
                "parent_id": cls.buyer.id,
                "type": "delivery",
                "name": "Nolwenn Prigent chez Paul",
                "street": "9 venelle Cachée",
                "zip": "29000",
                "city": "Quimper",
                "country_id": cls.env.ref("base.fr").id,
            }
        )
        cls.goods = cls.env["product.product"].create(
            {"name": "Coffre", "type": "consu", "is_storable": True}
        )
        cls.order = cls.new_delivered_order()

    @classmethod
    def new_delivered_order(cls):
        """Make an order of long ago whose delivery is full of personal data."""
        name, phone = cls.buyer.name, cls.buyer.phone
        order = cls.env["sale.order"].create(
            {
                "partner_id": cls.buyer.id,
                "partner_shipping_id": cls.address.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": cls.goods.id,
                            "name": f"Coffre gravé {name}",
                            "price_unit": 90.0,
                        }
                    )
                ],
            }
        )
        order.action_confirm()
        picking = order.picking_ids
        picking.move_ids.quantity = 1
        picking.move_ids.picked = True
        picking.button_validate()
        picking.note = f"<p>Sonner chez {name}, {phone}</p>"
        picking.move_ids.description_picking_manual = f"Coffre gravé {name}"
        picking.message_subscribe(cls.buyer.ids)
        picking.message_post(
            body=f"Je serai absente, {name}", author_id=cls.buyer.id,
            email_from=cls.buyer.email, message_type="comment",
        )  # fmt: skip
        picking.message_post(
            body=f"Livré à {name}, {phone}, 9 venelle Cachée, 29000 Quimper"
        )
        cls.env["ir.attachment"].create(
            {
                "name": f"bon {name}.txt",
                "res_model": "stock.picking",
                "res_id": picking.id,
                "raw": f"Reçu par {name}".encode(),
                "mimetype": "text/plain",
            }
        )
        cls.date(order, 12)
        moment = fields.Datetime.now() - timedelta(days=365 * 12)
        cls.env.cr.execute(
            SQL(
                "UPDATE stock_picking SET date_done = %s WHERE id = %s",
                moment,
                picking.id,
            )
        )
        cls.env.cr.execute(
            SQL(
                "UPDATE sale_order SET effective_date = %s WHERE id = %s",
                moment,
                order.id,
            )
        )
        for model, ids in (("stock.picking", picking.ids), ("res.partner", cls.ids())):
            cls.env.cr.execute(
                SQL(
                    "UPDATE mail_message SET date = %s WHERE model = %s"
                    " AND res_id = ANY(%s)",
                    moment,
                    model,
                    list(ids),
                )
            )
        cls.env.cr.execute(
            SQL(
                "UPDATE res_partner SET create_date = %s WHERE id = ANY(%s)",
                moment,
                list(cls.ids()),
            )
        )
        cls.env.invalidate_all()
        return order

    @classmethod
    def ids(cls):
        return (cls.buyer | cls.address).ids

    def find_secrets(self, without=()):
        """Return (table, column, text) of every column of the database that tells."""
        self.env.flush_all()
        columns = self.env.execute_query(
            SQL(
                """SELECT c.table_name, c.column_name FROM information_schema.columns c
                     JOIN information_schema.tables t USING (table_schema, table_name)
                    WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE'
                      AND c.data_type IN ('text', 'character varying', 'jsonb')
                      AND c.table_name NOT LIKE 'rgpd\\_%%'"""
            )
        )
        found = set()
        for table, column in columns:
            if table in without:
                continue
            name = SQL.identifier(column)
            for secret in SECRETS:
                rows = self.env.execute_query(
                    SQL(
                        "SELECT 1 FROM %s WHERE %s::text LIKE %s LIMIT 1",
                        SQL.identifier(table),
                        name,
                        f"%{secret}%",
                    )
                )
                if rows:
                    found.add((table, column, secret))
        return found

    def check_delivery(self):
        picking = self.order.picking_ids
        self.assertEqual(picking.state, "done")
        self.assertEqual(picking.move_ids.product_id, self.goods)
        self.assertEqual(picking.move_ids.quantity, 1)
        bodies = "".join(map(str, picking.message_ids.mapped("body")))
        self.assertIn("Livré à", bodies)
        self.assertNotIn("absente", bodies)

    def test_the_person_leaves_with_the_deliveries(self):
        tables = {table for table, _column, _text in self.find_secrets()}
        self.assertLessEqual({"stock_picking", "stock_move", "mail_message"}, tables)
        erasure = self.env["rgpd.eraser"]._erase(self.buyer, "request")
        self.assertEqual(erasure.state, "masked", erasure.error)
        self.assertEqual(self.find_secrets(), set())
        self.check_delivery()

    def test_the_names_leave_the_deliveries_with_the_order(self):
        self.refresh()
        erasure = self.env["rgpd.eraser"]._erase_documents(self.order)
        self.assertFalse(self.document(self.order).error)
        self.assertEqual(erasure.document_count, 1)
        self.assertEqual(self.find_secrets(OF_THE_PERSON), set())
        self.check_delivery()
        picking = self.order.picking_ids
        gone = self.buyer | self.address
        self.assertFalse(gone & picking.partner_id)
        self.assertFalse(gone & picking.move_ids.partner_id)
        self.assertFalse(gone & picking.message_partner_ids)
        self.assertFalse(gone & picking.message_ids.author_id)
        self.assertEqual(self.buyer.name, "Nolwenn Prigent")
