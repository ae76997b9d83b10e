import io
from datetime import timedelta
from unittest.mock import patch

import pypdf
from freezegun import freeze_time
from lxml import html

from odoo import fields
from odoo.exceptions import AccessError

from ..common import new_rgpd_user
from .test_preference_unsubscribe import MAIL, PreferenceHttpCase

PHONE = "prospect_phone_b2c"
SMS = "prospect_sms_b2c"
POSTAL = "prospect_postal"


class PageCase(PreferenceHttpCase):
    """Reads and fills the form as a browser without script does."""

    def page(self, url=None):
        response = self.url_open(url or self.preferences())
        self.assertEqual(response.status_code, 200)
        return html.fromstring(response.content)

    def form(self, page):
        """Return the values a browser would send, unchanged."""
        [form] = page.xpath("//form[contains(@class, 'o_rgpd_choices')]")
        return dict(form.form_values()), form.get("action")

    def checked(self, page, key):
        boxes = page.xpath(f"//input[@name='choice.{key}']")
        return {box.get("value"): "checked" in box.attrib for box in boxes}

    def choose(self, url=None, **choices):
        """Open the page, choose, send; keys as ``prospect_email_b2c__email``."""
        values, action = self.form(self.page(url))
        for key, answer in choices.items():
            name = key.replace("__", ".")
            if name in ("frequency", "preferred"):
                values[name] = answer
            else:
                values[f"choice.{name}"] = answer
        return self.url_open(action, data=values)

    def last(self):
        return self.events()[:1]


