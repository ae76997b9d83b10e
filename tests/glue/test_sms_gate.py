from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import freeze_time, new_test_user

from odoo.addons.sms.tests.common import SMSCase

from ..models.consent_common import MAIL, SMS, ConsentCase


class SmsGateCase(ConsentCase, SMSCase):
    """SMS that are really built and queued, caught before the provider.

    The reserved mobile numbers are not valid ones for Odoo: those of fixed lines are.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.people = cls.env["res.partner"].create(
            [
                {
                    "name": f"s{n} Essai",
                    "phone": f"+33 1 99 00 10 {n:02}",
                    "country_id": cls.env.ref("base.fr").id,
                }
                for n in range(6)
            ]
        )
        cls.seller = new_test_user(
            cls.env,
            login="sms_seller",
            groups="base.group_user,base.group_partner_manager,"
            "sales_team.group_sale_salesman_all_leads",
        )

    def purposes(self, *codes):
        found = self.env["rgpd.purpose"].search([("code", "in", codes)])
        return [Command.set(found.ids)]

    def compose(self, records, user=None, **values):
        composer = self.env["sms.composer"].with_user(user or self.env.user)
        return composer.create(
            {
                "res_model": records._name,
                "res_ids": repr(records.ids),
                "composition_mode": "mass",
                "body": "Autumn offers",
                **values,
            }
        )

    def offer(self, records, *codes, **values):
        values.setdefault("rgpd_purpose_ids", self.purposes(*(codes or (SMS,))))
        return self.compose(records, rgpd_kind="marketing", **values)

    def agree(self, *people):
        for person in people:
            self.give(SMS, "sms", person=person)

    def later(self):
        return freeze_time(fields.Datetime.now() + timedelta(minutes=1))

    def receivers(self):
        return sorted(sms["number"] for sms in self._sms)

    def numbers(self, records):
        return sorted(record._phone_format() for record in records)

    def states(self):
        """Return ``{record id: (state, failure type, verdict)}`` of the new SMS."""
        return {
            sms.rgpd_res_id: (sms.state, sms.failure_type, sms.rgpd_verdict_code)
            for sms in self._new_sms
        }

    def run_queue(self):
        self.env["sms.sms"].sudo().search([("state", "=", "outgoing")]).send()


class TestSmsGate(SmsGateCase):
    """Offers by SMS reach those the gate allows, and nobody else."""

    def test_the_user_has_to_say_what_it_is_about(self):
        composer = self.compose(self.people)
        with self.mockSMSGateway():
            with self.assertRaisesRegex(UserError, "holds offers"):
                composer.action_send_sms_mass_now()
            composer.rgpd_kind = "marketing"
            with self.assertRaisesRegex(UserError, "purpose"):
                composer.action_send_sms_mass_now()
            self.assertFalse(self._new_sms)

    def test_a_mixed_list_reaches_exactly_those_the_gate_allows(self):
        people = self.people
        self.agree(*people[:4])
        with self.later(), self.mockSMSGateway():
            self.record("objected", None, "sms", person=people[2])
            self.record("withdrawn", SMS, "sms", person=people[3])
            composer = self.offer(people, user=self.seller)
            composer.action_send_sms_mass_now()
            self.assertEqual(self.receivers(), self.numbers(people[:2]))
            states = self.states()
        self.assertEqual(len(states), 6)
        for group, answer in (
            (people[:2], ("pending", False, "consent")),
            (people[2], ("canceled", "rgpd_blocked", "objected")),
            (people[3], ("canceled", "rgpd_blocked", "consent_withdrawn")),
            (people[4:], ("canceled", "rgpd_blocked", "no_consent")),
        ):
            self.assertEqual({states[person.id] for person in group}, {answer})
        # The history of who is left out says nothing of an SMS they did not get.
        for person in people:
            told = person.message_ids.filtered(lambda m: "Autumn" in (m.body or ""))
            self.assertEqual(bool(told), person in people[:2])

    def test_the_form_counts_before_sending(self):
        self.agree(self.people[0])
        self.record("objected", None, "all", person=self.people[1])
        report = self.offer(self.people, user=self.seller).rgpd_report
        self.assertEqual((report["total"], report["allowed"]), (6, 1))
        self.assertEqual(
            {line["code"]: line["count"] for line in report["lines"]},
            {"no_consent": 4, "objected": 1},
        )
        for line in report["lines"]:
            self.assertTrue(line["sentence"] and line["article"])

    def test_a_consent_to_mail_is_none_to_sms(self):
        self.give(MAIL, "email")
        with self.mockSMSGateway():
            self.offer(self.person, MAIL).action_send_sms_mass_now()
            self.assertFalse(self._sms)
            self.assertEqual(
                self.states()[self.person.id][2], "channel_not_for_purpose"
            )

    def test_only_purposes_of_sms_are_proposed(self):
        domain = self.env["rgpd.contact.report"]._get_marketing_domain("sms")
        codes = self.env["rgpd.purpose"].search(domain).mapped("code")
        self.assertIn(SMS, codes)
        self.assertNotIn(MAIL, codes)
        field = self.env["sms.composer"]._fields["rgpd_purpose_ids"]
        self.assertEqual(field.domain(self.env["sms.composer"]), domain)

    def test_orders_and_leads_ask_about_their_customer(self):
        self.agree(self.people[0])
        orders = self.env["sale.order"].create(
            [{"partner_id": person.id} for person in self.people[:2]]
        )
        leads = self.env["crm.lead"].create(
            [
                {"name": "K", "partner_id": self.people[0].id},
                {"name": "L", "phone": "+33 1 99 00 20 01"},
            ]
        )
        for records in (orders, leads):
            with self.mockSMSGateway():
                self.offer(records).action_send_sms_mass_now()
                self.assertEqual(self.receivers(), self.numbers(self.people[0]))
                self.assertEqual(self.states()[records[1].id][2], "no_consent")

    def test_several_documents_at_once_are_a_list(self):
        self.agree(self.people[0])
        with self.mockSMSGateway():
            composer = self.offer(self.people, composition_mode="comment")
            self.assertEqual(composer.rgpd_report["allowed"], 1)
            composer.action_send_sms()
            self.assertEqual(self.receivers(), self.numbers(self.people[0]))
            self.assertEqual(self.states()[self.people[1].id][2], "no_consent")

    def test_it_names_the_sender_and_the_way_out(self):
        self.agree(self.people[0])
        with self.mockSMSGateway():
            self.offer(self.people[0]).action_send_sms_mass_now()
            body = self._sms[0]["body"]
        self.assertRegex(
            body,
            rf"^Autumn offers\n{self.company.name} - STOP "
            r"http\S+/stop/[a-z2-9]{16}$",
        )
        # The link is the person's own: it is not in the history others read.
        self.assertNotIn("STOP", "".join(self.people[0].message_ids.mapped("body")))

    def test_a_company_counts_its_own_consents(self):
        other = self.env["res.company"].create({"name": "Sister"})
        self.agree(self.people[0])
        self.give(SMS, "sms", person=self.people[1], company=other)
        with self.mockSMSGateway():
            self.offer(self.people, rgpd_company_id=other.id).action_send_sms_mass_now()
            self.assertEqual(self.receivers(), self.numbers(self.people[1]))


class TestSmsQueue(SmsGateCase):
    """What is said while the SMS waits is obeyed."""

    def queue(self):
        self.agree(*self.people[:2])
        self.offer(self.people[:3]).action_send_sms()
        self.assertFalse(self._sms)

    def test_who_says_no_while_the_sms_waits_gets_none(self):
        with self.mockSMSGateway():
            self.queue()
            with self.later():
                self.record("objected", None, "sms", person=self.people[0])
                self.run_queue()
            self.assertEqual(self.receivers(), self.numbers(self.people[1]))
            self.assertEqual(
                self.states()[self.people[0].id],
                ("canceled", "rgpd_blocked", "objected"),
            )

    def test_the_scheduled_action_obeys_too(self):
        with self.mockSMSGateway():
            self.queue()
            with self.later(), self.enter_registry_test_mode():
                self.record("objected", None, "sms", person=self.people[0])
                self.env.ref("sms.ir_cron_sms_scheduler_action").method_direct_trigger()
            self.assertEqual(self.receivers(), self.numbers(self.people[1]))

    def test_a_retry_asks_again(self):
        with self.mockSMSGateway():
            self.queue()
            stopped = self._new_sms.filtered(lambda sms: sms.state == "canceled")
            self.assertEqual(stopped.rgpd_res_id, self.people[2].id)
            self.assertIn("consent", stopped.rgpd_sentence)
            stopped.action_set_outgoing()
            stopped.send()
            self.assertEqual(stopped.state, "canceled")
            self.assertFalse(self._sms)

    def test_a_failed_sms_is_signed_once(self):
        self.agree(self.people[0])
        with self.mockSMSGateway(sim_error="credit"):
            self.offer(self.people[0]).action_send_sms_mass_now()
            sms = self._new_sms
            self.assertEqual(sms.state, "error")
        with self.mockSMSGateway():
            sms.resend_failed()
            self.assertEqual(self._sms[0]["body"].count("STOP"), 1)

    def test_a_record_that_is_gone_gets_none(self):
        lead = self.env["crm.lead"].create({"name": "L", "phone": "+33 1 99 00 20 02"})
        self.agree(lead)
        with self.mockSMSGateway():
            self.offer(lead, mass_keep_log=False).action_send_sms()
            sms = self._new_sms
            self.assertEqual(sms.state, "outgoing")
            lead.unlink()
            self.run_queue()
            self.assertFalse(self._sms)
            self.assertEqual(sms.rgpd_verdict_code, "person_missing")


class TestSmsService(SmsGateCase):
    """An SMS that is no offer is stopped by a restriction, and by nothing else."""

    def restrict(self, person):
        self.env["rgpd.restriction"]._set(person, "claims")

    def test_an_objection_stops_no_message_about_orders(self):
        self.record("objected", None, "all", person=self.people[0])
        orders = self.env["sale.order"].create(
            [{"partner_id": person.id} for person in self.people[:2]]
        )
        composer = self.env["sms.composer"].with_context(active_model="sale.order")
        values = composer.default_get(["rgpd_kind", "res_model"])
        self.assertEqual(values["rgpd_kind"], "service")
        with self.mockSMSGateway():
            self.compose(orders, rgpd_kind="service").action_send_sms_mass_now()
            self.assertEqual(self.receivers(), self.numbers(self.people[:2]))
            self.assertNotIn("STOP", self._sms[0]["body"])

    def single(self, person, **values):
        return self.compose(
            person,
            res_ids=False,
            res_id=person.id,
            composition_mode="comment",
            body="Your order is ready",
            **values,
        )

    def test_one_person_is_written_to_without_question(self):
        self.record("objected", None, "all", person=self.people[0])
        with self.mockSMSGateway():
            self.single(self.people[0], user=self.seller).action_send_sms()
            self.assertEqual(self.receivers(), self.numbers(self.people[0]))

    def test_a_restriction_stops_one_message(self):
        self.restrict(self.people[0])
        with self.mockSMSGateway():
            with self.assertRaisesRegex(UserError, "18 GDPR"):
                self.single(self.people[0], user=self.seller).action_send_sms()
            # By another way than the form
            self.people[0]._message_sms("Your order is ready")
            self.assertFalse(self._sms)
            self.assertEqual(
                (self._new_sms.state, self._new_sms.rgpd_verdict_code),
                ("canceled", "person_restricted"),
            )

    def test_a_restriction_stops_one_line_of_a_list(self):
        self.restrict(self.people[0])
        with self.mockSMSGateway():
            self.compose(
                self.people[:2], rgpd_kind="service"
            ).action_send_sms_mass_now()
            self.assertEqual(self.receivers(), self.numbers(self.people[1]))

    def test_a_restriction_set_while_the_sms_waits(self):
        order = self.env["sale.order"].create({"partner_id": self.people[0].id})
        with self.mockSMSGateway():
            self.compose(order, rgpd_kind="service").action_send_sms()
            self.restrict(self.people[0])
            self.run_queue()
            self.assertFalse(self._sms)
            self.assertEqual(self._new_sms.rgpd_verdict_code, "person_restricted")


class TestSmsErasure(SmsGateCase):
    def test_the_map_knows_the_link_to_whom_it_was_written(self):
        lead = self.env["crm.lead"].create({"name": "L", "phone": "+33 1 99 00 20 03"})
        self.agree(lead)
        with self.mockSMSGateway():
            self.offer(lead).action_send_sms()
            sms = self._new_sms
        found = self.env["rgpd.person.finder"]._find(lead)
        self.assertIn(
            "polymorphic:rgpd_res_model,rgpd_res_id", found["sms.sms"][sms.id]
        )
