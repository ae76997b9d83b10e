"""Rules and facts that make no sense: a clear refusal, nothing lost, nothing erased."""

from datetime import datetime

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL, mute_logger

from .erasure_common import ErasureCase
from .retention_common import RetentionCase

COLLECTOR = "odoo.addons.rgpd_fichier_client.models.retention.rgpd_fact_collector"


class TestBadRules(RetentionCase):
    """Periods that contradict each other, that are nothing or less."""

    def test_of_rules_that_contradict_each_other_the_longest_wins(self):
        """A limit and a ban beside it shorten nothing that a law asks to keep."""
        purpose = self.env.ref("rgpd_fichier_client.rgpd_purpose_invoice")
        tax = self.env.ref("rgpd_fichier_client.rgpd_retention_rule_r06_tax")
        for values in ({"is_limit": True}, {"is_forbidden": True}, {}):
            tax.copy(
                {
                    "purpose_ids": [(6, 0, purpose.ids)],
                    "active_delay": 1,
                    "active_unit": "day",
                    "archive_delay": 0,
                    **values,
                }
            )
        person = self.new_person(collected="2018-01-01")
        self.new_invoice(person, "2021-03-01")
        subject = self.refresh(person)
        self.assertEqual(subject.date_retention, self.day("2031-12-31"))
        kept = self.Reason._get_kept(subject)[subject.id]
        self.assertEqual(kept["invoice"][0]["end_date"], self.day("2031-12-31"))

    def test_a_negative_period_is_refused(self):
        purpose = self.env.ref("rgpd_fichier_client.rgpd_purpose_prospect_postal")
        for name in ("active_delay", "archive_delay"):
            with (
                self.assertRaises(IntegrityError),
                mute_logger("odoo.sql_db"),
                self.env.cr.savepoint(),
            ):
                purpose[name] = -1
                purpose.flush_recordset()
            purpose.invalidate_recordset()
            self.assertGreaterEqual(purpose[name], 0)

    def test_a_period_of_zero_is_no_period(self):
        """It keeps nobody, which the register shows as missing."""
        purpose = self.env.ref("rgpd_fichier_client.rgpd_purpose_prospect_postal")
        person = self.new_person(collected="2026-11-22")
        self.assertEqual(self.refresh(person).phase, "active")
        purpose.write({"active_delay": 0, "archive_delay": 0})
        self.assertFalse(purpose._has_period())
        subject = self.refresh(person)
        self.assertNotIn("prospect_postal", self.reasons(person))
        self.assertNotEqual(subject.phase, "active")

    def test_a_company_without_fiscal_year_closes_on_31_december(self):
        person = self.new_person()
        self.new_invoice(person, "2019-07-01")
        self.env.cr.execute(
            "ALTER TABLE res_company ALTER fiscalyear_last_month DROP NOT NULL,"
            " ALTER fiscalyear_last_day DROP NOT NULL"
        )
        self.env.cr.execute(
            "UPDATE res_company SET fiscalyear_last_month = NULL,"
            " fiscalyear_last_day = NULL WHERE id = %s",
            (self.company.id,),
        )
        self.company.invalidate_recordset()
        self.refresh(person)
        self.assertEqual(
            self.reasons(person)["invoice"].date_start, self.day("2019-12-31")
        )

    def test_the_day_of_a_fact_is_the_day_in_france(self):
        """An hour before midnight in London is the day after in Paris."""
        person, other = self.new_person(), self.new_person()
        late = self.new_order(person, "2020-12-31")
        late.date_order = datetime(2020, 12, 31, 23, 30)
        summer = self.new_order(other, "2021-06-30")
        summer.date_order = datetime(2021, 6, 30, 21, 59)
        for user_zone in ("America/New_York", "Asia/Tokyo", False):
            self.env.user.tz = user_zone
            self.refresh(person | other)
            self.assertEqual(
                self.reasons(person)["order"].date_start, self.day("2021-01-01")
            )
            self.assertEqual(
                self.reasons(other)["order"].date_start, self.day("2021-06-30")
            )

    def test_a_period_ends_at_midnight_in_france(self):
        person = self.new_person(collected="2023-11-23")
        self.assertEqual(self.refresh(person).phase, "active")
        with freeze_time("2026-11-23 22:59:00"):
            self.assertEqual(self.refresh(person).phase, "active")
        with freeze_time("2026-11-23 23:01:00"):
            self.assertEqual(self.refresh(person).phase, "expired")

    def test_month_ends_and_leap_days_in_the_database(self):
        purpose = self.env.ref("rgpd_fichier_client.rgpd_purpose_prospect_postal")
        for collected, delay, unit, end in (
            ("2024-02-29", 3, "year", "2027-02-28"),
            ("2024-02-29", 4, "year", "2028-02-29"),
            ("2025-08-31", 18, "month", "2027-02-28"),
            ("2026-10-31", 1, "month", "2026-11-30"),
            ("2026-11-01", 45, "day", "2026-12-16"),
        ):
            purpose.write({"active_delay": delay, "active_unit": unit})
            person = self.new_person(collected=collected)
            self.refresh(person)
            self.assertEqual(
                self.reasons(person)["prospect_postal"].date_active_end, self.day(end)
            )

    def test_an_order_dated_in_the_future_ends_as_one_of_today(self):
        person = self.new_person(collected="2025-01-01")
        self.new_order(person, "2099-01-01")
        subject = self.refresh(person)
        self.assertLessEqual(subject.date_last_contact, self.day("2026-11-23"))