class TestPage(PageCase):
    def test_reading_writes_nothing(self):
        versions = self.env["rgpd.notice.version"].search_count([])
        page = self.page()
        self.assertFalse(self.events())
        self.assertEqual(self.env["rgpd.notice.version"].search_count([]), versions)
        self.assertFalse(page.xpath("//form[@method='get']"))

    def test_no_consent_is_ticked_beforehand(self):
        page = self.page()
        self.assertEqual(
            self.checked(page, f"{MAIL}.email"), {"yes": False, "no": False}
        )
        self.assertEqual(
            self.checked(page, "mail_tracking.tracking"), {"yes": False, "no": False}
        )

    def test_every_choice_is_labelled(self):
        page = self.page()
        for box in page.xpath("//input[@type='radio'] | //select"):
            label = page.xpath(f"//label[@for='{box.get('id')}']")
            self.assertEqual(len(label), 1, box.get("id"))
            self.assertTrue(label[0].text_content().strip())
        for fieldset in page.xpath("//fieldset"):
            self.assertTrue(fieldset.find("legend").text_content().strip())
        self.assertEqual(len(page.xpath("//h1")), 1)
        self.assertTrue(page.xpath("//section/h2"))
        self.assertEqual(page.get("lang"), "en-US")

    def test_only_what_concerns_the_person(self):
        names = self.page().xpath("//fieldset/@data-key")
        self.assertIn(f"{MAIL}.email", names)
        self.assertIn(f"{SMS}.sms", names)
        # no postal address, no order, no profession, no list of partners to show
        for key in (
            f"{POSTAL}.post",
            "softoptin.email",
            "prospect_b2b_email.email",
            "partner_electronic.partners",
            "cookies.tracking",
        ):
            self.assertNotIn(key, names)
        self.company.rgpd_policy_url = "https://shop.example/privacy"
        self.person.write({"street": "1 rue des Essais", "city": "Paris"})
        names = self.page().xpath("//fieldset/@data-key")
        self.assertIn(f"{POSTAL}.post", names)
        self.assertIn("partner_electronic.partners", names)

    def test_a_consent_given_here_is_proved(self):
        response = self.choose(**{f"{MAIL}__email": "yes"})
        self.assertEqual(response.status_code, 200)
        self.assertIn("saved=1", response.url)
        event = self.last()
        self.assertEqual(
            (event.decision, event.method, event.collection_point, event.actor),
            ("given", "button", "preferences", "self"),
        )
        self.assertIn("by e-mail", event.notice_text)
        self.assertFalse(event.is_to_renew)
        self.assertTrue(event._is_intact())
        page = self.page()
        self.assertTrue(self.checked(page, f"{MAIL}.email")["yes"])
        self.assertIn("You agreed on", page.text_content())

    def test_saving_without_change_records_nothing(self):
        self.choose()
        self.assertFalse(self.events())
        self.choose(**{f"{MAIL}__email": "yes"})
        self.choose()
        self.assertEqual(len(self.events()), 1)

    def test_refuse_withdraw_object(self):
        self.person.write({"street": "1 rue des Essais", "city": "Paris"})
        self.give()
        self.choose(
            **{f"{MAIL}__email": "no", f"{SMS}__sms": "no", f"{POSTAL}__post": "no"}
        )
        decisions = {event.channel: event for event in self.events()[:3]}
        self.assertEqual(decisions["email"].decision, "withdrawn")
        self.assertEqual(decisions["sms"].decision, "refused")
        self.assertEqual(decisions["post"].decision, "objected")
        self.assertIn("do not wish", decisions["post"].notice_text)
        self.assertEqual(self.verdict(POSTAL, "post")["code"], "objected")

    def test_the_words_agreed_to_are_shown(self):
        event = self.give(moment=fields.Datetime.to_datetime("2026-03-03 09:00:00"))
        event.version_id.notice_id.sudo().text = "Brand new words."
        page = self.page()
        [quote] = page.xpath(f"//fieldset[@data-key='{MAIL}.email']//blockquote")
        self.assertIn("I agree to receive", quote.text_content())
        self.assertIn("03/03/2026", page.text_content())

    def test_yes_and_no_on_one_channel_both_count(self):
        """No to similar products leaves the consent to offers as it is."""
        self._sell()
        self.give(moment=fields.Datetime.now() - timedelta(minutes=1))
        self.choose(softoptin__email="no")
        self.assertEqual(self.verdict()["code"], "consent")
        self.assertEqual(self.verdict("softoptin")["code"], "objected")

    def test_a_later_no_is_never_lost(self):
        """Whatever the second in which the person clicks."""
        with freeze_time(fields.Datetime.now()):
            url = self.preferences()
            self.choose(url, **{f"{MAIL}__email": "yes"})
            self.choose(url, **{f"{MAIL}__email": "no", f"{SMS}__sms": "yes"})
        self.assertEqual(self.verdict()["code"], "consent_withdrawn")

    def test_an_objection_is_taken_back_by_the_person(self):
        self.person.write({"street": "1 rue des Essais", "city": "Paris"})
        self.company.rgpd_informs_at_collection = True
        past = fields.Datetime.now() - timedelta(minutes=5)
        self.Consent._record(self.person, POSTAL, "post", "objected", moment=past)
        self.assertEqual(self.verdict(POSTAL, "post")["code"], "objected")
        self.choose(**{f"{POSTAL}__post": "yes"})
        self.assertIn("I agree again", self.last().notice_text)
        self.assertTrue(self.verdict(POSTAL, "post")["allowed"])

    def test_the_big_button_stops_everything(self):
        self.give()
        page = self.page()
        [form] = page.xpath("//form[contains(@class, 'o_rgpd_object_all')]")
        self.url_open(form.get("action"), data=dict(form.form_values()))
        self.assertEqual(
            (self.last().decision, self.last().channel), ("objected", "all")
        )
        self.assertEqual(self.verdict()["code"], "objected")

    def test_frequency_and_channel(self):
        self.choose(frequency="month", preferred="sms")
        subject = self.env["rgpd.subject"]._of(self.person)
        self.assertEqual(
            self.env["rgpd.preference"]._get(subject, self.company), ("month", "sms")
        )
        self.assertEqual(
            self.person.with_user(self.new_user("reader", login="wish")).rgpd_wish,
            "At most once a month, preferably by: SMS",
        )
        portal = self.env["res.users"].create(
            {
                "name": "Luc Essai",
                "login": "wish_portal",
                "group_ids": [(6, 0, self.env.ref("base.group_portal").ids)],
            }
        )
        with self.assertRaises(AccessError):
            self.person.with_user(portal).read(["rgpd_wish"])
        [section] = self.person.rgpd_get_wish()
        self.assertEqual(
            section["rows"][0]["value"], "At most once a month, preferably by: SMS"
        )
        with self.assertRaises(AccessError):
            self.person.with_user(portal).rgpd_get_wish()
        self.choose(frequency="rubbish", preferred="")
        self.assertEqual(
            self.env["rgpd.preference"]._get(subject, self.company), ("month", None)
        )
        self.env.invalidate_all()
        self.assertEqual(self.person.rgpd_wish, "At most once a month")
        self.assertFalse(self.events())

    def test_what_was_not_offered_is_not_recorded(self):
        values, action = self.form(self.page())
        values["choice.invoice.email"] = "no"
        values["choice.prospect_b2b_email.email"] = "yes"
        values["choice.x"] = "yes"
        values[f"choice.{MAIL}.email"] = "rubbish"
        self.assertEqual(self.url_open(action, data=values).status_code, 200)
        self.assertFalse(self.events())

    def test_a_text_nobody_can_prove_is_not_agreed_to(self):
        notice = self.env.ref("rgpd_fichier_client.rgpd_notice_email")
        notice.text = "Words nobody was ever shown."
        values, action = self.form(self.page())
        values[f"choice.{MAIL}.email"] = "yes"
        notice.text = "Brand new words."
        response = self.url_open(action, data=values)
        self.assertIn("The text has changed", response.text)
        values[f"yes.{MAIL}.email"] = "0" * 64
        self.url_open(action, data=values)
        self.assertFalse(self.events())

    def test_without_csrf_token_nothing_happens(self):
        values, action = self.form(self.page())
        values[f"choice.{MAIL}.email"] = "yes"
        values.pop("csrf_token")
        self.assertEqual(self.url_open(action, data=values).status_code, 400)
        self.assertFalse(self.events())

    def _sell(self):
        product = self.env["product.product"].create({"name": "Bench"})
        order = self.env["sale.order"].create(
            {
                "partner_id": self.person.id,
                "order_line": [fields.Command.create({"product_id": product.id})],
            }
        )
        order.action_confirm()


