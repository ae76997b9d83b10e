"""Books of an organisation that still name somebody once its order names nobody."""

import io
import zipfile

import pypdf

from odoo.tools import mute_logger

from ..core.scans import SCAN, TEXT, make_pdf
from .test_document_addressee import AddresseeCase

OWN = "contrat Atelier Test.txt"


class LeftCase(AddresseeCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Changed on the invoice: the goods of the order went to somebody else
        cls.invoice = cls.new_invoice(cls.order, 12)
        cls.invoice.partner_shipping_id = cls.customer
        cls.invoice.narration = f"<p>Atelier Test, {cls.customer.name}</p>"
        for text in ("Atelier Test", cls.customer.name):
            cls.new_file(cls.invoice, f"contrat {text}.txt", f"Contrat, {text}")
        cls.env.flush_all()

    @classmethod
    def new_file(cls, record, name, text, mimetype="text/plain"):
        return cls.env["ir.attachment"].create(
            {
                "name": name,
                "res_model": record._name,
                "res_id": record.id,
                "raw": text if isinstance(text, bytes) else text.encode(),
                "mimetype": mimetype,
            }
        )


class TestAddresseeLeft(LeftCase):
    def test_the_order_and_its_files_stay_those_of_the_organisation(self):
        self.pay_for(self.invoice, self.acme)
        self.approve()
        self.run_night()
        row = self.document(self.order)
        self.assertTrue(row.erased_on)
        self.assertFalse(row.error)
        self.assertFalse(row.date_books, "both left in one night")
        self.assert_left(self.order)
        self.assertNotEqual(self.invoice.partner_shipping_id, self.customer)
        self.assertIn("Atelier Test", self.invoice.narration)
        self.assertNotIn("Kervella", self.invoice.narration)
        self.assertIn("1 rue des Essais", self.order.note)
        self.assertEqual(self.order.client_order_ref, "Commande de Atelier Test")
        for record in (self.order, self.invoice):
            with self.subTest(record=record._name):
                self.assertIn(OWN, self.get_files(record))
        left = self.get_files(self.order) | self.get_files(self.invoice)
        self.assertFalse([n for n in left if "Guivarch" in n or "Kervella" in n])
        self.assertEqual(self.simulate().document_count, 0)


class TestFilesOfOrganisation(LeftCase):
    """Nobody takes a file that cannot be read for clean."""

    def erase_with(self, *files):
        """Erase the order and return ``{note: files kept}`` beside its own two."""
        before = self.env["ir.attachment"].union(*files)
        erasure = self.erase(self.order)
        self.env.invalidate_all()
        lines = erasure.line_ids.filtered(
            lambda line: line.model == "ir.attachment" and line.kind == "kept"
        )
        return before.exists(), {line.note: line.count for line in lines}

    def test_what_nobody_can_read_is_said(self):
        _files, notes = self.erase_with()
        clean = notes["other_person"]
        self.assertEqual(notes, {"other_person": clean})
        order = self.new_acme_order(12)
        pdf = b"%PDF-1.4 Atelier"
        files = [
            self.new_file(order, "bon signé.pdf", pdf, "application/pdf"),
            self.new_file(order, "scan.pdf", self.get_scan(), "application/pdf"),
            self.new_file(order, "photo.png", b"\x89PNG\r\n", "image/png"),
            self.new_file(order, "lettre.doc", b"\xd0\xcf", "application/msword"),
            self.new_file(order, "perdu.txt", b"Atelier, une fois"),
        ]
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE ir_attachment SET store_fname = '00/perdu' WHERE id = %s",
            (files[-1].id,),
        )
        self.env.invalidate_all()
        self.order = order
        with mute_logger("odoo.addons.base.models.ir_attachment"):
            left, notes = self.erase_with(*files)
        self.assertEqual(left.ids, [file.id for file in files])
        self.assertEqual(notes["unread"], 5)
        self.assertTrue(notes["other_person"])

    def test_one_scanned_page_among_others_is_said(self):
        letter = make_pdf(TEXT, SCAN, TEXT)
        whole = make_pdf(TEXT, TEXT)
        self.new_file(self.order, "courrier.pdf", letter, "application/pdf")
        self.new_file(self.order, "contrat.pdf", whole, "application/pdf")
        _left, notes = self.erase_with()
        self.assertEqual(notes["partly"], 1)
        self.assertNotIn("unread", notes)
        self.assertTrue(notes["other_person"])

    def get_file_tasks(self):
        return self.env["mail.activity"].search(
            [
                ("res_model", "=", "rgpd.simulation"),
                ("summary", "=", "Retention: files to look at"),
            ]
        )

    def test_the_night_asks_once_to_look_at_what_nobody_can_read(self):
        orders = self.order + self.new_acme_order(12)
        clean = self.new_acme_order(12)
        for order in orders:
            for name in ("un.pdf", "deux.pdf"):
                self.new_file(order, name, self.get_scan(), "application/pdf")
        simulation = self.approve()
        self.run_night()
        run = simulation.run_ids
        task = self.get_file_tasks()
        self.assertEqual(len(task), 1)
        self.assertEqual(task.user_id, self.dpo)
        self.assertIn(f"/odoo/rgpd.retention.run/{run.id}", task.note)
        found = self.env["rgpd.document"].search(run.action_open_unread()["domain"])
        self.assertLessEqual(set(orders.ids), set(found.mapped("res_id")))
        self.assertTrue(self.document(clean).erased_on)
        # Judged; nothing asks again
        task.action_done()
        self.run_night()
        self.assertFalse(self.get_file_tasks())

    def test_a_night_without_such_files_asks_nothing(self):
        simulation = self.approve()
        self.run_night()
        self.assertTrue(self.document(self.order).erased_on)
        self.assertFalse(self.get_file_tasks())
        self.assertFalse(simulation.run_ids.unread_count)

    def test_the_name_of_what_cannot_be_read_counts(self):
        file = self.new_file(
            self.order, "bon Malo Guivarch.png", b"\x89PNG\r\n", "image/png"
        )
        left, notes = self.erase_with(file)
        self.assertFalse(left)
        self.assertNotIn("unread", notes)

    def test_a_file_in_the_database_is_read_too(self):
        self.env["ir.config_parameter"].set_param("ir_attachment.location", "db")
        named, clean = self.new_archives()
        self.assertFalse(named.store_fname)
        left, notes = self.erase_with(named, clean)
        self.assertEqual(left, clean)
        self.assertNotIn("unread", notes)

    def test_the_night_keeps_no_text_of_a_file(self):
        """Two of them at once would write that of the same content."""
        named, clean = self.new_archives()
        self.assertTrue(clean.store_fname)
        left, notes = self.erase_with(named, clean)
        self.assertEqual(left, clean)
        self.assertNotIn("unread", notes)
        names = (named + clean).exists().mapped("store_fname")
        texts = self.env["rgpd.file.text"].search([("fname", "in", names)])
        self.assertFalse(texts)

    def new_archives(self):
        """Attach one that names the person and one that does not, Odoo reads none."""
        files = self.env["ir.attachment"]
        for text in ("Remis à Malo Guivarch", "Remis à Atelier Test"):
            data = io.BytesIO()
            with zipfile.ZipFile(data, "w") as archive:
                archive.writestr("bon.txt", text)
            files += self.new_file(
                self.order, "bons.zip", data.getvalue(), "application/zip"
            )
        self.assertFalse(any("Guivarch" in (f.index_content or "") for f in files))
        return files

    @staticmethod
    def get_scan():
        """Return a page without any text."""
        writer, data = pypdf.PdfWriter(), io.BytesIO()
        writer.add_blank_page(width=100, height=100)
        writer.write(data)
        return data.getvalue()
