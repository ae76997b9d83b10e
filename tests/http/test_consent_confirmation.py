import json
import re
from datetime import timedelta

from freezegun import freeze_time
from lxml import html

from odoo import fields

from .test_preference_unsubscribe import MAIL, PreferenceHttpCase

SMS = "prospect_sms_b2c"


class ConfirmationCase(PreferenceHttpCase):
    """A consent that waits, and the mail that asks to confirm it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.rgpd_double_optin = "all"
        cls.Confirmation = cls.env["rgpd.consent.confirmation"]

    def link(self):
        [url] = re.findall(r'href="([^"]*/privacy/confirm/[^"]*)"', self.mail_body())
        return self.path(url)

    def mail_body(self):
        rows = self.env["rgpd.preference.mail"].search([("is_done", "=", False)])
        for row in rows:
            row._send()
        return (
            self.env["mail.mail"]
            .search([("email_to", "=", "camille@client.example")], order="id desc")[:1]
            .body_html
        )

    def press(self, url, form="o_rgpd_confirm"):
        page = html.fromstring(self.url_open(url).content)
        [found] = page.xpath(f"//form[contains(@class, '{form}')]")
        return self.url_open(found.get("action"), data=dict(found.form_values()))

    def decisions(self):
        return self.events().sorted("id").mapped("decision")

    def status(self):
        subject = self.env["rgpd.subject"]._of(self.person)
        self.env.invalidate_all()
        return self.Consent.search([("subject_id", "=", subject.id)]).mapped("status")


class TestConfirmation(ConfirmationCase):
    def test_until_confirmed_nothing_is_sent(self):
        event = self.give()
        self.assertEqual(event.decision, "pending")
        verdict = self.verdict()
        self.assertFalse(verdict["allowed"])
        self.assertEqual(
            (verdict["code"], verdict["article"]), ("consent_pending", "Art. 7.1 RGPD")
        )
        self.assertIn("has not confirmed", verdict["sentence"])
        self.assertEqual(self.status(), ["pending"])
        response = self.press(self.link())
        self.assertIn("It is confirmed", response.text)
        self.assertEqual(self.decisions(), ["pending", "given"])
        given = self.events().filtered(lambda e: e.decision == "given")
        self.assertEqual((given.method, given.actor), ("double_optin", "self"))
        self.assertEqual(given.notice_text, event.notice_text)
        self.assertEqual(given.version_id, event.version_id)
        self.assertTrue(given._is_intact())
        self.assertTrue(self.verdict()["allowed"])
        self.assertEqual(self.status(), ["given"])

    def test_the_rebuild_finds_the_same(self):
        self.give()
        before = self.Consent._read_rows()
        self.Consent._rebuild()
        self.assertEqual(self.Consent._read_rows(), before)
        self.assertEqual(self.status(), ["pending"])

    def test_a_scanner_changes_nothing(self):
        self.give()
        url = self.link()
        for method in ("GET", "HEAD", "GET"):
            response = self.url_open(url, method=method)
            self.assertEqual(response.status_code, 200)
            self.assertEqual(response.headers["Referrer-Policy"], "no-referrer")
        self.assertEqual(self.url_open(url, data={"x": "1"}).status_code, 400)
        self.assertEqual(self.decisions(), ["pending"])

    def test_a_replay_is_harmless(self):
        self.give()
        url = self.link()
        page = html.fromstring(self.url_open(url).content)
        [form] = page.xpath("//form[contains(@class, 'o_rgpd_confirm')]")
        values = dict(form.form_values())
        for _n in range(3):
            self.assertEqual(self.url_open(url, data=values).status_code, 200)
        self.assertEqual(self.decisions(), ["pending", "given"])
        self.Consent._record(self.person, MAIL, "email", "withdrawn")
        self.url_open(url, data=values)
        self.assertEqual(self.decisions(), ["pending", "given", "withdrawn"])
        self.assertFalse(self.verdict()["allowed"])
        self.assertIn("has been used", self.url_open(url).text)

    def test_a_no_closes_the_link(self):
        self.give()
        url = self.link()
        page = html.fromstring(self.url_open(url).content)
        [form] = page.xpath("//form[contains(@class, 'o_rgpd_confirm')]")
        self.Consent._record(self.person, None, "email", "objected")
        response = self.url_open(url, data=dict(form.form_values()))
        self.assertIn("no longer serves", response.text)
        self.assertEqual(self.decisions(), ["pending", "objected"])

    def test_an_old_link_gives_a_new_one(self):
        self.give()
        with freeze_time(fields.Datetime.now() - timedelta(days=8)):
            url = self.path(self.Confirmation._get_url(self.events()))
        self.mail_body()
        self.env["rgpd.preference.mail"].search([]).moment -= timedelta(hours=1)
        page = self.url_open(url)
        self.assertIn("too old", page.text)
        self.assertNotIn("I agree", page.text)
        response = self.press(url, form="o_rgpd_renew")
        self.assertIn("Look into your mailbox", response.text)
        self.assertEqual(self.decisions(), ["pending"])
        count = self.env["mail.mail"].search_count([])
        new = self.link()
        self.assertEqual(self.env["mail.mail"].search_count([]), count + 1)
        self.press(new)
        self.assertEqual(self.decisions(), ["pending", "given"])

    def test_an_expired_link_confirms_nothing(self):
        self.give()
        with freeze_time(fields.Datetime.now() - timedelta(days=8)):
            url = self.Confirmation._get_url(self.events())
        token = url.rsplit("/", 1)[1]
        self.assertEqual(self.Confirmation._confirm(token), "expired")
        self.assertEqual(self.decisions(), ["pending"])

    def test_a_former_mailbox_confirms_nothing(self):
        self.give()
        url = self.link()
        self.person.email = "camille.new@client.example"
        self.assertIn("too old", self.url_open(url).text)
        self.assertEqual(self.Confirmation._confirm(url.rsplit("/", 1)[1]), "expired")

    def test_forged_and_foreign_tokens(self):
        self.give()
        url = self.link()
        self.assertEqual(self.url_open(url[:-3] + "abc").status_code, 404)
        other = self.preferences().rsplit("/", 1)[1]
        self.assertEqual(self.url_open(f"/privacy/confirm/{other}").status_code, 404)
        confirm = url.rsplit("/", 1)[1]
        page = self.url_open(f"/privacy/preferences/{confirm}")
        self.assertEqual(page.status_code, 404)

    def test_the_mail_names_nobody(self):
        self.give()
        body = self.mail_body()
        self.assertNotIn("Camille", body)
        self.assertIn("counts only once", body)

    def test_other_channels_do_not_wait(self):
        self.assertEqual(self.give(SMS, "sms").decision, "given")

    def test_a_confirmed_consent_is_not_shaken_by_a_form(self):
        self.give(is_mailbox_proved=True)
        self.give()
        self.assertTrue(self.verdict()["allowed"])

    def test_a_form_lifts_no_objection(self):
        self.Consent._record(self.person, None, "email", "objected")
        self.give(actor="self", collection_point="web_form", method="box")
        self.assertEqual(self.verdict()["code"], "objected")
        addresses = self.env["rgpd.contact.address"]._get(self.person)
        self.assertTrue(
            self.env["rgpd.suppression"]._match(addresses, "email", self.company)
        )


class TestPaths(ConfirmationCase):
    """No form walks round it."""

    def test_staff_wizard(self):
        officer = self.env["res.users"].create(
            {
                "name": "Officer",
                "login": "optin_officer",
                "group_ids": [
                    fields.Command.link(
                        self.env.ref("rgpd_fichier_client.group_rgpd_officer").id
                    )
                ],
            }
        )
        purposes = self.env["rgpd.purpose"]._get_purposes(self.company)
        wizard = (
            self.env["rgpd.consent.wizard"]
            .with_user(officer)
            .create(
                {
                    "res_model": "res.partner",
                    "res_id": self.person.id,
                    "purpose_id": purposes.filtered(lambda p: p.code == MAIL).id,
                    "scan": "U2NhbiBvZiB0aGUgZm9ybQ==",
                }
            )
        )
        action = wizard.action_record()
        self.assertEqual(action["tag"], "display_notification")
        self.assertEqual(self.decisions(), ["pending"])
        self.press(self.link())
        self.assertTrue(self.verdict()["allowed"])

    def test_staff_wizard_by_default(self):
        self.company.rgpd_double_optin = "public"
        self.assertEqual(self.give().decision, "given")

    def test_import(self):
        recorder = self.env["rgpd.consent.recorder"]
        act = recorder._prepare_act(
            purpose_code=MAIL,
            channel="email",
            decision="given",
            version=None,
            method="file",
            collection_point="import",
            company=self.company,
            moment=None,
            request_key="import:optin:1",
            origin=None,
            actor="staff",
        )
        act.text = "The words of the file."
        row = type("Row", (), {"act": act, "res_id": self.person.id})
        row.proof, row.proof_name = json.dumps({"row": 1}), "Row 1"
        recorder._record_many(self.env["res.partner"], [row], self.company)
        self.assertEqual(self.decisions(), ["pending"])
        self.assertFalse(self.verdict()["allowed"])
        self.press(self.link())
        given = self.events().filtered(lambda e: e.decision == "given")
        self.assertEqual(given.notice_text, "The words of the file.")
        self.assertTrue(self.verdict()["allowed"])

    def test_public_form(self):
        self.company.rgpd_double_optin = "public"
        for values in (
            {"actor": "self", "collection_point": "web_form", "method": "box"},
            {"collection_point": "api", "method": "box"},
        ):
            self.assertEqual(self.give(**values).decision, "pending")
        self.assertFalse(self.verdict()["allowed"])

    def test_link_of_the_preference_centre(self):
        """The link came to the mailbox: nothing more to prove."""
        page = html.fromstring(self.url_open(self.preferences()).content)
        [form] = page.xpath("//form[contains(@class, 'o_rgpd_choices')]")
        values = dict(form.form_values()) | {f"choice.{MAIL}.email": "yes"}
        self.url_open(form.get("action"), data=values)
        self.assertEqual(self.decisions(), ["given"])

    def test_login_of_another_address(self):
        """Who types another address into their account has not proved it."""
        user = self.env["res.users"].create(
            {
                "name": "Camille Exemple",
                "login": "camille@client.example",
                "partner_id": self.person.id,
                "group_ids": [
                    fields.Command.set(self.env.ref("base.group_portal").ids)
                ],
            }
        )
        is_proved = self.Confirmation._is_proved_by_login
        self.assertTrue(is_proved(user, self.person))
        self.person.email = "victim@client.example"
        self.assertFalse(is_proved(user, self.person))
        self.assertFalse(is_proved(self.env.ref("base.public_user"), self.person))
