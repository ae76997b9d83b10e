"""Two persons of one name: what leaves does not depend on who else leaves."""

from odoo.tools import SQL

from .organisation_common import OrganisationCase

TABLES = {
    "sale_order": ("note", "client_order_ref", "signed_by"),
    "sale_order_line": ("name",),
    "mail_message": ("body", "email_from"),
    "account_move": ("narration", "ref"),
    "account_move_line": ("name",),
    "account_payment": ("memo",),
}


class TestHomonym(OrganisationCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.first = cls.new_customer("Marie Martin", 11, email="m1@courriel.example")
        cls.second = cls.new_customer("Marie Martin", 12, email="m2@courriel.example")

    def get_texts(self):
        """Return every text of the documents, in order."""
        self.env.flush_all()
        return {
            (table, column): self.env.execute_query(
                SQL(
                    "SELECT id, %s FROM %s ORDER BY id",
                    SQL.identifier(column),
                    SQL.identifier(table),
                )
            )
            for table, columns in TABLES.items()
            for column in columns
        }

    def check_alike(self, records):
        """Erased one by one, in both orders, or together: the same is left."""
        results = []
        for batches in (records, list(reversed(records)), [records]):
            with self.env.cr.savepoint() as point:
                for batch in batches:
                    self.erase(batch)
                results.append(self.get_texts())
                point.rollback()
            self.env.invalidate_all()
        for result in results[1:]:
            for place, rows in result.items():
                self.assertEqual(rows, results[0][place], place)
        return results[0]

    def get_left(self, texts):
        return [
            (place, text)
            for place, rows in texts.items()
            for _id, text in rows
            if text and "Marie Martin" in str(text)
        ]

    def test_orders_of_their_own(self):
        orders = self.new_order(self.first, 12) + self.new_order(self.second, 12)
        self.assertFalse(self.get_left(self.check_alike(orders)))

    def test_an_invoice_of_one_made_from_an_order_of_the_other(self):
        order, other = self.new_order(self.first, 12), self.new_order(self.second, 12)
        invoice = self.new_invoice(other, 12)
        invoice.narration = "<p>Pour Marie Martin, m1@courriel.example</p>"
        invoice.invoice_line_ids.sale_line_ids |= order.order_line
        self.env.flush_all()
        self.check_alike(order + other)

    def test_an_invoice_that_stays_for_one_of_them(self):
        order, other = self.new_order(self.first, 12), self.new_order(self.second, 12)
        live = self.new_order(self.second, 1)
        invoice = self.new_invoice(live, 12)
        invoice.narration = "<p>Pour Marie Martin, m1@courriel.example</p>"
        invoice.invoice_line_ids.sale_line_ids |= order.order_line
        self.env.flush_all()
        self.check_alike(order + other)
