"""What the database computes about a lead is what the core says."""

import random
from datetime import date, timedelta
from itertools import product

from odoo.tools import SQL

from odoo.addons.rgpd_fichier_client.core.retention import leads

from .lead_common import LeadCase

SEED = 20261130
CASES = 80


class TestLeadDates(LeadCase):
    def setUp(self):
        super().setUp()
        self.today = self.env["rgpd.reason"]._get_today()
        self.env["mail.message"].search(
            [("model", "=", "crm.lead"), ("res_id", "=", self.lead.id)]
        ).unlink()
        self.won_stage = self.env["crm.stage"].search([("is_won", "=", True)], limit=1)

    def make(self, facts, origin="", purpose=None, referred=False, business=False):
        """Let the lead be so, as the database sees it."""
        lead = self.lead
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """UPDATE crm_lead SET create_date = %(entered)s, date_closed = %(won)s,
                          won_status = %(state)s, active = %(active)s,
                          rgpd_origin = %(origin)s, rgpd_purpose_id = %(purpose)s,
                          referred = %(referred)s, partner_name = %(business)s
                    WHERE id = %(id)s""",
                entered=f"{facts.entered} 12:00:00",
                won=facts.won and f"{facts.won} 12:00:00",
                state=facts.state,
                active=facts.state != "lost",
                origin=origin or None,
                purpose=purpose and purpose.id or None,
                referred="Une amie" if referred else None,
                business="Atelier Test" if business else None,
                id=lead.id,
            )
        )
        self.env.invalidate_all()
        if facts.written:
            message = lead.message_post(
                body="Bonjour", author_id=self.customer.id, message_type="comment"
            )
            message.date = f"{facts.written} 12:00:00"
        if facts.ordered and "opportunity_id" in self.env["sale.order"]._fields:
            order = self.env["sale.order"].create({"partner_id": self.customer.id})
            order.write(
                {
                    "opportunity_id": lead.id,
                    "date_order": f"{facts.ordered} 12:00:00",
                }
            )
        if facts.planned:
            self.env["mail.activity"].create(
                {
                    "res_model_id": self.env["ir.model"]._get_id("crm.lead"),
                    "res_id": lead.id,
                    "date_deadline": facts.planned,
                }
            )
        self.env.flush_all()
        self.env.invalidate_all()

    def get_rule(self, codes):
        """Return the period that decides, and whether somebody looks at its end."""
        purposes = self.env["rgpd.purpose"]._get_purposes(self.env.company)
        for code in codes:
            for found in purposes.filtered(
                lambda p, code=code: p.code == code and p._has_period()
            ):
                return (
                    (found.active_delay, found.active_unit),
                    (found.archive_delay, found.archive_unit),
                ), found.end_action in ("review", "archive")
        return None, False

    def expect(self, facts, **lead):
        return leads.lead_dates(facts, self.get_rules(**lead))

    def get_rules(self, origin="", purpose=None, referred=False, business=False):
        codes = leads.purpose_codes(
            purpose.code if purpose else "",
            origin,
            is_referred=referred,
            is_business=business,
        )
        own, quote = self.get_rule(codes), self.get_rule(["quote"])
        reviewed = {"own"} if own[1] else set()
        reviewed |= {"quote"} if quote[1] else set()
        return leads.LeadRules(own[0], quote[0], frozenset(reviewed))

    def is_reviewed(self):
        [[found]] = self.env.execute_query(
            SQL(
                "SELECT %s FROM crm_lead o WHERE id = %s",
                self.lead._rgpd_get_reviewed_sql("o", self.env.company),
                self.lead.id,
            )
        )
        return found

    def read(self):
        return self.env.execute_query(
            SQL(
                "SELECT %s, %s, %s FROM crm_lead o WHERE id = %s",
                self.lead._rgpd_get_end_sql("o", with_archive=False),
                self.lead._field_to_sql("o", "rgpd_date_retention"),
                self.lead._field_to_sql("o", "rgpd_date_last_contact"),
                self.lead.id,
            )
        )[0]

    def check(self, facts, **lead):
        with self.env.cr.savepoint() as savepoint:
            self.make(facts, **lead)
            self.assertEqual(
                self.read(), (*self.expect(facts, **lead), leads.last_contact(facts))
            )
            self.assertEqual(
                self.is_reviewed(), leads.is_reviewed(facts, self.get_rules(**lead))
            )
            self.check_form(facts, **lead)
            savepoint.rollback()
        self.env.invalidate_all()

    def check_form(self, facts, **lead):
        """The form says the same, and a search finds it."""
        active, last = self.expect(facts, **lead)
        phase = "active"
        if active and active < self.today:
            phase = "archive" if last >= self.today else "expired"
        self.assertEqual(self.lead.rgpd_phase, phase)
        self.assertEqual(self.lead.rgpd_date_retention or None, last)
        leads_ = self.env["crm.lead"].with_context(active_test=False)
        for domain in (
            [("rgpd_phase", "=", phase)],
            [("rgpd_date_retention", "=", last or False)],
        ):
            self.assertIn(self.lead, leads_.search(domain))

    def test_each_combination_of_facts(self):
        entered = date(2020, 2, 29)
        later = {
            "won": (None, date(2021, 8, 31)),
            "written": (None, date(2023, 12, 31)),
            "ordered": (None, date(2022, 5, 31)),
            "planned": (None, self.today - timedelta(days=9)),
        }
        for state in (leads.OPEN, leads.WON, leads.LOST):
            for days in product(*later.values()):
                facts = leads.LeadFacts(
                    entered, state, **dict(zip(later, days, strict=True))
                )
                with self.subTest(facts=facts):
                    self.check(facts, origin="asked")

    def test_random_cases_with_each_purpose(self):
        chance = random.Random(SEED)
        purposes = list(self.env["rgpd.purpose"]._get_purposes(self.env.company))
        for purpose in purposes[::2]:
            purpose.end_action = "review"
        seen = set()
        for _number in range(CASES):
            day = date(2018, 1, 1) + timedelta(days=chance.randrange(3200))
            facts = leads.LeadFacts(
                day,
                chance.choice([leads.OPEN, leads.WON, leads.LOST]),
                *(
                    chance.choice([None, day + timedelta(days=chance.randrange(2000))])
                    for _name in range(4)
                ),
            )
            lead = {
                "purpose": chance.choice([None, *purposes]),
                "origin": chance.choice(["", "asked", "referral", "bought", "met"]),
                "referred": chance.random() < 0.2,
                "business": chance.random() < 0.3,
            }
            with self.subTest(facts=facts, **lead):
                self.check(facts, **lead)
            active, last = self.expect(facts, **lead)
            seen.add("active" if active >= self.today else last >= self.today)
        self.assertEqual(seen, {"active", True, False})

    def test_the_rules_are_those_of_the_register(self):
        """The database reads the purposes as ``_get_purposes`` does."""
        own = self.env["res.company"].create({"name": "Agence Test"})
        lone = self.env["res.company"].create(
            {"name": "Filiale Test", "rgpd_has_own_register": True}
        )
        quote = self.env.ref("rgpd_fichier_client.rgpd_purpose_quote")
        for company, years in ((own, 2), (lone, 7)):
            quote.copy({"company_id": company.id, "active_delay": years})
        sheet = self.env.ref("rgpd_fichier_client.rgpd_purpose_referral").processing_id
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE rgpd_processing SET state = 'archived' WHERE id = %s", (sheet.id,)
        )
        self.env.invalidate_all()
        self.env.ref(
            "rgpd_fichier_client.rgpd_purpose_contest"
        ).processing_id = sheet.copy({"active": False})
        self.env.ref("rgpd_fichier_client.rgpd_purpose_loyalty").active_delay = 0
        self.env.ref("rgpd_fichier_client.rgpd_purpose_order").end_action = "review"
        self.env.flush_all()
        found = self.env.execute_query(
            SQL("SELECT %s", self.env["crm.lead"]._rgpd_get_rules_sql())
        )[0][0]
        for company in self.env["res.company"].search([]):
            expected = {
                purpose.code: [
                    f"{purpose.active_delay} {purpose.active_unit}",
                    f"{purpose.archive_delay} {purpose.archive_unit}",
                    purpose.end_action in ("review", "archive"),
                ]
                for purpose in self.env["rgpd.purpose"]._get_purposes(company)
                if purpose._has_period()
            }
            with self.subTest(company.name):
                self.assertEqual(found.get(str(company.id), {}), expected)

    def test_a_lead_without_contact_says_what_is_known_of_the_person(self):
        alone = self.env["crm.lead"].create(
            {"name": "Armoire", "contact_name": "Ronan Test"}
        )
        self.refresh()
        subject = self.env["rgpd.subject"]._of(alone)
        self.assertTrue(subject.date_retention)
        self.assertEqual(alone.rgpd_date_retention, subject.date_retention)
        self.assertEqual(alone.rgpd_phase, subject.phase)
        self.assertFalse(alone.rgpd_leaving)

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

    def test_the_form_takes_few_statements(self):
        # As the web client asks: with the language, and the user known
        both = (self.lead | self.recent_lead).with_context(lang="en_US")
        names = ["rgpd_phase", "rgpd_date_retention", "rgpd_leaving"]
        counts = []
        for fields_ in ([], names):
            for _time in range(2):
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                both.mapped("partner_id.name")
                both.mapped("company_id.name")
                for name in fields_:
                    both.mapped(name)
                counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[3], counts[1] + 1)
