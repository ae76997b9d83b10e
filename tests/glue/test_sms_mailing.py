import re

from odoo.fields import Command
from odoo.tests import new_test_user

from ..models.consent_common import MAIL, SMS
from .test_sms_gate import SmsGateCase

TRACKING = "sms_tracking"


class SmsMailingCase(SmsGateCase):
    """Mailings by SMS that really build and queue the messages."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.marketer = new_test_user(
            cls.env,
            login="sms_marketer",
            groups="base.group_user,mass_mailing.group_mass_mailing_user,"
            "base.group_partner_manager",
        )

    def mailing(self, records, codes=(SMS,), user=None, **values):
        return (
            self.env["mailing.mailing"]
            .with_user(user or self.env.user)
            .create(
                {
                    "mailing_type": "sms",
                    "sms_subject": "Autumn",
                    "subject": "Autumn",
                    "body_plaintext": "Autumn https://shop.example/autumn",
                    "mailing_model_id": self.env["ir.model"]._get_id(records._name),
                    "mailing_domain": repr([("id", "in", records.ids)]),
                    "keep_archives": True,
                    "rgpd_purpose_ids": self.purposes(*codes),
                    **values,
                }
            )
        )

    def send(self, mailing):
        """Send as the scheduled actions do: the mailing, then the queue of SMS."""
        mailing.sudo().action_send_mail()
        self.run_queue()
        return mailing

    def codes(self, mailing):
        return {
            trace.res_id: (trace.trace_status, trace.failure_type, trace.rgpd_code)
            for trace in mailing.sudo().mailing_trace_ids
        }


class TestSmsMailingGate(SmsMailingCase):
    """A mailing by SMS reaches those the gate allows, and nobody else."""

    def test_a_mixed_list_reaches_exactly_those_the_gate_allows(self):
        people = self.people
        self.agree(*people[:4])
        with self.later(), self.mockSMSGateway():
            self.record("objected", None, "sms", person=people[2])
            self.record("withdrawn", SMS, "sms", person=people[3])
            verdicts = self.Gate._check(people, SMS, "sms")
            mailing = self.send(self.mailing(people, user=self.marketer))
            allowed = people.filtered(lambda person: verdicts[person.id]["allowed"])
            self.assertEqual(allowed, people[:2])
            self.assertEqual(self.receivers(), self.numbers(allowed))
        codes = self.codes(mailing)
        self.assertEqual(len(codes), 6)
        for group, answer in (
            (people[:2], ("pending", False, "consent")),
            (people[2], ("cancel", "rgpd_blocked", "objected")),
            (people[3], ("cancel", "rgpd_blocked", "consent_withdrawn")),
            (people[4:], ("cancel", "rgpd_blocked", "no_consent")),
        ):
            self.assertEqual({codes[person.id] for person in group}, {answer})
        traces = mailing.sudo().mailing_trace_ids
        self.assertTrue(all(traces.mapped("rgpd_sentence")))
        # Whoever is left out has no SMS, and nothing in their history
        sms = self.env["sms.sms"].search([("mailing_id", "=", mailing.id)])
        self.assertEqual(set(sms.mapped("rgpd_res_id")), set(allowed.ids))
        for person in people:
            told = person.message_ids.filtered(lambda m: "Autumn" in (m.body or ""))
            self.assertEqual(bool(told), person in allowed)

    def test_the_first_contact_carries_the_notice(self):
        person, other = self.people[:2]
        self.agree(person, other)
        row = self.env["rgpd.information"]._add(person, "Foire", "prospect_postal")
        with self.mockSMSGateway():
            self.send(self.mailing(person | other, user=self.marketer))
            bodies = {sms["number"]: sms["body"] for sms in self._sms}
        [number], [other_number] = self.numbers(person), self.numbers(other)
        self.assertRegex(bodies[number], r"Foire\. .*/told/[a-z2-9]{16}\n")
        self.assertNotIn("/told/", bodies[other_number])
        self.assertEqual((row.state, row.shown_id.place), ("informed", "sms"))

    def test_the_form_counts_before_sending(self):
        self.agree(self.people[0])
        self.record("objected", None, "all", person=self.people[1])
        mailing = self.mailing(self.people, user=self.marketer)
        report = mailing.rgpd_report
        self.assertEqual((report["total"], report["allowed"]), (6, 1))
        self.assertEqual(
            {line["code"]: line["count"] for line in report["lines"]},
            {"no_consent": 4, "objected": 1},
        )
        action = mailing.action_rgpd_open_excluded("objected")
        found = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(found, self.people[1])

    def test_a_consent_to_mail_is_none_to_sms(self):
        for person in self.people:
            person.email = f"{person.id}@client.example"
            self.give(MAIL, "email", person=person)
        with self.mockSMSGateway():
            mailing = self.send(self.mailing(self.people, (MAIL,)))
            self.assertFalse(self._sms)
        self.assertEqual(
            {code for _status, _type, code in self.codes(mailing).values()},
            {"channel_not_for_purpose"},
        )

    def test_purposes_are_proposed_by_the_type(self):
        domain = self.env["mailing.mailing"]._rgpd_get_purpose_domain()
        report = self.env["rgpd.contact.report"]
        sms, _if, other = domain.partition(" if mailing_type == 'sms' else ")
        self.assertEqual(sms, repr(report._get_marketing_domain("sms")))
        self.assertEqual(other, repr(report._get_marketing_domain("email")))

    def test_no_purpose_no_mailing(self):
        mailing = self.mailing(self.people, ())
        with self.assertRaisesRegex(Exception, "purpose"):
            mailing.action_put_in_queue()
        # Queued before the add-on came: nobody gets it, and the others go on.
        self.agree(self.people[0])
        behind = self.mailing(self.people[:1])
        (mailing | behind).state = "in_queue"
        with self.mockSMSGateway(), self.enter_registry_test_mode():
            self.env.ref(
                "mass_mailing.ir_cron_mass_mailing_queue"
            ).method_direct_trigger()
            self.run_queue()
            self.assertEqual(self.receivers(), self.numbers(self.people[0]))
        self.assertEqual(
            {code for _status, _type, code in self.codes(mailing).values()},
            {"no_purpose"},
        )

    def test_a_message_about_orders_reaches_objectors_without_way_out(self):
        self.record("objected", None, "all", person=self.people[0])
        with self.mockSMSGateway():
            self.send(
                self.mailing(
                    self.people[:2],
                    (),
                    rgpd_kind="service",
                    sms_allow_unsubscribe=True,
                )
            )
            self.assertEqual(self.receivers(), self.numbers(self.people[:2]))
            self.assertFalse([sms for sms in self._sms if "STOP" in sms["body"]])

    def test_a_restriction_stops_any_message(self):
        self.env["rgpd.restriction"]._set(self.people[0], "claims")
        with self.mockSMSGateway():
            mailing = self.send(self.mailing(self.people[:2], (), rgpd_kind="service"))
            self.assertEqual(self.receivers(), self.numbers(self.people[1]))
        self.assertEqual(
            self.codes(mailing)[self.people[0].id],
            ("cancel", "rgpd_blocked", "person_restricted"),
        )

    def test_odoos_own_exclusions_keep_their_reason(self):
        twin = self.people[0].copy({"name": "s0 Essai"})
        self.agree(self.people[0], self.people[1], twin)
        self.env["phone.blacklist"].sudo().search([]).unlink()
        with self.mockSMSGateway():
            mailing = self.send(self.mailing(self.people[:2] | twin))
        self.assertEqual(
            sorted(kind or "" for _s, kind, _c in self.codes(mailing).values()),
            ["", "", "sms_duplicate"],
        )

    def test_mailing_contacts(self):
        mailing_list = self.env["mailing.list"].create({"name": "News"})
        contacts = self.env["mailing.contact"].create(
            [
                {
                    "name": f"c{n} Essai",
                    "mobile": f"+33 1 99 00 11 0{n}",
                    "country_id": self.env.ref("base.fr").id,
                    "list_ids": [Command.link(mailing_list.id)],
                }
                for n in range(3)
            ]
        )
        self.agree(*contacts[:2])
        contacts[1].subscription_ids.opt_out = True
        with self.mockSMSGateway():
            mailing = self.mailing(
                contacts,
                mailing_model_id=self.env["ir.model"]._get_id("mailing.list"),
                contact_list_ids=[Command.link(mailing_list.id)],
            )
            self.send(mailing)
            self.assertEqual(self.receivers(), self.numbers(contacts[0]))
        # Odoo's own reason stays where the contact check would have allowed
        self.assertEqual(self.codes(mailing)[contacts[1].id][1], "sms_optout")
        self.assertEqual(self.codes(mailing)[contacts[2].id][2], "no_consent")

    def test_a_mailing_contact_speaks_for_the_other_record_of_the_person(self):
        """Its number stands in another field, and was not looked up."""
        person = self.people[0]
        self.agree(person)
        mobile = "0033 (0)" + self.numbers(person)[0].removeprefix("+33")
        contact = self.env["mailing.contact"].create(
            {"name": person.name, "mobile": mobile}
        )
        self.record("withdrawn", SMS, "sms", contact)
        with self.mockSMSGateway():
            mailing = self.send(self.mailing(person))
            self.assertEqual(self.receivers(), [])
        self.assertEqual(self.codes(mailing)[person.id][2], "consent_withdrawn")

    def test_a_company_counts_its_own_consents(self):
        other = self.env["res.company"].create({"name": "Sister"})
        self.agree(self.people[0])
        self.give(SMS, "sms", person=self.people[1], company=other)
        with self.mockSMSGateway():
            self.send(self.mailing(self.people, rgpd_company_id=other.id))
            self.assertEqual(self.receivers(), self.numbers(self.people[1]))


class TestSmsMailingQueue(SmsMailingCase):
    """What is said while the SMS waits is obeyed."""

    def queue(self):
        self.agree(*self.people[:2])
        mailing = self.mailing(self.people[:3])
        mailing.action_send_mail()
        self.assertFalse(self._sms)
        return mailing

    def test_who_says_no_while_the_sms_waits_gets_none(self):
        with self.mockSMSGateway():
            mailing = self.queue()
            with self.later():
                self.record("objected", None, "sms", person=self.people[0])
                self.run_queue()
            self.assertEqual(self.receivers(), self.numbers(self.people[1]))
        self.assertEqual(
            self.codes(mailing)[self.people[0].id],
            ("cancel", "rgpd_blocked", "objected"),
        )

    def test_a_retry_asks_again(self):
        self.agree(*self.people[:2])
        mailing = self.mailing(self.people[:2])
        with self.mockSMSGateway(sim_error="credit"):
            self.send(mailing)
        with self.later(), self.mockSMSGateway():
            self.record("objected", None, "sms", person=self.people[0])
            self.env.invalidate_all()  # another day, another transaction
            mailing.action_retry_failed()
            self.assertEqual(mailing.state, "in_queue")
            self.send(mailing)
            self.assertEqual(self.receivers(), self.numbers(self.people[1]))

    def test_the_winner_of_a_test_asks_the_gate(self):
        people = self.people
        self.agree(*people[:4])
        mailing = self.mailing(
            people,
            ab_testing_enabled=True,
            ab_testing_pc=50,
            ab_testing_sms_winner_selection="manual",
        )
        with self.later(), self.mockSMSGateway():
            self.send(mailing)
            first = self.receivers()
            self.record("objected", None, "sms", person=people[0])
            winner = self.env["mailing.mailing"].browse(
                mailing.action_select_as_winner()["res_id"]
            )
            self.send(winner)
            both = set(self.receivers())
        self.assertEqual(winner.rgpd_purpose_ids.mapped("code"), [SMS])
        expected = set(self.numbers(people[1:4]))
        self.assertEqual(both - set(first), expected - set(first))


class TestSmsMailingText(SmsMailingCase):
    """What an SMS carries: sender, way out, no spy."""

    def text(self, person=None, **values):
        self.agree(person or self.people[0])
        with self.mockSMSGateway():
            self.sent = self.send(self.mailing(person or self.people[0], **values))
            return self._sms[0]["body"]

    def test_the_sender_and_one_way_out_whatever_odoo_is_told(self):
        text = self.text(sms_allow_unsubscribe=True)
        self.assertRegex(
            text,
            rf"\n{re.escape(self.company.name)} - STOP "
            r"http\S+/stop/[a-z2-9]{16}$",
        )
        self.assertEqual(text.count("STOP"), 1)
        self.assertNotIn("/sms/", text)

    def test_the_count_of_characters_knows_what_is_added(self):
        self.people[0].email = "s0@client.example"
        text = self.text()
        added = text.removeprefix("Autumn https://shop.example/autumn")
        # The number of the last act in the link has as many digits as it has
        self.assertAlmostEqual(len(self.sent.rgpd_sms_ending), len(added), delta=8)
        self.sent.rgpd_kind = "service"
        self.assertFalse(self.sent.rgpd_sms_ending)

    def test_no_followed_link_without_a_consent_to_it(self):
        self.give("mail_tracking", "tracking", person=self.people[0])
        text = self.text()
        self.assertTrue(text.startswith("Autumn https://shop.example/autumn\n"))
        self.assertNotIn("/r/", text)

    def test_followed_with_the_consent_of_sms(self):
        self.record("given", TRACKING, "tracking", self.people[0])
        text = self.text()
        self.assertRegex(text, r"^Autumn http\S+/r/\w+/s/\d+\n")
        trace = self.sent.mailing_trace_ids
        code = re.search(r"/r/(\w+)/s/", text).group(1)
        Click = self.env["link.tracker.click"]
        values = {"ip": "192.0.2.1", "country_code": "FR", "mailing_trace_id": trace.id}
        self.assertTrue(Click.add_click(code, **values))
        with self.later():
            self.record("withdrawn", TRACKING, "tracking", self.people[0])
            self.assertFalse(Click.add_click(code, **values))

    def test_the_register_knows_the_measure_and_its_proof(self):
        purpose = self.env["rgpd.purpose"]._get_purpose(TRACKING, self.company)
        self.assertEqual(purpose.legal_basis, "consent")
        self.assertEqual(purpose._get_channels(), ["tracking"])
        notice = self.env["rgpd.notice"]._get_version(
            TRACKING, "tracking", self.company
        )
        self.assertIn("links of its SMS", notice.text)
        proof = self.env.ref("rgpd_fichier_client.rgpd_retention_rule_r16")
        self.assertIn(purpose, proof.purpose_ids)
        self.assertIn(
            self.env.ref("rgpd_fichier_client.rgpd_purpose_mail_tracking"),
            proof.purpose_ids,
        )

    def test_the_person_decides_about_it_apart(self):
        scopes = self.env["rgpd.preference.center"]._get_scopes(
            self.env["rgpd.subject"]._of(self.people[0]), self.company, set()
        )
        codes = {purpose.code for purpose, channel in scopes if channel == "tracking"}
        self.assertIn(TRACKING, codes)

    def test_a_test_carries_no_link_of_a_customer(self):
        mailing = self.mailing(self.people)
        with self.mockSMSGateway():
            self.env["mailing.sms.test"].create(
                {"mailing_id": mailing.id, "numbers": "+33199002222"}
            ).action_send_sms()
            self.assertEqual(len(self._sms), 1)
            self.assertNotIn("/privacy/", self._sms[0]["body"])


class TestSmsMailingEvents(SmsMailingCase):
    """What happens in Odoo's SMS becomes evidence."""

    def test_a_blacklisted_number_is_an_objection_of_all_who_have_it(self):
        lead = self.env["crm.lead"].create(
            {
                "name": "K",
                "phone": self.people[0].phone,
                "country_id": self.env.ref("base.fr").id,
            }
        )
        self.env["phone.blacklist"].with_user(self.marketer).sudo().add(
            self.people[0]._phone_format()
        )
        for record in (self.people[0], lead):
            self.assertEqual(
                {(event.decision, event.channel) for event in self.events(record)},
                {("objected", "sms"), ("objected", "phone")},
            )
        self.assertFalse(self.events(self.people[1]))

    def test_a_number_that_does_not_work_is_kept_in_the_journal(self):
        self.agree(self.people[0])
        with self.mockSMSGateway():
            mailing = self.send(self.mailing(self.people[0]))
        trace = mailing.mailing_trace_ids
        trace.sms_tracker_ids._action_update_from_provider_error("invalid_destination")
        self.assertEqual(trace.trace_status, "bounce")
        entry = self.env["rgpd.journal"].search(
            [("kind", "=", "contact.bounced")], limit=1
        )
        self.assertEqual(
            (entry.payload["channel"], entry.payload["mailing"]), ("sms", mailing.id)
        )
        self.assertNotIn("99", str(entry.payload).replace(str(mailing.id), ""))

    def events(self, record):
        subject = self.env["rgpd.subject"]._of(record)
        return self.Event.search([("subject_id", "=", subject.id)])