class TestParent(PageCase):
    """Below 15 the holder of parental authority decides (art. 8 GDPR)."""

    def setUp(self):
        super().setUp()
        self.subject = self.env["rgpd.subject"]._of(self.person)

    def test_a_known_child_sees_who_has_to_agree(self):
        [details] = self.page().xpath("//details[contains(@class, 'guardian')]")
        self.assertNotIn("open", details.attrib)
        self.subject.is_minor = True
        [details] = self.page().xpath("//details[contains(@class, 'guardian')]")
        self.assertIn("open", details.attrib)
        self.assertTrue(details.xpath(".//label[@for='o_rgpd_guardian']"))
        self.assertTrue(details.xpath(".//label[@for='o_rgpd_is_guardian']"))

    def answer(self, **values):
        form, action = self.form(self.page())
        return self.url_open(action, data=form | values)

    def test_a_child_cannot_agree_alone(self):
        self.subject.is_minor = True
        response = self.answer(**{f"choice.{MAIL}.email": "yes"})
        self.assertIn("under 15", response.text)
        self.assertFalse(self.events())
        response = self.answer(
            **{f"choice.{MAIL}.email": "yes", "is_guardian": "1", "guardian": " "}
        )
        self.assertIn("Write the name", response.text)
        self.assertFalse(self.events())

    def test_the_parent_agrees_with_their_name(self):
        self.subject.is_minor = True
        self.answer(
            **{
                f"choice.{MAIL}.email": "yes",
                "is_guardian": "1",
                "guardian": "Paul Exemple",
            }
        )
        event = self.last()
        self.assertEqual((event.decision, event.actor), ("given", "parent"))
        self.assertEqual(event.proof_ids.guardian, "Paul Exemple")
        self.assertTrue(self.verdict()["allowed"])
        self.assertNotIn("Paul Exemple", self.page().text_content())

    def test_a_child_withdraws_alone(self):
        self.give(actor="parent", guardian="Paul Exemple")
        self.choose(**{f"{MAIL}__email": "no"})
        self.assertEqual(
            (self.last().decision, self.last().actor), ("withdrawn", "self")
        )

    def test_a_void_agreement_is_shown_as_none(self):
        self.give(moment=fields.Datetime.to_datetime("2026-03-03 09:00:00"))
        self.subject.is_minor = True
        page = self.page()
        self.assertFalse(self.checked(page, f"{MAIL}.email")["yes"])
        self.assertIn("does not count", page.text_content())

    def test_a_parent_makes_an_unknown_child_known(self):
        self.answer(
            **{
                f"choice.{MAIL}.email": "yes",
                "is_guardian": "1",
                "guardian": "Paul Exemple",
            }
        )
        self.env.invalidate_all()
        self.assertTrue(self.subject.is_minor)


