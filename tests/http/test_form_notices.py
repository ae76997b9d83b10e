from lxml import html

from odoo.fields import Command
from odoo.http import Request

from odoo.addons.rgpd_fichier_client.core.consent.evidence import text_digest

from ..common import RgpdHttpCase


class TestFormNotices(RgpdHttpCase):
    """The notices beside the fields in which people enter their data."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = cls.env["res.users"].create(
            {
                "name": "Dominique Essai",
                "login": "dominique@client.example",
                "password": "dominique-pass",
                "email": "dominique@client.example",
                "group_ids": [Command.set(cls.env.ref("base.group_portal").ids)],
            }
        )

    def test_the_end_of_a_sentence_is_no_part_of_the_address(self):
        get_html = self.env["rgpd.form.notice"]._get_html
        for url in ("https://shop.example/a", "https://shop.example/a?b=1&c=2"):
            for end in ("", ".", ").", "»,", "> <b>"):
                with self.subTest(url=url, end=end):
                    page = html.fragment_fromstring(get_html(f"See {url}{end}"), "p")
                    [link] = page.xpath("//a")
                    self.assertEqual((link.get("href"), link.text), (url, url))
                    self.assertEqual(page.text_content(), f"See {url}{end}")

    # === HELPERS === #

    def login(self):
        self.authenticate("dominique@client.example", "dominique-pass")

    def read(self, url):
        """Return the page and the marks of the notices in its form."""
        response = self.url_open(url)
        self.assertEqual(response.status_code, 200)
        page = html.fromstring(response.text)
        inputs = page.xpath("//input[starts-with(@name, 'rgpd_notice_')]")
        return page, {one.get("name"): one.get("value") for one in inputs}

    def save(self, marks, **values):
        """Send the address form as the page does."""
        form = {
            "csrf_token": Request.csrf_token(self),
            "partner_id": self.user.partner_id.id,
            "name": "Dominique Essai",
            "email": "dominique@client.example",
            "phone": "+33 6 39 98 00 07",
            "street": "1 rue des Essais",
            "city": "Paris",
            "zip": "75001",
            "country_id": self.env.ref("base.fr").id,
            "required_fields": "name,email",
            "callback": "/my",
            **marks,
            **values,
        }
        return self.url_open("/my/address/submit", data=form).json()

    def shown(self, partner):
        subject = self.env["rgpd.subject"]._of(partner)
        return self.env["rgpd.notice.shown"].search([("subject_id", "=", subject.id)])

    # === THE ADDRESS FORM === #

    def test_the_account_says_why_and_that_a_number_is_no_agreement(self):
        self.login()
        for url in ("/my/account", "/my/address"):
            with self.subTest(url):
                page, marks = self.read(url)
                self.assertEqual(
                    set(marks), {"rgpd_notice_account", "rgpd_notice_phone"}
                )
                phone = page.xpath("//div[@id='div_phone']")[0].text_content()
                self.assertIn("only if you have agreed beforehand", phone)
                self.assertIn("L223-2", phone)
                self.assertIn("manage your customer account", page.text_content())
        self.assertFalse(self.shown(self.user.partner_id))

    def test_it_says_which_data_are_needed(self):
        """Art. 13.2.e GDPR, in the words of the form: its asterisk."""
        self.login()
        page, _marks = self.read("/my/address")
        self.assertIn("marked with an asterisk are needed", page.text_content())
        self.start_tour(
            "/my/address", "rgpd_address_tour", login="dominique@client.example"
        )

    def test_saving_records_the_very_texts(self):
        self.login()
        _page, marks = self.read("/my/account")
        self.assertIn("redirectUrl", self.save(marks))
        rows = self.shown(self.user.partner_id)
        self.assertEqual(set(rows.mapped("place")), {"portal"})
        self.assertEqual(set(rows.version_id.mapped("sha256")), set(marks.values()))
        self.assertEqual(sorted(rows.mapped("kind")), ["form", "phone"])
        self.assertEqual(self.user.partner_id.city, "Paris")

    def test_a_text_that_others_were_shown_before(self):
        """The version is there already: whoever sends the form may not read it."""
        self.login()
        _page, marks = self.read("/my/account")
        notices = self.env["rgpd.notice"]
        notices._get_version("account", kind="form")
        notices._get_version("prospect_phone_b2c", "phone", kind="phone")
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertIn("redirectUrl", self.save(marks))
        rows = self.shown(self.user.partner_id)
        self.assertEqual(set(rows.version_id.mapped("sha256")), set(marks.values()))

    def test_a_form_that_is_refused_shows_nothing(self):
        self.login()
        _page, marks = self.read("/my/account")
        self.assertIn("messages", self.save(marks, name=""))
        self.assertFalse(self.shown(self.user.partner_id))

    def test_rubbish_does_not_stop_the_form(self):
        self.login()
        marks = {"rgpd_notice_phone": "x" * 500, "rgpd_notice_account": "0" * 64}
        self.assertIn("redirectUrl", self.save(marks))
        self.assertIn("redirectUrl", self.save({}))
        self.assertFalse(self.shown(self.user.partner_id))

    def test_a_mark_of_another_page_counts_for_nothing(self):
        self.login()
        notices = self.env["rgpd.form.notice"]
        marks = {}
        for part in ("rights", "contact"):
            notice = notices._get(part)
            marks[notice["field"]] = notice["digest"]
        self.assertIn("redirectUrl", self.save(marks))
        self.assertFalse(self.shown(self.user.partner_id))

    def test_the_address_of_the_server_may_change_while_the_page_is_open(self):
        self.login()
        _page, marks = self.read("/my/account")
        parameters = self.env["ir.config_parameter"]
        former = parameters.get_param("web.base.url")
        for address in ("https://shop.example", "https://www.shop.example"):
            parameters.set_param("web.base.url", address)
        self.assertIn("redirectUrl", self.save(marks))
        rows = self.shown(self.user.partner_id)
        self.assertEqual(set(rows.version_id.mapped("sha256")), set(marks.values()))
        text = rows.filtered(lambda row: row.kind == "form").text
        self.assertIn(f"{former}/privacy/notice", text, "word for word as it was read")

    def test_only_addresses_the_server_had_are_recognised(self):
        company = self.env.company
        notices = self.env["rgpd.notice"]
        parameters = self.env["ir.config_parameter"]
        for number in range(9):
            parameters.set_param("web.base.url", f"https://n{number}.example")
        texts = notices._get_former_texts("See https://n8.example/privacy", company)
        self.assertEqual(len(texts), 6)
        self.assertEqual(texts[1], "See https://n7.example/privacy")
        self.assertEqual(notices._get_former_texts("No link", company), ["No link"])
        parameters.set_param("rgpd_fichier_client.former_base_urls", "rubbish")
        self.assertEqual(
            notices._get_former_texts("See https://n8.example", company)[1:], []
        )

    def test_a_fault_here_leaves_the_form_alone(self):
        def fail(*_args):
            raise ValueError

        self.login()
        self.patch(type(self.env["rgpd.form.notice"]), "_find", fail)
        with self.assertLogs("odoo.addons.rgpd_fichier_client", "WARNING") as logs:
            _page, marks = self.read("/my/account")
            self.assertFalse(marks)
            self.assertIn("redirectUrl", self.save({"rgpd_notice_phone": "0" * 64}))
        self.assertNotIn("Dominique", "".join(logs.output))

    # === SIGN-UP AND RIGHTS === #

    def test_who_makes_an_account_is_told(self):
        self.env["ir.config_parameter"].set_param("auth_signup.invitation_scope", "b2c")
        page, marks = self.read("/web/signup")
        self.assertEqual(set(marks), {"rgpd_notice_account"})
        self.assertIn("manage your customer account", page.text_content())
        user = self.sign_up(page, **marks)
        row = self.shown(user.partner_id)
        self.assertEqual((row.place, row.kind), ("web_form", "form"))
        self.assertEqual(row.version_id.sha256, marks["rgpd_notice_account"])

    def sign_up(self, page, **marks):
        self.url_open(
            "/web/signup",
            data={
                "csrf_token": page.xpath("//form//input[@name='csrf_token']/@value")[0],
                "login": "camille@client.example",
                "name": "Camille Exemple",
                "password": "camille-pass-1",
                "confirm_password": "camille-pass-1",
                **marks,
            },
        )
        user = self.env["res.users"].search([("login", "=", "camille@client.example")])
        self.assertTrue(user)
        return user

    def test_the_sign_up_page_showed_no_other_notice(self):
        """The marks of other pages are true ones: they count for nothing here."""
        self.env["ir.config_parameter"].set_param("auth_signup.invitation_scope", "b2c")
        page, marks = self.read("/web/signup")
        for part in ("rights", "contact", "phone"):
            notice = self.env["rgpd.form.notice"]._get(part)
            marks[notice["field"]] = notice["digest"]
        self.assertEqual(len(marks), 4)
        user = self.sign_up(page, **marks)
        row = self.shown(user.partner_id)
        self.assertEqual(row.version_id.sha256, marks["rgpd_notice_account"])

    def test_rubbish_does_not_stop_the_sign_up(self):
        self.env["ir.config_parameter"].set_param("auth_signup.invitation_scope", "b2c")
        page, _marks = self.read("/web/signup")
        user = self.sign_up(
            page, rgpd_notice_account="0" * 64, rgpd_notice_phone="x" * 500
        )
        self.assertFalse(self.shown(user.partner_id))

    def test_the_form_for_rights_says_why(self):
        page, marks = self.read("/privacy/request")
        self.assertEqual(set(marks), {"rgpd_notice_rights"})
        self.assertIn("only to answer your request", page.text_content())

    def test_the_whole_notice_is_one_click_away_and_nothing_else_is_html(self):
        self.company.name = "Maison <i>Exemple</i>"
        page, marks = self.read("/privacy/request")
        [notice] = page.xpath("//p[contains(@class, 'o_rgpd_form_notice')]")
        [link] = notice.xpath(".//a")
        self.assertIn("/privacy/notice", link.get("href"))
        self.assertEqual(link.text, link.get("href"))
        self.assertIn("noopener", link.get("rel"))
        self.assertIn("Maison <i>Exemple</i>", notice.text_content())
        self.assertEqual(self.url_open(link.get("href")).status_code, 200)
        text = notice.text_content()
        self.assertEqual(marks["rgpd_notice_rights"], text_digest(text))
