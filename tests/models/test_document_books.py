"""Accounting documents of an order that leaves while its customer stays."""

from odoo.tools import mute_logger
from odoo.tools.sql import SQL

from .document_common import DocumentCase

ERASER = "odoo.addons.rgpd_fichier_client.models.retention.rgpd_eraser_document"
PERSON = ("Kervella", "courriel.example", "39 98 30 01", "639983001")


class BooksCase(DocumentCase):
    restricted = False

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.restrictive_audit_trail = cls.restricted
        cls.invoice = cls.new_invoice_of(cls.old, 12)

    @classmethod
    def new_invoice_of(cls, order, years, is_sealed=False):
        """Post an invoice full of personal data."""
        invoice = cls.new_invoice(order, years)
        if is_sealed:
            invoice.journal_id.restrict_mode_hash_table = True
            invoice.button_hash()
        partner = order.partner_id
        invoice.narration = f"<p>Merci {partner.name}, {partner.phone}</p>"
        invoice.message_subscribe(partner.ids)
        invoice.message_post(
            body=f"Bonjour, {partner.name}", author_id=partner.id,
            email_from=partner.email, message_type="comment",
        )  # fmt: skip
        invoice.message_post(body=f"Relancé {partner.name} au {partner.phone}")
        cls.env["ir.attachment"].create(
            {
                "name": f"facture {partner.name}.pdf",
                "res_model": "account.move",
                "res_id": invoice.id,
                "res_field": "invoice_pdf_report_file",
                "raw": f"%PDF-1.4 {partner.name}".encode(),
            }
        )
        label = f"Armoire gravée {partner.name}"
        if not is_sealed:
            invoice.invoice_line_ids.name = label
        cls.env.flush_all()
        return invoice

    def erase(self, orders):
        erasures = self.env["rgpd.eraser"]._erase_documents(orders)
        self.assertFalse(any(self.document(orders).mapped("error")))
        self.env.flush_all()
        return erasures

    def get_book_traces(self, invoice):
        """Return where the person still is on an invoice, links aside."""
        places = {
            "account_move": SQL("t.id = %s", invoice.id),
            "account_move_line": SQL("t.move_id = %s", invoice.id),
            "mail_message": SQL(
                "t.model = 'account.move' AND t.res_id = %s", invoice.id
            ),
            "mail_tracking_value": SQL(
                "t.mail_message_id IN (SELECT id FROM mail_message WHERE model ="
                " 'account.move' AND res_id = %s)",
                invoice.id,
            ),
            "ir_attachment": SQL(
                "t.res_model = 'account.move' AND t.res_id = %s", invoice.id
            ),
        }
        return {
            (table, text)
            for table, condition in places.items()
            for text in PERSON
            if self.env.execute_query(
                SQL(
                    "SELECT 1 FROM %s t WHERE %s AND t::text ILIKE %s",
                    SQL.identifier(table),
                    condition,
                    f"%{text}%",
                )
            )
        }

    def get_kept(self, erasure, note):
        lines = erasure.line_ids.filtered(
            lambda line: line.kind == "kept" and line.note == note
        )
        return {line.model: line.count for line in lines}

    def check_released(self):
        invoice, total = self.invoice, self.invoice.amount_total
        self.assertTrue(self.get_book_traces(invoice))
        erasure = self.erase(self.old)
        self.assertEqual(self.get_book_traces(invoice), set())
        self.assertEqual(invoice.amount_total, total)
        self.assertEqual(invoice.state, "posted")
        self.assertIn("Armoire", invoice.invoice_line_ids.name)
        self.assertIn("Relancé", "".join(map(str, invoice.message_ids.mapped("body"))))
        self.assertNotIn(self.customer, invoice.message_ids.author_id)
        self.assertNotIn(self.customer, invoice.message_partner_ids)
        self.assertNotEqual(invoice.partner_id, self.customer)
        self.assertEqual(invoice.partner_id, self.old.partner_id)
        self.assertEqual(invoice.commercial_partner_id, self.old.partner_id)
        # The account of the customer still balances, and the certificate says it
        self.assertEqual(invoice.line_ids.partner_id, self.customer)
        self.assertEqual(
            self.get_kept(erasure, "posted"),
            {"account.move.line": len(invoice.line_ids)},
        )
        self.assertFalse(self.get_kept(erasure, "accounting"))
        return erasure

    def check_sealed(self):
        order = self.new_order(self.customer, years=12)
        invoice = self.new_invoice_of(order, 12, is_sealed=True)
        label = invoice.invoice_line_ids[0].name
        seal = invoice.inalterable_hash
        self.assertTrue(seal)
        erasure = self.erase(order)
        self.assertEqual(self.get_book_traces(invoice), set())
        self.assertEqual(invoice.inalterable_hash, seal)
        self.assertEqual(invoice.invoice_line_ids[0].name, label)
        accountant = self.env.ref("base.user_admin")
        accountant.group_ids += self.env.ref("account.group_account_user")
        company = self.env.company.with_user(accountant)
        results = company._check_hash_integrity()["results"]
        self.assertIn("verified", [result["status"] for result in results])
        self.assertNotIn("corrupted", [result["status"] for result in results])
        kept = self.get_kept(erasure, "accounting")
        self.assertEqual(kept["account.move.line"], len(invoice.line_ids))

    def check_live(self):
        """Whatever the register says, the law keeps an invoice ten years."""
        order = self.new_order(self.customer, years=12)
        invoice = self.new_invoice_of(order, 2)
        before = self.get_book_traces(invoice)
        erasure = self.erase(order)
        self.assertEqual(self.get_book_traces(invoice), before)
        self.assertEqual(invoice.partner_id, self.customer)
        kept = self.get_kept(erasure, "accounting")
        self.assertEqual(kept["account.move"], 1)
        self.assertEqual(kept["account.move.line"], len(invoice.line_ids))
        self.assertTrue(kept["ir.attachment"])
        lines = erasure.line_ids.filtered(lambda line: line.note == "accounting")
        self.assertEqual(set(lines.mapped("article")), {"L123-22 C. com."})
        self.assertTrue(all(lines.mapped("end_date")))
        return kept


