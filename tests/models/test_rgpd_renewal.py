from datetime import timedelta
from unittest.mock import patch

from lxml import html

from odoo import fields
from odoo.exceptions import UserError

from .consent_common import MAIL, PHONE, SMS, ConsentCase


class RenewalCase(ConsentCase):
    """A consent to be called that ends in a month, given to somebody with e-mail."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.past = fields.Datetime.now() - timedelta(days=335)
        cls.officer = cls.new_user("officer", login="renewal_officer")

    def agree(self, person=None, mail=True):
        event = self.give(PHONE, "phone", person=person, moment=self.past)
        if mail:
            self.give(person=person, moment=self.past)
        return event

    def campaign(self, **values):
        renewal = self.env["rgpd.renewal"].with_user(self.officer).create(values)
        renewal.action_prepare()
        return renewal

    def send(self):
        """Run the cron as Odoo does; Odoo's own queue does not send the mails."""
        cron = self.env.ref("rgpd_fichier_client.rgpd_renewal_cron_send")
        with (
            self.enter_registry_test_mode(),
            patch.object(type(self.env["mail.mail"]), "send"),
        ):
            cron.method_direct_trigger()
        self.env.invalidate_all()

    def mails(self):
        return self.env["mail.mail"].search([("subject", "ilike", "go on contacting")])

    def reasons(self, renewal):
        return {line.subject_id.res_id: line.code for line in renewal.sudo().line_ids}


class TestWhoIsAsked(RenewalCase):
    def test_the_preview_says_who_and_why_not(self):
        self.agree()
        others = {}
        for reason in ("no_mail", "objected", "withdrawn", "elsewhere", "late"):
            others[reason] = self.new_person(
                f"Essai {reason}", f"{reason}@client.example", False
            )
            others[reason].phone = f"+336399810{len(others):02}"
        for reason, person in others.items():
            if reason == "late":
                self.give(PHONE, "phone", person=person)
            else:
                self.agree(person, mail=reason != "no_mail")
        self.record("objected", None, "email", person=others["objected"])
        self.record("withdrawn", PHONE, "phone", person=others["withdrawn"])
        twin = self.new_person(
            "Essai elsewhere", "twin@client.example", others["elsewhere"].phone
        )
        self.record("objected", None, "phone", person=twin)
        renewal = self.campaign()
        self.assertEqual(renewal.state, "ready")
        reasons = self.reasons(renewal)
        self.assertEqual(
            reasons,
            {
                self.person.id: False,
                others["no_mail"].id: "renewal_no_mail",
                others["objected"].id: "renewal_no_mail",
                others["elsewhere"].id: "objected",
            },
        )
        self.assertEqual((renewal.waiting_count, renewal.excluded_count), (1, 3))
        self.assertTrue(all(renewal.excluded_line_ids.mapped("sentence")))
        self.assertFalse(self.mails())

    def test_the_texts_nobody_knows(self):
        self.record("given")
        self.assertFalse(self.reasons(self.campaign()))
        renewal = self.campaign(with_unknown_text=True)
        self.assertEqual(self.reasons(renewal), {self.person.id: False})

    def test_a_child_whose_consent_is_void_is_not_asked(self):
        self.agree()
        self.env["rgpd.subject"]._of(self.person).is_minor = True
        self.assertEqual(
            self.reasons(self.campaign()), {self.person.id: "person_minor"}
        )

    def test_each_company_asks_its_own(self):
        self.agree()
        other = self.env["res.company"].create({"name": "Autre Maison"})
        renewal = self.env["rgpd.renewal"].create({"company_id": other.id})
        renewal.action_prepare()
        self.assertFalse(renewal.line_ids)


