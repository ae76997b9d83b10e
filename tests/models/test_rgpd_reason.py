from odoo.tools import SQL

from odoo.addons.rgpd_fichier_client.core.retention.facts import Facts
from odoo.addons.rgpd_fichier_client.core.retention.reasons import (
    Situation,
    build_reasons,
)
from odoo.addons.rgpd_fichier_client.models.retention.rgpd_reason import get_day_sql

from .retention_common import TODAY, RetentionCase


class TestRgpdReason(RetentionCase):
    """Reasons follow from what happened, in one set-based refresh."""

    def test_the_day_in_france_of_a_moment(self):
        moment = SQL("moment")
        rows = self.env.execute_query(
            SQL(
                """SELECT moment, %s, (moment AT TIME ZONE 'UTC'
                                       AT TIME ZONE 'Europe/Paris')::date
                     FROM (SELECT start + n * interval '20 minutes' AS moment
                             FROM generate_series(0, 200) n,
                                  (VALUES (timestamp '2026-03-28 00:00'),
                                          (timestamp '2026-10-24 00:00'),
                                          (timestamp '1971-06-30 00:10')) s (start)
                            UNION ALL SELECT NULL) m""",
                get_day_sql(moment),
            )
        )
        self.assertEqual([row for row in rows if row[1] != row[2]], [])
        days = {str(when): str(day) for when, day, _other in rows}
        self.assertEqual(days["2026-03-28 22:40:00"], "2026-03-28", "winter")
        self.assertEqual(days["2026-03-28 23:00:00"], "2026-03-29")
        self.assertEqual(days["2026-03-29 22:00:00"], "2026-03-30", "summer")

    def test_prospect_is_kept_three_years_from_collection(self):
        person = self.new_person(collected="2024-02-29")
        subject = self.refresh(person)
        self.assertEqual(set(self.reasons(person)), {"prospect_postal"})
        self.assertEqual(subject.phase, "active")
        self.assertEqual(subject.date_next, self.day("2027-02-28"))
        self.assertEqual(subject.date_retention, self.day("2027-02-28"))
        self.assertEqual(subject.legal_basis, "legitimate_interest")
        self.assertFalse(subject.date_last_contact)

    def test_prospect_without_contact_expires(self):
        subject = self.refresh(self.new_person(collected="2023-11-22"))
        self.assertEqual(subject.phase, "expired")
        self.assertFalse(subject.date_next)
        self.assertEqual(self.Reason._get_kept(subject), {subject.id: {}})

    def test_a_message_from_the_person_postpones(self):
        person = self.new_person(collected="2020-01-01")
        person.message_post(body="Bonjour", author_id=person.id, message_type="email")
        subject = self.refresh(person)
        self.assertEqual(subject.date_last_contact, self.day(TODAY))
        self.assertEqual(subject.date_next, self.day("2029-11-23"))

    def test_a_message_from_the_company_does_not(self):
        person = self.new_person(collected="2020-01-01")
        person.message_post(body="Bonjour", partner_ids=person.ids)
        self.assertEqual(self.refresh(person).phase, "expired")

    def test_a_technical_write_does_not(self):
        person = self.new_person(collected="2020-01-01")
        self.refresh(person)
        person.write({"comment": "Bonjour"})
        self.assertEqual(self.refresh(person).phase, "expired")

    def test_customer_with_invoice_stays_for_accounting(self):
        person = self.new_person(collected="2018-01-01")
        self.new_invoice(person, "2019-03-01")
        subject = self.refresh(person)
        self.assertEqual(subject.phase, "archive")
        self.assertEqual(subject.date_next, self.day("2029-12-31"))
        kept = self.Reason._get_kept(subject)[subject.id]
        self.assertIn("invoice", kept)
        self.assertNotIn("contact", kept, "accounting does not need the e-mail")
        self.assertEqual(kept["identity"][0]["purpose_code"], "invoice")
        self.assertEqual(kept["identity"][0]["end_date"], self.day("2029-12-31"))

    def test_fiscal_year_of_the_company(self):
        self.company.write({"fiscalyear_last_month": "6", "fiscalyear_last_day": 30})
        person = self.new_person()
        self.new_invoice(person, "2019-07-01")
        self.refresh(person)
        reason = self.reasons(person)["invoice"]
        self.assertEqual(reason.date_start, self.day("2020-06-30"))
        self.assertEqual(reason.date_archive_end, self.day("2030-06-30"))

    def test_electronic_contract_of_a_consumer_ten_years(self):
        person = self.new_person()
        self.new_order(person, "2021-03-01", signed_on="2021-03-01 10:00:00")
        self.refresh(person)
        end = self.reasons(person)["order"].date_archive_end
        self.assertEqual(end, self.day("2031-03-01"))

    def test_paper_or_small_contract_five_years(self):
        paper, small = self.new_person(), self.new_person()
        self.new_order(paper, "2021-03-01")
        self.product.list_price = 119.99
        self.new_order(small, "2021-03-01", signed_on="2021-03-01 10:00:00")
        self.refresh(paper | small)
        for person in (paper, small):
            end = self.reasons(person)["order"].date_archive_end
            self.assertEqual(end, self.day("2026-03-01"))

    def test_electronic_contract_of_a_professional_five_years(self):
        company = self.env["res.partner"].create(
            {"name": "Test SAS", "is_company": True}
        )
        person = self.new_person(parent_id=company.id)
        self.new_order(person, "2021-03-01", signed_on="2021-03-01 10:00:00")
        self.refresh(person)
        end = self.reasons(person)["order"].date_archive_end
        self.assertEqual(end, self.day("2026-03-01"))

    def test_a_company_has_no_retention(self):
        company = self.env["res.partner"].create(
            {"name": "Test SAS", "is_company": True}
        )
        self.new_invoice(company, "2026-01-01")
        subject = self.refresh(company)
        self.assertFalse(subject.phase)
        self.assertFalse(subject.reason_ids)

    def test_staff_have_no_retention(self):
        subject = self.refresh(self.new_user("reader").partner_id)
        self.assertFalse(subject.phase)
        self.assertFalse(subject.reason_ids)

    def test_contact_of_a_company_lives_as_long_as_the_customer(self):
        company = self.env["res.partner"].create(
            {"name": "Test SAS", "is_company": True}
        )
        person = self.new_person(parent_id=company.id)
        self.new_order(company, "2026-03-01")
        subject = self.refresh(person)
        self.assertEqual(subject.phase, "active")
        self.assertEqual(subject.date_next, self.day("2029-03-01"))
        self.assertNotIn("order", self.reasons(person))
        self.assertFalse(subject.date_last_contact, "it did not come from the person")

    def test_what_goes_to_an_address_is_of_the_person(self):
        person = self.new_person()
        address = self.env["res.partner"].create(
            {"parent_id": person.id, "type": "delivery", "street": "1 rue du Test"}
        )
        self.new_order(address, "2026-03-01")
        self.refresh(person)
        self.assertIn("order", self.reasons(person))

    def test_delivery_partner_is_covered(self):
        buyer, receiver = self.new_person(), self.new_person()
        self.new_order(buyer, "2026-03-01", partner_shipping_id=receiver.id)
        self.refresh(receiver)
        self.assertIn("order", self.reasons(receiver))

    def test_refresh_twice_changes_nothing(self):
        person = self.new_person()
        self.new_order(person, "2026-03-01")
        self.refresh(person)
        before = self.subject(person).reason_ids.read()
        self.refresh(person)
        self.assertEqual(self.subject(person).reason_ids.read(), before)

    def test_refresh_of_everybody_equals_refresh_of_some(self):
        company = self.env["res.partner"].create(
            {"name": "Test SAS", "is_company": True}
        )
        people = self.new_person(parent_id=company.id) | self.new_person()
        self.new_order(company, "2026-03-01")
        self.new_order(people[1], "2022-03-01")
        self.new_invoice(people[1], "2022-03-01")

        def state():
            columns = ["phase", "date_next", "date_retention", "legal_basis"]
            return self.subject(people).read(columns), [
                (r.subject_id.id, r.purpose_id.id, r.date_start, r.date_archive_end)
                for r in self.subject(people).reason_ids.sorted("id")
            ]

        self.Reason._refresh()
        everybody = state()
        self.subject(people).reason_ids.sudo().unlink()
        self.refresh(people)
        self.assertEqual(state()[0], everybody[0])
        self.assertEqual(sorted(state()[1]), sorted(everybody[1]))

    def test_statements_about_some_are_not_compiled(self):
        """Nor those about everybody: seconds to save milliseconds."""
        for records in (self.new_person(), None):
            self.env.cr.execute("SET LOCAL jit = on")
            self.env["rgpd.reason"]._refresh(records)
            self.env.cr.execute("SHOW jit")
            self.assertEqual(self.env.cr.fetchone(), ("off",))

    def test_a_cancelled_order_takes_its_reason_away(self):
        person = self.new_person(collected="2020-01-01")
        order = self.new_order(person, "2026-03-01")
        self.refresh(person)
        self.assertIn("order", self.reasons(person))
        order.write({"state": "cancel"})
        self.refresh(person)
        self.assertNotIn("order", self.reasons(person))

    def test_a_source_that_cannot_be_read_is_left_out(self):
        # As after an update of another module; typed, they are refused
        sources = self.env["rgpd.fact.source"].with_context(install_mode=True)
        for domain in ("[('x'", "[('nothing', '=', 1)]", "1 + unknown"):
            sources.create(
                {
                    "name": "Broken",
                    "kind": "contact",
                    "model": "sale.order",
                    "person_path": "partner_id",
                    "date_path": "date_order",
                    "domain": domain,
                }
            )
        self.env["rgpd.fact.source"].create(
            {
                "name": "Gone",
                "kind": "contact",
                "model": "gone.model",
                "person_path": "partner_id",
                "date_path": "date",
            }
        )
        with self.assertLogs("odoo.addons.rgpd_fichier_client", "WARNING"):
            self.assertEqual(self.refresh(self.new_person()).phase, "expired")

    def test_a_day_in_the_future_is_today(self):
        person = self.new_person(collected="2099-01-01")
        self.assertEqual(self.refresh(person).date_next, self.day("2029-11-23"))

    def test_archived_contact_still_counts(self):
        person = self.new_person(collected="2025-01-01")
        person.active = False
        self.assertEqual(self.refresh(person).phase, "active")

    def test_nothing_to_refresh(self):
        self.assertEqual(self.Reason._refresh(self.env["res.partner"]), 0)

    def short_invoices(self):
        """Let the company keep its accounts one year only: the tax rule goes on."""
        purpose = self.env.ref("rgpd_fichier_client.rgpd_purpose_invoice")
        purpose.archive_delay = 1
        return purpose, self.env.ref("rgpd_fichier_client.rgpd_retention_rule_r06_tax")

    def test_a_rule_about_some_data_keeps_them_longer_than_the_purpose(self):
        purpose, tax = self.short_invoices()
        person = self.new_person(collected="2018-01-01")
        self.new_invoice(person, "2021-03-01")
        subject = self.refresh(person)
        reason = subject.reason_ids.filtered("rule_id")
        self.assertEqual((reason.purpose_id, reason.rule_id), (purpose, tax))
        self.assertEqual(reason.fact_kind, "invoice")
        self.assertEqual(reason.date_start, self.day("2021-03-01"))
        self.assertEqual(reason.date_archive_end, self.day("2027-03-01"))
        self.assertEqual(subject.phase, "archive")
        self.assertEqual(subject.date_retention, self.day("2027-03-01"))
        kept = self.Reason._get_kept(subject)[subject.id]
        self.assertEqual(set(kept), set(tax.data_category_ids.mapped("code")))
        self.assertEqual(kept["invoice"][0]["article"], tax.retention_reference)
        self.assertIn(tax.name, reason.display_name)
        self.assertIn("L102 B", reason._get_explanation_line())
        self.refresh(person)
        self.assertEqual(
            subject.reason_ids.filtered("rule_id"), reason, "kept as it is"
        )

    def test_a_rule_within_its_purpose_makes_no_reason(self):
        person = self.new_person()
        self.new_invoice(person, "2021-03-01")
        self.assertFalse(self.refresh(person).reason_ids.filtered("rule_id"))

    def test_a_rule_archived_or_of_another_company_keeps_nothing(self):
        _purpose, tax = self.short_invoices()
        person = self.new_person(collected="2018-01-01")
        self.new_invoice(person, "2021-03-01")
        self.assertTrue(self.refresh(person).reason_ids.filtered("rule_id"))
        tax.company_id = self.env["res.company"].create({"name": "Autre"})
        self.assertFalse(self.refresh(person).reason_ids.filtered("rule_id"))
        tax.company_id = False
        tax.active = False
        subject = self.refresh(person)
        self.assertFalse(subject.reason_ids.filtered("rule_id"))
        self.assertEqual(subject.phase, "expired")

    def test_upper_limits_keep_nobody(self):
        _purpose, tax = self.short_invoices()
        tax.is_limit = True
        person = self.new_person(collected="2018-01-01")
        self.new_invoice(person, "2021-03-01")
        self.assertFalse(self.refresh(person).reason_ids.filtered("rule_id"))

    def test_what_the_database_finds_is_what_the_law_says(self):
        """The set-based statements and the plain function agree on the variants."""
        purpose, tax = self.short_invoices()
        purpose.rule_ids += self.env["rgpd.retention.rule"].create(
            {
                "name": "Exercice",
                "start_event": "fiscal_year_end",
                "active_delay": 18,
                "active_unit": "month",
                "archive_delay": 20,
                "archive_unit": "day",
                "data_category_ids": tax.data_category_ids.ids,
            }
        )
        self.company.write({"fiscalyear_last_month": "2", "fiscalyear_last_day": 28})
        days = ("2019-02-28", "2020-02-29", "2020-12-31", "2021-03-01", "2025-06-15")
        persons = {day: self.new_person(collected="2018-01-01") for day in days}
        for day, person in persons.items():
            self.new_invoice(person, day)
        self.refresh(self.env["res.partner"].concat(*persons.values()))
        rule = purpose._get_retention_rules(self.company)[purpose]
        self.assertEqual(len(rule.variants), 5, "tax, two cards, mandate, the new one")
        for day, person in persons.items():
            facts = Facts(collected=self.day("2018-01-01"), invoice=self.day(day))
            situation = Situation(fiscal_month=2, fiscal_day=28)
            wanted = build_reasons([rule], facts, situation, self.day(TODAY))
            found = self.subject(person).reason_ids.filtered(
                lambda r: r.purpose_id == purpose
            )
            with self.subTest(day):
                self.assertEqual(
                    {
                        (r.rule_id.id or None, r.date_start, r.date_archive_end)
                        for r in found
                    },
                    {(r.variant, r.start, r.archive_end) for r in wanted},
                )

    def test_an_unpaid_debt_holds_for_three_years_at_most(self):
        purpose, tax = self.short_invoices()
        tax.active = False
        person = self.new_person(collected="2018-01-01")
        hold = self.env["rgpd.hold"].create(
            {
                "name": "Facture 114",
                "kind": "unpaid",
                "partner_id": person.id,
                "date_start": "2023-11-23",
            }
        )
        self.assertEqual(hold.date_last, self.day("2026-11-23"))
        self.assertEqual(hold.state, "on")
        subject = self.refresh(person)
        self.assertEqual(subject.phase, "active")
        self.assertEqual(subject.date_retention, self.day("2026-11-23"))
        self.assertIn(subject.id, self.env["rgpd.hold"]._get_active(subject))
        hold.date_start = "2023-11-22"
        self.assertEqual(hold.state, "over")
        Hold = self.env["rgpd.hold"]
        self.assertIn(hold, Hold.search([("state", "=", "over")]))
        self.assertNotIn(hold, Hold.search([("state", "=", "on")]))
        self.assertFalse(Hold._get_active(subject))
        self.assertEqual(self.refresh(person).phase, "expired")
        hold.kind = "dispute"
        self.assertFalse(hold.date_last)
        self.assertEqual(self.refresh(person).phase, "active")

    def test_due_are_those_nothing_keeps(self):
        gone = self.new_person(collected="2020-01-01")
        held = self.new_person(collected="2020-01-01")
        self.new_invoice(held, "2020-01-01")
        recent = self.new_person(collected="2026-01-01")
        self.refresh(gone | held | recent)
        due = self.Reason._get_due(self.company)
        self.assertIn(self.subject(gone), due)
        self.assertFalse(due & self.subject(held | recent))

    def test_another_company_still_needs_the_person(self):
        other = self.env["res.company"].create({"name": "Other"})
        person = self.new_person(collected="2020-01-01")
        self.env["rgpd.fact.source"].search([("kind", "=", "quotation")])
        order = self.new_order(person, "2026-03-01")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE sale_order SET company_id = %s WHERE id = %s", (other.id, order.id)
        )
        subject = self.refresh(person)
        self.assertNotIn(subject, self.Reason._get_due(self.company))
        self.assertEqual(
            subject.reason_ids.filtered(lambda r: r.phase != "expired").company_id,
            other,
        )