class TestBadRulesOfDocuments(RetentionCase):
    """The same for one order of somebody who stays."""

    def end_of(self, order):
        self.env.flush_all()
        order.invalidate_recordset()
        self.env["rgpd.document"]._refresh()
        row = self.env["rgpd.document"].search(
            [("res_model", "=", "sale.order"), ("res_id", "=", order.id)]
        )
        self.assertEqual(row.date_next, order.rgpd_date_retention)
        return row.date_next

    def new_customer_order(self, day, **vals):
        person = self.new_person(collected="2018-01-01")
        order = self.new_order(person, day, **vals)
        self.new_order(person, "2026-11-01")
        self.refresh(person)
        return order

    def test_a_period_of_zero_ends_nothing(self):
        """Whoever empties the period by mistake loses no order that night."""
        order = self.new_customer_order("2020-03-31")
        self.assertEqual(self.end_of(order), self.day("2025-03-31"))
        purpose = self.env.ref("rgpd_fichier_client.rgpd_purpose_order")
        purpose.write({"active_delay": 0, "archive_delay": 0})
        self.assertFalse(self.end_of(order))
        counts = self.env["rgpd.document"]._count_by_decision(self.company)
        self.assertNotIn("erase", {key[2] for key in counts})

    def test_an_invoice_without_a_period_ends_with_no_lesser_basis(self):
        """The five years of the contract are no end of what the accounts ask for."""
        order = self.new_customer_order("2014-06-30")
        move = self.new_invoice(order.partner_id, "2014-07-01")
        move.invoice_line_ids.sale_line_ids = order.order_line
        self.assertEqual(self.end_of(order), self.day("2024-12-31"))
        purpose = self.env.ref("rgpd_fichier_client.rgpd_purpose_invoice")
        purpose.write({"active_delay": 0, "archive_delay": 0, "end_action": "review"})
        self.assertFalse(self.end_of(order))
        counts = self.env["rgpd.document"]._count_by_decision(self.company)
        self.assertNotIn("erase", {key[2] for key in counts})
        # It is said to be over nowhere
        self.assertFalse(order.rgpd_phase)
        expired = [("id", "=", order.id), ("rgpd_phase", "=", "expired")]
        self.assertFalse(order.search(expired))
        # An order that was never invoiced rests on another basis
        plain = self.new_customer_order("2020-03-31")
        self.assertEqual(self.end_of(plain), self.day("2025-03-31"))

    def test_a_review_counts_whatever_the_period(self):
        order = self.new_customer_order("2020-03-31")
        purpose = self.env.ref("rgpd_fichier_client.rgpd_purpose_order")
        purpose.write({"active_delay": 0, "archive_delay": 0, "end_action": "review"})
        self.env.flush_all()
        reviewed = order._rgpd_get_reviewed_sql("o", self.company)
        query = SQL("SELECT %s FROM sale_order o WHERE id = %s", reviewed, order.id)
        self.assertEqual(self.env.execute_query(query), [(True,)])

    def test_month_ends_and_leap_days(self):
        purpose = self.env.ref("rgpd_fichier_client.rgpd_purpose_order")
        order = self.new_customer_order("2024-02-29")
        for delay, unit, end in (
            (3, "year", "2027-02-28"),
            (4, "year", "2028-02-29"),
            (1, "month", "2024-03-29"),
            (36, "day", "2024-04-05"),
        ):
            purpose.write({"archive_delay": delay, "archive_unit": unit})
            self.assertEqual(self.end_of(order), self.day(end))

    def test_the_day_of_an_order_is_the_day_in_france(self):
        order = self.new_customer_order("2020-12-31")
        order.date_order = datetime(2020, 12, 31, 23, 30)
        for user_zone in ("America/New_York", "Asia/Tokyo", False):
            self.env.user.tz = user_zone
            self.assertEqual(self.end_of(order), self.day("2026-01-01"))

    def test_an_order_dated_in_the_future_is_never_due(self):
        order = self.new_customer_order("2099-01-01")
        self.assertEqual(self.end_of(order), self.day("2104-01-01"))

    def test_a_company_without_fiscal_year_keeps_its_books_to_31_december(self):
        order = self.new_customer_order("2014-06-30")
        move = self.new_invoice(order.partner_id, "2014-07-01")
        move.invoice_line_ids.sale_line_ids = order.order_line
        self.env.flush_all()
        self.env.cr.execute(
            "ALTER TABLE res_company ALTER fiscalyear_last_month DROP NOT NULL,"
            " ALTER fiscalyear_last_day DROP NOT NULL"
        )
        self.env.cr.execute(
            "UPDATE res_company SET fiscalyear_last_month = NULL,"
            " fiscalyear_last_day = NULL WHERE id = %s",
            (self.company.id,),
        )
        self.company.invalidate_recordset()
        self.assertEqual(self.end_of(order), self.day("2024-12-31"))
        books = self.env["rgpd.eraser.accounting"]
        self.assertEqual(books._get_released(move._name, move.ids), set(move.ids))
        with freeze_time("2024-12-31 12:00:00"):
            self.assertFalse(books._get_released(move._name, move.ids))

    def test_a_link_of_a_model_that_vanished_stops_no_document(self):
        order = self.new_customer_order("2015-03-31")
        link = self.env["rgpd.data.link"].search(
            [("model", "=", "sale.order"), ("path", "=", "partner_id")]
        )
        link.copy({"model": "gone.model"})
        self.env.registry.clear_cache()
        self.assertEqual(self.end_of(order), self.day("2020-03-31"))
        self.assertNotIn("gone.model", self.env["rgpd.document"]._get_models())


