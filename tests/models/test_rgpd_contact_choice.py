from datetime import datetime

from odoo import Command, fields
from odoo.tests import freeze_time

from .consent_common import MAIL, PHONE, SMS, ConsentCase

TUESDAY = "2026-11-24 09:30:00"
SPRING = datetime(2026, 4, 1, 9)
SUMMER = datetime(2026, 7, 1, 9)


class TestTwins(ConsentCase):
    """What a person said on one record holds on their others."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.twin = cls.new_person("EXEMPLE Camille", "Camille@client.example", False)
        cls.spouse = cls.new_person("Paul Essai", "camille@client.example", False)

    def test_a_consent_counts_for_the_same_person(self):
        self.give()
        self.assertAllowed("consent", person=self.twin)

    def test_nobody_consents_for_somebody_else(self):
        self.give()
        self.assertDenied("no_consent", person=self.spouse)

    def test_a_withdrawal_closes_the_mailbox(self):
        self.give(person=self.twin, moment=SPRING)
        self.give(person=self.spouse, moment=SPRING)
        self.record("withdrawn", moment=SUMMER)
        self.assertDenied("consent_withdrawn", person=self.twin)
        self.assertDenied("consent_withdrawn", person=self.spouse)

    def test_the_last_word_counts(self):
        self.record("withdrawn", moment=SPRING)
        self.give(person=self.twin, moment=SUMMER)
        self.assertAllowed("consent")
        self.give(person=self.spouse, moment=SUMMER)
        self.assertAllowed("consent", person=self.spouse)

    def test_by_phone_number_as_well(self):
        person = self.new_person("Camille Exemple", False, "06 39 98 00 01")
        self.record("withdrawn", SMS, "sms")
        self.assertDenied("consent_withdrawn", SMS, "sms", person=person)
        # Their e-mail was not the question.
        self.assertDenied("no_consent", person=self.twin)

    def test_a_legitimate_interest_does_not_walk_round_a_twin(self):
        self.company.write(
            {"rgpd_b2b_profession": True, "rgpd_informs_at_collection": True}
        )
        self.company.rgpd_messages_unsubscribe = True
        self.twin.write({"is_company": True})
        self.assertAllowed("b2b", "prospect_b2b_email", "email", person=self.twin)
        self.record("withdrawn")
        self.assertDenied(
            "consent_withdrawn", "prospect_b2b_email", "email", person=self.twin
        )


class TestPhoneFacts(ConsentCase):
    """Contract in progress, calls made, calls refused (L. 223-1, D. 223-9)."""

    def order(self, **values):
        product = self.env["product.product"].create(
            {"name": "Bench", "type": "consu", "invoice_policy": "order"}
        )
        order = self.env["sale.order"].create(
            {
                "partner_id": self.person.id,
                "order_line": [
                    Command.create({"product_id": product.id, "product_uom_qty": 2})
                ],
            }
        )
        order.action_confirm()
        order.write(values)
        return order

    def call(self, count=1):
        kind = self.env.ref("mail.mail_activity_data_call")
        for _turn in range(count):
            self.person.message_post(body="Called", mail_activity_type_id=kind.id)

    @freeze_time(TUESDAY)
    def test_a_contract_in_progress_opens_calls_about_it(self):
        self.company.rgpd_contract_calls = True
        self.assertDenied("no_consent", PHONE, "phone")
        order = self.order()
        self.assertAllowed("phone_contract", PHONE, "phone")
        # Delivered and invoiced: the contract has been performed.
        order.order_line.qty_delivered = 2
        order._create_invoices().action_post()
        self.assertDenied("no_consent", PHONE, "phone")

    @freeze_time(TUESDAY)
    def test_an_order_nobody_closed_is_no_contract_for_good(self):
        self.company.rgpd_contract_calls = True
        self.order(date_order=datetime(2023, 1, 5, 10))
        self.assertDenied("no_consent", PHONE, "phone")

    @freeze_time(TUESDAY)
    def test_four_calls_in_thirty_days(self):
        self.give(PHONE, "phone", moment=SUMMER)
        self.call(3)
        self.assertAllowed("consent", PHONE, "phone")
        self.call()
        self.assertDenied("call_too_many", PHONE, "phone")
        with freeze_time("2026-12-29 09:30:00"):
            self.assertAllowed("consent", PHONE, "phone")

    def test_sixty_days_of_silence_after_a_refused_call(self):
        with freeze_time("2026-09-25 09:00:00"):
            self.record("refused", PHONE, "phone", collection_point="phone")
        with freeze_time("2026-10-05 09:00:00"):
            self.give(PHONE, "phone", actor="self")
        with freeze_time("2026-11-23 09:30:00"):
            self.assertDenied("call_silence", PHONE, "phone")
        with freeze_time("2026-11-24 09:30:00"):
            self.assertAllowed("consent", PHONE, "phone")

    def test_overseas_has_its_own_hours(self):
        self.give(PHONE, "phone", moment=SUMMER)
        # 15:00 in Paris is 18:00 in La Réunion and 10:00 in Guadeloupe.
        with freeze_time("2026-11-24 14:30:00"):
            self.assertAllowed("consent", PHONE, "phone")
            self.person.country_id = self.env.ref("base.re")
            self.assertAllowed("consent", PHONE, "phone")
        with freeze_time("2026-11-24 16:30:00"):
            self.assertDenied("call_hours", PHONE, "phone")
            self.person.country_id = self.env.ref("base.gp")
            self.assertAllowed("consent", PHONE, "phone")

    @freeze_time(TUESDAY)
    def test_a_consent_of_more_than_a_year_is_over(self):
        self.give(PHONE, "phone", moment=datetime(2025, 11, 20, 10))
        self.assertDenied("consent_expired", PHONE, "phone")


class TestSoftOptInFacts(ConsentCase):
    def test_a_posted_invoice_is_a_sale(self):
        self.company.write(
            {
                "rgpd_softoptin_similar": True,
                "rgpd_messages_unsubscribe": True,
                "rgpd_softoptin_since": "2020-01-01",
            }
        )
        self.assertDenied("softoptin_no_sale", "softoptin", "email")
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.person.id,
                "invoice_date": fields.Date.today(),
                "invoice_line_ids": [
                    Command.create({"name": "Chair", "price_unit": 80})
                ],
            }
        )
        self.assertDenied("softoptin_no_sale", "softoptin", "email")
        invoice.action_post()
        self.assertAllowed("softoptin", "softoptin", "email")


class TestRules(ConsentCase):
    """A broken rule denies, and raises nothing."""

    def break_rule(self, code, value="?"):
        self.cr.execute(
            "UPDATE rgpd_contact_rule SET value = %s WHERE code = %s", [value, code]
        )
        self.env.invalidate_all()
        self.env.registry.clear_cache()
        self.addCleanup(self.env.registry.clear_cache)

    @freeze_time(TUESDAY)
    def test_unreadable_hours_deny_calls(self):
        self.give(PHONE, "phone", moment=SUMMER)
        self.assertAllowed("consent", PHONE, "phone")
        with self.assertLogs("odoo.addons.rgpd_fichier_client", "WARNING"):
            self.break_rule("phone_max_calls")
            self.assertDenied("rules_unreadable", PHONE, "phone")

    def test_without_the_list_of_mail_services_nobody_is_a_professional(self):
        self.company.write(
            {"rgpd_b2b_profession": True, "rgpd_informs_at_collection": True}
        )
        self.company.rgpd_messages_unsubscribe = True
        self.person.write({"is_company": True, "email": "c@gmail.com"})
        self.env["rgpd.contact.rule"].search(
            [("code", "=", "free_mail_domains")]
        ).unlink()
        self.assertDenied("rules_unreadable", "prospect_b2b_email", "email")

    def test_an_archived_purpose_or_a_foreign_channel_denies(self):
        self.give()
        self.assertDenied("channel_not_for_purpose", MAIL, "sms")
        self.assertDenied("unknown_channel", MAIL, "pigeon")
        self.env["rgpd.purpose"].search([("code", "=", MAIL)]).active = False
        self.assertDenied("no_purpose")

    def test_a_person_in_intermediate_archive_gets_no_offer(self):
        self.company.write(
            {"rgpd_informs_at_collection": True, "rgpd_messages_unsubscribe": True}
        )
        self.assertAllowed("not_objected", "prospect_postal", "post")
        self.env["rgpd.subject"]._of(self.person).sudo().phase = "archive"
        self.assertDenied("person_in_archive", "prospect_postal", "post")
        self.assertAllowed("service", "invoice", "email")
        # They may still say yes, and that is a reason again.
        self.give()
        self.assertAllowed("consent")

    def test_many_records_cost_no_more_queries_than_one(self):
        people = self.person
        for number in range(300):
            people |= self.person.copy({"email": f"q{number}@client.example"})
        self.give()
        self.record("objected", None, "all", person=people[5])
        self.env.flush_all()
        self.env.invalidate_all()
        self.Gate._check(self.person, MAIL, "email")
        with self.assertQueryCount(25):
            verdicts = self.Gate._check(people, MAIL, "email")
        self.assertEqual(len(verdicts), 301)
        self.assertTrue(verdicts[self.person.id]["allowed"])
        self.assertEqual(sum(verdict["allowed"] for verdict in verdicts.values()), 1)

    def test_one_of_several_purposes(self):
        customer = self.new_person("Luc Essai", "luc@client.example", False)
        self.company.write(
            {
                "rgpd_softoptin_similar": True,
                "rgpd_messages_unsubscribe": True,
                "rgpd_softoptin_since": "2020-01-01",
            }
        )
        order = self.env["sale.order"].create({"partner_id": customer.id})
        order.action_confirm()
        self.give()
        stranger = self.new_person("Ana Essai", "ana@client.example", False)
        people = self.person | customer | stranger
        verdicts = self.Gate._check_any(people, [MAIL, "softoptin"], "email")
        self.assertEqual(
            [(verdicts[p.id]["allowed"], verdicts[p.id]["purpose"]) for p in people],
            [(True, MAIL), (True, "softoptin"), (False, MAIL)],
        )
        self.assertEqual(verdicts[stranger.id]["code"], "no_consent")
