import io
import re
import zipfile
from datetime import timedelta
from unittest.mock import ANY

from psycopg2.errors import CheckViolation

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import freeze_time
from odoo.tools import mute_logger

from odoo.addons.rgpd_fichier_client.core.request import sealed_zip

from ..core.test_request_sealed_zip import unseal
from .request_common import RequestHttpCase

LINK = re.compile(r"/privacy/copy/([\w-]+)")
CODE = re.compile(r">\s*(\d{8})\s*<")
PASSWORD = re.compile(r"\b(?:[a-z2-9]{5}-){4}[a-z2-9]{5}\b")
ADDRESS = "jeanne@client.example"


class TestCopy(RequestHttpCase):
    """The person fetches the copy once, behind login or a code; else a neutral page."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.officer = cls.new_user("officer", login="copy_officer")
        cls.user = cls.new_account("jeanne", name="Jeanne Exemple")
        cls.other = cls.new_account("paul", name="Paul Autre")
        cls.nobody = cls.env["res.partner"].create(
            {"name": "Anne Sans-Compte", "email": "anne@client.example"}
        )

    def setUp(self):
        super().setUp()
        exporter = type(self.env["rgpd.person.exporter"])
        self.patch(exporter, "_get_document_reports", lambda _self: {})

    def answer(self, person=None, channel="email", right="access", **values):
        """Send the answer; return the letter, the secret of the link, the password."""
        person = person or self.user.partner_id
        request = (
            self.env["rgpd.request"]
            .with_user(self.officer)
            .create(
                {
                    "partner_id": person.id,
                    "item_ids": [(0, 0, {"right": right, "decision": "granted"})],
                }
            )
        )
        request.action_start()
        letter = self.env["rgpd.request.letter"].with_user(self.officer)
        letter = letter._prepare(request, right, channel=channel, **values)
        action = letter.action_send()
        return letter, self.find(LINK, person.email), self.read_password(action)

    def read_password(self, action):
        return PASSWORD.search(action["params"]["message"])[0]

    def find(self, pattern, address):
        """Return what the newest mail to an address holds."""
        mails = self.env["mail.mail"].search(
            [("email_to", "=", address)], order="id desc"
        )
        return next((f[1] for m in mails if (f := pattern.search(m.body_html))), None)

    def get(self, secret):
        return self.url_open(f"/privacy/copy/{secret}", allow_redirects=False)

    def act(self, secret, what="fetch", **data):
        data["what"] = what
        return self.post(f"/privacy/copy/{secret}", data, page="/privacy/request")

    def ask_code(self, secret, address=ADDRESS):
        response = self.act(secret, "send")
        self.assertEqual(response.status_code, 200)
        return self.find(CODE, address)

    def delivery(self, letter):
        return self.env["rgpd.request.delivery"].search(
            [("letter_id", "=", letter.id)], limit=1
        )

    def assertNeutral(self, response):
        self.assertEqual(response.status_code, 404)
        self.assertIn("not valid, or not any more", response.text)
        for word in ("Jeanne", "jeanne", "Anne", "DSR"):
            # The menu of an account names who is logged in
            self.assertNotIn(word, response.text.split("<main")[1])

    def assertArchive(self, response, password, name):
        self.assertEqual(response.status_code, 200, response.text[:300])
        self.assertEqual(response.headers["Content-Type"], "application/zip")
        self.assertIn("no-store", response.headers["Cache-Control"])
        self.assertNotIn(name, response.headers["Content-Disposition"])
        self.assertNotIn(b"data.json", response.content)
        archive = zipfile.ZipFile(io.BytesIO(unseal(response.content, password)))
        self.assertIn(name.encode(), archive.read("data.json"))

    # === WITHOUT ACCOUNT: A CODE === #

    def test_a_code_then_the_archive_once(self):
        letter, secret, password = self.answer(self.nobody)
        address = "anne@client.example"
        page = self.get(secret)
        self.assertEqual(page.status_code, 200)
        self.assertNotIn("anne@", page.text)
        self.assertFalse(self.find(CODE, address), "GET sends nothing")
        self.assertFalse(self.delivery(letter).date_used, "GET uses nothing up")
        code = self.ask_code(secret, address)
        response = self.act(secret, code=f"{code[:4]} {code[4:]}")
        self.assertArchive(response, password, "Anne Sans-Compte")
        self.assertNeutral(self.act(secret, code=code))
        self.assertNeutral(self.get(secret))

    def test_it_is_in_the_journal_without_personal_data(self):
        letter, secret, _password = self.answer(self.nobody)
        self.act(secret, code=self.ask_code(secret, "anne@client.example"))
        delivery = self.delivery(letter)
        self.assertTrue(delivery.date_used)
        self.assertEqual(delivery.fetched_by, "person")
        entry = self.env["rgpd.journal"].search(
            [("kind", "=", "request.delivered")], order="id desc", limit=1
        )
        self.assertEqual(
            entry.payload,
            {
                "request": letter.request_id.name,
                "rights": ["access"],
                "right": "access",
                "by": "person",
                "sha256": delivery.sha256,
                "counts": ANY,
            },
        )
        self.assertNotIn("nne", str(entry.payload))

    def test_nothing_leaves_without_the_code(self):
        letter, secret, _password = self.answer(self.nobody)
        self.assertEqual(self.act(secret).status_code, 400)
        self.assertEqual(self.act(secret, code="12345678").status_code, 400)
        code = self.ask_code(secret, "anne@client.example")
        wrong = f"{(int(code) + 1) % 10**8:08}"
        for _try in range(5):
            self.assertEqual(self.act(secret, code=wrong).status_code, 400)
        self.assertEqual(self.act(secret, code=code).status_code, 400)
        self.assertFalse(self.delivery(letter).date_used)

    def test_codes_of_one_link_are_counted(self):
        _letter, secret, _password = self.answer(self.nobody)
        codes = [self.ask_code(secret, "anne@client.example") for _n in range(5)]
        self.assertEqual(self.act(secret, "send").status_code, 400)
        if codes[0] != codes[-1]:
            self.assertEqual(self.act(secret, code=codes[0]).status_code, 400)
        self.assertEqual(self.act(secret, code=codes[-1]).status_code, 200)

    def test_the_code_serves_this_alone(self):
        """It says nothing of who asks, and a code of identity does not open a copy."""
        letter, secret, _password = self.answer(self.nobody)
        self.ask_code(secret, "anne@client.example")
        check = self.env["rgpd.request.check"].search([], limit=1)
        self.assertEqual(check.delivery_id, self.delivery(letter))
        other = self.env["rgpd.request"].create(
            {"partner_id": self.nobody.id, "item_ids": [(0, 0, {"right": "access"})]}
        )
        other.identity_status = "doubt"
        other.action_send_code()
        code = self.find(CODE, "anne@client.example")
        self.assertEqual(self.act(secret, code=code).status_code, 400)
        link = self.find(re.compile(r"/privacy/identity/([\w-]+)"), self.nobody.email)
        if link:
            self.assertNeutral(self.get(link))
        self.assertEqual(self.url_open(f"/privacy/identity/{secret}").status_code, 404)
        self.assertEqual(check.state, "awaited", "another check does not end it")

    # === THE LINK === #

    def test_forged_links_are_all_the_same(self):
        _letter, secret, _password = self.answer(self.nobody)
        for forged in ("x", secret[:-1], secret + "x", "é" * 20):
            self.assertNeutral(self.get(forged))
            self.assertNeutral(self.act(forged, code="12345678"))
            self.assertNeutral(self.act(forged, "send"))

    def test_a_link_expires_with_its_code(self):
        letter, secret, _password = self.answer(self.nobody)
        code = self.ask_code(secret, "anne@client.example")
        expires = self.delivery(letter).date_expires
        days = (expires - fields.Datetime.now()).total_seconds() / 86400
        self.assertAlmostEqual(days, 7, places=1)
        with freeze_time(expires + timedelta(minutes=1)):
            self.assertNeutral(self.act(secret, code=code))
            self.assertNeutral(self.get(secret))

    def test_the_company_says_how_long_within_limits(self):
        self.company.rgpd_copy_link_days = 3
        letter, secret, _password = self.answer(self.nobody)
        expires = self.delivery(letter).date_expires
        days = (expires - fields.Datetime.now()).total_seconds() / 86400
        self.assertAlmostEqual(days, 3, places=1)
        self.assertIn("within 3 days", letter.body_html)
        self.assertEqual(self.find(re.compile(r"(3) days"), self.nobody.email), "3")
        with freeze_time(expires + timedelta(minutes=1)):
            self.assertNeutral(self.get(secret))
        for wrong in (0, 31):
            with (
                mute_logger("odoo.sql_db"),
                self.assertRaises(CheckViolation),
                self.env.cr.savepoint(),
            ):
                self.company.rgpd_copy_link_days = wrong
                self.env.flush_all()

    def test_the_officer_is_told_once_that_no_code_is_left(self):
        letter, secret, _password = self.answer(self.nobody)
        for _n in range(5):
            self.ask_code(secret, "anne@client.example")
        request = letter.request_id
        self.assertFalse(request.activity_ids)
        for _n in range(3):
            page = self.act(secret, "send")
        self.assertIn("No more codes", page.text)
        self.assertEqual(len(request.activity_ids), 1)
        self.assertEqual(request.activity_ids.user_id, self.officer)
        self.assertIn("used up", request.activity_ids.summary)
        self.assertNotIn("nne", request.activity_ids.summary)

    def test_a_new_link_ends_the_old_one(self):
        letter, secret, password = self.answer(self.nobody)
        action = letter.with_user(self.officer).action_send_copy_again()
        self.assertNotEqual(self.read_password(action), password)
        self.assertNeutral(self.get(secret))
        new = self.find(LINK, "anne@client.example")
        code = self.ask_code(new, "anne@client.example")
        response = self.act(new, code=code)
        self.assertArchive(response, self.read_password(action), "Anne Sans-Compte")

    def test_who_asks_is_in_doubt_again(self):
        letter, secret, _password = self.answer(self.nobody)
        letter.request_id.identity_status = "doubt"
        self.assertNeutral(self.get(secret))
        with self.assertRaises(UserError):
            letter.with_user(self.officer).action_send_copy_again()

    def test_without_csrf_nothing_happens(self):
        letter, secret, _password = self.answer(self.nobody)
        code = self.ask_code(secret, "anne@client.example")
        response = self.url_open(
            f"/privacy/copy/{secret}", data={"what": "fetch", "code": code}
        )
        self.assertEqual(response.status_code, 400)
        self.assertFalse(self.delivery(letter).date_used)

    def test_neither_link_code_nor_password_is_stored(self):
        letter, secret, password = self.answer(self.nobody)
        code = self.ask_code(secret, "anne@client.example")
        self.env.flush_all()
        for table in ("rgpd_request_delivery", "rgpd_request_check", "mail_message"):
            for text in (secret, code, password):
                if table == "mail_message" and text != password:
                    # in the queue until it is sent, in no discussion
                    continue
                self.env.cr.execute(
                    f"SELECT count(*) FROM {table} t WHERE t::text LIKE %s",
                    (f"%{text}%",),
                )
                self.assertEqual(self.env.cr.fetchone()[0], 0, table)
        talk = str(letter.request_id.message_ids.mapped("body"))
        for text in (secret, code, password):
            self.assertNotIn(text, talk)
        self.assertNotIn(password, letter.sent_body)
        self.assertNotIn(secret, letter.sent_body)

    def test_a_copy_too_big_uses_nothing_up(self):
        letter, secret, password = self.answer(self.nobody)
        code = self.ask_code(secret, "anne@client.example")
        self.patch(sealed_zip, "LIMIT", 100)
        response = self.act(secret, code=code)
        self.assertEqual(response.status_code, 422)
        self.assertIn("cannot be downloaded here", response.text)
        self.assertFalse(self.delivery(letter).date_used)
        self.patch(sealed_zip, "LIMIT", 10**9)
        response = self.act(secret, code=code)
        self.assertArchive(response, password, "Anne Sans-Compte")

    # === ON THE ACCOUNT: LOGIN === #

    def test_behind_login_once(self):
        letter, secret, password = self.answer(channel="portal")
        self.assertEqual(self.delivery(letter).gate, "login")
        response = self.get(secret)
        self.assertEqual(response.status_code, 303)
        self.assertIn("/web/login", response.headers["Location"])
        self.login(self.user)
        page = self.get(secret)
        self.assertEqual(page.status_code, 200)
        self.assertNotIn("rgpd_send_code", page.text)
        self.assertFalse(self.delivery(letter).date_used)
        self.assertArchive(self.act(secret), password, "Jeanne Exemple")
        self.assertNeutral(self.act(secret))

    def test_the_public_never_gets_what_is_behind_login(self):
        letter, secret, _password = self.answer(channel="portal")
        response = self.act(secret)
        self.assertEqual(response.status_code, 303)
        self.assertFalse(self.delivery(letter).date_used)

    def test_another_customer_gets_404(self):
        letter, secret, password = self.answer(channel="portal")
        mail_letter, _secret, mail_password = self.answer()
        self.login(self.other)
        self.assertNeutral(self.get(secret))
        self.assertNeutral(self.act(secret))
        self.assertFalse(self.delivery(letter).date_used)
        for one in (letter, mail_letter):
            response = self.url_open(f"/my/privacy/requests/{one.request_id.id}")
            self.assertEqual(response.status_code, 404)
            self.assertNotIn(password, response.text)
            self.assertNotIn(mail_password, response.text)

    def test_staff_does_not_fetch_what_is_behind_the_login_of_a_person(self):
        _letter, secret, _password = self.answer(channel="portal")
        for role in ("officer", "dpo", "auditor", "reader", "archive"):
            user = self.new_user(role, login=f"copy_{role}_2")
            self.login(user)
            self.assertNeutral(self.act(secret))

    def test_the_account_shows_the_password_of_what_went_by_mail_only(self):
        by_mail, _secret, mail_password = self.answer()
        on_portal, _secret, portal_password = self.answer(
            channel="portal", right="portability"
        )
        self.login(self.user)
        page = self.url_open(f"/my/privacy/requests/{by_mail.request_id.id}").text
        self.assertIn(mail_password, page)
        page = self.url_open(f"/my/privacy/requests/{on_portal.request_id.id}").text
        self.assertIn("copy of your data is ready", page)
        self.assertNotIn(portal_password, page)

    # === THE LETTER === #

    def test_only_a_confirmed_address_gets_a_link(self):
        request = self.env["rgpd.request"].create(
            {
                "partner_id": self.nobody.id,
                "item_ids": [(0, 0, {"right": "access", "decision": "granted"})],
            }
        )
        request.action_start()
        letter = self.env["rgpd.request.letter"]._prepare(
            request, "access", channel="email"
        )
        letter.recipient_email = "stranger@client.example"
        with self.assertRaisesRegex(UserError, "address that the file knows"):
            letter.action_send()
        self.assertFalse(self.find(LINK, "stranger@client.example"))

    def test_the_letter_tells_how_the_copy_comes(self):
        letter, _secret, _password = self.answer(self.nobody)
        self.assertIn("with a code", letter.body_html)
        self.assertNotIn("goes with this letter", letter.body_html)
        letter, _secret, _password = self.answer(channel="portal")
        self.assertIn("after logging in to your account", letter.body_html)
        request = letter.request_id.copy()
        request.item_ids.unlink()
        request.item_ids = [(0, 0, {"right": "access", "decision": "granted"})]
        printed = self.env["rgpd.request.letter"]._prepare(
            request, "access", channel="post"
        )
        self.assertIn("goes with this letter", printed.body_html)
        self.assertFalse(printed._has_copy_link())