class TestLostFacts(ErasureCase):
    """A source of facts that is lost would make everybody seem forgotten."""

    def approve(self):
        simulation = self.env["rgpd.simulation"].with_user(self.dpo).create({})
        simulation.action_compute()
        simulation.confirm_count = simulation.erase_count
        simulation.action_approve()
        return simulation

    def run_night(self):
        with self.enter_registry_test_mode(), mute_logger(COLLECTOR):
            self.env.ref(
                "rgpd_fichier_client.rgpd_retention_cron"
            ).method_direct_trigger()
        self.env.invalidate_all()

    def get_source(self):
        return self.env["rgpd.fact.source"].search([("model", "=", "sale.order")])[0]

    def lose(self, column, value):
        """What an update of another module, or a hand in the database, may do."""
        source = self.get_source()
        self.env.flush_all()
        self.env.cr.execute(
            f"UPDATE rgpd_fact_source SET {column} = %s WHERE id = %s",
            (value, source.id),
        )
        self.env.invalidate_all()
        return source

    def test_a_domain_that_does_not_parse_is_refused(self):
        source = self.get_source()
        for name, value in (
            ("domain", "[('state', '="),
            ("domain", "[('no_such_field', '=', 1)]"),
            ("domain", "os.system('x')"),
            ("person_path", "partner_id.no_such_field"),
            ("date_path", "name"),
        ):
            with (
                self.subTest(value),
                self.assertRaisesRegex(ValidationError, "cannot be read"),
                self.env.cr.savepoint(),
            ):
                source[name] = value
            source.invalidate_recordset()

    def test_a_domain_that_no_longer_parses_stops_everything(self):
        simulation = self.approve()
        source = self.lose("domain", "[('state', '=")
        self.run_night()
        self.assertEqual(self.prospect.name, "Zoé Liénard")
        self.assertTrue(simulation.date_lapsed)
        self.assertTrue(simulation.activity_ids)
        with self.assertRaisesRegex(UserError, "can no longer be read"):
            self.env["rgpd.eraser"]._erase(self.prospect, "request")
        self.assertEqual(self.prospect.name, "Zoé Liénard")
        fresh = self.env["rgpd.simulation"].with_user(self.dpo).create({})
        with mute_logger(COLLECTOR):
            fresh.action_compute()
        fresh.confirm_count = fresh.erase_count
        with self.assertRaisesRegex(UserError, source.name):
            fresh.action_approve()
        # Archived, it is a decision, and the DPO looks at what it changes
        source.active = False
        with self.assertRaisesRegex(UserError, "rules have changed"):
            fresh.action_approve()
        erasure = self.env["rgpd.eraser"]._erase(self.prospect, "request")
        self.assertEqual(erasure.state, "masked")

    def test_a_model_that_vanished_asks_again(self):
        simulation = self.approve()
        self.lose("model", "gone.model")
        self.run_night()
        self.assertEqual(self.prospect.name, "Zoé Liénard")
        self.assertTrue(simulation.date_lapsed)
        self.approve()
        self.run_night()
        self.assertNotIn("Liénard", self.prospect.name)

    def test_a_person_of_a_model_that_vanished_fails_alone(self):
        subject = self.env["rgpd.subject"]._of(self.prospect)
        gone = subject.sudo().copy({"res_model": "gone.model", "res_id": 1, "uid": "x"})
        erasures = self.env["rgpd.eraser"]._erase(subject | gone, "retention")
        states = {e.subject_uid: e.state for e in erasures}
        self.assertEqual(states[gone.uid], "failed")
        self.assertEqual(states[subject.uid], "masked")

    def test_the_same_sources_keep_the_approval(self):
        simulation = self.approve()
        self.get_source().name = "Another name"
        self.assertTrue(simulation._has_same_rules())
