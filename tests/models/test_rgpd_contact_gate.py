import random
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import Form, freeze_time

from odoo.addons.rgpd_fichier_client.models.consent import (
    rgpd_contact_address,
    rgpd_contact_gate,
)

from .consent_common import MAIL, PHONE, SMS, ConsentCase

TUESDAY = "2026-11-24 09:30:00"
PAIRS = [
    (MAIL, "email"),
    (SMS, "sms"),
    (PHONE, "phone"),
    ("prospect_postal", "post"),
    ("partner_electronic", "partners"),
    ("prospect_b2b_email", "email"),
    ("softoptin", "email"),
    ("prospect_phone_b2b", "phone"),
    ("mail_tracking", "tracking"),
    ("survey", "sms"),
    ("order", "email"),
]


class TestPanel(ConsentCase):
    """What the panel of the contact answers, for the four kinds of persons."""

    def answers(self, person=None):
        person = person or self.person
        return {
            (line["purpose"], line["channel"]): line
            for line in person.rgpd_get_verdicts()
        }

    def order(self, person=None):
        product = self.env["product.product"].create({"name": "Bench"})
        order = self.env["sale.order"].create(
            {
                "partner_id": (person or self.person).id,
                "order_line": [Command.create({"product_id": product.id})],
            }
        )
        order.action_confirm()
        return order

    def vouch(self):
        self.company.write(
            {
                "rgpd_softoptin_similar": True,
                "rgpd_messages_unsubscribe": True,
                "rgpd_informs_at_collection": True,
            }
        )

    @freeze_time(TUESDAY)
    def test_a_prospect_without_consent(self):
        answers = self.answers()
        self.assertFalse(answers[MAIL, "email"]["allowed"])
        self.assertEqual(answers[MAIL, "email"]["code"], "no_consent")
        self.assertFalse(answers[PHONE, "phone"]["allowed"])
        self.assertEqual(answers["softoptin", "email"]["code"], "softoptin_no_sale")
        for line in answers.values():
            self.assertTrue(line["article"])
            self.assertNotEqual(line["sentence"], line["code"])

    @freeze_time(TUESDAY)
    def test_a_prospect_with_consent(self):
        self.give()
        answers = self.answers()
        self.assertTrue(answers[MAIL, "email"]["allowed"])
        self.assertFalse(answers["prospect_sms_b2c", "sms"]["allowed"])

    @freeze_time(TUESDAY)
    def test_a_customer_may_get_offers_of_similar_products(self):
        self.vouch()
        order = self.order()
        self.assertEqual(
            self.answers()["softoptin", "email"]["code"],
            "softoptin_no_objection_offered",
        )
        order.rgpd_objection_offered = True
        self.assertTrue(self.answers()["softoptin", "email"]["allowed"])
        self.assertFalse(self.answers()[MAIL, "email"]["allowed"])

    @freeze_time(TUESDAY)
    def test_an_objector_gets_no_offer_but_their_invoices(self):
        self.vouch()
        self.order().rgpd_objection_offered = True
        self.give(moment=None)
        with freeze_time("2026-11-24 09:31:00"):
            self.record("objected", None, "all")
            answers = self.answers()
            self.assertFalse([c for c, line in answers.items() if line["allowed"]])
            self.assertEqual(answers[MAIL, "email"]["code"], "objected")
            verdict = self.verdict("invoice", "email")
            self.assertTrue(verdict["allowed"])

    def test_an_objector_erased_and_imported_again_stays_out(self):
        self.record("objected", None, "all")
        self.env["rgpd.eraser"]._erase(self.person, "request")
        self.assertDenied("person_erased")
        twin = self.new_person("Camille Exemple", "CAMILLE@client.example ")
        self.assertDenied("suppressed", person=twin)

    def test_a_professional_is_asked_about_the_profession(self):
        company = self.env["res.partner"].create(
            {"name": "SARL Exemple", "is_company": True, "vat": "FR23334175221"}
        )
        self.person.write({"parent_id": company.id, "email": "camille@sarl.example"})
        codes = {purpose for purpose, _channel in self.answers()}
        self.assertIn("prospect_b2b_email", codes)

    def test_no_address_no_answer_yes(self):
        self.person.write({"email": False, "phone": False, "street": False})
        answers = self.answers()
        for (_purpose, channel), line in answers.items():
            if channel in ("email", "sms", "phone", "post"):
                self.assertFalse(line["allowed"])
        self.assertEqual(answers[MAIL, "email"]["code"], "no_address")

    def test_an_unreadable_key_denies_and_never_blocks_work(self):
        def fail(*_args):
            raise UserError("no key")

        self.patch(type(self.env["rgpd.key"]), "_get", fail)
        self.patch(type(self.env["rgpd.key"]), "_digest_many", fail)
        with self.assertLogs("odoo.addons.rgpd_fichier_client", "WARNING"):
            self.assertDenied("suppression_unreadable")
        self.env["res.partner"].create(
            {"name": "Dominique", "email": "d@client.example"}
        )
        self.order()

    def test_the_form_of_a_partner_opens_for_a_seller(self):
        seller = self.new_user("reader", login="gate_reader")
        with Form(self.person.with_user(seller)) as form:
            self.assertEqual(form.name, "Camille Exemple")