class TestNames(PageCase):
    """A person knows what they agree to: no two choices look alike."""

    def names(self):
        return [
            legend.text_content().strip()
            for legend in self.page().xpath("//section[h2='SMS']//legend")
        ]

    def test_purposes_of_one_name_are_told_apart(self):
        purpose = self.env.ref("rgpd_fichier_client.rgpd_purpose_prospect_sms_b2c")
        [name] = self.names()
        twin = purpose.copy({"code": "club_sms", "name": "Club"})
        twin.public_name = f" {name.upper()}"
        self.env.ref("rgpd_fichier_client.rgpd_notice_sms").copy(
            {"purpose_id": twin.id}
        )
        self.assertEqual(
            sorted(self.names()),
            sorted([f"{name} ({purpose.name})", f"{name.upper()} (Club)"]),
        )
        twin.name = purpose.name.upper()
        self.assertEqual(
            sorted(self.names()),
            sorted([f"{name} ({purpose.code})", f"{name.upper()} (club_sms)"]),
        )


class TestRenewal(PageCase):
    """A consent that ends soon is asked again: nothing ticked, silence is a no."""

    KEY = f"{PHONE}.phone"

    def setUp(self):
        super().setUp()
        self.old = self.give(
            PHONE, "phone", moment=fields.Datetime.now() - timedelta(days=335)
        )

    def test_nothing_is_ticked(self):
        page = self.page()
        self.assertEqual(self.checked(page, self.KEY), {"yes": False, "no": False})
        self.assertIn("Agree again to go on", page.text_content())

    def test_silence_records_nothing(self):
        self.choose(frequency="month")
        self.assertEqual(self.events(), self.old)

    def test_agreeing_again_starts_a_new_year(self):
        self.choose(**{f"{PHONE}__phone": "yes"})
        event = self.last()
        self.assertEqual(event.decision, "given")
        self.assertGreater(event.expires_on, self.old.expires_on)
        self.assertTrue(self.checked(self.page(), self.KEY)["yes"])
        self.choose()
        self.assertEqual(len(self.events()), 2)

    def test_refusing_is_a_withdrawal(self):
        self.choose(**{f"{PHONE}__phone": "no"})
        self.assertEqual(self.last().decision, "withdrawn")


class TestTechnicalProof(PageCase):
    """The network and the browser: only if the company wants them, never whole."""

    AGENT = "Example Browser 1.0"

    def answer(self, **values):
        form, action = self.form(self.page())
        return self.url_open(
            action, data=form | values, headers={"User-Agent": self.AGENT}
        )

    def test_off_by_default(self):
        self.answer(**{f"choice.{MAIL}.email": "yes"})
        self.assertEqual(self.last().decision, "given")
        self.assertFalse(self.last().proof_ids)
        self.assertFalse(self.last().proof_commitment)

    def test_truncated_committed_to_and_erasable(self):
        self.company.rgpd_keep_technical_proof = True
        self.answer(**{f"choice.{MAIL}.email": "yes"})
        event = self.last()
        proof = event.proof_ids
        self.assertEqual((proof.ip, proof.agent), ("127.0.0.0", self.AGENT))
        self.assertTrue(proof.is_intact)
        proof.sudo().agent = "Another"
        self.assertFalse(proof.is_intact)
        self.cr.execute(
            "SELECT row_to_json(e)::text FROM rgpd_consent_event e WHERE id = %s",
            [event.id],
        )
        self.assertNotIn("127.0", self.cr.fetchone()[0])
        proof._forget(event.subject_id)
        self.assertFalse(proof.exists())
        self.assertTrue(event._is_intact())

    def test_a_no_needs_no_proof(self):
        self.company.rgpd_keep_technical_proof = True
        self.answer(**{f"choice.{MAIL}.email": "no"})
        self.assertEqual(self.last().decision, "refused")
        self.assertFalse(self.last().proof_ids)

    def test_what_the_staff_record_holds_nothing_of_their_browser(self):
        self.company.rgpd_keep_technical_proof = True
        self.assertFalse(self.give().proof_ids)


