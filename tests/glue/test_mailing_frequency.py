from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import freeze_time

from odoo.addons.base.models.ir_mail_server import IrMail_Server

from ..models.consent_common import SMS
from .mailing_common import MailingCase
from .test_sms_gate import SmsGateCase


def wish(people, frequency="week"):
    """Let people say how often they wish to hear of the company."""
    for subject in people.env["rgpd.subject"]._of(people):
        people.env["rgpd.preference"]._set(subject, people.env.company, frequency, None)


class TestMailingFrequency(MailingCase):
    """Two mailings in a week: the second leaves out exactly who asked for fewer."""

    def setUp(self):
        super().setUp()
        self.list = self.people(6)
        for person in self.list:
            self.give(person=person)
        self.weekly, self.monthly = self.list[:2], self.list[2:3]
        wish(self.weekly)
        wish(self.monthly, "month")
        wish(self.list[3], "any")

    def after(self, **values):
        return freeze_time(fields.Datetime.now() + timedelta(**values))

    def emails(self, people):
        return sorted(people.mapped("email"))

    def test_the_second_mailing_leaves_out_exactly_those(self):
        with self.after(minutes=1):
            self.send(self.mailing(self.list))
        self.assertEqual(self.receivers(), self.emails(self.list))
        self.sent.clear()
        wishing = self.weekly | self.monthly
        with self.after(days=3):
            mailing = self.mailing(self.list)
            report = mailing.with_user(self.marketer).rgpd_report
            self.assertEqual((report["total"], report["allowed"]), (6, 3))
            [line] = report["lines"]
            self.assertEqual((line["code"], line["count"]), ("too_soon", 3))
            self.assertNotIn("202", line["sentence"], "no day of one person")
            action = mailing.action_rgpd_open_excluded("too_soon")
            found = self.env[action["res_model"]].search(action["domain"])
            self.assertEqual(found, wishing)
            self.send(mailing)
        self.assertEqual(self.receivers(), self.emails(self.list - wishing))
        codes = self.codes(mailing)
        self.assertEqual(
            {codes[person.id] for person in wishing}, {("cancel", "too_soon")}
        )
        self.sent.clear()
        with self.after(days=8):
            self.send(self.mailing(self.list))
        self.assertEqual(self.receivers(), self.emails(self.list - self.monthly))

    def test_two_offers_of_one_queue(self):
        """Both were allowed when they were written; one leaves."""
        mails = self.env["mail.mail"].create(
            [
                {
                    "subject": f"Offer {number}",
                    "body_html": "<p>Autumn</p>",
                    "email_to": person.email,
                    "model": "res.partner",
                    "res_id": person.id,
                    "rgpd_purpose_code": "prospect_email_b2c",
                    "rgpd_company_id": self.company.id,
                }
                for number in (1, 2)
                for person in (self.weekly[0], self.list[5])
            ]
        )
        with self.after(minutes=1):
            mails.send()
        self.assertEqual(mails.mapped("state"), ["sent", "sent", "cancel", "sent"])
        self.assertEqual(mails[2].rgpd_verdict_code, "too_soon")

    def test_what_did_not_leave_counts_for_nothing(self):
        def fail(*_args, **_kwargs):
            raise OSError("no server")

        with self.after(minutes=1):
            with patch.object(IrMail_Server, "send_email", fail):
                mailing = self.send(self.mailing(self.weekly))
            self.assertFalse(
                self.env["rgpd.preference"].search([("offered_at", "!=", False)])
            )
            failed = self.env["mail.mail"].search([("mailing_id", "=", mailing.id)])
            failed.write({"state": "outgoing"})
            failed.send()
        self.assertEqual(self.receivers(), self.emails(self.weekly))

    def test_the_mail_of_an_order_neither_waits_nor_counts(self):
        person = self.weekly[0]
        values = {
            "subject": "Your order",
            "body_html": "<p>It is on its way.</p>",
            "email_to": person.email,
            "model": "res.partner",
            "res_id": person.id,
        }
        self.env["mail.mail"].create(values).send()
        self.assertFalse(
            self.env["rgpd.preference"].search([("offered_at", "!=", False)])
        )
        with self.after(minutes=1):
            self.send(self.mailing(person))
        with self.after(days=1):
            self.env["mail.mail"].create(values).send()
        self.assertEqual(len(self.sent), 3)


class TestSmsFrequency(SmsGateCase):
    """The wish holds for SMS too, and across both channels."""

    def test_the_second_sms_leaves_out_exactly_those(self):
        self.agree(*self.people)
        wish(self.people[:2])
        with self.later(), self.mockSMSGateway():
            self.offer(self.people).action_send_sms()
            self.run_queue()
            self.assertEqual(self.receivers(), self.numbers(self.people))
        self.assertEqual(
            self.Gate._check(self.people, SMS, "sms")[self.people[0].id]["code"],
            "too_soon",
        )
        with freeze_time(fields.Datetime.now() + timedelta(days=2)):
            with self.mockSMSGateway():
                self.offer(self.people).action_send_sms()
                self.run_queue()
                self.assertEqual(self.receivers(), self.numbers(self.people[2:]))

    def test_two_offers_of_one_queue(self):
        self.agree(*self.people)
        wish(self.people[:1])
        with self.later(), self.mockSMSGateway():
            for _number in range(2):
                self.offer(self.people[:2]).action_send_sms()
            self.run_queue()
            once, twice = (self.numbers(person) for person in self.people[:2])
            self.assertEqual(self.receivers(), sorted(once + 2 * twice))
