import io

from pypdf import PdfReader

from odoo.exceptions import AccessError
from odoo.fields import Command

from ..common import RgpdCase

REPORT = "rgpd_fichier_client.rgpd_request_letter_report"


class TestLetter(RgpdCase):
    """The letter tells what Art. 15.1 asks for, in the language of the person."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.rgpd_contact_email = "donnees@maison.example"
        cls.person = cls.env["res.partner"].create(
            {
                "name": "Jeanne Exemple",
                "email": "jeanne@client.example",
                "street": "3 rue des Essais",
                "zip": "69001",
                "city": "Lyon",
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
        cls.request = cls.env["rgpd.request"]._open_for(cls.person, "access")
        cls.request.action_start()

    def html(self, user=None):
        report = self.env["ir.actions.report"].with_user(user or self.env.user)
        content, _kind = report._render_qweb_html(REPORT, self.request.ids)
        return content.decode()

    def test_the_pdf_reads_as_a_letter(self):
        report = self.env["ir.actions.report"].with_context(force_report_rendering=True)
        content, kind = report._render_qweb_pdf(REPORT, self.request.ids)
        self.assertEqual(kind, "pdf")
        pages = PdfReader(io.BytesIO(content)).pages
        text = " ".join(" ".join(page.extract_text() for page in pages).split())
        for words in (
            self.request.name,
            "Jeanne Exemple",
            "3 rue des Essais",
            "Why we use your data",
            "Legal basis",
            "Who receives them",
            "Your rights",
            "CNIL",
            "donnees@maison.example",
        ):
            self.assertIn(words, text)

    def test_the_purposes_are_those_of_the_person(self):
        text = self.html()
        self.assertIn(self.env.ref("rgpd_fichier_client.rgpd_purpose_order").name, text)
        self.assertNotIn(
            self.env.ref("rgpd_fichier_client.rgpd_purpose_prospect_sms_b2c").name, text
        )

    def test_an_objection_is_told(self):
        self.env["rgpd.consent"]._record(self.person, None, "all", "objected")
        purpose = self.env.ref("rgpd_fichier_client.rgpd_purpose_objection_list")
        self.assertIn(purpose.name, self.html())

    def test_nothing_is_held(self):
        self.request.partner_id = False
        self.assertIn("hold none about", self.html())

    def test_a_refusal_tells_the_ground_and_the_remedies(self):
        self.request.item_ids.ground = "excessive"
        self.request.action_refuse()
        text = self.html()
        self.assertIn("Excessive, repeated", text)
        self.assertIn("go to court", text)

    def test_an_archived_person_and_a_company_without_country(self):
        self.person.active = False
        self.company.country_id = False
        self.assertIn("Jeanne Exemple", self.html())

    def test_a_reader_does_not_print_it(self):
        with self.assertRaises(AccessError):
            self.html(self.new_user("reader"))

    def test_an_officer_prints_it(self):
        self.assertIn("Jeanne Exemple", self.html(self.new_user("officer")))
