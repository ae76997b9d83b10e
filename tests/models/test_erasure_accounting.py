"""Accounting is untouched by an erasure: chain, audit trail, FEC (invariant 6)."""

import base64
import io
from datetime import date

from freezegun import freeze_time
from pypdf import PdfReader

from odoo import Command, fields

from .erasure_common import ErasureCase

PDF = base64.b64encode(b"%PDF-1.4 Facture de Hugo Perraud")
XML = base64.b64encode(b"<?xml version='1.0'?><Invoice>Hugo Perraud</Invoice>")


class AccountingCase(ErasureCase):
    restricted = False

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write(
            {
                "restrictive_audit_trail": cls.restricted,
                "country_id": cls.env.ref("base.fr").id,
                "vat": "FR40303265045",
                "company_registry": "30326504500012",
            }
        )
        cls.invoice.journal_id.restrict_mode_hash_table = True
        cls.invoice.write({"narration": "<p>Merci Hugo Perraud</p>"})
        cls.invoice.button_hash()
        cls.files = cls.env["ir.attachment"].create(
            [
                {
                    "name": name,
                    "datas": content,
                    "res_model": "account.move",
                    "res_id": cls.invoice.id,
                    "res_field": field,
                    "company_id": cls.company.id,
                }
                for name, content, field in (
                    ("facture.pdf", PDF, "invoice_pdf_report_file"),
                    ("facture.xml", XML, "ubl_cii_xml_file"),
                )
            ]
        )
        cls.payment = cls.env["account.payment"].create(
            {
                "partner_id": cls.customer.id,
                "amount": 80,
                "payment_type": "inbound",
                "date": cls.invoice.date,
                "memo": "Virement Hugo Perraud",
            }
        )
        cls.payment.action_post()
        cls.payment.action_validate()
        cls.customer.write({"vat": "FR23334175221"})
        cls.env.flush_all()
        # Written last long ago, by somebody else than whoever erases
        for table in ("account_move", "account_move_line", "account_payment"):
            cls.env.cr.execute(
                f"UPDATE {table} SET write_uid = 2, write_date = '2021-03-04 05:06:07'"
                " WHERE partner_id = %s",
                [cls.customer.id],
            )
        cls.env.invalidate_all()

    def get_chain(self):
        """Say what Odoo's own check of the chain finds."""
        user = self.env.ref("base.user_admin")
        user.group_ids += self.env.ref("account.group_account_user")
        company = self.company.with_user(user)
        results = company._check_hash_integrity()["results"]
        return sorted((r["journal_name"], r["status"]) for r in results)

    def get_fec(self, year=None):
        year = year or self.invoice.date.year
        wizard = self.env["l10n_fr.fec.export.wizard"].create(
            {
                "date_from": date(year, 1, 1),
                "date_to": date(year, 12, 31),
                "test_file": True,
            }
        )
        return wizard.generate_fec()["file_content"]

    def get_books(self):
        """Return every column of the documents, as the database holds them."""
        self.env.flush_all()
        books = {}
        for table, column, ids in (
            ("account_move", "id", self.invoice.ids),
            ("account_move_line", "move_id", self.invoice.ids),
            ("account_payment", "id", self.payment.ids),
        ):
            self.env.cr.execute(
                f"SELECT * FROM {table} WHERE {column} = ANY(%s) ORDER BY id", [ids]
            )
            books[table] = self.env.cr.dictfetchall()
        return books

    def erase(self, ground="request"):
        eraser = self.env["rgpd.eraser"].with_user(self.dpo)
        erasure = eraser._erase(self.customer, ground)
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(erasure.state, "masked", erasure.error)
        return erasure

    def check_books_untouched(self):
        books, fec, chain = self.get_books(), self.get_fec(), self.get_chain()
        self.assertIn(b"Hugo Perraud", fec)
        self.assertIn("verified", [status for _name, status in chain])
        erasure = self.erase()
        self.assertEqual(self.get_books(), books)
        self.assertEqual(self.get_fec(), fec)
        self.assertEqual(self.get_chain(), chain)
        self.assertEqual(self.files.exists(), self.files)
        self.assertEqual(base64.b64decode(self.files[0].datas)[:8], b"%PDF-1.4")
        self.assertTrue(self.invoice.invoice_pdf_report_file)
        self.assertTrue(erasure.is_partial)
        self.assertFalse(self.customer.email or self.customer.phone)
        return erasure

    def check_kept_lines(self, erasure, models):
        kept = erasure.line_ids.filtered(lambda line: line.kind == "kept")
        for model in models:
            lines = kept.filtered(lambda line, m=model: line.model == m)
            self.assertTrue(lines, model)
            self.assertEqual(set(lines.mapped("article")), {"L123-22 C. com."}, model)
            self.assertTrue(all(lines.mapped("end_date")), model)

    def check_ten_years_later(self):
        """The last duty is over: what may go goes by itself, the chain stays valid."""
        self.erase()
        chain = self.get_chain()
        later = fields.Date.add(fields.Date.today(), years=11)
        with freeze_time(f"{later} 09:00:00"):
            self.env["rgpd.reason"]._refresh(self.customer)
            subject = self.env["rgpd.subject"]._of(self.customer)
            self.assertEqual(subject.phase, "expired")
            erasure = self.erase("retention")
            self.assertFalse(erasure.is_partial)
            self.assertNotIn("Perraud", self.customer.name)
            self.assertFalse(self.customer.street or self.customer.vat)
            self.assertEqual(self.get_chain(), chain)
            self.assertNotIn("Perraud", self.invoice.invoice_partner_display_name or "")
            self.assertNotIn("Perraud", self.invoice.narration or "")
            self.assertNotIn("Perraud", self.payment.memo or "")
            self.assertEqual(self.invoice.amount_total, self.payment_total)
        lines = erasure.line_ids.filtered(lambda x: x.model == "account.move.line")
        self.assertIn("accounting", lines.mapped("note"))
        return erasure

    def setUp(self):
        super().setUp()
        self.payment_total = self.invoice.amount_total