class TestOneMessage(RenewalCase):
    def start(self, **values):
        renewal = self.campaign(**values)
        renewal.action_start()
        self.send()
        return renewal

    def test_one_message_with_the_link_and_the_way_out(self):
        event = self.agree()
        renewal = self.start()
        self.assertEqual((renewal.state, renewal.asked_count), ("done", 1))
        mail = self.mails()
        self.assertEqual(mail.email_to, "camille@client.example")
        self.assertEqual(mail.rgpd_purpose_code, MAIL)
        self.assertTrue(mail.auto_delete)
        text = html.fromstring(mail.body_html).text_content()
        self.assertIn("If you do nothing, your agreement ends", text)
        [url] = html.fromstring(mail.body_html).xpath("//a/@href")
        self.assertIn("/privacy/preferences/", url)
        emails = mail._prepare_outgoing_list()
        self.assertIn("/privacy/unsubscribe/", emails[0]["headers"]["List-Unsubscribe"])
        entry = self.env["rgpd.journal"].search(
            [("kind", "=", "renewal.asked")], order="id desc", limit=1
        )
        self.assertEqual(entry.payload["consent"], event.uid)
        # The journal still vouches for the consent itself
        self.assertFalse(self.Event._verify())

    def test_all_that_one_person_is_asked_is_in_one_message(self):
        self.agree()
        self.record("given", SMS, "sms")
        self.start(with_unknown_text=True)
        self.assertEqual(len(self.mails()), 1)
        text = html.fromstring(self.mails().body_html).text_content()
        self.assertIn("no longer have the text", text)

    def test_nobody_is_asked_twice(self):
        self.agree()
        self.start()
        self.assertEqual(
            self.reasons(self.campaign()), {self.person.id: "renewal_asked"}
        )
        # Two campaigns prepared at the same time: the second leaves them out
        other = self.new_person("Luc Essai", "luc@client.example", "+33639981090")
        self.agree(other)
        first, second = self.campaign(), self.campaign()
        first.action_start()
        second.action_start()
        self.send()
        lines = (
            (first | second)
            .sudo()
            .line_ids.filtered(lambda line: line.subject_id.res_id == other.id)
        )
        self.assertEqual(sorted(lines.mapped("state")), ["asked", "excluded"])
        self.assertEqual(len(self.mails()), 2)

    def test_a_no_between_the_preview_and_the_sending_counts(self):
        self.agree()
        renewal = self.campaign()
        renewal.action_start()
        self.record("objected", None, "all")
        self.send()
        self.assertFalse(self.mails())
        self.assertEqual(self.reasons(renewal), {self.person.id: "objected"})
        self.assertEqual(renewal.state, "done")

    def test_a_no_between_the_message_and_its_leaving_counts(self):
        self.agree()
        self.start()
        mail = self.mails()
        self.record("objected", None, "all")
        with patch.object(type(mail), "_send") as sending:
            mail.send()
        sending.assert_not_called()
        self.assertEqual(mail.state, "cancel")

    def test_the_answer_is_read_from_the_choices(self):
        self.agree()
        renewal = self.start()
        line = renewal.asked_line_ids
        self.assertEqual(line.answer, "none")
        self.give(PHONE, "phone", actor="self", moment=fields.Datetime.now())
        line.invalidate_recordset(["answer"])
        self.assertEqual(line.answer, "yes")
        self.record("withdrawn", PHONE, "phone")
        line.invalidate_recordset(["answer"])
        self.assertEqual(line.answer, "no")

    def test_what_was_started_is_not_changed_nor_removed(self):
        self.agree()
        renewal = self.start()
        with self.assertRaises(UserError):
            renewal.ends_before = fields.Date.today()
        with self.assertRaises(UserError):
            renewal.unlink()
        with self.assertRaises(UserError):
            renewal.action_prepare()
        with self.assertRaises(UserError):
            self.campaign(purpose_id=renewal.purpose_id.id).action_start()

    def test_changing_whom_it_is_about_asks_for_a_new_preview(self):
        self.agree()
        renewal = self.campaign()
        renewal.channel = "sms"
        self.assertEqual(renewal.state, "draft")
        with self.assertRaises(UserError):
            renewal.action_start()


class TestManyPersons(RenewalCase):
    def test_the_cron_takes_them_in_batches(self):
        people = self.person.browse()
        for number in range(60):
            people |= self.new_person(
                f"Essai {number}", f"r{number}@client.example", f"+336399811{number:02}"
            )
        for person in people:
            self.agree(person)
        renewal = self.campaign()
        self.assertEqual(renewal.waiting_count, 60)
        renewal.action_start()
        self.send()
        self.assertEqual((renewal.state, renewal.asked_count), ("done", 60))
        self.assertEqual(len(self.mails()), 60)
