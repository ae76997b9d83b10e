from datetime import date
from email.message import EmailMessage

from freezegun import freeze_time

from odoo import fields

from odoo.addons.base.models.ir_mail_server import IrMail_Server

from .test_rgpd_first_contact import SOURCE, FirstContactCase

REPORT = """Return-Path: <>
From: MAILER-DAEMON@relay.example
To: bounce@shop.example
Subject: Undelivered Mail
Message-Id: <report-{number}@relay.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="cut"

--cut
Content-Type: text/plain

Not delivered.

--cut
Content-Type: message/delivery-status

Reporting-MTA: dns; relay.example

{recipients}
{original}--cut--
"""
RECIPIENT = """Final-Recipient: rfc822; {email}
Action: {action}
Status: {status}
"""
ORIGINAL = """--cut
Content-Type: text/rfc822-headers

Message-Id: {ref}
Subject: x

"""


REPLY = """From: camille@client.example
To: bounce@shop.example
Subject: Re: my data
Message-Id: <reply@client.example>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; boundary="cut"

--cut
Content-Type: text/plain

I am away.

{original}--cut--
"""


class ReturnedCase(FirstContactCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.new_user("dpo", login="returned_dpo")
        cls.dpo = cls.company._get_rgpd_dpo_user()
        cls.company.write({"rgpd_inform_by_mail": True, "email": "shop@shop.example"})

    def add(self, person=None):
        return self.env["rgpd.information"]._add(
            person or self.person,
            SOURCE,
            "prospect_postal",
            obtained_on=date(2026, 3, 2),
        )

    def run_queue(self):
        self.env["mail.mail"].search([("state", "=", "outgoing")]).send()

    def report(
        self,
        ref,
        email="camille@client.example",
        action="failed",
        status="5.1.1",
        others=(),
    ):
        """Let a report of non-delivery come in as a mail server sends it.

        :param others: ``(e-mail, action)`` of recipients the report names first
        """
        recipients = [*((*other, "5.1.1") for other in others), (email, action, status)]
        text = REPORT.format(
            number=fields.Datetime.now().timestamp(),
            recipients="\n".join(
                RECIPIENT.format(email=email, action=action, status=status)
                for email, action, status in recipients
            ),
            original=ORIGINAL.format(ref=ref) if ref else "",
        )
        self.env["mail.thread"].message_process("res.partner", text)

    def run_cron(self):
        with self.enter_registry_test_mode():
            cron = self.env.ref("rgpd_fichier_client.rgpd_information_cron_inform")
            cron.method_direct_trigger()
        self.env.invalidate_all()


@freeze_time("2026-03-30 08:00:00")
class TestNoticeReturned(ReturnedCase):
    """A notice that is not delivered has told nobody (Art. 14)."""

    def send(self, row):
        self.assertTrue(row._send())
        self.run_queue()
        self.assertEqual(row.state, "informed")
        return self.sent[-1]["Message-Id"]

    def test_told_when_it_has_left_and_not_before(self):
        row = self.add()
        row.action_send()
        self.assertEqual((row.state, row.is_leaving), ("waiting", True))
        row.action_send()
        self.assertEqual(
            self.env["mail.mail"].search_count([("rgpd_information_id", "=", row.id)]),
            1,
            "one is enough",
        )
        self.run_queue()
        row.invalidate_recordset()
        self.assertEqual((row.state, row.is_leaving), ("informed", False))
        self.assertIn(SOURCE, row.shown_id.text)

    def test_the_text_that_left_is_the_proof(self):
        row = self.add()
        row._send()
        row.source = "Another Fair"
        self.run_queue()
        self.assertIn(SOURCE, row.shown_id.text)

    def test_what_could_not_leave_is_a_task_and_is_not_tried_every_night(self):
        def fail(*_args, **_kwargs):
            raise ConnectionRefusedError

        row = self.add()
        with self.subTest("the server refuses"):
            self.patch(IrMail_Server, "send_email", fail)
            row._send()
            self.run_queue()
            self.assertEqual(row.state, "waiting")
            self.assertFalse(self.shown())
            self.assertEqual(row.activity_ids.user_id, self.dpo)
        self.run_cron()
        mails = self.env["mail.mail"].search([("rgpd_information_id", "=", row.id)])
        self.assertEqual(mails.mapped("state"), ["exception"])
        row.action_send()
        mails = self.env["mail.mail"].search([("rgpd_information_id", "=", row.id)])
        self.assertEqual(mails.mapped("state"), ["outgoing"], "staff may try again")

    def test_who_was_told_otherwise_or_need_not_be_gets_no_mail(self):
        other = self.new_person("Luc Essai", "luc@client.example")
        told, exempt = self.add(), self.add(other)
        (told._send(), exempt._send())
        told._close(told._get_version(), "spoken")
        exempt.write({"exemption": "known", "exemption_note": "Told by the fair."})
        exempt.action_exempt()
        self.run_queue()
        self.assertFalse(self.sent)
        self.assertEqual((told.state, exempt.state), ("informed", "exempt"))

    def test_a_queue_that_stands_still_is_a_task(self):
        row = self.add()
        self.run_cron()
        self.assertEqual((row.is_leaving, len(row.activity_ids)), (True, 0))
        with freeze_time("2026-04-03 08:00:00"):  # the month has passed
            self.env.invalidate_all()
            self.run_cron()
            self.run_cron()
            self.assertEqual((row.state, row.is_leaving), ("waiting", True))
            self.assertEqual(len(row.activity_ids), 1)
            self.assertEqual(row.activity_ids.date_deadline, date(2026, 4, 3))
        self.run_queue()
        self.assertEqual((row.state, len(row.activity_ids)), ("informed", 0))

    def test_what_reached_nobody_told_nobody(self):
        row = self.add()
        row._send()
        mail = self.env["mail.mail"].search([("rgpd_information_id", "=", row.id)])
        mail._postprocess_sent_message(success_pids=[], success_emails=[])
        self.assertEqual((row.state, row.shown_id.id), ("waiting", False))
        self.assertEqual(row.activity_ids.user_id, self.dpo)

    def test_a_report_makes_the_person_due_again_and_tells_staff(self):
        row = self.add()
        ref = self.send(row)
        shown = row.shown_id
        with freeze_time("2026-04-04 08:00:00"):
            self.report(ref)
            self.assertEqual((row.state, row.shown_id.id), ("waiting", False))
            self.assertEqual(row.returned_id, shown)
            self.assertEqual(shown.returned_on, fields.Datetime.now())
            row.invalidate_recordset()
            self.assertTrue(row.is_late, "the month has passed")
            self.assertEqual(row.activity_ids.user_id, self.dpo)
            self.assertEqual(row.activity_ids.date_deadline, date(2026, 4, 4))
            self.assertNotIn("Camille", row.activity_ids.summary)
            # the night neither writes to that address again nor makes a second task
            self.run_cron()
            self.assertEqual((row.state, len(row.activity_ids)), ("waiting", 1))
            self.assertFalse(
                self.env["mail.mail"].search([("rgpd_information_id", "=", row.id)])
            )
        self.assertTrue(self.person.rgpd_email_bounces)

    def test_told_otherwise_the_second_showing_is_of_its_own_day(self):
        row = self.add()
        self.report(self.send(row))
        first = row.returned_id
        self.person.email = "new@client.example"
        with freeze_time("2026-04-06 08:00:00"):
            self.send(row)
            self.assertEqual(row.informed_on, fields.Datetime.now())
        self.assertNotEqual(row.shown_id, first)
        self.assertEqual(row.shown_id.version_id, first.version_id)
        self.assertFalse(row.activity_ids)

    def test_a_delay_is_no_failure(self):
        row = self.add()
        self.report(self.send(row), action="delayed")
        self.assertEqual(row.state, "informed")

    def test_a_report_on_another_message_says_nothing(self):
        row = self.add()
        self.send(row)
        self.report("<another@shop.example>")
        self.assertEqual(row.state, "informed")

    def test_a_report_without_number_proves_nothing_and_staff_look_into_it(self):
        row = self.add()
        self.send(row)
        with freeze_time("2026-04-06 08:00:00"):
            self.report(None)
        self.assertFalse(row.activity_ids, "too late to be about it")
        with freeze_time("2026-03-31 08:00:00"):
            self.report(None)
            self.report(None)
        self.assertEqual((row.state, row.shown_id.returned_on), ("informed", False))
        self.assertFalse(self.person.rgpd_email_bounces, "anybody may write it")
        self.assertEqual(row.activity_ids.user_id, self.dpo)
        self.assertNotIn("amille", row.activity_ids.summary)

    def test_a_full_mailbox_is_no_wrong_address(self):
        row = self.add()
        self.report(self.send(row), status="5.2.2")
        self.assertEqual(row.state, "waiting", "not told all the same")
        self.assertFalse(self.person.rgpd_email_bounces)

    def test_what_a_reader_sends_is_no_report(self):
        row = self.add()
        ref = self.send(row)
        original = ORIGINAL.format(ref=ref)
        receipt = REPORT.replace("delivery-status", "disposition-notification")
        for text in (
            receipt.format(
                number=1, recipients="Disposition: displayed", original=original
            ),
            receipt.replace("disposition-notification", "feedback-report").format(
                number=2, recipients="Feedback-Type: abuse", original=original
            ),
            REPLY.format(original=original),
        ):
            self.env["mail.thread"].message_process("res.partner", text)
            self.assertEqual(row.state, "informed")

    def test_an_address_corrected_meanwhile(self):
        row = self.add()
        ref = self.send(row)
        self.person.email = "new@client.example"
        self.report(ref)
        self.assertEqual(row.state, "waiting")
        self.assertFalse(self.person.rgpd_email_bounces, "the new one works")

    def test_one_message_to_two_persons(self):
        other = self.new_person("Luc Essai", "luc@client.example")
        rows = self.add() | self.add(other)
        self.write_to(self.person, other)
        self.assertEqual(rows.mapped("state"), ["informed"] * 2)
        self.report(rows[0].shown_id.message_ref, "luc@client.example")
        self.assertEqual(rows.mapped("state"), ["informed", "waiting"])

    def test_a_report_names_who_got_it_and_who_did_not(self):
        other = self.new_person("Luc Essai", "luc@client.example")
        rows = self.add() | self.add(other)
        self.write_to(self.person, other)
        self.report(
            rows[0].shown_id.message_ref,
            "luc@client.example",
            others=[("camille@client.example", "delivered")],
        )
        self.assertEqual(rows.mapped("state"), ["informed", "waiting"])
        self.assertFalse(self.person.rgpd_email_bounces)
        self.assertTrue(other.rgpd_email_bounces)

    def test_a_person_without_subject_does_not_stop_the_others(self):
        other = self.new_person("Luc Essai", "luc@client.example")
        rows = self.add() | self.add(other)
        self.write_to(self.person, other)
        shown = rows[0].shown_id
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE rgpd_notice_shown SET subject_id = NULL WHERE id = %s", [shown.id]
        )
        self.env.invalidate_all()
        self.report(rows[1].shown_id.message_ref, "luc@client.example")
        self.assertEqual(rows[1].state, "waiting")

    def test_no_fault_after_it_has_left_sends_it_again(self):
        def fail(*_args):
            raise ValueError

        row = self.add()
        row._send()
        self.patch(type(row), "_note_left", fail)
        with self.assertLogs("odoo.addons.rgpd_fichier_client", "WARNING"):
            self.run_queue()
        self.run_queue()
        self.assertEqual(len(self.sent), 1)
        self.assertFalse(row.is_leaving)

    def test_an_ill_formed_report_says_nothing_and_stops_nothing(self):
        report = EmailMessage()
        report["Content-Type"] = "message/delivery-status"
        report.set_payload("Action: delayed")
        threads = self.env["mail.thread"]
        self.assertEqual(threads._get_rgpd_recipients(report), [])
        self.assertEqual(threads._get_rgpd_failed(False, {}), [])

    def test_a_person_who_is_gone_stops_no_report(self):
        row = self.add()
        ref = self.send(row)
        shown = row.shown_id
        self.env["rgpd.information"]._forget(self.env["rgpd.subject"]._of(self.person))
        self.person.unlink()
        self.report(ref)
        self.assertTrue(shown.returned_on)

    def test_a_fault_stops_no_report(self):
        def fail(*_args):
            raise ValueError

        row = self.add()
        ref = self.send(row)
        self.patch(type(self.env["rgpd.information"]), "_reopen_returned", fail)
        with self.assertLogs("odoo.addons.rgpd_fichier_client", "WARNING") as logs:
            self.report(ref)
        self.assertNotIn("camille", "".join(logs.output).lower())
        self.assertEqual(row.state, "informed")


class TestFirstMailReturned(ReturnedCase):
    """The short notice of a first message that comes back (Art. 13)."""

    def test_the_next_message_carries_it_again(self):
        self.company.rgpd_first_mail_notice = True
        self.write_to(self.person)
        shown = self.shown()
        self.report(shown.message_ref)
        self.assertTrue(shown.returned_on)
        [body] = self.write_to(self.person)
        self.assertIn("uses your contact details to answer you", body)
        self.assertEqual(len(self.shown()), 2)