class TestReceipt(PageCase):
    """What the person takes home, in a shape that other tools read."""

    def test_the_receipt_says_what_was_agreed(self):
        event = self.give(moment=fields.Datetime.to_datetime("2026-03-03 09:00:00"))
        page = self.page()
        pdf, url = page.xpath("//a[contains(@href, '/receipt')]/@href")
        self.assertIn("kind=pdf", pdf)
        response = self.url_open(url)
        self.assertIn("attachment", response.headers["Content-Disposition"])
        [receipt] = response.json()["receipts"]
        self.assertEqual(receipt["version"], "KI-CR-v1.1.0")
        self.assertEqual(receipt["consentReceiptID"], event.uid)
        self.assertEqual(receipt["consentTimestamp"], 1772528400)
        self.assertEqual(
            receipt["piiControllers"][0]["piiController"], self.company.name
        )
        [purpose] = receipt["services"][0]["purposes"]
        self.assertEqual(purpose["purposeCategory"], [MAIL])
        record = receipt["record"]
        self.assertEqual(record["record_id"], event.uid)
        self.assertEqual(record["pii_principal_id"], event.subject_uid)
        self.assertEqual(record["pii_processing"]["notice_text"], event.notice_text)
        [purpose] = record["pii_processing"]["purposes"]
        self.assertEqual(purpose["purpose_type"], MAIL)
        self.assertEqual(purpose["lawful_basis"], "Consent")
        [party] = record["party_identification"]
        self.assertEqual(purpose["pii_controllers"], [party["party_id"]])
        [act] = record["event"]
        self.assertEqual(act["event_state"], "given")
        self.assertEqual(act["event_time"], "2026-03-03T09:00:00+00:00")
        self.assertNotIn("camille", response.text.lower())

    def test_the_receipt_to_print(self):
        event = self.give(moment=fields.Datetime.to_datetime("2026-03-03 09:00:00"))
        [url] = self.page().xpath("//a[contains(@href, 'kind=pdf')]/@href")
        response = self.url_open(url)
        self.assertEqual(response.headers["Content-Type"], "application/pdf")
        self.assertIn("receipts.pdf", response.headers["Content-Disposition"])
        # without the printer of pages Odoo answers with the page itself in tests
        if not response.content.startswith(b"%PDF"):
            self.assertIn(event.uid, response.text)
            self.assertIn(event.notice_text, response.text)
            self.assertNotIn("camille", response.text.lower())
            return
        pages = pypdf.PdfReader(io.BytesIO(response.content)).pages
        text = " ".join(" ".join(page.extract_text() for page in pages).split())
        self.assertIn("Receipt of your choices", text, "it can be read aloud")
        self.assertIn(event.uid, text)
        self.assertNotIn("camille", text.lower())

    def test_an_old_link_hands_over_nothing(self):
        self.give()
        with freeze_time(fields.Datetime.now() - timedelta(days=31)):
            url = self.preferences()
        self.assertNotIn("receipts", self.url_open(f"{url}/receipt").text)
        self.assertEqual(self.url_open(f"{url}x/receipt").status_code, 404)


