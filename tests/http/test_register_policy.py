from lxml import html

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time

from ..common import RgpdHttpCase


class TestPolicyPage(RgpdHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dpo = cls.new_user("dpo")
        cls.company.write(
            {
                "rgpd_contact_email": "dpo@exemple.example",
                "rgpd_referent_id": cls.dpo.partner_id.id,
                "rgpd_policy_published": True,
                "rgpd_register_published": True,
            }
        )
        cls.versions = cls.env["rgpd.policy.version"].with_user(cls.dpo)
        cls.sheet = cls.env.ref("rgpd_fichier_client.rgpd_processing_order")
        cls.sheet = cls.sheet.with_user(cls.dpo)
        cls.sheet.responsible_id = cls.dpo
        cls.sheet.processor_ids = cls.env["rgpd.processor"].create(
            {"name": "Hébergeur Secret", "contract_date": "2026-01-01"}
        )
        cls.sheet.action_validate()

    def publish_on(self, day):
        with freeze_time(f"{day} 10:00:00"):
            action = self.versions.action_publish()
        return action["params"]["message"]

    def get(self, path):
        response = self.url_open(path)
        text = html.fromstring(response.content).text_content()
        return response.status_code, " ".join(text.split())

    # === WHO MAY READ === #

    def test_nothing_is_public_by_default(self):
        company = self.env["res.company"].create({"name": "Autre SARL"})
        self.assertFalse(company.rgpd_policy_published)
        self.assertFalse(company.rgpd_register_published)
        self.publish_on("2031-01-01")
        self.company.rgpd_policy_published = False
        self.assertEqual(self.get("/rgpd/policy")[0], 404)
        self.assertEqual(self.get("/rgpd/register")[0], 200)
        self.company.rgpd_register_published = False
        self.assertEqual(self.get("/rgpd/register")[0], 404)

    def test_unpublished_unknown_and_private_give_the_same_answer(self):
        other = self.env["res.company"].create({"name": "Autre SARL"})
        pages = [
            self.url_open(f"/rgpd/policy/{number}")
            for number in (self.company.id, other.id, 999999)
        ]
        self.assertEqual({page.status_code for page in pages}, {404})
        for page in pages:
            self.assertNotIn("Autre SARL", page.text)

    def test_get_shows_and_nothing_else(self):
        self.publish_on("2031-01-01")
        before = self.env["rgpd.journal"].search_count([])
        self.assertEqual(self.get("/rgpd/policy?since=2031-01-01")[0], 200)
        self.assertEqual(self.env["rgpd.journal"].search_count([]), before)
        response = self.url_open("/rgpd/policy", data={"since": "2031-01-01"})
        self.assertEqual(response.status_code, 405)

    # === WHAT THEY READ === #

    def test_the_policy_says_what_the_law_wants_and_no_more(self):
        message = self.publish_on("2031-01-01")
        self.assertIn("RT-002", message, "sheets that are not validated are named")
        status, text = self.get("/rgpd/policy?lang=en_US")
        self.assertEqual(status, 200)
        for words in (
            self.company.name,
            "dpo@exemple.example",
            "Orders and deliveries",
            "Performance of a contract",
            "5 years in intermediate archive",
            "Deferred debit card: proof in case of dispute – in use, then 15 months",
            "Card security code – never kept",
            "Postal address",
            "Hosting provider",
            "complain to the CNIL",
            "withdraw it at any time",
        ):
            self.assertIn(words, text)
        for words in ("Hébergeur Secret", self.dpo.name, "Invoicing and accounting"):
            self.assertNotIn(words, text)
        status, text = self.get("/rgpd/register?lang=en_US")
        self.assertIn("RT-001", text)
        self.assertNotIn("Hébergeur Secret", text)

    def test_the_interest_the_partners_and_automated_decisions_are_told(self):
        sheet = self.env.ref("rgpd_fichier_client.rgpd_processing_email")
        partner = self.env["res.partner"].create({"name": "Coopérative Exemple"})
        sheet.write(
            {
                "origin_detail": "Annuaire Exemple",
                "joint_controller_ids": [Command.link(partner.id)],
                "dpia_automated": True,
            }
        )
        interest = sheet.purpose_ids.filtered(
            lambda purpose: purpose.legal_basis == "legitimate_interest"
        )[:1].interest
        sheet.with_user(self.dpo).action_validate()
        self.publish_on("2031-01-01")
        for page in ("policy", "register"):
            text = self.get(f"/rgpd/{page}?lang=en_US")[1]
            for words in (
                interest,
                "Annuaire Exemple",
                "Coopérative Exemple",
                "You may ask that a person looks at it",
            ):
                self.assertIn(words, text, page)

    def test_notices_and_pages_link_to_the_published_policy(self):
        self.company.rgpd_policy_url = False
        self.assertFalse(self.company._get_rgpd_policy_url(), "nothing published yet")
        self.publish_on("2031-01-01")
        url = self.company.with_user(self.dpo)._get_rgpd_policy_url()
        self.assertTrue(url.endswith(f"/rgpd/policy/{self.company.id}"))
        self.assertEqual(self.url_open(url).status_code, 200)
        version = self.env["rgpd.notice"]._get_version(
            "partner_electronic", channel="partners"
        )
        self.assertIn(url, version.text)
        self.company.rgpd_policy_url = "https://exemple.example/privacy"
        self.assertEqual(
            self.company._get_rgpd_policy_url(), "https://exemple.example/privacy"
        )
        self.company.rgpd_policy_url = False
        self.company.rgpd_policy_published = False
        self.assertFalse(self.company._get_rgpd_policy_url())

    def test_both_languages(self):
        self.publish_on("2031-01-01")
        text = self.get("/rgpd/policy?lang=fr_FR")[1]
        self.assertIn("Commandes et livraisons", text)
        self.assertIn("réclamation", text)
        self.assertNotIn("complain to the CNIL", text)

    def test_a_reader_sees_what_changed_since_a_date_and_every_version(self):
        self.publish_on("2031-01-01")
        self.sheet.purpose_ids[:1].archive_delay = 6
        self.sheet.action_validate()
        self.env.ref("rgpd_fichier_client.rgpd_processing_invoice").with_user(
            self.dpo
        ).action_validate()
        self.publish_on("2032-01-01")
        for since, expected in (
            ("2030-12-31", "Nothing was published before that day"),
            ("2031-06-01", "Orders and deliveries: purposes or retention."),
            ("2031-06-01", "New: Invoicing and accounting."),
            ("2032-01-01", "Nothing changed since that day"),
        ):
            text = self.get(f"/rgpd/policy?lang=en_US&since={since}")[1]
            self.assertIn(expected, text, since)
        self.assertIn("6 years", self.get("/rgpd/policy?lang=en_US")[1])
        old = self.get("/rgpd/policy?lang=en_US&version=1")[1]
        self.assertIn("5 years in intermediate archive", old)
        self.assertNotIn("Invoicing and accounting", old)

    def test_odd_parameters_are_harmless(self):
        self.publish_on("2031-01-01")
        for query in ("version=x", "since=yesterday", "lang=<b>", "version=-1"):
            self.assertEqual(self.get(f"/rgpd/policy?{query}")[0], 200, query)
        self.assertEqual(self.get("/rgpd/policy?version=99")[0], 404)

    # === PUBLISHING === #

    def test_only_the_dpo_publishes_and_nobody_changes_what_was_published(self):
        with self.assertRaises(AccessError):
            self.versions.with_user(self.new_user("officer")).action_publish()
        self.publish_on("2031-01-01")
        version = self.versions.search([], limit=1)
        self.assertFalse(version._verify())
        with self.assertRaises(UserError):
            version.sudo().write({"number": 7})
        with self.assertRaises(UserError):
            version.sudo().unlink()
        for operation in ("write", "create", "unlink"):
            self.assertFalse(version.has_access(operation))

    def test_without_a_validated_sheet_there_is_nothing_to_publish(self):
        self.sheet.action_review()
        with self.assertRaises(UserError):
            self.versions.action_publish()
