"""What the database computes about a lead is what the core says."""

import random
from datetime import date, timedelta
from itertools import product

from odoo.tools import SQL

from odoo.addons.rgpd_fichier_client.core.retention import leads

from .lead_dates import LeadDatesCase

SEED = 20261130
CASES = 80


class TestLeadDates(LeadDatesCase):
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
        quote = self.env.ref("rgpd_fichier_client.rgpd_purpose_quote")
        seen = set()
        for number in range(CASES):
            quote.end_action = "review" if number % 2 else "anonymize"
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

    def test_the_rule_that_decides_asks_for_the_review(self):
        """A referral is used once; the period of quotations ends years later."""
        purposes = {
            "quote": self.env.ref("rgpd_fichier_client.rgpd_purpose_quote"),
            "own": self.env.ref("rgpd_fichier_client.rgpd_purpose_referral"),
        }
        for state, reviewed, expected in (
            (leads.OPEN, "quote", True),
            (leads.OPEN, "own", False),
            (leads.LOST, "quote", False),
            (leads.LOST, "own", True),
        ):
            for name, purpose in purposes.items():
                purpose.end_action = "review" if name == reviewed else "anonymize"
            facts = leads.LeadFacts(date(2020, 2, 29), state)
            with self.subTest(state=state, reviewed=reviewed):
                self.check(facts, origin="referral")
                with self.env.cr.savepoint() as savepoint:
                    self.make(facts, origin="referral")
                    self.assertIs(self.is_reviewed(), expected)
                    savepoint.rollback()
                self.env.invalidate_all()
        # That of quotations ends first: what it asks came and went
        purposes["quote"].end_action = "review"
        longer = self.env.ref("rgpd_fichier_client.rgpd_purpose_order")
        lead = {"origin": "asked", "purpose": longer}
        facts = leads.LeadFacts(date(2020, 2, 29))
        self.assertFalse(leads.is_reviewed(facts, self.get_rules(**lead)))
        self.check(facts, **lead)

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
