import io
import re
import zipfile

from odoo.tests import freeze_time

from odoo.addons.rgpd_fichier_client.core.request import sealed_zip

from ..common import RgpdHttpCase
from ..core.test_request_sealed_zip import unseal

WIZARD = "rgpd.access.wizard"


class TestBundle(RgpdHttpCase):
    """The bundle goes to the officer who asked for it, once, by POST."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.officer = cls.new_user("officer", login="bundle_officer")
        cls.person = cls.env["res.partner"].create(
            {"name": "Jeanne Exemple", "email": "jeanne@client.example"}
        )

    def setUp(self):
        super().setUp()
        exporter = type(self.env["rgpd.person.exporter"])
        self.patch(exporter, "_get_document_reports", lambda _self: {})

    def produce(self, user=None, right="access"):
        """Return the request and the parameters of its download."""
        wizard = self.env[WIZARD].with_user(user or self.officer)
        action = wizard._open_for(self.person.with_user(user or self.officer))
        wizard = wizard.browse(action["res_id"])
        wizard.right = right
        params = wizard.action_produce()["params"]
        return self.env["rgpd.request"].browse(params["request_id"]), params

    def fetch(self, params, login="bundle_officer", method="POST", **data):
        """Ask for the bundle as the browser of `login` does."""
        self.authenticate(login, login)
        url = f"/rgpd/request/{params['request_id']}/bundle"
        if method == "GET":
            return self.url_open(f"{url}?grant={params['grant']}")
        token = self.csrf()
        values = {
            "grant": params["grant"],
            "password": params.get("password") or sealed_zip.make_password(),
            "csrf_token": token,
            **data,
        }
        return self.url_open(url, data=values, allow_redirects=False)

    def csrf(self):
        page = self.url_open("/web/login" if not self.session.uid else "/odoo").text
        found = re.search(r'csrf_token: "([^"]+)"', page)
        return found and found.group(1)

    def open_archive(self, response, password):
        """Open a sealed archive as the person does; return the one inside."""
        content = unseal(response.content, password)
        return zipfile.ZipFile(io.BytesIO(content))

    def assertRefused(self, response):
        self.assertIn(response.status_code, (303, 404))
        self.assertNotEqual(response.headers.get("Content-Type"), "application/zip")
        self.assertNotIn("Jeanne", response.text)

    def test_the_officer_gets_the_bundle(self):
        request, params = self.produce()
        response = self.fetch(params)
        self.assertEqual(response.status_code, 200)
        self.assertEqual(response.headers["Content-Type"], "application/zip")
        self.assertIn("no-store", response.headers["Cache-Control"])
        disposition = response.headers["Content-Disposition"]
        self.assertNotIn("Jeanne", disposition)
        archive = self.open_archive(response, params["password"])
        self.assertIn(b"Jeanne Exemple", archive.read("data.json"))
        delivery = request.delivery_ids
        self.assertTrue(delivery.date_used)
        self.assertTrue(delivery.sha256)
        self.assertEqual(delivery.user_id, self.officer)
        entry = self.env["rgpd.journal"].search(
            [("kind", "=", "request.delivered")], order="id desc", limit=1
        )
        self.assertEqual(entry.payload["sha256"], delivery.sha256)
        self.assertNotIn("Jeanne", str(entry.payload))
        self.assertFalse(
            self.env["ir.attachment"].search([("mimetype", "=", "application/zip")])
        )

    def test_the_archive_is_sealed_with_the_password_of_the_screen(self):
        _request, params = self.produce()
        self.assertEqual(len(params["password"]), 29)
        with self.assertLogs(level="DEBUG") as logs:
            response = self.fetch(params)
        self.assertEqual(response.status_code, 200)
        self.assertTrue(logs.output)
        self.assertNotIn(params["password"], "".join(logs.output))
        self.assertNotIn(b"data.json", response.content)
        entry = zipfile.ZipFile(io.BytesIO(response.content)).infolist()[0]
        self.assertEqual(entry.compress_type, 99)
        self.assertNotIn("Jeanne", entry.filename)
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT count(*) FROM rgpd_request_delivery d WHERE d::text LIKE %s",
            (f"%{params['password']}%",),
        )
        self.assertEqual(self.env.cr.fetchone()[0], 0)

    def test_without_a_drawn_password_nothing_leaves(self):
        request, params = self.produce()
        weak = params["password"][:-1]
        for password in ("", " ", "1234", weak, weak + "0", weak + "é"):
            self.assertRefused(self.fetch(params, password=password))
        self.assertFalse(request.delivery_ids.date_used, "the grant is not used up")
        self.assertEqual(self.fetch(params).status_code, 200)

    def test_a_copy_too_big_is_explained_and_not_used_up(self):
        request, params = self.produce()
        self.patch(sealed_zip, "LIMIT", 100)
        response = self.fetch(params)
        self.assertEqual(response.status_code, 422)
        self.assertIn("larger than 4 GB", response.text)
        self.assertIn("UserError", response.text)
        self.assertNotIn("Jeanne", response.text)
        self.assertFalse(request.delivery_ids.date_used)

    def test_a_second_download_needs_a_second_click(self):
        _request, params = self.produce()
        self.assertEqual(self.fetch(params).status_code, 200)
        self.assertRefused(self.fetch(params))

    def test_get_shows_and_changes_nothing(self):
        request, params = self.produce()
        response = self.fetch(params, method="GET")
        self.assertIn(response.status_code, (404, 405))
        self.assertFalse(request.delivery_ids.date_used)

    def test_without_csrf_token(self):
        request, params = self.produce()
        response = self.fetch(params, csrf_token="")
        self.assertEqual(response.status_code, 400)
        self.assertFalse(request.delivery_ids.date_used)

    def test_a_grant_expires(self):
        _request, params = self.produce()
        delivery = self.env["rgpd.request.delivery"].search([], limit=1)
        delivery.sudo().date_expires = "2020-01-01"
        self.assertRefused(self.fetch(params))

    def test_a_forged_grant(self):
        _request, params = self.produce()
        for grant in ("", "x", "é", params["grant"][:-1]):
            self.assertRefused(self.fetch({**params, "grant": grant}))

    def test_nobody_else_gets_it(self):
        _request, params = self.produce()
        for role in ("reader", "officer", "dpo", "auditor", "archive"):
            self.new_user(role, login=f"bundle_{role}_2")
            self.assertRefused(self.fetch(params, f"bundle_{role}_2"))
        self.env["res.users"].create(
            {
                "name": "Portal",
                "login": "bundle_portal",
                "password": "bundle_portal",
                "group_ids": [(6, 0, self.env.ref("base.group_portal").ids)],
            }
        )
        self.assertRefused(self.fetch(params, "bundle_portal"))

    def test_the_public_does_not_get_it(self):
        _request, params = self.produce()
        self.assertRefused(self.fetch(params, login=None))

    def test_an_officer_of_another_company(self):
        _request, params = self.produce()
        other = self.env["res.company"].create({"name": "Autre Maison"})
        self.new_user(
            "officer",
            login="bundle_other",
            company_id=other.id,
            company_ids=[(6, 0, other.ids)],
        )
        self.assertRefused(self.fetch(params, "bundle_other"))

    def test_an_unknown_request_looks_the_same(self):
        self.assertRefused(self.fetch({"request_id": 10**7, "grant": "x"}))

    def test_the_bundle_of_one_company_only(self):
        other = self.env["res.company"].create({"name": "Autre Maison"})
        self.officer.company_ids |= other
        self.env["sale.order"].create(
            {
                "partner_id": self.person.id,
                "company_id": other.id,
                "client_order_ref": "REF other company",
            }
        )
        _request, params = self.produce()
        archive = self.open_archive(self.fetch(params), params["password"])
        self.assertNotIn(b"REF other company", archive.read("data.json"))

    def test_an_archived_person(self):
        self.person.active = False
        _request, params = self.produce()
        self.assertEqual(self.fetch(params).status_code, 200)

    def test_the_grant_is_over_after_a_quarter_of_an_hour(self):
        with freeze_time("2026-11-01 10:00:00"):
            request, _params = self.produce()
        expires = request.delivery_ids.date_expires
        self.assertEqual(f"{expires:%H:%M}", "10:15")