class TestBooksFree(BooksCase):
    """Without the audit trail of Odoo."""

    def test_texts_files_and_messages_of_a_released_invoice_go(self):
        self.check_released()

    def test_what_the_seal_covers_stays_and_is_named(self):
        self.check_sealed()

    def test_an_invoice_the_law_asks_for_stays_and_is_named(self):
        self.assertNotIn("mail.message", self.check_live())

    def test_what_was_never_posted_names_nobody(self):
        order = self.new_order(self.customer, years=12)
        draft = self.new_invoice_of(order, 12)
        draft.button_draft()
        draft.posted_before = False
        erasure = self.erase(order)
        self.assertEqual(self.get_book_traces(draft), set())
        self.assertNotEqual(draft.partner_id, self.customer)
        self.assertNotIn(self.customer, draft.line_ids.partner_id)
        self.assertFalse(self.get_kept(erasure, "posted"))

    def test_an_invoice_shared_with_an_order_that_stays_is_left_alone(self):
        line = self.invoice.invoice_line_ids
        line.sale_line_ids += self.recent.order_line
        before = self.get_book_traces(self.invoice)
        self.env["rgpd.document"].search([("res_id", "=", self.recent.id)]).unlink()
        erasure = self.erase(self.old)
        self.assertEqual(self.get_book_traces(self.invoice), before)
        # The certificate says that it stays
        kept = self.get_kept(erasure, "other_person")
        self.assertEqual(kept["account.move"], 1)
        self.assertEqual(kept["account.move.line"], len(self.invoice.line_ids))
        self.assertTrue(kept["ir.attachment"])
        # Nothing is noted of an order that was only looked at
        rows = self.env["rgpd.document"].search([("res_id", "=", self.recent.id)])
        self.assertFalse(rows)

    @mute_logger(ERASER)
    def test_a_hold_on_an_invoice_made_out_to_somebody_else_keeps_all(self):
        self.env.cr.execute(
            "UPDATE account_move SET partner_id = %s WHERE id = %s",
            (self.other.id, self.invoice.id),
        )
        self.invoice.invalidate_recordset()
        self.env["rgpd.hold"].create({"name": "Litige", "move_id": self.invoice.id})
        before = self.get_book_traces(self.invoice)
        # The night does not even try
        simulation = self.simulate()
        self.assertEqual(simulation.document_count, 0)
        self.assertEqual(simulation.document_held_count, 1)
        self.assertFalse(self.env["rgpd.eraser"]._erase_documents(self.old))
        self.assertEqual(self.get_book_traces(self.invoice), before)
        self.assertEqual(self.old.partner_id, self.customer)
        self.assertIn("hold", self.document(self.old).error)


class TestBooksRestricted(BooksCase):
    """With the audit trail: its messages and files refuse to go for ever."""

    restricted = True

    def test_texts_files_and_messages_of_a_released_invoice_go(self):
        self.check_released()

    def test_what_the_seal_covers_stays_and_is_named(self):
        self.check_sealed()

    def test_an_invoice_the_law_asks_for_stays_and_is_named(self):
        self.assertTrue(self.check_live()["mail.message"])
