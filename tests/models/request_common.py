"""A customer who exercises their rights, and the letters they are sent."""

import io

from pypdf import PdfReader

from odoo.fields import Command, Date

from ..common import RgpdCase


class RequestCase(RgpdCase):
    """Fixtures of the tests of answers; PDFs are really printed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "force_report_rendering": True})
        cls.env["rgpd.data.map"]._discover()
        cls.company = cls.env.company
        cls.company.write(
            {
                "name": "Maison Exemple",
                "street": "1 place du Test",
                "zip": "69002",
                "city": "Lyon",
                "rgpd_contact_email": "donnees@maison.example",
                "rgpd_backup_days": 45,
            }
        )
        cls.person = cls.env["res.partner"].create(
            {
                "name": "Jeanne Exemple",
                "email": "jeanne@client.example",
                "phone": "+33 6 39 98 00 11",
                "street": "3 rue des Essais",
                "zip": "69001",
                "city": "Lyon",
                "country_id": cls.env.ref("base.fr").id,
                "lang": "en_US",
            }
        )
        product = cls.env["product.product"].create({"name": "Bench"})
        cls.env["sale.order"].create(
            {
                "partner_id": cls.person.id,
                "order_line": [Command.create({"product_id": product.id})],
            }
        ).action_confirm()

    def request(self, *rights, **values):
        """Return a request received today, being worked on."""
        request = self.env["rgpd.request"].create(
            {
                "partner_id": self.person.id,
                "item_ids": [
                    Command.create({"right": r}) for r in rights or ["access"]
                ],
                **values,
            }
        )
        request.action_start()
        return request

    def draft(self, request, kind, **values):
        """Return a draft letter with what has to be filled in."""
        filled = {
            "reason": "The address is not the one of the account.",
            "date_effect": Date.add(Date.today(), days=20),
        }
        return self.env["rgpd.request.letter"]._prepare(
            request, kind, **{**filled, **values}
        )

    def read_pdf(self, letter):
        """Return the text of the letter that was sent, as a reader sees it."""
        raw = letter.pdf_id.sudo().raw
        self.assertTrue(raw.startswith(b"%PDF"), raw[:40])
        pages = PdfReader(io.BytesIO(raw)).pages
        return " ".join(" ".join(page.extract_text() for page in pages).split())

    def send(self, letter):
        """Send a letter and return the text of its PDF."""
        letter.action_send()
        return self.read_pdf(letter)

    def assertTells(self, text, *elements):
        for words in elements:
            self.assertIn(words, text)
