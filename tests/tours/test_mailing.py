from datetime import timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import freeze_time

from odoo.addons.base.models.ir_mail_server import IrMail_Server
from odoo.addons.sms.tests.common import SMSCase

from ..common import RgpdHttpCase, new_rgpd_user

MAIL = "prospect_email_b2c"
SMS = "prospect_sms_b2c"


class TestMailingTour(RgpdHttpCase):
    def test_a_marketer_sees_who_is_left_out(self):
        new_rgpd_user(
            self.env,
            "reader",
            login="mailing_tour",
            groups="mass_mailing.group_mass_mailing_user,base.group_partner_manager",
        )
        people = self.env["res.partner"].create(
            [
                {"name": "Camille Exemple", "email": "camille@client.example"},
                {"name": "Luc Essai", "email": "luc@client.example"},
            ]
        )
        self.env["rgpd.consent"]._record(people[0], MAIL, "email", "given")
        mailing = self.env["mailing.mailing"].create(
            {
                "subject": "Autumn",
                "body_arch": "<p>Hello</p>",
                "body_html": "<p>Hello</p>",
                "mailing_model_id": self.env["ir.model"]._get_id("res.partner"),
                "mailing_domain": repr([("id", "in", people.ids)]),
                "email_from": "shop@shop.example",
            }
        )
        self.start_tour(
            f"/odoo/mailing.mailing/{mailing.id}",
            "rgpd_mailing_tour",
            login="mailing_tour",
        )
        self.assertEqual(len(mailing.rgpd_purpose_ids), 2)

    def test_what_is_sent_is_what_the_gate_allows(self):
        """Send is pressed, after who is left out was seen; no network is needed."""
        marketer = new_rgpd_user(
            self.env,
            "reader",
            login="mailing_send",
            groups="mass_mailing.group_mass_mailing_user,base.group_partner_manager",
        )
        people = self.env["res.partner"].create(
            [{"name": f"t{n} Essai", "email": f"t{n}@client.example"} for n in range(5)]
        )
        yesterday = fields.Datetime.now() - timedelta(days=1)
        for person in people[:4]:
            self.env["rgpd.consent"]._record(
                person, MAIL, "email", "given", moment=yesterday
            )
        self.env["rgpd.consent"]._record(people[2], None, "email", "objected")
        self.env["rgpd.consent"]._record(people[3], MAIL, "email", "withdrawn")
        mailing = self.env["mailing.mailing"].create(
            {
                "subject": "Autumn",
                "body_arch": "<p>Hello</p>",
                "body_html": "<p>Hello</p>",
                "mailing_model_id": self.env["ir.model"]._get_id("res.partner"),
                "mailing_domain": repr([("id", "in", people.ids)]),
                "email_from": "shop@shop.example",
                "user_id": marketer.id,
                "rgpd_purpose_ids": [
                    Command.set(
                        self.env["rgpd.purpose"].search([("code", "=", MAIL)]).ids
                    )
                ],
            }
        )
        sent = []
        self.patch(IrMail_Server, "_disable_send", lambda _self: False)
        self.patch(IrMail_Server, "_connect__", lambda *_args, **_kwargs: None)

        def send_email(_server, message, *_args, **_kwargs):
            sent.append(message["To"].split("<")[-1].strip(">"))
            return message["Message-Id"]

        self.patch(IrMail_Server, "send_email", send_email)
        self.start_tour(
            f"/odoo/mailing.mailing/{mailing.id}",
            "rgpd_mailing_send_tour",
            login="mailing_send",
        )
        self.assertFalse(sent)
        verdicts = self.env["rgpd.contact.gate"]._check(people, MAIL, "email")
        allowed = people.filtered(lambda person: verdicts[person.id]["allowed"])
        with self.enter_registry_test_mode():
            self.env.ref(
                "mass_mailing.ir_cron_mass_mailing_queue"
            ).method_direct_trigger()
            self.env["mail.mail"].search([("mailing_id", "=", mailing.id)]).send()
        self.assertEqual(allowed, people[:2])
        self.assertEqual(sorted(sent), sorted(allowed.mapped("email")))


class TestSmsMailingTour(RgpdHttpCase, SMSCase):
    def test_a_marketer_sends_by_sms(self):
        marketer = new_rgpd_user(
            self.env,
            "reader",
            login="sms_mailing_tour",
            groups="mass_mailing.group_mass_mailing_user,base.group_partner_manager",
        )
        people = self.env["res.partner"].create(
            [{"name": f"t{n} Essai", "phone": f"+33 1 99 00 30 0{n}"} for n in range(3)]
        )
        self.env["rgpd.consent"]._record(people[0], SMS, "sms", "given")
        self.env["rgpd.consent"]._record(people[1], None, "all", "objected")
        mailing = self.env["mailing.mailing"].create(
            {
                "mailing_type": "sms",
                "subject": "Autumn",
                "sms_subject": "Autumn",
                "body_plaintext": "Autumn offers",
                "mailing_model_id": self.env["ir.model"]._get_id("res.partner"),
                "mailing_domain": repr([("id", "in", people.ids)]),
                "user_id": marketer.id,
            }
        )
        self.start_tour(
            f"/odoo/mailing.mailing/{mailing.id}",
            "rgpd_sms_mailing_tour",
            login="sms_mailing_tour",
        )
        self.assertEqual(mailing.rgpd_purpose_ids.code, SMS)
        with (
            freeze_time(fields.Datetime.now() + timedelta(minutes=1)),
            self.mockSMSGateway(),
            self.enter_registry_test_mode(),
        ):
            self.env.ref(
                "mass_mailing.ir_cron_mass_mailing_queue"
            ).method_direct_trigger()
            self.env["sms.sms"].search([("state", "=", "outgoing")]).send()
            self.assertEqual(
                [sms["number"] for sms in self._sms], [people[0]._phone_format()]
            )
        action = self.env["ir.actions.act_window"].create(
            {
                "name": "Traces",
                "res_model": "mailing.trace",
                "view_mode": "list",
                "view_id": self.env.ref(
                    "mass_mailing_sms.mailing_trace_view_tree_sms"
                ).id,
                "domain": repr([("mass_mailing_id", "=", mailing.id)]),
            }
        )
        self.start_tour(
            f"/odoo/action-{action.id}",
            "rgpd_sms_mailing_traces_tour",
            login="sms_mailing_tour",
        )
