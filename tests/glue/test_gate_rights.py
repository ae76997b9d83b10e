"""Sellers and marketers without any group of the add-on get verdicts all the same."""

from datetime import datetime

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, new_test_user

from ..models.consent_common import MAIL, PHONE
from .mailing_common import MailingCase


class TestGateRights(MailingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = new_test_user(
            cls.env,
            login="plain",
            groups="base.group_user,base.group_partner_manager,"
            "mass_mailing.group_mass_mailing_user,"
            "sales_team.group_sale_salesman_all_leads",
        )

    def test_a_marketer_sends_a_mailing(self):
        people = self.people(3)
        self.give(person=people[0])
        self.record("objected", None, "all", person=people[1])
        mailing = self.mailing(people).with_user(self.user)
        self.assertEqual(mailing.rgpd_report["allowed"], 1)
        self.assertTrue(mailing.action_rgpd_open_excluded()["domain"])
        self.send(mailing)
        self.assertEqual(self.receivers(), [people[0].email])
        self.assertEqual(self.codes(mailing)[people[1].id], ("cancel", "objected"))

    @freeze_time("2026-11-24 09:30:00")
    def test_a_salesperson_calls(self):
        lead = (
            self.env["crm.lead"]
            .with_user(self.user)
            .create({"name": "K", "phone": "+33 6 39 98 00 02"})
        )
        self.assertFalse(lead.rgpd_call_allowed)
        self.give(PHONE, "phone", person=lead.sudo(), moment=datetime(2026, 7, 1, 9))
        lead.invalidate_recordset()
        self.assertTrue(lead.rgpd_call_allowed)
        self.assertTrue(lead.action_rgpd_call()["url"])

    def test_a_salesperson_enters_an_objector_and_a_composer(self):
        self.record("objected", None, "all")
        person = (
            self.env["res.partner"]
            .with_user(self.user)
            .create({"name": "C", "email": "camille@client.example"})
        )
        self.assertTrue(
            person.message_ids.filtered(lambda m: "objected" in (m.body or ""))
        )
        purposes = self.purpose(MAIL).with_user(self.user)
        composer = (
            self.env["mail.compose.message"]
            .with_user(self.user)
            .create(
                {
                    "composition_mode": "mass_mail",
                    "model": "res.partner",
                    "res_ids": repr(person.ids),
                    "subject": "Autumn",
                    "body": "<p>Come</p>",
                    "rgpd_kind": "marketing",
                    "rgpd_purpose_ids": [(6, 0, purposes.ids)],
                }
            )
        )
        self.assertEqual(composer.rgpd_report["allowed"], 0)
        composer.action_send_mail()
        self.assertFalse(self.sent)

    def test_nobody_reads_the_list_of_objectors(self):
        self.record("objected", None, "all")
        with self.assertRaises(AccessError):
            self.env["rgpd.suppression"].with_user(self.user).search([])

    def test_a_mailing_counts_the_consents_of_its_own_company(self):
        other = self.env["res.company"].create({"name": "Sister"})
        people = self.people(2)
        self.give(person=people[0])
        self.give(person=people[1], company=other)
        mailing = self.mailing(people, rgpd_company_id=other.id)
        self.send(mailing)
        self.assertEqual(self.receivers(), [people[1].email])
        self.assertIn("Sister", self.html(self.sent[0]))
