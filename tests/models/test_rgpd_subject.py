from odoo.tests.common import new_test_user

from ..common import RgpdCase


class TestRgpdSubject(RgpdCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Subject = cls.env["rgpd.subject"]
        cls.partner = cls.env["res.partner"].create(
            {"name": "Sylvie Exemple", "email": "sylvie@example.com"}
        )

    def _evidence(self, **vals):
        partner = self.env["res.partner"].create({"name": "X", **vals})
        subject = self.Subject._of(partner)
        return subject.is_natural, subject.natural_evidence

    def test_every_partner_has_one_row_after_a_refresh(self):
        self.Subject._refresh()
        partners = self.env["res.partner"].with_context(active_test=False)
        rows = self.Subject.search([("res_model", "=", "res.partner")])
        self.assertEqual(set(rows.mapped("res_id")), set(partners.search([]).ids))
        self.assertEqual(self.Subject._refresh(), 0)

    def test_of_makes_the_missing_rows_and_no_second_one(self):
        self.assertFalse(self.Subject._of(self.partner, create=False))
        subject = self.Subject._of(self.partner)
        self.assertEqual(self.Subject._of(self.partner), subject)
        self.assertEqual(len(subject.uid), 32)
        self.assertEqual(subject._records(), {"res.partner": self.partner})

    def test_private_individual_is_a_natural_person(self):
        self.assertEqual(self._evidence(), (True, "person"))

    def test_company_is_not(self):
        self.assertEqual(
            self._evidence(name="Moulin SARL", is_company=True), (False, "company")
        )

    def test_sole_trader_is_a_natural_person(self):
        for name in ("Dupont EI", "EI Dupont", "Dupont (E.I.)", "Me Durand"):
            with self.subTest(name):
                self.assertEqual(
                    self._evidence(name=name, is_company=True),
                    (True, "sole_trader_name"),
                )

    def test_contact_of_a_company_is_a_person_of_its_own(self):
        company = self.env["res.partner"].create({"name": "Y", "is_company": True})
        self.assertEqual(self._evidence(parent_id=company.id), (True, "contact"))

    def test_further_address_without_name_is_nobody(self):
        self.assertEqual(
            self._evidence(name=False, parent_id=self.partner.id, type="delivery"),
            (False, "address"),
        )

    def test_staff_and_technical_contacts_are_left_out_of_the_file(self):
        staff = self.Subject._of(self.new_user("reader").partner_id)
        robot = self.Subject._of(self.env.ref("base.partner_root"))
        own = self.Subject._of(self.env.company.partner_id)
        self.assertEqual(staff.natural_evidence, "staff")
        self.assertEqual(robot.natural_evidence, "technical")
        self.assertEqual(own.natural_evidence, "own_company")
        self.assertFalse(any((staff | robot | own).mapped("is_in_file")))
        self.assertTrue(self.Subject._of(self.partner).is_in_file)

    def test_choice_of_the_staff_survives_a_refresh(self):
        company = self.env["res.partner"].create({"name": "Z", "is_company": True})
        subject = self.Subject._of(company)
        subject.with_user(self.new_user("officer")).natural_override = "natural"
        self.Subject._refresh()
        self.assertEqual(
            (subject.is_natural, subject.natural_evidence), (True, "choice")
        )

    def test_deleting_the_contact_keeps_the_row_inactive(self):
        subject = self.Subject._of(self.partner)
        uid = subject.uid
        self.partner.unlink()
        self.assertTrue(subject.exists())
        self.assertFalse(subject.active)
        self.assertEqual(subject.uid, uid)
        self.assertIn(uid[:8], subject.display_name)

    def test_deletion_in_sql_is_noticed_by_the_refresh(self):
        subject = self.Subject._of(self.partner)
        self.env.cr.execute("DELETE FROM res_partner WHERE id = %s", [self.partner.id])
        self.env.invalidate_all(flush=False)
        self.Subject._refresh()
        self.assertFalse(subject.active)

    def test_merge_leads_the_old_uid_to_the_survivor(self):
        double = self.partner.copy({"email": "sylvie@example.com"})
        kept, gone = self.Subject._of(self.partner), self.Subject._of(double)
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((self.partner | double).ids, self.partner)
        self.assertFalse(double.exists())
        self.assertFalse(gone.active)
        self.assertEqual(gone._get_survivor(), kept)
        self.Subject._refresh()
        self.assertFalse(gone.active)
        self.assertTrue(kept.active)

    def test_search_by_the_name_of_the_record(self):
        subject = self.Subject._of(self.partner)
        self.assertIn(
            subject, self.Subject.search([("display_name", "ilike", "Exemple")])
        )

    def test_partner_called_lead_or_with_odd_names(self):
        for name in ("Lead", "100% _'\"\\", "😀", "\u202eאבג"):
            with self.subTest(name):
                self.assertEqual(self._evidence(name=name), (True, "person"))

    def test_journal_names_the_person_by_uid(self):
        journal = self.env["rgpd.journal"]
        uid = self.Subject._of(self.partner).uid
        order = self.env["sale.order"].create({"partner_id": self.partner.id})
        self.assertEqual(journal._get_subject_uid(self.partner), uid)
        self.assertEqual(journal._get_subject_uid(order), uid)
        self.assertEqual(journal._get_subject_uid(self.Subject._of(self.partner)), uid)
        self.assertFalse(journal._get_subject_uid(self.env["res.country"]))

    def test_salesperson_does_not_see_the_persons(self):
        seller = new_test_user(
            self.env, "seller", groups="sales_team.group_sale_manager"
        )
        self.assertFalse(self.Subject.with_user(seller).has_access("read"))

    def test_person_of_another_company_is_not_shown(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.partner.company_id = other
        subject = self.Subject._of(self.partner)
        reader = self.new_user("reader")
        self.assertFalse(
            self.Subject.with_user(reader).search([("id", "=", subject.id)])
        )
