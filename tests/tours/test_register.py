import io
from unittest.mock import patch

import pypdf

from odoo.tests import freeze_time

from ..common import RgpdHttpCase


class TestRegisterTour(RgpdHttpCase):
    def test_the_dpo_reads_a_sheet_and_validates_it(self):
        self.new_user("dpo")
        self.company.rgpd_contact_email = "dpo@exemple.example"
        self.start_tour("/odoo", "rgpd_register_tour", login="rgpd_dpo")
        sheet = self.env.ref("rgpd_fichier_client.rgpd_processing_order")
        self.assertEqual(sheet.state, "validated")
        self.assertEqual(len(sheet.version_ids), 1)

    def test_the_register_is_printed_from_the_browser(self):
        self.new_user("reader")
        self.authenticate("rgpd_reader", "rgpd_reader")
        sheet = self.env.ref("rgpd_fichier_client.rgpd_processing_order")
        response = self.url_open(
            f"/report/pdf/rgpd_fichier_client.rgpd_register_document/{sheet.id}"
        )
        self.assertEqual(response.status_code, 200)
        self.assertEqual(response.headers["Content-Type"], "application/pdf")
        # In tests Odoo answers with what wkhtmltopdf would be given.
        self.assertIn("Register of processing activities", response.text)


class TestRegisterLifeTour(RgpdHttpCase):
    """A sheet from nothing: built, validated, changed, validated, printed twice."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.officer = cls.new_user("officer")
        cls.dpo = cls.new_user("dpo")
        cls.company.write(
            {
                "rgpd_contact_email": "dpo@exemple.example",
                "rgpd_referent_id": cls.dpo.partner_id.id,
                "country_id": cls.env.ref("base.fr").id,
            }
        )

    def test_a_sheet_lives_and_both_its_versions_are_printed(self):
        self.start_tour("/odoo", "rgpd_register_build_tour", login="rgpd_officer")
        sheet = self.env["rgpd.processing"].search([("name", "=", "Repair workshop")])
        self.assertEqual(sheet.create_uid, self.officer)
        self.assertEqual((sheet.state, sheet.version_ids.ids), ("draft", []))
        self.assertTrue(sheet.reference)
        with freeze_time("2031-03-01 10:00:00"):
            self.start_tour(
                "/odoo", "rgpd_register_first_version_tour", login="rgpd_dpo"
            )
        self.start_tour("/odoo", "rgpd_register_change_tour", login="rgpd_officer")
        self.assertEqual((sheet.state, len(sheet.version_ids)), ("to_review", 1))
        with freeze_time("2032-03-01 10:00:00"):
            printed = self.print_during("rgpd_register_second_version_tour")
        self.check_versions(sheet)
        self.check_printed(sheet, printed)

    def print_during(self, tour):
        """Run a tour of the DPO and return the reports its browser asked for."""
        printed = []
        reports = self.env.registry["ir.actions.report"]
        render = reports._render_qweb_pdf

        def note(report, report_ref, res_ids=None, data=None):
            printed.append((report.env.user, report_ref, list(res_ids)))
            return render(report, report_ref, res_ids=res_ids, data=data)

        with patch.object(reports, "_render_qweb_pdf", note):
            self.start_tour("/odoo", tour, login="rgpd_dpo")
        return printed

    def check_versions(self, sheet):
        second, first = sheet.version_ids.sorted("number", reverse=True)
        self.assertEqual(sheet.state, "validated")
        self.assertEqual((first.number, second.number), (1, 2))
        self.assertEqual((first | second).user_id, self.dpo)
        self.assertEqual(f"{first.date:%Y-%m-%d}", "2031-03-01")
        self.assertEqual(f"{second.date:%Y-%m-%d}", "2032-03-01")
        self.assertEqual(second.change, "objective")
        self.assertFalse((first | second)._verify())

    def check_printed(self, sheet, printed):
        before = "Repair the bicycles of our customers"
        after = "Repair and hire out bicycles"
        (user, current, ids), (_user, past, _ids) = printed
        self.assertEqual((user, ids), (self.dpo, sheet.ids))
        self.assertTrue(current.endswith("rgpd_processing_document"))
        self.assertTrue(past.endswith("rgpd_register_past_document"))
        # In tests Odoo gives the browser the page before wkhtmltopdf: the same reports,
        # for the same records and user, are made into paper here.
        now, then = (self.read_on_paper(*call) for call in printed)
        self.assertIn(after, now)
        self.assertIn("Version 2 of", now)
        self.assertNotIn(before, now)
        self.assertIn(before, then)
        self.assertIn("Version 1 of 03/01/2031", then)
        self.assertNotIn(after, then)
        for text in (now, then):
            self.assertIn("2 years from the end of the contract", text)

    def read_on_paper(self, user, report, ids):
        reports = self.env["ir.actions.report"].with_user(user)
        reports = reports.with_context(force_report_rendering=True, lang="en_US")
        pdf, kind = reports._render_qweb_pdf(report, ids)
        self.assertEqual(kind, "pdf")
        pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
        return " ".join("\n".join(page.extract_text() for page in pages).split())
