import re
from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import freeze_time

from ..models.consent_common import MAIL
from .mailing_common import SOFT, MailingCase


class TestMailingGate(MailingCase):
    """A mailing reaches those the gate allows, and nobody else."""

    def order(self, partner):
        product = self.env["product.product"].create({"name": "Bench"})
        self.env["sale.order"].create(
            {
                "partner_id": partner.id,
                "order_line": [Command.create({"product_id": product.id})],
            }
        ).action_confirm()

    def test_a_mixed_list_reaches_exactly_those_the_gate_allows(self):
        people = self.people(200)
        consenting, customers, objectors, withdrawn = (
            people[:60],
            people[60:90],
            people[90:100],
            people[100:110],
        )
        for person in consenting | objectors | withdrawn:
            self.give(person=person)
        for person in customers:
            self.order(person)
        with freeze_time(fields.Datetime.now() + timedelta(minutes=1)):
            for person in objectors:
                self.record("objected", None, "email", person=person)
            for person in withdrawn:
                self.record("withdrawn", person=person)
            mailing = self.send(self.mailing(people, (MAIL, SOFT)))
        allowed = consenting | customers
        self.assertEqual(self.receivers(), sorted(allowed.mapped("email")))
        codes = self.codes(mailing)
        self.assertEqual(len(codes), 200)
        for group, answer in (
            (consenting, ("sent", "consent")),
            (customers, ("sent", "softoptin")),
            (objectors, ("cancel", "objected")),
            (withdrawn, ("cancel", "consent_withdrawn")),
            (people[110:], ("cancel", "no_consent")),
        ):
            self.assertEqual({codes[person.id] for person in group}, {answer})
        blocked = mailing.mailing_trace_ids.filtered(
            lambda trace: trace.trace_status == "cancel"
        )
        self.assertEqual(set(blocked.mapped("failure_type")), {"rgpd_blocked"})
        self.assertTrue(all(blocked.mapped("rgpd_sentence")))
        # The left out have nothing in their history and no mail.
        self.assertFalse(
            self.env["mail.mail"].search([("res_id", "in", objectors.ids)])
        )

    def test_the_form_counts_before_sending(self):
        people = self.people(10)
        for person in people[:4]:
            self.give(person=person)
        self.record("objected", None, "all", person=people[9])
        mailing = self.mailing(people).with_user(self.marketer)
        report = mailing.rgpd_report
        self.assertEqual((report["total"], report["allowed"]), (10, 4))
        self.assertEqual(
            {line["code"]: line["count"] for line in report["lines"]},
            {"no_consent": 5, "objected": 1},
        )
        for line in report["lines"]:
            self.assertTrue(line["sentence"] and line["article"])
        action = mailing.action_rgpd_open_excluded("objected")
        found = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(found, people[9])

    def test_a_long_list_is_counted_when_asked(self):
        people = self.people(3)
        self.give(person=people[0])
        mailing = self.mailing(people)
        self.patch(
            __import__(
                "odoo.addons.rgpd_fichier_client.models.consent.rgpd_contact_report",
                fromlist=["COUNT_LIMIT"],
            ),
            "COUNT_LIMIT",
            2,
        )
        mailing.invalidate_recordset()
        self.assertFalse(mailing.rgpd_report["is_counted"])
        self.assertEqual(mailing.rgpd_count_recipients()["allowed"], 1)

    def test_no_purpose_no_mailing(self):
        mailing = self.mailing(self.people(1), ())
        with self.assertRaises(UserError):
            mailing.action_launch()
        self.assertEqual(mailing.state, "draft")
        # Put in the queue by other means, before the add-on came: nobody gets it.
        mailing.state = "in_queue"
        with self.enter_registry_test_mode():
            self.env.ref(
                "mass_mailing.ir_cron_mass_mailing_queue"
            ).method_direct_trigger()
        self.assertFalse(self.sent)
        self.assertEqual(mailing.mailing_trace_ids.rgpd_code, "no_purpose")

    def test_a_message_about_orders_reaches_objectors(self):
        people = self.people(2)
        self.record("objected", None, "all", person=people[0])
        self.send(self.mailing(people, (), rgpd_kind="service"))
        self.assertEqual(len(self.sent), 2)

    def test_who_says_no_while_the_mail_waits_gets_none(self):
        people = self.people(2)
        for person in people:
            self.give(person=person)
        self.env["ir.config_parameter"].set_param("mail.mail.force.send.limit", 0)
        mailing = self.mailing(people)
        mailing.action_send_mail()
        self.assertFalse(self.sent)
        with freeze_time(fields.Datetime.now() + timedelta(minutes=1)):
            self.record("objected", None, "email", person=people[0])
            self.env["mail.mail"].search([("mailing_id", "=", mailing.id)]).send()
        self.assertEqual(self.receivers(), [people[1].email])
        self.assertEqual(self.codes(mailing)[people[0].id], ("cancel", "objected"))

    def test_mailing_contacts_and_leads(self):
        contact = self.env["mailing.contact"].create(
            {"name": "Léa Essai", "email": "lea@client.example"}
        )
        silent = self.env["mailing.contact"].create(
            {"name": "Max Essai", "email": "max@client.example"}
        )
        self.give(person=contact)
        self.send(self.mailing(contact | silent))
        self.assertEqual(self.receivers(), ["lea@client.example"])
        self.sent.clear()
        leads = self.env["crm.lead"].create(
            [
                {"name": "K", "partner_id": self.person.id},
                {"name": "L", "email_from": "nobody@client.example"},
            ]
        )
        self.give()
        self.send(self.mailing(leads))
        self.assertEqual(self.receivers(), ["camille@client.example"])

    def test_one_message_of_a_referral(self):
        people = self.people(1)
        for expected in (1, 1):
            mailing = self.mailing(people, ("referral",))
            self.send(mailing)
            self.assertEqual(len(self.sent), expected)
        self.assertEqual(self.codes(mailing)[people.id], ("cancel", "referral_used"))


