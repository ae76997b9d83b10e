import io
import zipfile

from odoo.tests import tagged
from odoo.tools import SQL

from ..models.stranger_common import StrangerCase


@tagged("post_install", "-at_install")
class TestStrangersOfModules(StrangerCase):
    """Visitors of an event and of a survey of whom nobody made a contact."""

    def new_registration(self, **values):
        if "event.registration" not in self.env:
            self.skipTest("events are not here")
        event = self.env["event.event"].create(
            {
                "name": "Salon",
                "date_begin": "2027-01-05 09:00:00",
                "date_end": "2027-01-05 18:00:00",
            }
        )
        return self.env["event.registration"].create(
            {
                "event_id": event.id,
                "name": "Yvonne Sansfiche",
                "email": "Yvonne <yvonne@sansfiche.example>",
                "phone": "06 39 98 77 66",
                **values,
            }
        )

    def new_answer(self):
        if "survey.user_input" not in self.env:
            self.skipTest("surveys are not here")
        survey = self.env["survey.survey"].create({"title": "Avis"})
        return self.env["survey.user_input"].create(
            {
                "survey_id": survey.id,
                "email": "yvonne@sansfiche.example",
                "nickname": "Yvonne Sansfiche",
            }
        )

    def lookup(self, text):
        found = self.env["rgpd.person.lookup"].lookup(text)["candidates"]
        return [(candidate["model"], candidate["id"]) for candidate in found]

    def check_found_copied_erased(self, record, column, *secrets):
        subject = self.get_subject(record)
        self.assertTrue(subject.is_natural)
        key = (record._name, record.id)
        with self.subTest("looked up"):
            self.env.user.group_ids |= self.env.ref(
                "rgpd_fichier_client.group_rgpd_dpo"
            )
            self.assertIn(key, self.lookup("yvonne@sansfiche.example"))
            self.assertIn(key, self.lookup("Yvonne Sansfiche"))
        with self.subTest("asks"):
            request = self.env["rgpd.request"].create(
                {
                    "person_name": "Yvonne Sansfiche",
                    "requester_name": "Yvonne Sansfiche",
                    "requester_email": "yvonne@sansfiche.example",
                }
            )
            self.env["rgpd.request.candidate"]._fill(request)
            self.assertEqual(request.candidate_ids.subject_id, subject)
        with self.subTest("copied"):
            stream = io.BytesIO()
            self.env["rgpd.person.exporter"]._export(record, stream)
            copy = zipfile.ZipFile(stream).read("data.json").decode()
            self.assertIn("Yvonne Sansfiche", copy)
        with self.subTest("due, counted and erased"):
            self.env["rgpd.reason"]._refresh(subject)
            self.assertEqual(subject.phase, "active")
            request.unlink()
            self.age_record(record)
            simulation = self.simulate()
            line = simulation.line_ids.filtered(lambda line: line.subject_id == subject)
            self.assertEqual(line.decision, "erase")
            simulation.confirm_count = simulation.erase_count
            simulation.action_approve()
            self.run_night()
            self.assertFalse(record[column])
            self.assertEqual(self.get_residues(*secrets), [])

    def test_a_registration(self):
        record = self.new_registration()
        self.check_found_copied_erased(
            record, "email", "yvonne@sansfiche", "Yvonne Sansfiche", "06 39 98 77 66"
        )

    def test_the_answer_to_a_survey(self):
        record = self.new_answer()
        self.check_found_copied_erased(
            record, "email", "yvonne@sansfiche", "Yvonne Sansfiche"
        )

    def test_a_guest_of_a_conversation(self):
        guest = self.env["mail.guest"].create(
            {"name": "Yvonne Sansfiche", "email": "yvonne@sansfiche.example"}
        )
        message = self.prospect.message_post(
            body="Yvonne Sansfiche", message_type="comment"
        )
        self.env.cr.execute(
            SQL(
                "UPDATE mail_message SET author_guest_id = %s, author_id = NULL,"
                " email_from = NULL WHERE id = %s",
                guest.id,
                message.id,
            )
        )
        self.env.invalidate_all()
        subject = self.get_subject(guest)
        self.env["rgpd.reason"]._refresh(subject)
        self.assertEqual(
            subject.date_last_contact, self.env["rgpd.reason"]._get_today()
        )
        message.unlink()
        self.check_found_copied_erased(
            guest, "email", "yvonne@sansfiche", "Yvonne Sansfiche"
        )

    def test_whom_somebody_else_registered(self):
        record = self.new_registration(partner_id=self.customer.id)
        self.assertTrue(self.get_subject(record))
        found = self.env["rgpd.person.finder"]._find(self.customer)
        self.assertEqual(found["event.registration"][record.id], ["direct:partner_id"])

    def test_who_came_to_an_event_made_contact_that_day(self):
        record = self.new_registration()
        record.event_id.write(
            {"date_begin": "2026-03-02 09:00:00", "date_end": "2026-03-03 09:00:00"}
        )
        subject = self.get_subject(record)
        self.env["rgpd.reason"]._refresh(subject)
        self.assertFalse(subject.date_last_contact)
        record.action_set_done()
        self.env["rgpd.reason"]._refresh(subject)
        self.assertEqual(str(subject.date_last_contact), "2026-03-03")

    def test_a_lead_or_a_mailing_contact_stands_for_them(self):
        record = self.new_registration()
        self.assertTrue(self.get_subject(record))
        email = "yvonne@sansfiche.example"
        lead = self.env["crm.lead"].create({"name": "Salon", "email_from": email})
        self.assertFalse(self.get_subject(record))
        # Of a lead with customer the customer is the person, at another address
        self.env.cr.execute(
            SQL(
                "UPDATE crm_lead SET partner_id = %s WHERE id = %s",
                self.customer.id,
                lead.id,
            )
        )
        self.assertTrue(self.get_subject(record))
        self.env["mailing.contact"].create({"name": "Yvonne", "email": email})
        self.assertFalse(self.get_subject(record))
