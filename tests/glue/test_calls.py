"""Calls from leads and contacts: the verdict first, then the number."""

import base64
import io
from datetime import datetime

import openpyxl

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time

from ..models.consent_common import PHONE, ConsentCase

TUESDAY = "2026-11-24 09:30:00"
SUMMER = datetime(2026, 7, 1, 9)


class TestCalls(ConsentCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = cls.new_user(
            "reader",
            login="caller",
            groups="sales_team.group_sale_salesman_all_leads,base.group_allow_export",
        )

    def lead(self, **values):
        return self.env["crm.lead"].create(
            {
                "name": "Kitchen",
                "contact_name": "Léa Essai",
                "phone": "+33 6 39 98 00 02",
                **values,
            }
        )

    def entries(self, kind):
        return self.env["rgpd.journal"].search([("kind", "=", kind)])

    @freeze_time(TUESDAY)
    def test_the_button_calls_and_notes_the_call(self):
        lead = self.lead()
        self.give(PHONE, "phone", person=lead, moment=SUMMER)
        before = self.entries("call.started")
        lead = lead.with_user(self.seller)
        self.assertTrue(lead.rgpd_call_allowed)
        action = lead.action_rgpd_call()
        self.assertEqual(action["url"], "tel:+33639980002")
        entry = self.entries("call.started") - before
        self.assertEqual(entry.payload["code"], "consent")
        self.assertNotIn("639980002", str(entry.payload))
        # Four calls in thirty days
        for _turn in range(3):
            lead.action_rgpd_call()
        with self.assertRaises(UserError):
            lead.action_rgpd_call()

    @freeze_time(TUESDAY)
    def test_no_verdict_no_call(self):
        lead = self.lead().with_user(self.seller)
        self.assertFalse(lead.rgpd_call_allowed)
        self.assertIn("L. 223-1", lead.rgpd_call_sentence)
        with self.assertRaises(UserError):
            lead.action_rgpd_call()
        self.assertFalse(lead.message_ids.filtered("mail_activity_type_id"))

    @freeze_time(TUESDAY)
    def test_who_asked_is_called_back(self):
        with Form(self.env["crm.lead"].with_user(self.seller)) as form:
            form.name = "Kitchen"
            form.phone = "+33 6 39 98 00 02"
            form.rgpd_origin = "called"
        lead = form.record
        self.assertEqual(lead.rgpd_purpose_id.code, "quote")
        self.assertEqual(lead.rgpd_legal_basis, "contract")
        self.assertTrue(lead.rgpd_call_allowed)
        # A file that was bought asked nothing, whatever purpose it is given.
        lead.rgpd_origin = "bought"
        lead.invalidate_recordset()
        self.assertFalse(lead.rgpd_call_allowed)

    def test_a_mail_of_the_person_gives_origin_and_basis(self):
        lead = self.env["crm.lead"].message_new(
            {
                "subject": "Kitchen",
                "from": "lea@client.example",
                "email_from": "lea@client.example",
                "body": "Please call me",
                "to": "shop@shop.example",
            }
        )
        self.assertEqual(lead.rgpd_origin, "asked")
        self.assertEqual(lead.rgpd_purpose_id.code, "quote")

    @freeze_time(TUESDAY)
    def test_the_list_refuses_rows_without_a_verdict(self):
        allowed = self.lead(contact_name="=1+1", name="=cmd|calc")
        silent = self.lead(phone="+33 6 39 98 00 03", contact_name="Max Essai")
        self.give(PHONE, "phone", person=allowed, moment=SUMMER)
        before = self.entries("call.listed")
        leads = (allowed | silent).with_user(self.seller)
        wizard = self.env["rgpd.call.list"].browse(
            leads.action_rgpd_call_list()["res_id"]
        )
        wizard = wizard.with_user(self.seller)
        self.assertEqual(wizard.rgpd_report["allowed"], 1)
        self.assertEqual(wizard.rgpd_report["lines"][0]["code"], "no_consent")
        wizard.action_export()
        book = openpyxl.load_workbook(io.BytesIO(base64.b64decode(wizard.content)))
        rows = list(book.active.iter_rows())
        self.assertEqual(len(rows), 2)
        self.assertEqual(rows[1][1].value, "=cmd|calc")
        self.assertEqual(rows[1][1].data_type, "s")
        self.assertEqual(rows[1][2].value, "0033639980002")
        entry = self.entries("call.listed") - before
        self.assertEqual(entry.payload["purpose"], PHONE)
        self.assertNotIn("lea", wizard.file_name)

    @freeze_time(TUESDAY)
    def test_a_csv_runs_no_formula(self):
        lead = self.lead(name='=HYPERLINK("https://evil.example")')
        self.give(PHONE, "phone", person=lead, moment=SUMMER)
        wizard = self.env["rgpd.call.list"].create(
            {"res_model": "crm.lead", "res_ids": lead.ids, "file_format": "csv"}
        )
        wizard.action_export()
        text = base64.b64decode(wizard.content).decode("utf-8-sig")
        self.assertIn("\"'=HYPERLINK", text)
        self.assertNotIn(';"=', text)

    @freeze_time("2026-11-21 22:00:00")
    def test_a_list_made_on_saturday_is_for_monday(self):
        lead = self.lead()
        self.give(PHONE, "phone", person=lead, moment=SUMMER)
        self.assertFalse(lead.rgpd_call_allowed)
        wizard = self.env["rgpd.call.list"].create(
            {"res_model": "crm.lead", "res_ids": lead.ids}
        )
        self.assertEqual(wizard.moment, datetime(2026, 11, 23, 9))
        self.assertEqual(wizard.rgpd_report["allowed"], 1)
        # A consent that is over by then does not count.
        wizard.moment = datetime(2027, 7, 6, 9)
        self.assertEqual(wizard.rgpd_report["lines"][0]["code"], "consent_expired")

    @freeze_time(TUESDAY)
    def test_nobody_or_no_right_no_file(self):
        lead = self.lead()
        values = {"res_model": "crm.lead", "res_ids": lead.ids}
        wizard = self.env["rgpd.call.list"].create(values)
        with self.assertRaises(UserError):
            wizard.action_export()
        self.assertFalse(wizard.content)
        self.give(PHONE, "phone", person=lead, moment=SUMMER)
        other = self.new_user(
            "reader",
            login="no_export",
            groups="sales_team.group_sale_salesman_all_leads",
        )
        other.group_ids -= self.env.ref("base.group_allow_export")
        wizard = self.env["rgpd.call.list"].with_user(other).create(values)
        with self.assertRaises(AccessError):
            wizard.action_export()

    @freeze_time(TUESDAY)
    def test_contacts_are_listed_as_well(self):
        self.give(PHONE, "phone", moment=SUMMER)
        wizard = self.env["rgpd.call.list"].create(
            {"res_model": "res.partner", "res_ids": self.person.ids}
        )
        wizard.action_export()
        self.assertTrue(wizard.content)
