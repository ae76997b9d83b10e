"""Mail that waits on documents erased together, and the rows of many documents."""

from odoo import Command

from .document_common import DocumentCase


class TestDocumentQueue(DocumentCase):
    def setUp(self):
        super().setUp()
        self.other_old = self.new_order(self.other, years=12)

    def queue(self, *partners):
        """Let a mail of the order of the customer wait for these contacts."""
        return self.env["mail.mail"].create(
            {
                "model": "sale.order",
                "res_id": self.old.id,
                "recipient_ids": [Command.set([p.id for p in partners])],
                "body_html": "<p>Votre commande</p>",
            }
        )

    def test_a_mail_to_somebody_else_of_the_batch_is_sent(self):
        """Each of the two leaves their own old order, and stays a customer."""
        shared = self.queue(self.customer, self.other)
        alone = self.queue(self.customer)
        self.env["rgpd.eraser"]._erase_documents(self.old | self.other_old)
        self.assertEqual(shared.exists().recipient_ids, self.other)
        self.assertFalse(alone.exists())

    def test_a_mail_to_all_whose_orders_leave_is_not_sent(self):
        self.old.partner_shipping_id = self.other
        shared = self.queue(self.customer, self.other)
        self.env["rgpd.eraser"]._erase_documents(self.old | self.other_old)
        self.assertFalse(shared.exists())


class TestDocumentRows(DocumentCase):
    def count_queries(self, records):
        """Return the statements that make the rows of documents without any."""
        table = self.env["rgpd.document"]
        table.search([]).unlink()
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        rows = table._of(records)
        self.env.flush_all()
        self.assertEqual(sorted(rows.mapped("res_id")), records.ids)
        self.assertEqual(rows.company_id, self.env.company)
        return self.env.cr.sql_log_count - before

    def check(self, records):
        self.count_queries(records[:1])
        self.assertEqual(self.count_queries(records), self.count_queries(records[:1]))

    def test_many_orders_ask_no_more_than_one(self):
        self.check(
            self.env["sale.order"].create(
                [{"partner_id": self.customer.id} for _rank in range(5)]
            )
        )

    def test_many_leads_ask_no_more_than_one(self):
        self.check(
            self.env["crm.lead"].create(
                [
                    {"name": "Piste", "partner_id": self.customer.id}
                    for _rank in range(5)
                ]
            )
        )
