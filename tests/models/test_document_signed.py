"""Who signed the order of an organisation is a typed name and a drawing."""

import base64

from odoo.tools import SQL

from .organisation_common import OrganisationCase

PIXEL = base64.b64encode(
    base64.b64decode(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYPhfDwAChwGA60e6kg"
        "AAAABJRU5ErkJggg=="
    )
)


class TestSigned(OrganisationCase):
    def new_signed(self, years):
        order = self.new_order(self.acme, years)
        order.signature = PIXEL
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE sale_order SET signed_by = 'Jeanne Guivarch' WHERE id = %s",
                order.id,
            )
        )
        self.env.invalidate_all()
        return order

    def count_images(self, order):
        return self.env["ir.attachment"].search_count(
            [
                ("res_model", "=", "sale.order"),
                ("res_id", "=", order.id),
                ("res_field", "=", "signature"),
            ]
        )

    def test_they_leave_on_the_last_day_of_the_order(self):
        old, recent = self.new_signed(12), self.new_signed(1)
        # As Odoo does when the order is signed on the portal
        said = old.message_post(
            body="Order signed by Jeanne Guivarch", author_id=self.acme.id
        )
        file = self.env["ir.attachment"].create(
            {
                "name": "order.txt",
                "res_model": "sale.order",
                "res_id": old.id,
                "raw": b"Signed by Jeanne Guivarch for Atelier Test",
                "mimetype": "text/plain",
            }
        )
        self.date(old, 12)
        self.env.cr.execute(
            SQL(
                "UPDATE sale_order SET signed_by = 'Jeanne Guivarch' WHERE id = %s",
                old.id,
            )
        )
        self.env.invalidate_all()
        note, lines = old.note, old.order_line.mapped("name")
        self.assertTrue(self.count_images(old))
        self.assertTrue(old.rgpd_leaving)
        self.approve()
        self.run_night()
        self.assertFalse(old.signed_by)
        self.assertIn("Order signed by", said.body)
        self.assertNotIn("Guivarch", said.body)
        self.assertFalse(file.exists() and b"Guivarch" in file.raw)
        self.assertFalse(self.count_images(old))
        self.assertEqual(recent.signed_by, "Jeanne Guivarch")
        self.assertTrue(self.count_images(recent))
        # The order is the organisation's own
        self.assertEqual(old.partner_id, self.acme)
        self.assertEqual((old.note, old.order_line.mapped("name")), (note, lines))
        row = self.document(old)
        self.assertFalse(row.error)
        self.assertTrue(row.erasure_id)
        # Once
        self.refresh()
        self.assertTrue(self.document(old).erased_on)
        self.assertEqual(self.simulate().document_count, 0)

    def test_an_order_nobody_signed_has_no_end(self):
        order = self.new_order(self.acme, 12)
        self.env.cr.execute(
            SQL("UPDATE sale_order SET signed_by = NULL WHERE id = %s", order.id)
        )
        self.env.invalidate_all()
        self.refresh()
        rows = self.env["rgpd.document"].search([("res_model", "=", "sale.order")])
        self.assertNotIn(order.id, rows.mapped("res_id"))
        self.assertFalse(order.rgpd_leaving)


class TestReopened(OrganisationCase):
    def test_what_an_earlier_version_closed_is_looked_at_once(self):
        payment = self.pay(self.invoice)
        self.erase(self.old)
        row = self.document(self.old)
        table = self.env["rgpd.document"]
        # Nobody is named: nothing to look at
        self.assertFalse(row.date_books)
        self.assertEqual(table._reopen_books(), 0)
        self.env.cr.execute(
            SQL(
                "UPDATE account_move_line SET partner_id = %s WHERE move_id = ANY(%s)",
                self.customer.id,
                [self.invoice.id, payment.move_id.id],
            )
        )
        self.env.invalidate_all()
        self.assertEqual(table._reopen_books(), 1)
        self.assertTrue(row.date_books)
        self.env["rgpd.eraser"]._erase_books(self.old)
        self.env.invalidate_all()
        lines = (self.invoice + payment.move_id).line_ids
        self.assertNotIn(self.customer, lines.partner_id)
        self.assertEqual(table._reopen_books(), 0)
