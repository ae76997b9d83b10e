import io

import pypdf

from odoo.exceptions import UserError
from odoo.tests import Form

from ..common import RgpdCase


class TestBalancing(RgpdCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.officer = cls.new_user("officer")
        cls.company.rgpd_contact_email = "dpo@exemple.example"
        cls.purpose = cls.env.ref("rgpd_fichier_client.rgpd_purpose_softoptin")
        cls.sheet = cls.purpose.processing_id

    def write_test(self, conclusion="guarded"):
        action = self.purpose.with_user(self.officer).action_balancing()
        wizard = self.env["rgpd.balancing.wizard"].browse(action["res_id"])
        wizard = wizard.with_user(self.officer)
        answers = (
            ("balancing_interest", "Faire connaître le service"),
            ("balancing_necessity", "L'adresse suffit"),
            ("balancing_result", "Deux envois par an"),
            ("balancing_conclusion", conclusion),
        )
        for name, value in answers:
            with Form(wizard) as form:
                form[name] = value
            wizard.action_next()
        self.assertEqual(wizard.step, "conclusion")
        wizard.action_back()
        self.assertEqual(wizard.step, "balance")
        wizard.action_save()

    def test_three_steps_then_a_conclusion(self):
        self.assertIn("balancing test", self.sheet.gap_text)
        self.write_test()
        self.assertTrue(self.purpose._has_balancing())
        self.assertEqual(self.purpose.balancing_user_id, self.officer)
        self.assertNotIn(
            f"{self.purpose.name}: write the three steps", self.sheet.gap_text
        )
        entry = self.env["rgpd.journal"].search([], limit=1)
        self.assertEqual(
            (entry.kind, entry.payload["conclusion"]), ("register.balanced", "guarded")
        )

    def test_a_test_that_is_lost_forbids_validation(self):
        dpo = self.new_user("dpo")
        self.write_test("lost")
        with self.assertRaisesRegex(UserError, "test is lost"):
            self.sheet.with_user(dpo).action_validate()

    def test_the_test_on_paper(self):
        self.write_test()
        reports = self.env["ir.actions.report"].with_user(self.officer)
        pdf, _kind = reports.with_context(force_report_rendering=True)._render_qweb_pdf(
            "rgpd_fichier_client.rgpd_balancing_report", self.purpose.ids
        )
        pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
        text = " ".join(" ".join(page.extract_text() for page in pages).split())
        for words in (
            "Balancing test",
            "Faire connaître le service",
            "L'adresse suffit",
            "Deux envois par an",
            "thanks to the safeguards",
        ):
            self.assertIn(words, text)
