"""What prolongs a lead, and whose it is: contacts, companies, merges."""

from datetime import date

from odoo.addons.rgpd_fichier_client.core.retention import leads

from .lead_dates import LeadDatesCase


class TestLeadContact(LeadDatesCase):
    def test_a_lead_of_no_company_belongs_to_that_of_the_person(self):
        company = self.env["res.company"].create({"name": "Agence Test"})
        user = self.seller.copy(
            {
                "login": "agence_test",
                "company_id": company.id,
                "company_ids": [(6, 0, company.ids)],
            }
        )
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_partner SET create_uid = %s WHERE id = %s",
            (user.id, self.customer.id),
        )
        self.env.cr.execute(
            "UPDATE crm_lead SET company_id = NULL WHERE id = %s", (self.lead.id,)
        )
        self.env.invalidate_all()
        self.refresh()
        self.assertEqual(self.lead._rgpd_get_company(), company)
        self.assertEqual(self.document(self.lead).company_id, company)
        self.assertEqual(self.recent_lead._rgpd_get_company(), self.env.company)

    def write_mail(self, **vals):
        """Let somebody write on the lead; return the last contact it makes."""
        self.make(leads.LeadFacts(date(2020, 2, 29)), origin="asked")
        message = self.lead.message_post(body="Bonjour", message_type="comment")
        self.env.flush_all()
        message.write({"date": "2023-12-31 12:00:00", **vals})
        return self.lead.rgpd_date_last_contact

    def test_a_mail_from_before_the_contact_was_made_counts(self):
        for sender in (
            self.customer.email_formatted,
            self.customer.email.upper(),
            f'"a@b.example" <{self.lead.email_from}>',
        ):
            with self.subTest(sender):
                day = self.write_mail(
                    author_id=False, email_from=sender, message_type="email"
                )
                self.assertEqual(day, date(2023, 12, 31))

    def test_a_mail_of_another_contact_of_the_household_counts(self):
        other = self.env["res.partner"].create(
            {"name": "Nolwenn Kervella", "parent_id": self.customer.id}
        )
        day = self.write_mail(author_id=other.id)
        self.assertEqual(day, date(2023, 12, 31))

    def test_a_mail_of_the_staff_or_of_somebody_else_does_not_count(self):
        for author in (self.seller.partner_id, self.other):
            with self.subTest(author.name):
                day = self.write_mail(author_id=author.id, email_from=author.email)
                self.assertEqual(day, date(2020, 2, 29))

    def make_shared(self):
        """Make the lead one of no company, of a person another has a reason to keep."""
        company = self.env["res.company"].create({"name": "Agence Test"})
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_lead SET company_id = NULL WHERE id = %s", (self.lead.id,)
        )
        self.env.invalidate_all()
        self.env.cr.execute(
            "UPDATE sale_order SET company_id = %s WHERE id = %s",
            (company.id, self.recent.id),
        )
        self.env.invalidate_all()
        self.refresh()
        subject = self.env["rgpd.subject"]._of(self.customer)
        reasons = self.env["rgpd.reason"].search([("subject_id", "=", subject.id)])
        self.assertIn(company, reasons.company_id)
        return company

    def test_a_lead_of_two_companies_ends_on_the_later_day(self):
        alone = self.lead.rgpd_date_retention
        company = self.make_shared()
        quote = self.env.ref("rgpd_fichier_client.rgpd_purpose_quote")
        quote.copy({"company_id": company.id, "code": "quote", "active_delay": 9})
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(
            self.lead.rgpd_date_retention, alone.replace(year=alone.year + 6)
        )

    def test_a_lead_of_two_companies_waits_for_both_approvals(self):
        company = self.make_shared()
        simulation = self.approve()
        self.assertEqual(simulation.company_id, self.env.company)
        self.assertEqual(self.lead.rgpd_phase, "expired")
        self.assertTrue(self.is_reviewed())
        self.assertIn("DPO", self.lead.rgpd_leaving)
        other = simulation.with_user(self.env.user).copy({"company_id": company.id})
        self.env.cr.execute(
            "UPDATE rgpd_simulation SET state = 'approved' WHERE id = %s", (other.id,)
        )
        other.invalidate_recordset()
        fingerprint = other.sudo()._get_fingerprint()
        self.env.cr.execute(
            "UPDATE rgpd_simulation SET fingerprint = %s WHERE id = %s",
            (fingerprint, other.id),
        )
        self.env.invalidate_all()
        self.assertFalse(self.is_reviewed())
        self.assertNotIn("DPO", self.lead.rgpd_leaving)

    def test_a_merge_keeps_the_day_of_the_last_entry(self):
        """Whoever came again last year is not forgotten with the lead of five ago."""
        self.env["mail.message"].search(
            [("model", "=", "crm.lead"), ("res_id", "=", self.recent_lead.id)]
        ).unlink()
        day = self.recent_lead.rgpd_date_last_contact
        self.assertLess(self.lead.rgpd_date_last_contact, day)
        self.env.flush_all()
        self.lead._merge_dependences(self.recent_lead)
        self.recent_lead.unlink()
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(self.lead.rgpd_date_last_contact, day)
        self.assertEqual(self.lead.rgpd_phase, "active")

    def test_a_merge_into_a_later_one_moves_nothing(self):
        day = self.recent_lead.create_date
        self.recent_lead._merge_dependences(self.lead)
        self.assertEqual(self.recent_lead.create_date, day)

    def test_those_without_a_company_are_grouped_at_once(self):
        both = self.lead | self.recent_lead
        both.company_id = False
        self.env.flush_all()
        both.mapped("company_id")
        before = self.env.cr.sql_log_count
        groups = both._rgpd_group_by_company()
        self.assertEqual(self.env.cr.sql_log_count - before, 1)
        self.assertEqual(
            {lead: c for c, some in groups.items() for lead in some},
            {lead: lead._rgpd_get_company() for lead in both},
        )
