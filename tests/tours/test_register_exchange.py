import json

from ..common import RgpdHttpCase


class TestRegisterExchangeTour(RgpdHttpCase):
    def test_the_officer_imports_a_sheet_and_exports_it(self):
        self.new_user("officer")
        self.start_tour("/odoo", "rgpd_register_exchange_tour", login="rgpd_officer")
        sheet = self.env["rgpd.processing"].search([("reference", "=", "TOUR-1")])
        self.assertEqual(sheet.state, "draft")
        self.assertEqual(sheet.purpose_ids.legal_basis, "contract")
        self.assertEqual(sheet.recipient_ids.name, "Carrier of the tour")
        export = self.env["rgpd.register.export"].search([], order="id desc", limit=1)
        self.assertEqual(export.processing_ids, sheet)
        self.assertTrue(export.file)


class TestRegisterDownload(RgpdHttpCase):
    """The file of an export is fetched by its author and by nobody else."""

    def setUp(self):
        super().setUp()
        self.reader = self.new_user("reader")
        wizard = self.env["rgpd.register.export"].with_user(self.reader)
        self.wizard = wizard.create({"format": "json"})
        self.url = self.wizard.action_export()["url"]

    def test_the_author_downloads_the_file(self):
        self.authenticate("rgpd_reader", "rgpd_reader")
        response = self.url_open(self.url)
        self.assertEqual(response.status_code, 200)
        disposition = response.headers["Content-Disposition"]
        self.assertIn("attachment", disposition)
        self.assertIn(self.wizard.filename, disposition)
        content = json.loads(response.content)
        self.assertEqual(content["format"], "rgpd-register/1")
        self.assertTrue(content["sheets"])

    def test_nobody_else_does(self):
        self.new_user("dpo")
        self.authenticate("rgpd_dpo", "rgpd_dpo")
        self.assertIn(self.url_open(self.url).status_code, (403, 404))
        self.authenticate(None, None)
        response = self.url_open(self.url, allow_redirects=False)
        self.assertNotEqual(response.status_code, 200)
        self.assertNotIn("rgpd-register", response.text)

    def test_the_schema_is_published(self):
        self.authenticate(None, None)
        response = self.url_open(
            "/rgpd_fichier_client/static/schema/rgpd-register-1.schema.json"
        )
        self.assertEqual(response.status_code, 200)
        self.assertEqual(response.json()["$id"], "rgpd-register/1")
