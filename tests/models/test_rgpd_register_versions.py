import io
from datetime import timedelta

import pypdf

from odoo.exceptions import UserError
from odoo.tests import freeze_time

from ..common import RgpdCase


class TestRegisterVersions(RgpdCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dpo = cls.new_user("dpo")
        cls.reader = cls.new_user("reader")
        cls.company.write(
            {
                "rgpd_contact_email": "dpo@exemple.example",
                "rgpd_referent_id": cls.dpo.partner_id.id,
            }
        )
        cls.sheet = cls.env.ref("rgpd_fichier_client.rgpd_processing_order").with_user(
            cls.dpo
        )
        cls.sheet.objective = "First objective"
        cls.sheet.action_validate()

    def render(self, report, records, user=None):
        reports = self.env["ir.actions.report"].with_user(user or self.dpo)
        reports = reports.with_context(force_report_rendering=True)
        pdf, _kind = reports._render_qweb_pdf(
            f"rgpd_fichier_client.{report}", records.ids
        )
        pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
        return " ".join("\n".join(page.extract_text() for page in pages).split())

    def test_a_change_makes_a_second_version_that_says_what_changed(self):
        self.sheet.objective = "Second objective"
        self.assertEqual(self.sheet.state, "to_review")
        self.assertEqual(len(self.sheet.version_ids), 1)
        self.sheet.action_validate()
        second, first = self.sheet.version_ids.sorted("number", reverse=True)
        self.assertEqual((first.number, second.number), (1, 2))
        self.assertEqual(first.content["objective"], "First objective")
        self.assertEqual(second.change, "objective")
        self.assertEqual(second.change_text, "main objective")
        self.assertEqual(first.change_text, "First version")
        self.assertFalse((first | second)._verify())

    def test_a_changed_period_is_a_change_of_the_sheet(self):
        self.sheet.purpose_ids[:1].archive_delay = 6
        self.assertEqual(self.sheet.state, "to_review")
        self.sheet.action_validate()
        self.assertIn("purposes", self.sheet.version_ids[:1].change)

    def test_a_past_version_is_printed_as_it_was(self):
        first = self.sheet.version_ids
        self.sheet.objective = "Second objective"
        text = self.render("rgpd_processing_version_report", first)
        self.assertIn("First objective", text)
        self.assertNotIn("Second objective", text)
        self.assertIn(first.sha256[:16], text.replace(" ", ""))
        text = self.render("rgpd_processing_report", self.sheet)
        self.assertIn("Second objective", text)
        self.assertIn("Text not validated", text)

    # === A PAST DAY === #

    def past(self, day, **values):
        wizards = self.env["rgpd.register.print"].with_user(self.reader)
        return wizards.create({"day": day, **values})

    def change_on(self, day, objective):
        with freeze_time(f"{day} 10:00:00"):
            self.sheet.objective = objective
            self.sheet.action_validate()

    def test_the_register_is_printed_as_it_was_on_any_day(self):
        today = self.sheet.version_ids.date.date()
        self.change_on("2031-03-01", "Objective of 2031")
        self.change_on("2032-03-01", "Objective of 2032")
        with freeze_time("2033-03-01 10:00:00"):
            self.sheet.action_archive_sheet()
        for day, expected in (
            (today - timedelta(days=1), None),
            (today, "First objective"),
            ("2031-02-28", "First objective"),
            ("2031-03-01", "Objective of 2031"),
            ("2032-12-31", "Objective of 2032"),
            ("2033-02-28", "Objective of 2032"),
            ("2033-03-01", None),
        ):
            with self.subTest(day):
                versions = self.past(day)._find_versions()
                ours = versions.filtered(lambda v: v.processing_id == self.sheet)
                self.assertEqual(ours.content["objective"] if ours else None, expected)
        one = self.past("2034-01-01", processing_id=self.sheet.id)._find_versions()
        self.assertEqual(one.content["objective"], "Objective of 2032")

    def test_both_versions_on_paper(self):
        self.change_on("2031-03-01", "Objective of 2031")
        for day, here, there in (
            ("2031-02-28", "First objective", "Objective of 2031"),
            ("2031-03-02", "Objective of 2031", "First objective"),
        ):
            wizard = self.past(day)
            action = wizard.action_print()
            self.assertEqual(action["context"]["active_ids"], wizard.ids)
            text = self.render("rgpd_register_past_report", wizard, user=self.reader)
            self.assertIn(here, text)
            self.assertNotIn(there, text)
            self.assertIn("As it was on", text)

    def test_nothing_was_validated_yet(self):
        with self.assertRaises(UserError):
            self.past("2001-01-01").action_print()

    def test_the_auditor_reads_and_prints_versions_and_no_sheet(self):
        auditor = self.new_user("auditor")
        version = self.sheet.version_ids.with_user(auditor)
        version.invalidate_recordset()
        self.assertIn("version 1", version.display_name)
        self.assertTrue(version.change_text)
        text = self.render("rgpd_processing_version_report", version, user=auditor)
        self.assertIn("First objective", text)
        self.assertFalse(self.sheet.with_user(auditor).has_access("read"))

    def test_a_second_click_does_nothing_twice(self):
        self.sheet.action_validate()
        self.assertEqual(len(self.sheet.version_ids), 1)
        self.sheet.action_review()
        self.sheet.action_review()
        self.assertEqual(self.sheet.state, "to_review")
        self.sheet.action_archive_sheet()
        self.sheet.action_archive_sheet()
        self.assertEqual(self.sheet.state, "archived")
        self.sheet.action_draft()
        self.sheet.action_draft()
        self.assertEqual(self.sheet.state, "draft")

    def test_the_state_is_not_written_by_hand(self):
        with self.assertRaises(UserError):
            self.sheet.write({"state": "draft"})

    def test_a_company_without_country_or_contact_is_told_so(self):
        self.company.write(
            {
                "country_id": False,
                "rgpd_referent_id": False,
                "rgpd_dpo_id": False,
                "rgpd_contact_email": False,
                "email": False,
            }
        )
        text = self.sheet.gap_text
        self.assertIn("give the country of the company", text)
        self.assertIn("name a DPO or a personal data contact", text)
        self.assertIn("give the contact e-mail of the company", text)

    def test_the_register_of_one_company_holds_no_sheet_of_another(self):
        other = self.env["res.company"].create({"name": "Autre SARL"})
        self.env["rgpd.processing"].create(
            {"name": "Fiche d'ailleurs", "company_id": other.id}
        )
        self.dpo.company_ids |= other
        sheets = self.env["rgpd.processing"].with_user(self.dpo)
        sheets = sheets.with_context(allowed_company_ids=[self.company.id, other.id])
        action = sheets.action_print_register()
        printed = sheets.browse(action["context"]["active_ids"])
        text = self.render("rgpd_register_report", printed)
        self.assertIn("Table of contents", text)
        self.assertNotIn("Fiche d'ailleurs", text)
        self.assertIn("Orders and deliveries", text)
        self.assertIn("Art. 2224", text)
