from datetime import date

from ..common import RgpdHttpCase


class TestRegisterWizardTour(RgpdHttpCase):
    """What the referent does in the dialogs of the register, in the browser."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.officer = cls.new_user("officer")

    def test_the_officer_writes_a_balancing_test_and_prints_it(self):
        purpose = self.env.ref("rgpd_fichier_client.rgpd_purpose_softoptin")
        self.start_tour(
            f"/odoo/rgpd-purposes/{purpose.id}",
            "rgpd_register_balancing_tour",
            login="rgpd_officer",
        )
        self.assertTrue(purpose._has_balancing())
        self.assertEqual(purpose.balancing_conclusion, "guarded")
        self.assertEqual(purpose.balancing_user_id, self.officer)

    def test_the_officer_reads_a_contract_clause_by_clause(self):
        processor = self.env["rgpd.processor"].create(
            {"name": "Hébergeur Exemple", "contract_date": date(2026, 1, 2)}
        )
        self.start_tour(
            f"/odoo/rgpd-processors/{processor.id}",
            "rgpd_register_checklist_tour",
            login="rgpd_officer",
        )
        self.assertTrue(processor.has_instructions)
        self.assertEqual(processor.missing_clause_count, 9)
        self.assertTrue(processor.date_clauses)

    def test_the_officer_is_told_what_a_wrong_file_holds(self):
        self.start_tour(
            "/odoo", "rgpd_register_import_errors_tour", login="rgpd_officer"
        )
        sheets = self.env["rgpd.processing"].search([("reference", "=like", "TOUR-%")])
        self.assertEqual(sheets.mapped("name"), ["Right sheet"])
        self.assertEqual(sheets.state, "draft")


class TestMinimisationTour(RgpdHttpCase):
    """The report answers its four questions to whoever may only read."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.new_user("reader")
        cls.env["rgpd.data.map"]._discover()
        cls.find_data_without_purpose()
        cls.find_purpose_without_data()
        cls.find_fields()

    @classmethod
    def find_data_without_purpose(cls):
        cls.env["res.partner"].create({"name": "A", "vat": "FR23334175221"})
        cls.count("vat")
        vat = cls.env["rgpd.data.category"].search([("code", "=", "company_identity")])
        purposes = cls.env["rgpd.purpose"].search([])
        purposes.write({"data_category_ids": [(3, vat.id)]})

    @classmethod
    def find_purpose_without_data(cls):
        loyalty = cls.env["rgpd.data.category"].search([("code", "=", "loyalty")])
        purpose = cls.env.ref("rgpd_fichier_client.rgpd_purpose_order")
        purpose.data_category_ids |= loyalty

    @classmethod
    def find_fields(cls):
        cls.env.cr.execute("UPDATE res_partner SET city = 'Lyon', street2 = NULL")
        cls.count("city", "street2")

    @classmethod
    def count(cls, *names):
        rows = cls.env["rgpd.data.field"].search(
            [("model", "=", "res.partner"), ("name", "in", names)]
        )
        rows._count_values("res.partner")

    def test_the_reader_sees_what_is_too_much_and_what_is_missing(self):
        self.start_tour("/odoo", "rgpd_register_minimisation_tour", login="rgpd_reader")
