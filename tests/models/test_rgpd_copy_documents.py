"""The orders and invoices printed for a copy, as a reader of PDF sees them."""

import io
import json

from pypdf import PdfReader

from odoo.fields import Command

from .test_rgpd_request_copy_withheld import WithheldCase


class TestDocuments(WithheldCase):
    """The right person, in French, and nobody else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("fr_FR")
        cls.env = cls.env(context={**cls.env.context, "force_report_rendering": True})
        cls.person.lang = "fr_FR"
        cls.invoice = cls._create_invoice(cls.person, cls.product)
        cls.strange_invoice = cls._create_invoice(cls.other, cls.secret_product)
        cls.orders = cls.order | cls.secret_order | cls.strange_order
        cls.orders.action_confirm()

    @classmethod
    def _create_invoice(cls, partner, product, **values):
        invoice = cls.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": partner.id,
                "invoice_line_ids": [
                    Command.create({"product_id": product.id, "price_unit": 80})
                ],
                **values,
            }
        )
        invoice.action_post()
        return invoice

    def setUp(self):
        # The documents are really printed here
        super(WithheldCase.__base__, self).setUp()

    def read_documents(self, archive):
        """Return the text of each printed document by its name."""
        files = json.loads(archive.read("data.json"))["files"]
        return {
            item["name"]: " ".join(
                " ".join(
                    page.extract_text()
                    for page in PdfReader(io.BytesIO(archive.read(item["path"]))).pages
                ).split()
            )
            for item in files
            if (item["path"] or "").endswith(".pdf")
        }

    def test_orders_and_invoices_of_the_person_in_french_and_of_nobody_else(self):
        documents = self.read_documents(self.make(self.prepare()))
        names = {
            f"{record.name}.pdf"
            for record in (self.order, self.secret_order, self.invoice)
        }
        self.assertEqual(set(documents), names)
        for name, text in documents.items():
            self.assertIn("Jeanne Exemple", text, name)
            self.assertIn("3 rue des Essais", text, name)
            for trace in ("Paul", "Tiersdupont", "paul@tiers.example"):
                self.assertNotIn(trace, text, name)
            for record in (self.strange_order, self.strange_invoice):
                self.assertNotIn(record.name, text, name)
        order = documents[f"{self.order.name}.pdf"]
        for words in ("Commande", "Date de la commande", "Quantité", "Total", "72,00"):
            self.assertIn(words, order)
        for words in ("Order Date", "Quantity", "Salesperson"):
            self.assertNotIn(words, order)
        invoice = documents[f"{self.invoice.name}.pdf"]
        for words in ("Facture", "Date de facturation", "Garden bench", "80,00"):
            self.assertIn(words, invoice)
        self.assertNotIn("Invoice Date", invoice)

    def test_neither_the_order_nor_what_names_it_is_printed_when_it_is_withheld(self):
        billed = self._create_invoice(
            self.person, self.product, invoice_origin=self.secret_order.name
        )
        copy = self.prepare()
        documents = self.read_documents(self.make(copy))
        self.assertIn(self.secret_order.name, documents[f"{billed.name}.pdf"])
        self.withhold(copy, self.secret_order)
        archive = self.make(copy)
        documents = self.read_documents(archive)
        self.assertEqual(
            set(documents), {f"{self.order.name}.pdf", f"{self.invoice.name}.pdf"}
        )
        self.assertNothingOf(archive, *self.traces)
        self.assertIn("index.pdf", archive.namelist())
        self.assertEqual(self.manifest["withheld"], {"secret": 2})

    def test_a_document_that_names_somebody_else_stays_out(self):
        self.order.partner_shipping_id = self.other
        archive = self.make(self.prepare())
        documents = self.read_documents(archive)
        self.assertNotIn(f"{self.order.name}.pdf", documents)
        self.assertNotIn("Tiersdupont", "".join(documents.values()))
        [order] = [
            order
            for order in self.values(
                json.loads(archive.read("data.json")), "sale.order"
            )
            if order["name"] == self.order.name
        ]
        self.assertEqual(order["partner_shipping_id"], "[autre personne]")
        self.assertEqual(self.manifest["withheld"], {"others": 1})

    def test_an_order_is_printed_when_the_message_it_was_sent_by_is_withheld(self):
        pdf = self.env["ir.actions.report"]._render_qweb_pdf(
            "sale.action_report_saleorder", self.order.ids
        )[0]
        message = self.order.message_post(
            body="Notre commande, et un avis sur quelqu'un.",
            message_type="comment",
            attachments=[("envoi.pdf", pdf)],
        )
        copy = self.prepare()
        documents = self.read_documents(self.make(copy))
        self.assertIn("envoi.pdf", documents)
        self.assertNotIn(f"{self.order.name}.pdf", documents, "it is there already")
        self.withhold(copy, message, ground="others")
        documents = self.read_documents(self.make(copy))
        self.assertNotIn("envoi.pdf", documents)
        self.assertIn(f"{self.order.name}.pdf", documents)
        # What is chosen for itself is not given by another way
        self.lines(copy, message).with_user(self.officer).action_mask()
        self.withhold(copy, message.attachment_ids)
        documents = self.read_documents(self.make(copy))
        self.assertFalse({"envoi.pdf", f"{self.order.name}.pdf"} & set(documents))