class TestMailingMail(MailingCase):
    """What a mail carries: sender, reason, way out, no spy."""

    def send_to(self, person, codes=(MAIL,)):
        self.mailing_sent = self.send(self.mailing(person, codes))
        return self.sent[-1]

    def test_sender_reason_and_one_click(self):
        self.give()
        self.person.lang = "en_US"
        message = self.send_to(self.person)
        body = self.html(message)
        self.assertIn(self.company.name, body)
        self.assertIn("because you agreed to our offers", body)
        self.assertEqual(body.count("o_rgpd_footer"), 1)
        header = message["List-Unsubscribe"]
        url = re.fullmatch(r"<(.+/privacy/unsubscribe/[^>?]+)>", header).group(1)
        self.assertEqual(message["List-Unsubscribe-Post"], "List-Unsubscribe=One-Click")
        self.assertIn(url.rpartition("/")[0], body)

    def test_no_address_in_any_link(self):
        self.give()
        message = self.send_to(self.person)
        body = self.html(message)
        links = re.findall(r'(?:href|src)="([^"]+)"', body)
        links.append(message["List-Unsubscribe"])
        for link in links:
            self.assertNotIn("camille", link)
            self.assertNotIn("%40", link)
            self.assertNotIn("/mailing/", link)
        self.assertTrue(any("/privacy/mail/" in link for link in links))

    def test_no_pixel_and_no_followed_link_without_consent(self):
        self.give()
        body = self.html(self.send_to(self.person))
        self.assertNotIn("/mail/track/", body)
        self.assertNotIn("/r/", body)
        self.assertIn('href="https://shop.example/autumn"', body)

    def test_followed_with_consent(self):
        self.give()
        self.give("mail_tracking", "tracking")
        body = self.html(self.send_to(self.person))
        self.assertIn("/mail/track/", body)
        self.assertRegex(body, r"/r/[A-Za-z0-9]+/m/\d+")

    def test_a_click_is_not_kept_after_the_consent_ends(self):
        self.give()
        self.give("mail_tracking", "tracking")
        self.send_to(self.person)
        trace = self.mailing_sent.mailing_trace_ids
        tracker = self.env["link.tracker"].search(
            [("mass_mailing_id", "=", self.mailing_sent.id)], limit=1
        )
        Click = self.env["link.tracker.click"]
        values = {"ip": "192.0.2.1", "country_code": "FR", "mailing_trace_id": trace.id}
        with freeze_time(fields.Datetime.now() + timedelta(minutes=1)):
            self.record("withdrawn", "mail_tracking", "tracking")
            self.assertFalse(Click.add_click(tracker.code, **values))
            self.assertFalse(trace.links_click_datetime)
            with freeze_time(fields.Datetime.now() + timedelta(minutes=1)):
                self.give("mail_tracking", "tracking")
                self.assertTrue(Click.add_click(tracker.code, **values))

    def test_a_test_mail_cannot_object_for_a_customer(self):
        self.give()
        mailing = self.mailing(self.person)
        self.env["mailing.mailing.test"].create(
            {"email_to": "boss@shop.example", "mass_mailing_id": mailing.id}
        ).send_mail_test()
        message = self.sent[-1]
        self.assertNotIn("/privacy/unsubscribe/", str(message))