class TestAccountingFree(AccountingCase):
    """Without the audit trail of Odoo."""

    def test_books_chain_and_fec_do_not_change(self):
        erasure = self.check_books_untouched()
        self.check_kept_lines(
            erasure, ["account.move", "account.move.line", "ir.attachment"]
        )

    def test_what_is_due_after_ten_years_goes(self):
        self.check_ten_years_later()
        self.assertFalse(self.files.exists())


class TestAccountingRestricted(AccountingCase):
    """With the audit trail: its messages and files refuse to go."""

    restricted = True

    def test_books_chain_and_fec_do_not_change(self):
        trail = self.env["mail.message"].search(
            [("account_audit_log_restricted", "=", True)]
        )
        self.env["mail.tracking.value"].search([("mail_message_id", "in", trail.ids)])
        before = [(m.id, m.body, m.model, m.res_id) for m in trail]
        erasure = self.check_books_untouched()
        self.assertEqual([(m.id, m.body, m.model, m.res_id) for m in trail], before)
        self.check_kept_lines(
            erasure,
            ["account.move", "account.move.line", "ir.attachment", "mail.message"],
        )

    def test_what_is_due_after_ten_years_goes(self):
        """The duty the trail serves is over: it guards nothing for ever."""
        self.check_ten_years_later()
        self.assertFalse(self.files.exists())

    def test_a_purpose_removed_by_mistake_takes_no_books_along(self):
        books = self.get_books()
        purpose = self.env.ref("rgpd_fichier_client.rgpd_purpose_invoice")
        purpose.active = False
        self.env["rgpd.reason"]._refresh(self.customer)
        self.erase("retention")
        self.assertEqual(self.files.exists(), self.files)
        after = self.get_books()
        for table in ("account_move_line", "account_payment"):
            self.assertEqual(after[table], books[table])
        for old, new in zip(books["account_move"], after["account_move"], strict=True):
            self.assertEqual(new["narration"], old["narration"])