class TestOldLinks(PageCase):
    """A link found later cannot undo a withdrawal, and shows nothing."""

    def test_a_replayed_link_gives_no_consent_back(self):
        url = self.preferences()
        self.give()
        values, action = self.form(self.page(url))
        self.Consent._record(self.person, MAIL, "email", "withdrawn")
        # the form of before, sent again
        values[f"choice.{MAIL}.email"] = "yes"
        response = self.url_open(action, data=values)
        self.assertIn("ask for a new link", response.text)
        self.assertEqual(self.last().decision, "withdrawn")
        # and the page of now does not offer it
        page = self.page(url)
        [box] = page.xpath(f"//input[@name='choice.{MAIL}.email'][@value='yes']")
        self.assertIn("disabled", box.attrib)
        self.assertIn("Send me a new link", page.text_content())

    def test_a_link_asked_for_after_the_no_gives_consent(self):
        self.Consent._record(
            self.person,
            MAIL,
            "email",
            "withdrawn",
            moment=fields.Datetime.now() - timedelta(minutes=1),
        )
        self.choose(**{f"{MAIL}__email": "yes"})
        self.assertEqual(self.last().decision, "given")

    def test_a_no_to_one_thing_leaves_the_others_open(self):
        url = self.preferences()
        self.choose(url, **{f"{SMS}__sms": "no"})
        self.choose(url, **{f"{MAIL}__email": "yes"})
        self.assertEqual(self.last().decision, "given")

    def test_an_old_link_shows_no_choice(self):
        self.give()
        with freeze_time(fields.Datetime.now() - timedelta(days=31)):
            url = self.preferences()
        page = self.page(url)
        self.assertFalse(page.xpath("//fieldset"))
        self.assertNotIn("You agreed", page.text_content())
        self.assertIn("Send me a new link", page.text_content())
        # what the page of before would send changes nothing either
        values = {"csrf_token": page.xpath("//input[@name='csrf_token']/@value")[0]}
        values[f"choice.{MAIL}.email"] = "no"
        self.url_open(url, data=values)
        self.assertEqual(len(self.events()), 1)

    def test_a_link_to_a_former_address_shows_nothing(self):
        url = self.preferences()
        self.person.email = "camille.new@client.example"
        self.assertFalse(self.page(url).xpath("//fieldset"))

    def test_a_merge_leads_to_who_is_left(self):
        twin = self.env["res.partner"].create(
            {"name": "Camille Exemple", "email": "camille@client.example"}
        )
        url = self.preferences(twin)
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge([self.person.id, twin.id], self.person)
        self.one_click(url.replace("/preferences/", "/unsubscribe/"))
        self.assertEqual(self.last().decision, "objected")


class TestNewLink(PageCase):
    """The same answer whoever asks, and one mail to whom it belongs."""

    def ask(self, email):
        page = html.fromstring(self.url_open("/privacy/preferences").content)
        [form] = page.xpath("//form[@action='/privacy/preferences']")
        values = dict(form.form_values()) | {"email": email}
        return self.url_open("/privacy/preferences", data=values)

    def mails(self):
        with (
            self.enter_registry_test_mode(),
            patch.object(type(self.env["mail.mail"]), "send"),
        ):
            self.env.ref(
                "rgpd_fichier_client.rgpd_preference_cron_mail"
            ).method_direct_trigger()
        return self.env["mail.mail"].search(
            [("subject", "ilike", "Your choices about our offers")]
        )

    def test_the_answer_is_the_same(self):
        known = self.ask("camille@client.example")
        unknown = self.ask("nobody@client.example")
        wrong = self.ask("not an address")
        texts = {
            html.fromstring(page.content).xpath("string(//div[@id='wrap'])")
            for page in (known, unknown, wrong)
        }
        self.assertEqual(len(texts), 1)
        self.assertEqual({page.status_code for page in (known, unknown, wrong)}, {200})

    def test_the_person_receives_a_link_that_works(self):
        self.ask(" Camille@Client.example ")
        mail = self.mails()
        self.assertEqual(mail.email_to, "camille@client.example")
        self.assertTrue(mail.auto_delete)
        [url] = html.fromstring(mail.body_html).xpath("//a/@href")
        self.assertTrue(self.page(self.path(url)).xpath("//fieldset"))

    def test_nobody_else_receives_anything(self):
        self.ask("nobody@client.example")
        self.assertFalse(self.mails())

    def test_the_address_is_forgotten(self):
        self.ask("nobody@client.example")
        self.mails()
        rows = self.env["rgpd.preference.mail"].sudo().search([])
        self.assertTrue(rows.is_done)
        self.assertFalse(rows.email)
        with freeze_time(fields.Datetime.now() + timedelta(hours=2)):
            self.env["rgpd.preference.mail"]._gc_rows()
        self.assertFalse(rows.exists())

    def test_a_mailbox_is_not_flooded(self):
        self.ask("camille@client.example")
        self.assertEqual(len(self.mails()), 1)
        for _n in range(3):
            self.ask("camille@client.example")
        self.assertEqual(len(self.mails()), 1)
        with freeze_time(fields.Datetime.now() + timedelta(minutes=11)):
            self.ask("camille@client.example")
            self.assertEqual(len(self.mails()), 2)

    def test_an_old_link_sends_a_new_one_to_the_address_of_today(self):
        with freeze_time(fields.Datetime.now() - timedelta(days=31)):
            url = self.preferences()
        self.person.email = "camille.new@client.example"
        page = self.page(url)
        [form] = page.xpath("//form[contains(@action, '/link')]")
        self.url_open(form.get("action"), data=dict(form.form_values()))
        self.assertEqual(self.mails().email_to, "camille.new@client.example")

    def test_without_csrf_token_nothing_is_sent(self):
        data = {"email": "camille@client.example"}
        self.assertEqual(
            self.url_open("/privacy/preferences", data=data).status_code, 400
        )
        self.assertFalse(self.mails())


