"""Every way by which marketing mail leaves: the gate is asked, the mail is signed."""

import re
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.fields import Command
from odoo.tests import freeze_time
from odoo.tools import mute_logger

from odoo.addons.base.models.ir_mail_server import (
    IrMail_Server,
    MailDeliveryException,
)

from ..models.consent_common import MAIL
from .mailing_common import MailingCase


class TestMarketingPaths(MailingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.persons = cls.env["res.partner"].create(
            [{"name": f"w{n} Essai", "email": f"w{n}@client.example"} for n in range(4)]
        )
        moment = fields.Datetime.now() - timedelta(days=1)
        for person in cls.persons[:3]:
            cls.Consent._record(person, MAIL, "email", "given", moment=moment)
        cls.Consent._record(cls.persons[2], None, "email", "objected")

    # === HELPERS === #

    def compose(self, records, **values):
        values.setdefault("rgpd_kind", "marketing")
        values.setdefault("rgpd_purpose_ids", [Command.set(self.purpose(MAIL).ids)])
        composer = (
            self.env["mail.compose.message"]
            .with_context(active_model=records._name, active_ids=records.ids)
            .create(
                {
                    "composition_mode": "mass_mail",
                    "model": records._name,
                    "res_ids": repr(records.ids),
                    "subject": "Autumn",
                    "body": "<p>Come and see</p>",
                    "email_from": "shop@shop.example",
                    **values,
                }
            )
        )
        composer.action_send_mail()
        self.env["mail.mail"].search([("state", "=", "outgoing")]).send()

    def allowed(self, records):
        """Return the addresses the gate allows, asked about the very records."""
        verdicts = self.Gate._check(records, MAIL, "email")
        allowed = records.filtered(lambda record: verdicts[record.id]["allowed"])
        return sorted(
            self.env["rgpd.contact.person"]._of(record)[self.field(record)]
            for record in allowed
        )

    def field(self, record):
        person = self.env["rgpd.contact.person"]._of(record)
        return "email" if "email" in person._fields else "email_from"

    def assertSigned(self):
        """Each mail says who writes and why, and one click lets the person object."""
        for message in self.sent:
            body = self.html(message)
            self.assertIn(self.company.name, body)
            self.assertIn("because you agreed to our offers", body)
            self.assertEqual(body.count("o_rgpd_footer"), 1)
            self.assertRegex(
                message["List-Unsubscribe"], r"^<http\S+/privacy/unsubscribe/[^>?]+>$"
            )
            self.assertEqual(
                message["List-Unsubscribe-Post"], "List-Unsubscribe=One-Click"
            )

    def assertReached(self, records):
        self.assertEqual(self.receivers(), self.allowed(records))
        self.assertEqual(len(self.sent), 2)
        self.assertSigned()

    def orders(self):
        return self.env["sale.order"].create(
            [{"partner_id": person.id} for person in self.persons]
        )

    # === LISTS === #

    def test_a_list_of_contacts(self):
        self.compose(self.persons)
        self.assertReached(self.persons)

    def test_a_list_of_orders(self):
        orders = self.orders()
        self.compose(orders)
        self.assertReached(orders)

    def test_a_list_of_leads(self):
        leads = self.env["crm.lead"].create(
            [
                {"name": "K", "partner_id": self.persons[0].id},
                {"name": "L", "email_from": "nobody@client.example"},
                {"name": "M", "partner_id": self.persons[2].id},
                {"name": "N", "email_from": "agreed@client.example"},
            ]
        )
        self.record("given", person=leads[3])
        self.compose(leads)
        self.assertReached(leads)

    def test_a_list_that_becomes_a_mailing(self):
        self.compose(self.persons, mass_mailing_name="Autumn of the composer")
        self.assertReached(self.persons)
        mailing = self.env["mailing.mailing"].search(
            [("subject", "=", "Autumn")], limit=1
        )
        self.assertEqual(mailing.rgpd_purpose_ids.mapped("code"), [MAIL])

    # === MAILINGS === #

    def test_a_mailing_list(self):
        mailing_list = self.env["mailing.list"].create({"name": "News"})
        contacts = self.env["mailing.contact"].create(
            [
                {
                    "name": person.name,
                    "email": person.email,
                    "list_ids": [Command.link(mailing_list.id)],
                }
                for person in self.persons
            ]
        )
        # The choices of a person hold on their record in the list
        self.send(
            self.mailing(
                contacts,
                mailing_model_id=self.env["ir.model"]._get_id("mailing.list"),
                contact_list_ids=[Command.link(mailing_list.id)],
            )
        )
        self.assertReached(contacts)

    def test_an_a_b_test_and_its_winner(self):
        mailing = self.mailing(
            self.persons,
            ab_testing_enabled=True,
            ab_testing_pc=25,
            ab_testing_winner_selection="manual",
        )
        other = mailing.copy({"ab_testing_pc": 25})
        self.send(mailing)
        self.send(other)
        winner = self.env["mailing.mailing"].browse(
            mailing.action_select_as_winner()["res_id"]
        )
        self.send(winner)
        self.assertReached(self.persons)
        for version in other | winner:
            self.assertEqual(version.rgpd_purpose_ids, mailing.rgpd_purpose_ids)

    def test_the_winner_chosen_by_the_scheduled_action(self):
        mailing = self.mailing(
            self.persons,
            ab_testing_enabled=True,
            ab_testing_pc=10,
            ab_testing_schedule_datetime=fields.Datetime.now() - timedelta(hours=1),
        )
        self.send(mailing)
        with self.enter_registry_test_mode():
            self.env.ref(
                "mass_mailing.ir_cron_mass_mailing_ab_testing"
            ).method_direct_trigger()
            self.env.ref(
                "mass_mailing.ir_cron_mass_mailing_queue"
            ).method_direct_trigger()
            self.env["mail.mail"].search([("state", "=", "outgoing")]).send()
        self.assertReached(self.persons)

    def test_a_resend_asks_again(self):
        mailing = self.mailing(self.persons)

        def fail(*_args, **_values):
            raise MailDeliveryException("The server is down")

        with (
            patch.object(IrMail_Server, "send_email", fail),
            mute_logger("odoo.addons.mail.models.mail_mail"),
        ):
            self.send(mailing)
        mailing.state = "done"
        with freeze_time(fields.Datetime.now() + timedelta(minutes=1)):
            self.record("objected", None, "email", person=self.persons[0])
            mailing.action_retry_failed()
            self.assertEqual(mailing.state, "in_queue")
            self.send(mailing)
            self.assertEqual(self.receivers(), self.allowed(self.persons))
        self.assertEqual(self.receivers(), [self.persons[1].email])
        self.assertSigned()

    def test_a_test_goes_to_the_tester_and_to_no_customer(self):
        mailing = self.mailing(self.persons)
        self.env["mailing.mailing.test"].create(
            {"email_to": "boss@shop.example", "mass_mailing_id": mailing.id}
        ).send_mail_test()
        self.assertEqual(self.receivers(), ["boss@shop.example"])
        self.assertFalse(mailing.mailing_trace_ids)
        self.assertNotIn("/privacy/unsubscribe/", str(self.sent[0]))

    # === ORDERS === #

    def test_a_message_about_payments_is_about_a_contract(self):
        """Receipts are sent from the list: nobody is asked whether they are offers."""
        composer = self.env["mail.compose.message"].with_context(
            default_composition_mode="mass_mail",
            default_model="account.payment",
            default_res_ids=[1, 2],
        )
        values = composer.default_get(["rgpd_kind", "model"])
        self.assertEqual(values["rgpd_kind"], "service")

    def test_the_template_of_an_order_reaches_everybody(self):
        orders = self.orders()
        template = self.env.ref("sale.email_template_edi_sale")
        composer = (
            self.env["mail.compose.message"]
            .with_context(
                default_composition_mode="mass_mail",
                default_model="sale.order",
                default_res_ids=orders.ids,
                default_template_id=template.id,
            )
            .create({})
        )
        self.assertEqual(composer.rgpd_kind, "service")
        composer.action_send_mail()
        self.env["mail.mail"].search([("state", "=", "outgoing")]).send()
        self.assertEqual(self.receivers(), sorted(self.persons.mapped("email")))
        for message in self.sent:
            self.assertFalse(
                re.search("unsubscribe", message["List-Unsubscribe"] or "")
            )
            self.assertNotIn("o_rgpd_footer", self.html(message))
