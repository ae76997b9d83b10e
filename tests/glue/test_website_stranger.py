import json
import re

from lxml import html

from odoo.fields import Command

from .website_common import MAIL, NUMBER, SMS, WebsiteFormCase

LAWFUL = "softoptin"


class TestWebsiteStranger(WebsiteFormCase):
    """Somebody types the address of a customer into a form anybody can send."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.env["res.partner"].create(
            {
                "name": "Camille Exemple",
                "email": "camille@client.example",
                "phone": NUMBER,
            }
        )
        cls.Consent = cls.env["rgpd.consent"]

    # === HELPERS === #

    def tick(self, *codes):
        return {f"rgpd_choice_{self.box(code).id}": "1" for code in codes}

    def submit(self, record, *codes, user=None, **values):
        """Take a form whose record Odoo made like this."""
        marks = self.read(self.ask())
        values = {"email_from": "camille@client.example", "phone": NUMBER, **values}
        forms = self.env["rgpd.website.form"].with_user(
            user or self.env.ref("base.public_user")
        )
        form = {**values, **marks, **self.tick(*codes)}
        forms._note_submission(
            record._name, json.dumps({"id": record.id}), forms._take(form), self.company
        )
        self.env.invalidate_all()

    def order(self):
        """Return a record that is no person and that Odoo linked to the customer."""
        return self.env["sale.order"].create({"partner_id": self.customer.id})

    def linked_lead(self):
        return self.env["crm.lead"].create(
            {
                "name": "A bench",
                "contact_name": "Camille Exemple",
                "email_from": "camille@client.example",
                "phone": NUMBER,
                "partner_id": self.customer.id,
            }
        )

    def allowed(self, record, code=SMS, channel="sms"):
        verdict = self.env["rgpd.contact.gate"]._check(
            record, code, channel, self.company
        )
        return verdict[record.id]["allowed"]

    def is_listed(self, channel="sms"):
        addresses = self.env["rgpd.contact.address"]._get(self.customer)
        Suppression = self.env["rgpd.suppression"]
        return bool(Suppression._match(addresses, channel, self.company))

    def object(self, channel="all"):
        self.Consent._record(
            self.customer, None, channel, "objected", company=self.company
        )
        self.assertTrue(self.is_listed())

    def confirm(self):
        """Press the link of the one mail that asks to confirm."""
        for row in self.env["rgpd.preference.mail"].search([("is_done", "=", False)]):
            row._send()
        mail = self.env["mail.mail"].search([], order="id desc", limit=1)
        [url] = re.findall(r'href="([^"]*/privacy/confirm/[^"]*)"', mail.body_html)
        url = url[url.index("/privacy") :]
        page = html.fromstring(self.url_open(url).content)
        [form] = page.xpath("//form[contains(@class, 'o_rgpd_confirm')]")
        self.url_open(url, data=dict(form.form_values()))
        self.env.invalidate_all()

    # === A RECORD THAT ODOO LINKED TO A CUSTOMER === #

    def test_nothing_is_recorded_for_the_customer_behind_a_record(self):
        for record in (self.order(), self.linked_lead()):
            with self.subTest(record._name):
                self.submit(record, MAIL, SMS)
                self.assertFalse(self.events(self.customer))
                self.assertFalse(self.shown(self.customer))
                self.assertFalse(self.allowed(self.customer))

    def test_the_record_itself_waits_for_the_mailbox(self):
        lead = self.lead(self.send(**self.read(self.ask()), **self.tick(MAIL, SMS)))
        self.assertEqual(self.events(lead).mapped("decision"), ["pending"] * 2)
        self.assertTrue(self.shown(lead))
        self.assertFalse(self.allowed(lead))
        self.assertFalse(self.allowed(self.customer), "same name, same number")

    def test_a_no_counts_for_the_customer(self):
        notice = self.env.ref("rgpd_fichier_client.rgpd_notice_softoptin_email")
        self.company.rgpd_website_notice_ids = [Command.link(notice.id)]
        self.submit(self.order(), LAWFUL)
        self.assertEqual(self.events(self.customer).mapped("decision"), ["objected"])
        self.assertFalse(self.shown(self.customer))

    def test_the_box_is_not_shown_where_it_could_not_count(self):
        """Of a record that is no person, and without a mailbox to answer."""
        notice = self.env.ref("rgpd_fichier_client.rgpd_notice_softoptin_email")
        self.company.rgpd_website_notice_ids = [Command.link(notice.id)]
        for model, names, expected in (
            ("sale.order", ["email_from", "phone"], {notice.id}),
            ("crm.lead", ["phone"], set()),
            ("crm.lead", ["email_from"], {notice.id, self.box(MAIL).id}),
        ):
            with self.subTest(model=model, names=names):
                block = self.ask(model, names) or "<p/>"
                boxes = html.fromstring(block).xpath("//input[@type='checkbox']")
                ids = {int(box.get("name").rpartition("_")[2]) for box in boxes}
                self.assertEqual(ids, expected)

    def test_who_is_logged_in_speaks_for_themselves(self):
        user = self.env["res.users"].create(
            {
                "name": "Camille Exemple",
                "login": "camille@client.example",
                "partner_id": self.customer.id,
                "group_ids": [Command.set(self.env.ref("base.group_portal").ids)],
            }
        )
        self.submit(self.order(), SMS, user=user)
        self.assertEqual(self.events(self.customer).mapped("decision"), ["given"])
        self.assertTrue(self.shown(self.customer))
        self.assertTrue(self.allowed(self.customer))

    # === OBJECTORS AND LISTED NUMBERS === #

    def test_no_objection_ends(self):
        for policy in ("public", "none"):
            self.company.rgpd_double_optin = policy
            self.object()
            lead = self.lead(self.send(**self.read(self.ask()), **self.tick(MAIL, SMS)))
            with self.subTest(policy):
                self.assertEqual(set(self.events(lead).mapped("decision")), {"pending"})
                self.assertTrue(self.is_listed())
                for record in (lead, self.customer):
                    self.assertFalse(self.allowed(record))
                    self.assertFalse(self.allowed(record, MAIL, "email"))

    def test_no_withdrawal_is_undone(self):
        self.company.rgpd_double_optin = "none"
        self.Consent._record(
            self.customer, SMS, "sms", "withdrawn", company=self.company
        )
        lead = self.lead(self.send(**self.read(self.ask()), **self.tick(SMS)))
        self.assertEqual(self.events(lead).mapped("decision"), ["pending"])
        self.assertFalse(self.allowed(self.customer))

    def test_a_listed_number_stays_listed_when_its_record_is_gone(self):
        self.company.rgpd_double_optin = "none"
        self.object()
        self.customer.unlink()
        lead = self.lead(self.send(**self.read(self.ask()), **self.tick(SMS)))
        self.assertEqual(self.events(lead).mapped("decision"), ["pending"])
        addresses = self.env["rgpd.contact.address"]._get(lead)
        self.assertTrue(
            self.env["rgpd.suppression"]._match(addresses, "sms", self.company)
        )
        self.assertFalse(self.allowed(lead))

    def test_a_mailbox_of_ones_own_proves_no_number(self):
        """Who typed the number of an objector owns the mailbox beside it."""
        self.object()
        lead = self.lead(
            self.send(
                **self.read(self.ask()),
                **self.tick(SMS),
                email_from="somebody@else.example",
            )
        )
        self.confirm()
        self.assertEqual(self.events(lead).mapped("decision"), ["pending"])
        self.assertTrue(self.is_listed())
        self.assertFalse(self.allowed(self.customer))
        self.assertFalse(self.allowed(lead))

    def test_a_mailbox_that_answers_makes_it_count(self):
        lead = self.lead(self.send(**self.read(self.ask()), **self.tick(SMS)))
        self.confirm()
        decisions = self.events(lead).sorted("id").mapped("decision")
        self.assertEqual(decisions, ["pending", "given"])
        self.assertTrue(self.allowed(lead))

    # === WHAT THE FORM DID NOT ASK FOR === #

    def test_a_choice_for_which_the_form_asks_no_address(self):
        form = {
            "name": "A bench",
            "email_from": "camille@client.example",
            **self.read(self.ask()),
        }
        for ticked in ({}, self.tick(SMS)):
            answer = self.url_open("/website/form/crm.lead", data={**form, **ticked})
            lead = self.lead(answer.json())
            self.assertFalse(self.events(lead))
            texts = " ".join(self.shown(lead).version_id.mapped("text"))
            self.assertNotIn("SMS", texts)
            self.assertNotIn("L223-2", texts)

    def test_a_notice_of_another_page(self):
        forms = self.env["rgpd.form.notice"]
        rights = forms._get("rights", self.company)
        lead = self.lead(self.send(**{rights["field"]: rights["digest"]}))
        self.assertFalse(self.shown(lead))
        self.assertNotIn("rgpd_", str(lead.description))