class TestPortal(PageCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.users"].create(
            {
                "login": "camille@client.example",
                "password": "camille-pass",
                "partner_id": cls.person.id,
                "group_ids": [fields.Command.set(cls.env.ref("base.group_portal").ids)],
            }
        )

    def test_the_customer_finds_the_page_and_uses_it(self):
        self.authenticate("camille@client.example", "camille-pass")
        self.assertIn("/my/privacy/consents", self.url_open("/my").text)
        self.choose("/my/privacy/consents", **{f"{MAIL}__email": "yes"})
        event = self.last()
        self.assertEqual((event.decision, event.collection_point), ("given", "portal"))
        page = self.page("/my/privacy/consents")
        [form] = page.xpath("//form[contains(@class, 'o_rgpd_object_all')]")
        self.url_open(form.get("action"), data=dict(form.form_values()))
        self.assertEqual(self.last().decision, "objected")

    def test_an_address_typed_into_the_account_has_to_answer(self):
        self.person.email = "camille.new@client.example"
        self.authenticate("camille@client.example", "camille-pass")
        self.choose("/my/privacy/consents", **{f"{MAIL}__email": "yes"})
        self.assertEqual(self.last().decision, "pending")
        self.assertEqual(self.verdict()["code"], "consent_pending")
        page = self.page("/my/privacy/consents")
        self.assertIn("counts once you confirm it", page.text_content())
        self.assertFalse(self.checked(page, f"{MAIL}.email")["yes"])

    def test_a_logged_in_customer_may_change_their_mind(self):
        self.Consent._record(
            self.person,
            MAIL,
            "email",
            "withdrawn",
            moment=fields.Datetime.now() - timedelta(minutes=1),
        )
        self.authenticate("camille@client.example", "camille-pass")
        self.choose("/my/privacy/consents", **{f"{MAIL}__email": "yes"})
        self.assertEqual(self.last().decision, "given")

    def test_the_customer_takes_their_receipt(self):
        self.give()
        self.authenticate("camille@client.example", "camille-pass")
        receipts = self.url_open("/my/privacy/consents/receipt").json()["receipts"]
        self.assertEqual(len(receipts), 1)

    def test_without_account_there_is_nothing(self):
        response = self.url_open("/my/privacy/consents", allow_redirects=False)
        self.assertEqual(response.status_code, 303)
        self.assertIn("/web/login", response.headers["Location"])

    def test_staff_see_the_purposes_and_no_mail_rows(self):
        reader = new_rgpd_user(self.env, "reader", login="preference_reader")
        self.ask_rows = self.env["rgpd.preference.mail"].with_user(reader)
        self.assertFalse(self.ask_rows.has_access("read"))
