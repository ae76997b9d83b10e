from datetime import date

from freezegun import freeze_time

from odoo.fields import Command

from odoo.addons.base.models.ir_mail_server import IrMail_Server

from .consent_common import ConsentCase

SOURCE = "Fichier de Foire Exemple"


class FirstContactCase(ConsentCase):
    """Messages that really go through Odoo's sending, to a server that keeps them."""

    def setUp(self):
        super().setUp()
        self.sent = []
        self.patch(IrMail_Server, "_disable_send", lambda _self: False)
        self.patch(IrMail_Server, "_connect__", lambda *_args, **_kwargs: None)

        def send_email(_server, message, *_args, **_kwargs):
            self.sent.append(message)
            return message["Message-Id"]

        self.patch(IrMail_Server, "send_email", send_email)

    def write_to(self, *persons, record=None):
        """Send an ordinary message to persons, and return the bodies received."""
        self.sent.clear()
        record = record if record is not None else persons[0]
        record.with_context(mail_notify_force_send=True).message_post(
            body="Your question",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=[person.id for person in persons],
        )
        self.env["mail.mail"].search([("state", "=", "outgoing")]).send()
        return [m.get_body(("html",)).get_content() for m in self.sent]

    def shown(self, person=None):
        subject = self.env["rgpd.subject"]._of(person or self.person)
        return self.env["rgpd.notice.shown"].search([("subject_id", "=", subject.id)])


class TestFirstMail(FirstContactCase):
    """The first message to a person carries the short notice, once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.rgpd_first_mail_notice = True

    def test_the_first_message_and_only_the_first(self):
        [body] = self.write_to(self.person)
        self.assertIn("uses your contact details to answer you", body)
        row = self.shown()
        self.assertEqual((row.place, row.kind), ("first_mail", "mail"))
        self.assertNotIn("{", row.text)
        self.assertIn("/privacy/notice", body)
        [body] = self.write_to(self.person)
        self.assertNotIn("uses your contact details", body)
        self.assertEqual(len(self.shown()), 1)

    def test_in_the_language_of_the_person(self):
        self.person.lang = "fr_FR"
        [body] = self.write_to(self.person)
        self.assertNotIn("uses your contact details", body)
        self.assertIn("CNIL", body)
        self.assertEqual(self.shown().version_id.lang, "fr_FR")

    def test_who_was_told_already_is_not_told_again(self):
        order = self.env["sale.order"].create({"partner_id": self.person.id})
        order.action_quotation_sent()
        self.assertTrue(self.shown())
        [body] = self.write_to(self.person)
        self.assertNotIn("uses your contact details", body)

    def test_staff_and_companies_are_not_told(self):
        colleague = self.new_user("reader", login="first_mail").partner_id
        colleague.email = "colleague@shop.example"
        company = self.env["res.partner"].create(
            {"name": "SARL Exemple", "is_company": True, "email": "a@sarl.example"}
        )
        bodies = self.write_to(colleague, company, record=company)
        self.assertTrue(bodies)
        self.assertNotIn("uses your contact details", "".join(bodies))
        self.assertFalse(self.shown(company))

    def test_a_company_may_leave_it_out(self):
        self.company.rgpd_first_mail_notice = False
        [body] = self.write_to(self.person)
        self.assertNotIn("uses your contact details", body)
        self.assertFalse(self.shown())

    def test_a_message_that_did_not_leave_told_nobody(self):
        def fail(*_args, **_kwargs):
            raise ConnectionRefusedError

        self.patch(IrMail_Server, "send_email", fail)
        self.write_to(self.person)
        self.assertFalse(self.shown())

    def test_a_fault_stops_no_message(self):
        def fail(*_args):
            raise ValueError

        self.patch(type(self.env["rgpd.first.contact"]), "_get_due", fail)
        with self.assertLogs("odoo.addons.rgpd_fichier_client", "WARNING") as logs:
            [body] = self.write_to(self.person)
        self.assertIn("Your question", body)
        self.assertNotIn("Camille", "".join(logs.output))


@freeze_time("2026-03-05 10:00:00")
class TestFirstContact(FirstContactCase):
    """Who did not give their data is due at the first contact (Art. 14.3.b)."""

    def add(self, person=None):
        return self.env["rgpd.information"]._add(
            person or self.person,
            SOURCE,
            "prospect_postal",
            obtained_on=date(2026, 3, 2),
        )

    def test_one_month_first_contact_first_disclosure(self):
        row = self.add()
        self.assertEqual(row.due_on, date(2026, 4, 2))
        row.first_disclosure_on = date(2026, 3, 20)
        self.assertEqual(row.due_on, date(2026, 3, 20))
        row.first_contact_on = date(2026, 3, 12)
        self.assertEqual(row.due_on, date(2026, 3, 12))
        row.first_disclosure_on = date(2026, 3, 9)
        self.assertEqual(row.due_on, date(2026, 3, 9))

    def test_an_ordinary_message_is_a_contact(self):
        row = self.add()
        [body] = self.write_to(self.person)
        self.assertNotIn(SOURCE, body)
        self.assertEqual(row.first_contact_on, date(2026, 3, 5))
        self.assertEqual(row.due_on, date(2026, 3, 5))
        self.assertEqual(row.state, "waiting")

    def test_it_carries_the_notice_when_notices_leave_by_themselves(self):
        self.company.rgpd_inform_by_mail = True
        row = self.add()
        [body] = self.write_to(self.person)
        self.assertIn(SOURCE, body)
        self.assertEqual(row.state, "informed")
        self.assertEqual(row.first_contact_on, date(2026, 3, 5))
        self.assertEqual(row.shown_id.place, "first_mail")
        [body] = self.write_to(self.person)
        self.assertNotIn(SOURCE, body)

    def test_a_message_to_somebody_else_is_none(self):
        row = self.add()
        other = self.new_person("Luc Essai", "luc@client.example")
        self.write_to(other, record=self.person)
        self.assertFalse(row.first_contact_on)

    def test_a_message_that_did_not_leave_is_none(self):
        def fail(*_args, **_kwargs):
            raise ConnectionRefusedError

        row = self.add()
        self.patch(IrMail_Server, "send_email", fail)
        self.write_to(self.person)
        self.assertFalse(row.first_contact_on)

    def test_a_quotation_that_is_sent_is_a_contact(self):
        row = self.add()
        product = self.env["product.product"].create({"name": "Bench"})
        order = self.env["sale.order"].create(
            {
                "partner_id": self.person.id,
                "order_line": [Command.create({"product_id": product.id})],
            }
        )
        self.assertFalse(row.first_contact_on)
        order.action_quotation_sent()
        self.assertEqual(row.first_contact_on, date(2026, 3, 5))
        self.assertEqual(row.due_on, date(2026, 3, 5))

    def test_the_first_contact_stays_the_first(self):
        row = self.add()
        self.write_to(self.person)
        with freeze_time("2026-03-08 10:00:00"):
            self.write_to(self.person)
        self.assertEqual(row.first_contact_on, date(2026, 3, 5))

    def test_a_task_is_made_the_same_day(self):
        self.new_user("dpo", login="first_dpo")
        row = self.add()
        self.write_to(self.person)
        with self.enter_registry_test_mode():
            cron = self.env.ref("rgpd_fichier_client.rgpd_information_cron_inform")
            cron.method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(len(row.activity_ids), 1)
        self.assertEqual(row.activity_ids.date_deadline, date(2026, 3, 5))