class RequestedErasureCase(AccountingCase):
    """An erasure that somebody asks for: what the letter says about the books."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "force_report_rendering": True})
        cls.company.rgpd_contact_email = "donnees@maison.example"

    def get_books(self):
        """Leave out who touched the row last: the DPO, here, and not what it says."""
        books = super().get_books()
        for rows in books.values():
            for row in rows:
                row.pop("write_uid")
        return books

    def ask(self, person):
        """Let the DPO carry out a requested erasure; return the request."""
        request = self.env["rgpd.request"].create(
            {
                "partner_id": person.id,
                "item_ids": [Command.create({"right": "erasure"})],
            }
        )
        request.action_start()
        action = request.with_user(self.dpo).item_ids.action_do()
        wizards = self.env["rgpd.erasure.wizard"].with_user(self.dpo)
        wizard = wizards.with_context(**action["context"]).create(
            {"confirmation": "ERASE"}
        )
        wizard._erase_confirmed()
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(request.erasure_ids.state, "masked", request.erasure_ids.error)
        return request

    def answer(self, request):
        """Send the letter the decision asks for; return it and the text of its PDF."""
        letter = (
            self.env["rgpd.request.letter"]
            .with_user(self.dpo)
            ._prepare(request.with_user(self.dpo), request.item_ids._get_letter_kind())
        )
        letter.action_send()
        raw = letter.pdf_id.sudo().raw
        pages = PdfReader(io.BytesIO(raw)).pages
        return letter, " ".join(" ".join(p.extract_text() for p in pages).split())

    def check_letter_tells_what_stays(self):
        """T9: each thing kept, its article and its day; the books do not change."""
        books, fec, chain = self.get_books(), self.get_fec(), self.get_chain()
        request = self.ask(self.customer)
        item = request.item_ids
        self.assertEqual((item.decision, item.ground), ("partial", "legal_obligation"))
        letter, text = self.answer(request)
        self.assertEqual(letter.kind, "erasure_partial")
        self.assertIn("What stays, why and until when", text)
        rows = request._get_kept_rows()
        self.assertTrue(rows)
        for data, why, until in rows:
            self.assertTrue(why and until, data)
            for words in (data, why, until):
                self.assertIn(" ".join(words.split()), text)
        self.assertIn("L123-22", text)
        self.assertIn(str(request.erasure_ids.kept_until.year), text)
        self.assertIn(request.erasure_ids.reference, text)
        self.assertEqual(self.invoice.state, "posted")
        self.assertEqual(self.get_books(), books)
        self.assertEqual(self.get_fec(), fec)
        self.assertEqual(self.get_chain(), chain)
        self.assertTrue(request.is_done)
        return letter, [row[0] for row in rows]

    def check_letter_tells_all_is_gone(self):
        """T8: who has no books is told that nothing stays."""
        books = self.get_books()
        request = self.ask(self.prospect)
        self.assertEqual(request.item_ids.decision, "granted")
        letter, text = self.answer(request)
        self.assertEqual(letter.kind, "erasure")
        self.assertIn("Nothing else is kept about you", text)
        self.assertNotIn("L123-22", text)
        self.assertNotIn("What stays", text)
        self.assertIn(request.erasure_ids.reference, text)
        self.assertFalse(request._get_kept_rows())
        self.assertEqual(self.get_books(), books)


class TestRequestedFree(RequestedErasureCase):
    """A requested erasure without the audit trail of Odoo."""

    def test_the_letter_tells_what_stays_and_the_books_do_not_change(self):
        _letter, kept = self.check_letter_tells_what_stays()
        self.assertFalse([data for data in kept if data.startswith("Message")])

    def test_the_letter_tells_that_everything_went(self):
        self.check_letter_tells_all_is_gone()


class TestRequestedRestricted(RequestedErasureCase):
    """With the audit trail its messages stay too, and the letter says so."""

    restricted = True

    def test_the_letter_tells_what_stays_and_the_books_do_not_change(self):
        trail = self.env["mail.message"].search(
            [("account_audit_log_restricted", "=", True)]
        )
        before = [(m.id, m.body, m.model, m.res_id) for m in trail]
        self.assertTrue(before)
        _letter, kept = self.check_letter_tells_what_stays()
        self.assertTrue([data for data in kept if data.startswith("Message")], kept)
        self.assertEqual([(m.id, m.body, m.model, m.res_id) for m in trail], before)

    def test_the_letter_tells_that_everything_went(self):
        self.check_letter_tells_all_is_gone()


class TestSides(ErasureCase):
    """Who is more than a customer keeps only that side."""

    def erase(self, partner, ground="request"):
        erasure = self.env["rgpd.eraser"]._erase(partner, ground)
        self.env.flush_all()
        self.env.invalidate_all()
        return erasure

    def test_a_supplier_keeps_the_bill_and_loses_the_customer(self):
        bill = self.env["account.move"].create(
            {
                "move_type": "in_invoice",
                "partner_id": self.prospect.id,
                "invoice_date": fields.Date.today(),
                "invoice_line_ids": [
                    Command.create({"name": "Peinture", "price_unit": 300})
                ],
            }
        )
        bill.action_post()
        order = self.env["sale.order"].create(
            {
                "partner_id": self.prospect.id,
                "note": "<p>Sonner chez Zoé Liénard</p>",
                "date_order": fields.Datetime.subtract(fields.Datetime.now(), years=6),
            }
        )
        erasure = self.erase(self.prospect)
        self.assertEqual(erasure.state, "masked", erasure.error)
        self.assertTrue(erasure.is_partial)
        self.assertEqual(self.prospect.name, "Zoé Liénard")
        self.assertTrue(self.prospect.street)
        self.assertEqual(bill.state, "posted")
        self.assertEqual(bill.partner_id, self.prospect)
        self.assertFalse(self.prospect.email or self.prospect.phone)
        self.assertNotIn("Zoé", order.note or "")
        kept = erasure.line_ids.filtered(lambda line: line.kind == "kept")
        self.assertIn("account.move", kept.mapped("model"))

    def test_a_sole_trader_is_a_person_and_a_company_is_not(self):
        trader = self.env["res.partner"].create(
            {"name": "EI Paul Roche", "is_company": True, "email": "p@trader.example"}
        )
        company = self.env["res.partner"].create(
            {"name": "Roche SARL", "is_company": True, "email": "x@sarl.example"}
        )
        contact = self.env["res.partner"].create(
            {
                "name": "Nina Morel",
                "parent_id": company.id,
                "email": "nina.morel@sarl.example",
                "function": "Acheteuse",
            }
        )
        self.assertEqual(self.erase(trader).state, "masked")
        self.assertNotIn("Roche", trader.name)
        self.assertEqual(self.erase(company).state, "failed")
        self.assertEqual(company.name, "Roche SARL")
        self.assertEqual(self.erase(contact).state, "masked")
        self.assertNotIn("Morel", contact.name)
        self.assertFalse(contact.email or contact.function)
        self.assertEqual(contact.parent_id, company)
        self.assertEqual(company.email, "x@sarl.example")

    def test_an_employee_keeps_everything_of_the_staff_side(self):
        user = self.new_user("reader")
        self.env["sale.order"].create({"partner_id": user.partner_id.id})
        erasure = self.erase(user.partner_id)
        self.assertEqual(erasure.state, "failed")
        self.assertTrue(user.active)