class TestRead(ConsentCase):
    """What is left out of an address for speed changes no verdict."""

    def people(self):
        """Return eighty people of all kinds, of whom half said something."""
        draw = random.Random(20261130)
        firm = self.env["res.partner"].create({"name": "Firm", "is_company": True})
        emails = ("shared@client.example", "contact@firm.example", "a@gmail.com", "no")
        phones = ("+33 6 39 98 00 01", "0639980002", "12", "+32 470 12 34 56", False)
        people = self.env["res.partner"].create(
            [
                {
                    "name": draw.choice(("Ana", "Bob", f"Person {number}")),
                    "email": draw.choice((*emails, f"p{number}@client.example", False)),
                    "phone": draw.choice(phones),
                    "street": draw.choice(("1 rue des Essais", False)),
                    "zip": draw.choice(("67000", "75001", "97133", False)),
                    "country_id": draw.choice(
                        (self.env.ref("base.fr").id, self.env.ref("base.re").id, False)
                    ),
                    "parent_id": draw.choice((firm.id, False, False)),
                    "active": draw.random() > 0.05,
                }
                for number in range(80)
            ]
        )
        for person in people.filtered("active")[::2]:
            purpose, channel = draw.choice(PAIRS[:5])
            decision = draw.choice(("given", "given", "refused", "objected"))
            address = self.env["rgpd.contact.address"]._get(person)[person.id]
            if decision == "given" and not address.has(channel):
                decision = "refused"
            own = {"actor": "self", "method": "box", "collection_point": "web_form"}
            self.record(decision, purpose, channel, person, **own)
        return people

    @freeze_time(TUESDAY)
    def test_each_channel_is_judged_as_with_the_whole_address(self):
        people = self.people()
        self.vouch()
        for is_minor in (False, True):
            self.env["rgpd.subject"]._of(people[::9]).sudo().is_minor = is_minor
            for purpose, channel in PAIRS:
                short = self.Gate._check(people, purpose, channel)
                with patch.dict(
                    rgpd_contact_gate.PARTS_OF,
                    {channel: rgpd_contact_address.EVERYTHING},
                ):
                    whole = self.Gate._check(people, purpose, channel)
                self.assertEqual(short, whole, (purpose, channel, is_minor))
                self.assertEqual(set(short), set(people.ids))
        codes = {
            answer["code"]
            for answer in self.Gate._check(people, MAIL, "email").values()
        }
        self.assertGreater(len(codes), 3)

    def vouch(self):
        self.company.write(
            {
                "rgpd_softoptin_similar": True,
                "rgpd_messages_unsubscribe": True,
                "rgpd_informs_at_collection": True,
                "rgpd_b2b_profession": True,
            }
        )
