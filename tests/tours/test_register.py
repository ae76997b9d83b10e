from ..common import RgpdHttpCase


class TestRegisterTour(RgpdHttpCase):
    def test_the_dpo_reads_a_sheet_and_validates_it(self):
        self.new_user("dpo")
        self.company.rgpd_contact_email = "dpo@exemple.example"
        self.start_tour("/odoo", "rgpd_register_tour", login="rgpd_dpo")
        sheet = self.env.ref("rgpd_fichier_client.rgpd_processing_order")
        self.assertEqual(sheet.state, "validated")
        self.assertEqual(len(sheet.version_ids), 1)

    def test_the_register_is_printed_from_the_browser(self):
        self.new_user("reader")
        self.authenticate("rgpd_reader", "rgpd_reader")
        sheet = self.env.ref("rgpd_fichier_client.rgpd_processing_order")
        response = self.url_open(
            f"/report/pdf/rgpd_fichier_client.rgpd_register_document/{sheet.id}"
        )
        self.assertEqual(response.status_code, 200)
        self.assertEqual(response.headers["Content-Type"], "application/pdf")
        # In tests Odoo answers with what wkhtmltopdf would be given.
        self.assertIn("Register of processing activities", response.text)
