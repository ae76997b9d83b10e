import io

import pypdf

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form

from odoo.addons.rgpd_fichier_client.core.register import basis

from ..common import RgpdCase


class TestRegister(RgpdCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dpo = cls.new_user("dpo", lang="fr_FR")
        cls.sheet = cls.env.ref("rgpd_fichier_client.rgpd_processing_order")

    def render(self, report, sheets, user=None):
        report = f"rgpd_fichier_client.{report}"
        reports = self.env["ir.actions.report"].with_user(user or self.dpo)
        reports = reports.with_context(force_report_rendering=True, lang="en_US")
        pdf, kind = reports._render_qweb_pdf(report, sheets.ids)
        self.assertEqual(kind, "pdf")
        pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
        self.pages = [" ".join(page.extract_text().split()) for page in pages]
        return " ".join(self.pages)

    def complete(self, sheet):
        sheet.write({"date_start": "2020-01-01"})
        return sheet

    # === DATA === #

    def test_every_usual_processing_of_a_customer_file_is_shipped(self):
        codes = set(self.env["rgpd.purpose"].search([]).mapped("code"))
        self.assertLessEqual(
            {
                "order",
                "quote",
                "invoice",
                "account",
                "softoptin",
                "prospect_postal",
                "prospect_b2b_email",
            },
            codes,
        )
        self.assertGreaterEqual(len(codes), 25)

    def test_every_shipped_purpose_says_why_how_long_and_since_when_it_was_checked(
        self,
    ):
        data = self.env["ir.model.data"].search(
            [("module", "=", "rgpd_fichier_client"), ("model", "=", "rgpd.purpose")]
        )
        for purpose in self.env["rgpd.purpose"].browse(data.mapped("res_id")):
            self.assertTrue(purpose.legal_basis, purpose.code)
            self.assertTrue(purpose.data_category_ids, purpose.code)
            self.assertTrue(purpose.source, purpose.code)
            self.assertTrue(purpose.date_checked, purpose.code)
            self.assertTrue(purpose.processing_id, purpose.code)
            if purpose.legal_basis == "legitimate_interest":
                self.assertTrue(purpose.interest, purpose.code)

    def test_the_periods_of_the_law(self):
        def period(code):
            purpose = self.env.ref(f"rgpd_fichier_client.rgpd_purpose_{code}")
            return (
                purpose.start_event,
                f"{purpose.active_delay} {purpose.active_unit}",
                f"{purpose.archive_delay} {purpose.archive_unit}",
            )

        self.assertEqual(period("invoice")[2], "10 year")
        self.assertEqual(period("invoice")[0], "fiscal_year_end")
        self.assertEqual(period("order")[2], "5 year")
        self.assertEqual(period("quote")[:2], ("last_contact", "3 year"))

    # === LIFE OF A SHEET === #

    def test_a_validated_sheet_keeps_a_version_and_a_change_opens_it_again(self):
        sheet = self.complete(self.sheet).with_user(self.dpo)
        if sheet.gap_text:
            with self.assertRaises(UserError):
                sheet.action_validate()
        self.company.write(
            {"rgpd_contact_email": "dpo@exemple.example", "email": "a@b.example"}
        )
        self.fill_gaps(sheet)
        sheet.action_validate()
        self.assertEqual(sheet.state, "validated")
        version = sheet.version_ids
        self.assertEqual(len(version), 1)
        self.assertFalse(version._verify())
        with self.assertRaises(UserError):
            version.sudo().write({"change": "x"})
        with self.assertRaises(UserError):
            version.sudo().unlink()
        sheet.objective = "Autre but"
        self.assertEqual(sheet.state, "to_review")

    def test_the_screen_of_a_validated_sheet_asks_to_review_it_first(self):
        """Or else the officer types, and is refused when all is typed."""
        officer = self.new_user("officer")
        self.company.rgpd_contact_email = "dpo@exemple.example"
        self.fill_gaps(self.sheet)
        self.sheet.with_user(self.dpo).action_validate()
        with self.assertRaises(AssertionError):
            Form(self.sheet.with_user(officer)).objective = "Autre but"
        self.sheet.with_user(officer).action_review()
        with Form(self.sheet.with_user(officer)) as form:
            form.objective = "Autre but"
        self.assertEqual(self.sheet.objective, "Autre but")

    def fill_gaps(self, sheet):
        """Give a sheet what the law still asks for, as a DPO would."""
        self.company.rgpd_referent_id = self.dpo.partner_id
        for purpose in sheet.purpose_ids:
            if not purpose._has_balancing():
                purpose.write(
                    {
                        "balancing_interest": "Vendre",
                        "balancing_necessity": "Oui",
                        "balancing_result": "Attendu",
                    }
                )
        if sheet.gap_text:
            sheet.write(
                {
                    "measure_ids": [(6, 0, self.env["rgpd.measure"].search([]).ids)],
                    "recipient_ids": [
                        (6, 0, self.env["rgpd.recipient"].search([]).ids)
                    ],
                }
            )

    # === PAPER === #

    def test_a_sheet_on_paper(self):
        text = self.render("rgpd_processing_report", self.sheet)
        self.assertIn(self.sheet.name, text)
        self.assertIn(self.company.name, text)
        self.assertIn(basis.ARTICLES["contract"], text)
        for purpose in self.sheet.purpose_ids:
            self.assertIn(purpose.name, text)

    def test_the_register_has_a_cover_and_every_sheet_of_the_company(self):
        other = self.env["res.company"].create({"name": "Autre SARL"})
        foreign = self.env["rgpd.processing"].create(
            {"name": "Fiche d'ailleurs", "company_id": other.id}
        )
        action = self.env["rgpd.processing"].with_user(self.dpo).action_print_register()
        self.assertEqual(
            action["report_name"], "rgpd_fichier_client.rgpd_register_document"
        )
        sheets = self.env["rgpd.processing"].browse(action["context"]["active_ids"])
        self.assertNotIn(foreign, sheets)
        text = self.render("rgpd_register_report", sheets)
        self.assertIn("Register of processing activities", text)
        for sheet in sheets:
            self.assertIn(sheet.reference, text)

    def test_no_row_is_cut_in_two_by_the_end_of_a_page(self):
        purposes = self.sheet.purpose_ids
        for number in range(14):
            purposes |= purposes[0].copy(
                {
                    "name": f"Finalité {number}",
                    "code": f"long_{number}",
                    "legal_basis": "legitimate_interest",
                    "interest": f"BEGIN{number}. " + "word " * 90 + f"END{number}.",
                }
            )
        self.render("rgpd_processing_report", self.sheet)
        self.assertGreater(len(self.pages), 3)
        for number in range(14):
            begin = [
                n for n, text in enumerate(self.pages) if f"BEGIN{number}." in text
            ]
            end = [n for n, text in enumerate(self.pages) if f"END{number}." in text]
            self.assertEqual(begin, end, number)

    def test_a_row_longer_than_a_page_is_printed_whole(self):
        self.sheet.purpose_ids[:1].write(
            {
                "legal_basis": "legitimate_interest",
                "interest": " ".join(f"word{number}" for number in range(1500)),
            }
        )
        self.sheet.dpia_conclusion = " ".join(f"end{n}" for n in range(1500))
        printed = set(self.render("rgpd_processing_report", self.sheet).split())
        self.assertGreater(len(self.pages), 4)
        wanted = {f"{word}{n}" for word in ("word", "end") for n in range(1500)}
        self.assertFalse(wanted - printed)

    def test_no_end_of_a_sheet_stands_alone_on_a_page(self):
        for sheet in self.env["rgpd.processing"].search([]):
            self.render("rgpd_processing_report", sheet)
            ends = "Security measures" in self.pages[-1]
            self.assertTrue(ends, sheet.reference)

    def test_the_pages_are_used_without_header_and_footer(self):
        """Some builds of wkhtmltopdf print neither: their place would stay empty."""
        for name in (
            "rgpd_processing_report",
            "rgpd_register_report",
            "rgpd_processing_version_report",
            "rgpd_register_past_report",
            "rgpd_balancing_report",
        ):
            paper = self.env.ref(f"rgpd_fichier_client.{name}").paperformat_id
            self.assertLessEqual(paper.margin_top, 16, name)
            # Where it is printed, the line above must fit between edge and text.
            self.assertLess(paper.header_spacing + 8, paper.margin_top, name)

    def test_the_same_period_is_said_once_for_all_its_data(self):
        lines = self.sheet._get_snapshot()["data"]
        groups = self.sheet._group_data({"data": lines})
        texts = [tuple(group["retention"]) for group in groups]
        self.assertEqual(len(texts), len(set(texts)))
        named = [line["code"] for group in groups for line in group["data"]]
        self.assertEqual(sorted(named), sorted(line["code"] for line in lines))
        self.assertLess(len(groups), len(lines))
        text = self.render("rgpd_processing_report", self.sheet)
        order = self.sheet.purpose_ids.filtered(lambda p: p.code == "order")
        line = f"{order.name}: {order.retention_text}"
        self.assertEqual(text.count(line), sum(line in group for group in texts))
        # Two purposes that keep the data for the same time share a line.
        email = self.env.ref("rgpd_fichier_client.rgpd_processing_email")
        named = email._get_snapshot()["data"][0]["retention"]
        periods = [line.rsplit(": ", 1)[1] for line in named]
        self.assertEqual(len(periods), len(set(periods)))

    def test_a_sheet_says_who_works_below_and_what_protects_the_transfers(self):
        states = self.env.ref("base.us")
        host = self.env["rgpd.processor"].create(
            {
                "name": "Hébergeur Exemple",
                "country_id": self.env.ref("base.fr").id,
                "access_country_ids": states.ids,
                "contract_date": "2026-01-01",
                "certifications": "ISO 27001",
                "certification_end": "2020-01-01",
            }
        )
        rank2 = host.create({"name": "Rang 2", "parent_id": host.id})
        rank2.create({"name": "Rang 3", "parent_id": rank2.id, "country_id": states.id})
        self.sheet.processor_ids = host
        self.env["rgpd.transfer"].create(
            [
                {
                    "name": "Exemple Inc.",
                    "processing_id": self.sheet.id,
                    "country_id": states.id,
                    "safeguard": "scc",
                    "scc_module": "2",
                    "impact_assessment_date": "2026-02-03",
                    "document_url": "https://exemple.example/scc",
                },
                {
                    "name": "Salon Exemple",
                    "processing_id": self.sheet.id,
                    "country_id": states.id,
                    "safeguard": "art49",
                    "art49_ground": "b",
                },
            ]
        )
        text = self.render("rgpd_processing_report", self.sheet)
        for words in (
            "ISO 27001",
            "certificate expired",
            "Rang 2",
            "Rang 3",
            "2: controller to processor",
            "impact assessment: 2026-02",
            "b) contract with the person",
        ):
            self.assertIn(words, text)

    # === RIGHTS === #

    def test_rights(self):
        for role, may_read, may_write in (
            ("reader", True, False),
            ("officer", True, True),
            ("dpo", True, True),
            ("auditor", False, False),
            ("archive", False, False),
        ):
            user = self.dpo if role == "dpo" else self.new_user(role)
            sheets = self.env["rgpd.processing"].with_user(user)
            self.assertEqual(sheets.has_access("read"), may_read, role)
            self.assertEqual(sheets.has_access("write"), may_write, role)
        with self.assertRaises(AccessError):
            self.sheet.with_user(self.new_user("officer", login="o2")).action_validate()

    def test_sheets_of_another_company_stay_there(self):
        other = self.env["res.company"].create({"name": "Autre SARL"})
        foreign = self.env["rgpd.processing"].create(
            {"name": "Fiche d'ailleurs", "company_id": other.id}
        )
        reader = self.new_user("reader")
        found = self.env["rgpd.processing"].with_user(reader).search([])
        self.assertIn(self.sheet, found)
        self.assertNotIn(foreign, found)
