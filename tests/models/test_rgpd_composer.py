"""A message composed from a list: marketing or about an order, the user says which."""

from odoo.exceptions import UserError
from odoo.fields import Command

from odoo.addons.base.models.ir_mail_server import IrMail_Server

from .consent_common import MAIL, ConsentCase


class TestComposer(ConsentCase):
    def setUp(self):
        super().setUp()
        self.sent = []
        self.patch(IrMail_Server, "_disable_send", lambda _self: False)
        self.patch(IrMail_Server, "_connect__", lambda *_args, **_kwargs: None)

        def send_email(_server, message, *_args, **_kwargs):
            self.sent.append(message)
            return message["Message-Id"]

        self.patch(IrMail_Server, "send_email", send_email)
        self.other = self.new_person("Luc Essai", "luc@client.example", False)
        self.give()

    def compose(self, records, **values):
        return (
            self.env["mail.compose.message"]
            .with_context(active_model=records._name, active_ids=records.ids)
            .create(
                {
                    "composition_mode": "mass_mail",
                    "model": records._name,
                    "res_ids": repr(records.ids),
                    "subject": "Autumn",
                    "body": "<p>Come and see</p>",
                    **values,
                }
            )
        )

    def purposes(self, *codes):
        ids = self.env["rgpd.purpose"].search([("code", "in", codes)]).ids
        return [Command.set(ids)]

    def receivers(self):
        return sorted(message["To"].split("<")[-1].strip(">") for message in self.sent)

    def test_the_user_has_to_say_what_it_is_about(self):
        composer = self.compose(self.person | self.other)
        with self.assertRaises(UserError):
            composer.action_send_mail()
        composer.rgpd_kind = "marketing"
        with self.assertRaises(UserError):
            composer.action_send_mail()
        self.assertFalse(self.sent)

    def test_marketing_goes_through_the_gate(self):
        composer = self.compose(
            self.person | self.other,
            rgpd_kind="marketing",
            rgpd_purpose_ids=self.purposes(MAIL),
        )
        report = composer.rgpd_report
        self.assertEqual((report["total"], report["allowed"]), (2, 1))
        self.assertEqual(report["lines"][0]["code"], "no_consent")
        composer.action_send_mail()
        self.assertEqual(self.receivers(), ["camille@client.example"])
        message = self.sent[0]
        self.assertIn("/privacy/unsubscribe/", message["List-Unsubscribe"])
        self.assertIn("because you agreed", message.get_body(("html",)).get_content())
        stopped = self.env["mail.mail"].search([("res_id", "=", self.other.id)])
        self.assertEqual(stopped.state, "cancel")
        self.assertEqual(stopped.rgpd_verdict_code, "no_consent")
        self.assertFalse(
            self.other.message_ids.filtered(lambda m: "Come and see" in (m.body or ""))
            - stopped.mail_message_id
        )

    def test_an_objector_gets_no_offer_and_still_their_invoice(self):
        """Who objected, and their second record, from the list to the queue."""
        self.give(person=self.other)
        self.record("objected", None, "all", person=self.other)
        double = self.new_person("L. Essai", "luc@client.example", False)
        people = self.person | self.other | double
        composer = self.compose(
            people, rgpd_kind="marketing", rgpd_purpose_ids=self.purposes(MAIL)
        )
        report = composer.rgpd_report
        self.assertEqual((report["total"], report["allowed"]), (3, 1))
        for line in report["lines"]:
            self.assertIn("objected", line["code"])
        composer.action_send_mail()
        stopped = self.env["mail.mail"].search(
            [("res_id", "in", (self.other | double).ids), ("model", "=", people._name)]
        )
        self.assertEqual(stopped.mapped("state"), ["cancel"] * 2)
        stopped.mark_outgoing()
        stopped.send()
        self.assertEqual(set(stopped.mapped("state")), {"cancel"})
        self.assertEqual(self.receivers(), ["camille@client.example"])
        self.compose(self.other, rgpd_kind="service").action_send_mail()
        self.assertIn("luc@client.example", self.receivers())

    def test_a_retry_of_a_refused_mail_is_stopped_again(self):
        """No purpose allowed it: whoever retries it does not walk round the gate."""
        self.compose(
            self.person | self.other,
            rgpd_kind="marketing",
            rgpd_purpose_ids=self.purposes(MAIL),
        ).action_send_mail()
        mail = self.env["mail.mail"].search([("res_id", "=", self.other.id)])
        self.assertFalse(mail.rgpd_purpose_code)
        mail.mark_outgoing()
        self.assertEqual(mail.state, "outgoing")
        mail.send()
        self.assertEqual(self.receivers(), ["camille@client.example"])
        self.assertEqual((mail.state, mail.rgpd_verdict_code), ("cancel", "no_consent"))

    def test_a_message_about_orders_is_not_stopped(self):
        self.record("objected", None, "all", person=self.other)
        orders = self.env["sale.order"].create(
            [{"partner_id": self.person.id}, {"partner_id": self.other.id}]
        )
        composer = self.compose(orders)
        composer = composer.with_context(default_model="sale.order")
        self.assertEqual(
            composer.default_get(["rgpd_kind", "model"])["rgpd_kind"], "service"
        )
        composer.rgpd_kind = "service"
        composer.action_send_mail()
        self.assertEqual(len(self.sent), 2)
        self.assertFalse(any(message["List-Unsubscribe"] for message in self.sent))

    def test_marketing_on_orders_asks_about_their_customers(self):
        orders = self.env["sale.order"].create(
            [{"partner_id": self.person.id}, {"partner_id": self.other.id}]
        )
        self.compose(
            orders, rgpd_kind="marketing", rgpd_purpose_ids=self.purposes(MAIL)
        ).action_send_mail()
        self.assertEqual(self.receivers(), ["camille@client.example"])

    def test_a_further_recipient_is_asked_about_too(self):
        self.compose(
            self.person,
            rgpd_kind="marketing",
            rgpd_purpose_ids=self.purposes(MAIL),
            partner_ids=[Command.link(self.other.id)],
        ).action_send_mail()
        self.assertFalse(self.sent)

    def test_a_single_message_is_not_concerned(self):
        composer = (
            self.env["mail.compose.message"]
            .with_context(active_model="res.partner", active_ids=self.other.ids)
            .create(
                {
                    "composition_mode": "comment",
                    "model": "res.partner",
                    "res_ids": repr(self.other.ids),
                    "partner_ids": [Command.link(self.other.id)],
                    "subject": "Your question",
                    "body": "<p>Here is the answer</p>",
                }
            )
        )
        composer.action_send_mail()
        self.assertEqual(len(self.sent), 1)
