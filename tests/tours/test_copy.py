import io
import re
import tempfile
import zipfile
from pathlib import Path

from odoo.tests.common import ChromeBrowser

from ..common import RgpdHttpCase
from ..core.test_request_sealed_zip import unseal

ADDRESS = "camille@client.example"
CONFIRM = re.compile(r"/privacy/request/confirm/[\w-]+")
COPY = re.compile(r"/privacy/copy/[\w-]+")
CODE = re.compile(r">\s*(\d{8})\s*<")


class TestCopyTour(RgpdHttpCase):
    """From the public form to the archive on the computer of the person."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.officer = cls.new_user("officer", login="copy_tour")
        cls.person = cls.env["res.partner"].create(
            {"name": "Camille Exemple", "email": ADDRESS}
        )
        cls.env["res.partner"].create(
            {"name": "Marc Exemple", "parent_id": cls.person.id}
        )
        cls.person.message_post(
            body="Marc Exemple came for the bench.", message_type="comment"
        )

    def find(self, pattern):
        """Return what the newest mail to the person holds."""
        mails = self.env["mail.mail"].search(
            [("email_to", "ilike", ADDRESS)], order="id desc"
        )
        return next(f for m in mails if (f := pattern.search(m.body_html or "")))

    def allow_downloads(self, folder):
        """Let Chromium keep what it downloads, which Odoo's tests deny."""
        send = ChromeBrowser._websocket_send

        def allow(browser, method, *args, **kwargs):
            if method == "Page.setDownloadBehavior":
                kwargs["params"] = {"behavior": "allow", "downloadPath": folder}
            return send(browser, method, *args, **kwargs)

        self.patch(ChromeBrowser, "_websocket_send", allow)

    def test_from_the_form_to_the_archive(self):
        exporter = type(self.env["rgpd.person.exporter"])
        self.patch(exporter, "_get_document_reports", lambda _self: {})
        self.start_tour("/privacy/request", "rgpd_public_form_tour")
        self.start_tour(self.find(CONFIRM)[0], "rgpd_public_confirm_tour")
        request = self.env["rgpd.request"].search([("partner_id", "=", self.person.id)])
        request.officer_id = self.officer
        request.item_ids.decision = "granted"
        self.start_tour(
            f"/odoo/rgpd-requests/{request.id}",
            "rgpd_copy_answer_tour",
            login="copy_tour",
        )
        self.assertEqual(request.state, "answered")
        link = self.find(COPY)[0]
        self.start_tour(link, "rgpd_copy_code_tour")
        delivery = request.delivery_ids
        self.assertFalse(delivery.date_used)
        with tempfile.TemporaryDirectory() as folder:
            self.allow_downloads(folder)
            code = self.find(CODE)[1]
            self.start_tour(f"{link}#code={code}", "rgpd_copy_download_tour")
            (path,) = Path(folder).iterdir()
            sealed = path.read_bytes()
        self.assertNotIn("amille", path.name)
        self.assertTrue(delivery.date_used)
        archive = zipfile.ZipFile(
            io.BytesIO(unseal(sealed, delivery.sudo()._get_password()))
        )
        text = archive.read("data.json").decode()
        self.assertIn("Camille Exemple", text)
        self.assertIn("[another person] came for the bench.", text)
        self.assertNotIn("Marc", text)
