"""Warned before the end: the salesperson once, the person once and if reachable."""

import re
from datetime import timedelta
from itertools import product

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from odoo.addons.rgpd_fichier_client.core.retention import warning as core

from ..common import new_rgpd_user
from .retention_common import RetentionCase

MAIL = "prospect_email_b2c"


class EndWarningCase(RetentionCase):
    """A prospect whose three years end within the month, and their salesperson."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Warning = cls.env["rgpd.end.warning"]
        cls.env.ref("rgpd_fichier_client.fact_rgpd_letter_stay").active = True
        cls.dpo = cls.new_user("dpo", groups="sales_team.group_sale_manager")
        cls.seller = new_rgpd_user(
            cls.env, "reader", login="seller", groups="sales_team.group_sale_salesman"
        )
        cls.company.write({"rgpd_warning_days": 30, "rgpd_stay_question": True})
        cls.person = cls.new_prospect("Camille Reste", "camille@client.example")
        cls.refresh(cls.person)

    @classmethod
    def new_prospect(cls, name, email, collected="2023-12-10", consents=True, **vals):
        person = cls.new_person(
            name,
            collected,
            email=email,
            lang="en_US",
            user_id=cls.seller.id,
            company_id=cls.company.id,
            **vals,
        )
        if consents:
            version = cls.env["rgpd.notice"]._get_version(MAIL, "email")
            cls.env["rgpd.consent"]._record(
                person, MAIL, "email", "given", version=version
            )
        return person

    def approve(self):
        simulation = self.env["rgpd.simulation"].with_user(self.dpo).create({})
        simulation.action_compute()
        simulation.confirm_count = simulation.erase_count
        simulation.action_approve()

    def warn(self):
        with self.enter_registry_test_mode():
            self.env.ref(
                "rgpd_fichier_client.rgpd_end_warning_cron"
            ).method_direct_trigger()
        self.env.invalidate_all()

    def get_warnings(self, person=None):
        subject = self.subject(person or self.person)
        return self.Warning.search([("subject_id", "=", subject.id)])

    def get_mail(self, person=None):
        email = (person or self.person).email
        return self.env["mail.mail"].search([("email_to", "like", email)])

    def get_activities(self, person=None):
        return self.env["mail.activity"].search(
            [
                ("res_model", "=", "res.partner"),
                ("res_id", "=", (person or self.person).id),
                ("user_id", "=", self.seller.id),
            ]
        )


class TestEndWarning(EndWarningCase):
    def test_nothing_before_the_approval(self):
        self.warn()
        self.assertFalse(self.Warning.search([]))
        self.assertFalse(self.get_activities())
        self.assertFalse(self.get_mail())

    def test_the_salesperson_is_told_once_with_date_and_reason(self):
        self.approve()
        self.warn()
        self.warn()
        with freeze_time("2026-11-24 09:00:00"):
            self.warn()
        activity = self.get_activities()
        self.assertEqual(len(activity), 1)
        self.assertEqual(activity.date_deadline, fields.Date.to_date("2026-12-10"))
        self.assertIn("Will be erased after 12/10/2026", activity.summary)
        self.assertIn("kept until 12/10/2026", activity.note)
        for text in (activity.summary, activity.note):
            self.assertNotIn("Camille", text)
        self.assertEqual(self.get_warnings().user_id, self.seller)
        # a list to work on, not one mail per person
        self.assertFalse(
            self.env["mail.mail"].search([("email_to", "like", self.seller.email)])
        )

    def test_the_person_is_asked_once_in_all_its_elements(self):
        self.approve()
        self.warn()
        self.warn()
        mail = self.get_mail()
        self.assertEqual(len(mail), 1)
        warning = self.get_warnings()
        self.assertEqual((warning.state, bool(warning.date_asked)), ("asked", True))
        self.assertEqual(mail.rgpd_purpose_code, MAIL)
        self.assertEqual((mail.model, mail.res_id), ("res.partner", self.person.id))
        body = re.sub(r"\s+", " ", mail.body_html)
        for text in (
            "We have not heard from you for a long time",
            "yours will be deleted on December 11, 2026",
            "would you like us to stay in touch?",
            "Without an answer from you, your data are deleted on that day",
            "No, erase my data now",
            "I object",
            "the only message",
            self.company.name,
        ):
            self.assertIn(text, body)
        for choice in ("stay", "erase", "object"):
            self.assertRegex(body, rf'href="[^"]*/rgpd/letter/[^"]+/{choice}"')
        # nobody who reads the contact's messages can answer in their stead
        for message in self.person.message_ids:
            self.assertNotIn("/rgpd/letter/", message.body or "")
        # signed as a message about offers: one-click objection
        [email] = mail._prepare_outgoing_list()
        self.assertIn("List-Unsubscribe", email["headers"])

    def test_the_last_contact_is_said(self):
        self.person.message_post(
            body="Bonjour", author_id=self.person.id, message_type="email"
        )
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE mail_message SET date = %s WHERE author_id = %s",
                "2023-12-15 10:00:00",
                self.person.id,
            )
        )
        self.approve()
        self.warn()
        self.assertIn("December 15, 2023", self.get_mail().body_html)
        self.assertIn("deleted on December 16, 2026", self.get_mail().body_html)

    def test_off_by_default(self):
        self.assertFalse(
            self.env["res.company"].create({"name": "X"}).rgpd_stay_question
        )
        self.company.rgpd_stay_question = False
        self.approve()
        self.warn()
        self.assertEqual(len(self.get_activities()), 1)
        self.assertFalse(self.get_mail())
        self.assertEqual(self.get_warnings().refusal_code, "not_wanted")

    def test_without_days_nobody_is_warned(self):
        self.company.rgpd_warning_days = 0
        self.approve()
        self.warn()
        self.assertFalse(self.get_warnings())

    def test_the_days_of_the_company(self):
        self.company.rgpd_warning_days = 10
        self.approve()
        self.warn()
        self.assertFalse(self.get_warnings())
        with freeze_time("2026-12-01 09:00:00"):
            self.warn()
        self.assertEqual(self.get_warnings().date_warned.isoformat(), "2026-12-01")

    def test_the_contact_check_decides(self):
        """No consent, or an objection: nobody writes; the salesperson knows."""
        other = self.new_prospect("Léo Muet", "leo@client.example", consents=False)
        opposed = self.new_prospect("Ines Non", "ines@client.example")
        self.env["rgpd.consent"]._record(opposed, MAIL, "email", "objected")
        self.approve()
        self.warn()
        for person in (other, opposed):
            with self.subTest(person.name):
                self.assertFalse(self.get_mail(person))
        self.assertIn("No purpose", self.get_warnings(other).refusal_text)
        self.assertTrue(self.get_activities(other))

    def test_an_objection_before_the_mail_leaves_stops_it(self):
        self.approve()
        self.warn()
        mail = self.get_mail()
        self.env["rgpd.consent"]._record(self.person, None, "all", "objected")
        mail.send()
        self.assertEqual(mail.state, "cancel")

    def test_a_yes_is_a_contact_and_moves_the_end(self):
        self.approve()
        self.warn()
        self.get_warnings().letter_id._stay()
        self.env.invalidate_all()
        warning = self.get_warnings()
        self.assertEqual((warning.state, bool(warning.date_answered)), ("stayed", True))
        subject = self.subject(self.person)
        self.assertEqual(subject.date_last_contact.isoformat(), "2026-11-23")
        self.assertEqual(subject.date_retention.isoformat(), "2029-11-23")
        self.assertFalse(self.get_activities())
        self.warn()
        self.assertEqual(len(self.get_warnings()), 1)
        # three years later it is another term: one message again
        with freeze_time("2029-11-01 09:00:00"):
            self.warn()
        self.assertEqual(len(self.get_warnings()), 2)

    def test_asked_to_be_erased(self):
        self.approve()
        self.warn()
        request = self.get_warnings().letter_id._ask_erasure()
        self.assertEqual(request.item_ids.mapped("right"), ["erasure"])
        self.assertEqual(self.get_warnings().state, "erasure")

    def test_one_message_per_term(self):
        """A rule that moves the end by some days does not make a second message."""
        self.approve()
        self.warn()
        subject = self.subject(self.person)
        self.env.flush_all()
        purposes = subject.reason_ids.purpose_id.filtered("is_prospecting")
        purposes.write({"active_delay": 1100, "active_unit": "day"})
        self.refresh(self.person)
        self.assertNotEqual(subject.date_next.isoformat(), "2026-12-10")
        self.approve()
        self.warn()
        self.assertEqual(len(self.get_warnings()), 2)
        self.assertEqual(
            self.get_warnings().mapped("refusal_code"), [False, "asked_before"]
        )
        self.assertEqual(len(self.get_mail()), 1)

    def test_silence_means_erasure(self):
        self.approve()
        self.warn()
        letter = self.get_warnings().letter_id
        self.assertIn("camille", letter.recipient_email)
        self.assertTrue(letter.with_context(bin_size=True).is_intact)
        with freeze_time("2026-12-11 09:00:00"):
            self.env["rgpd.reason"]._refresh(self.person)
            erasure = self.env["rgpd.eraser"]._erase(self.person, "retention")
            self.assertEqual(erasure.state, "masked")
            self.warn()
        self.assertNotIn("Camille", self.person.name)
        self.assertEqual(self.get_warnings().state, "ended")
        self.assertFalse(self.get_activities())
        # the message itself names nobody any more
        letter.invalidate_recordset()
        self.assertFalse(letter.recipient_email or letter.recipient_name)
        self.assertFalse(letter.sent_body or letter.pdf_id)

    def test_who_came_back_otherwise_is_let_go(self):
        self.approve()
        self.warn()
        self.new_order(self.person, "2026-11-22")
        self.refresh(self.person)
        self.warn()
        self.assertEqual(self.get_warnings().state, "postponed")
        self.assertFalse(self.get_activities())

    def test_a_customer_goes_to_the_archive_and_the_message_says_so(self):
        customer = self.new_prospect("Hugo Acheteur", "hugo@client.example")
        self.new_order(customer, "2023-12-12")
        self.new_invoice(customer, "2023-12-12")
        self.refresh(customer)
        self.approve()
        self.warn()
        warning = self.get_warnings(customer)
        self.assertEqual(warning.fate, "archive")
        self.assertIn("restricted archive", self.get_mail(customer).body_html)
        self.assertNotIn("are deleted on that day", self.get_mail(customer).body_html)
        self.assertIn("Leaves the daily file", self.get_activities(customer).summary)

    def test_too_late_to_answer(self):
        with freeze_time("2026-12-05 09:00:00"):
            self.approve()
            self.warn()
        self.assertTrue(self.get_activities())
        self.assertEqual(self.get_warnings().refusal_code, "too_late")

    def test_an_open_request_waits_for_its_answer(self):
        self.env["rgpd.request"]._open_for(self.person, "access")
        self.approve()
        self.warn()
        self.assertFalse(self.get_warnings())

    def test_one_failure_stops_nobody_else(self):
        broken = self.new_prospect("Zoé Cassée", "zoe@client.example")
        self.approve()
        original = type(self.Warning)._ask_person

        def fail(warning):
            if warning.subject_id == self.subject(broken):
                raise ZeroDivisionError
            return original(warning)

        self.patch(type(self.Warning), "_ask_person", fail)
        with self.assertLogs("odoo.addons.rgpd_fichier_client", "WARNING") as logs:
            self.warn()
        self.assertNotIn("Zoé", str(logs.output))
        self.assertEqual(self.get_warnings(broken).refusal_code, "failed")
        self.assertFalse(self.get_activities(broken))
        self.assertEqual(self.get_warnings().state, "asked")

    def test_the_statement_says_what_the_core_says(self):
        """The fate written by SQL is that of ``core.retention.warning``."""
        end = fields.Date.to_date("2026-12-10")
        purpose = self.env["rgpd.purpose"].search([], limit=1)
        subject = self.subject(self.person)
        self.approve()
        for days, action in product((0, 1, None), ("delete", "review", "archive")):
            kept = None if days is None else end + timedelta(days=days)
            purpose.end_action = action
            subject.write(
                {
                    "phase": "active",
                    "date_next": end,
                    "date_retention": kept,
                    "last_purpose_id": purpose.id,
                }
            )
            self.env.flush_all()
            row = self.Warning._insert(subject, self.company, self.company)
            with self.subTest(days=days, action=action):
                self.assertEqual(row.fate, core.fate_of(end, kept, action))
            row.unlink()

    def test_rights(self):
        self.approve()
        self.warn()
        warning = self.get_warnings()
        reader = warning.with_user(self.seller)
        self.assertEqual(reader.state, "asked")
        for operation in ("write", "create", "unlink"):
            for user in (self.seller, self.dpo):
                self.assertFalse(warning.with_user(user).has_access(operation))
        other = self.env["res.company"].create({"name": "Autre"})
        foreigner = new_rgpd_user(
            self.env,
            "reader",
            login="foreign",
            company_id=other.id,
            company_ids=[fields.Command.set(other.ids)],
        )
        self.assertFalse(self.Warning.with_user(foreigner).search([]))

    def test_bad_days_are_refused(self):
        for days in (-1, 366):
            with self.assertRaises(ValidationError):
                self.company.rgpd_warning_days = days