class TestMailingEvents(MailingCase):
    """What happens in Odoo's mass mailing becomes evidence."""

    def events(self, record):
        subject = self.env["rgpd.subject"]._of(record)
        return self.Event.search([("subject_id", "=", subject.id)])

    def subscription(self):
        mailing_list = self.env["mailing.list"].create({"name": "News"})
        contact = self.env["mailing.contact"].create(
            {"name": "Léa Essai", "email": "lea@client.example"}
        )
        return self.env["mailing.subscription"].create(
            {"list_id": mailing_list.id, "contact_id": contact.id}
        )

    def test_leaving_a_list_is_an_objection(self):
        subscription = self.subscription()
        contact = subscription.contact_id
        self.give(person=contact)
        self.assertAllowed("consent", person=contact)
        with freeze_time(fields.Datetime.now() + timedelta(minutes=1)):
            subscription.list_id._update_subscription_from_email(contact.email)
            self.assertDenied("objected", person=contact)
        event = self.events(contact)[0]
        self.assertEqual((event.decision, event.channel), ("objected", "email"))

    def test_the_blacklist_is_an_objection_of_all_who_have_the_address(self):
        lead = self.env["crm.lead"].create(
            {"name": "K", "email_from": "camille@client.example"}
        )
        self.env["mail.blacklist"]._add("camille@client.example")
        for record in (self.person, lead):
            self.assertEqual(self.events(record).decision, "objected")

    def test_the_blacklist_is_an_objection_of_an_archived_person_too(self):
        person = self.env["res.partner"].create(
            {
                "name": "Camille Essai",
                "email": "camille.essai@courriel.example",
                "active": False,
            }
        )
        self.env["mail.blacklist"].create({"email": person.email})
        person.active = True
        verdict = self.env["rgpd.contact.gate"]._check(
            person, "prospect_b2b_email", "email"
        )
        self.assertEqual(verdict[person.id]["code"], "objected")

    def test_a_fault_does_not_keep_anybody_on_a_list(self):
        subscription = self.subscription()

        def fail(*_args, **_values):
            raise UserError("broken")

        self.patch(type(self.env["rgpd.consent"]), "_record", fail)
        with self.assertLogs("odoo.addons.rgpd_fichier_client_mass_mailing") as logs:
            subscription.opt_out = True
        self.assertTrue(subscription.opt_out)
        self.assertNotIn("lea@", "".join(logs.output))

    def bounce(self):
        self.give()
        mailing = self.send(self.mailing(self.person))
        mailing.mailing_trace_ids.set_bounced(bounce_message="550 unknown")
        return mailing.mailing_trace_ids

    def test_a_bounce_is_an_event_and_no_choice(self):
        traces = self.bounce()
        event = self.events(self.person)[0]
        self.assertEqual(
            (event.decision, event.channel, event.actor, event.method),
            ("unreachable", "email", "system", "bounce"),
        )
        self.assertDenied("address_bounces")
        self.assertEqual(self.rows(), {("prospect_email_b2c", "email"): "given"})
        self.assertFalse(self.Event._verify())
        # An order is served all the same, and the same bounce counts once
        self.assertAllowed("service", "order", "email")
        traces.set_bounced()
        self.assertEqual(len(self.events(self.person)), 2)

    def test_another_address_works(self):
        self.bounce()
        self.person.email = "camille.new@client.example"
        self.assertAllowed("consent")
        self.person.email = "camille@client.example"
        self.assertDenied("address_bounces")

    def test_a_bounce_of_the_address_of_before_says_nothing(self):
        self.give()
        mailing = self.send(self.mailing(self.person))
        self.person.email = "camille.new@client.example"
        mailing.mailing_trace_ids.set_bounced()
        self.assertAllowed("consent")

    def test_a_mail_from_the_address_opens_it_again(self):
        self.bounce()
        self.env["mail.thread"]._routing_reset_bounce(
            None, {"email_from": '"Camille" <Camille@client.example>'}
        )
        self.assertAllowed("consent")
        self.assertEqual(self.events(self.person)[0].decision, "reachable")
