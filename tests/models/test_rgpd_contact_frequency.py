from datetime import timedelta

from odoo import fields
from odoo.tests import freeze_time

from .consent_common import MAIL, PHONE, SMS, ConsentCase

MONDAY = "2026-11-23 10:00:00"


class TestFrequency(ConsentCase):
    """Offers leave no more often than the person wishes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Frequency = cls.env["rgpd.contact.frequency"]

    def setUp(self):
        super().setUp()
        self.startPatcher(freeze_time(MONDAY))
        for purpose, channel in ((MAIL, "email"), (SMS, "sms")):
            self.give(purpose, channel, moment=fields.Datetime.to_datetime(MONDAY))

    def wish(self, frequency="week", person=None):
        subject = self.env["rgpd.subject"]._of(person or self.person)
        self.env["rgpd.preference"]._set(subject, self.company, frequency, None)
        return self.env["rgpd.preference"].search([("subject_id", "=", subject.id)])

    def offered(self, person=None, channel="email"):
        rows = self.Frequency._get_rows(person or self.person, channel, self.company)
        self.Frequency._note(set().union(*rows.values()))

    def after(self, **values):
        return freeze_time(fields.Datetime.to_datetime(MONDAY) + timedelta(**values))

    def test_a_wish_alone_stops_nothing(self):
        self.wish()
        self.assertAllowed("consent")

    def test_an_offer_closes_both_channels_until_the_day(self):
        row = self.wish()
        self.offered()
        self.assertEqual(row.offered_at, fields.Datetime.to_datetime(MONDAY))
        with self.after(hours=1):
            self.assertDenied("too_soon")
            self.assertDenied("too_soon", SMS, "sms")
            self.assertIn("11/30/2026", self.verdict()["sentence"])
            self.assertAllowed("service", "order")
            self.assertNotEqual(self.verdict(PHONE, "phone")["code"], "too_soon")
        # The day counts, not the hour: a mailing of each Monday stays one
        with self.after(days=6, hours=12):
            self.assertDenied("too_soon")
        with self.after(days=6, hours=23):
            self.assertAllowed("consent")

    def test_months_and_quarters(self):
        for frequency, last in (("month", 29), ("quarter", 91)):
            self.wish(frequency)
            self.offered()
            with self.after(days=last):
                self.assertDenied("too_soon")
            with self.after(days=last + 1):
                self.assertAllowed("consent")

    def test_nothing_is_noted_of_who_asked_for_nothing(self):
        row = self.wish("week")
        self.wish("any")
        self.offered()
        self.assertFalse(row.offered_at)
        self.assertAllowed("consent")

    def test_a_wish_taken_back_opens_at_once(self):
        self.wish("quarter")
        self.offered()
        self.assertDenied("too_soon")
        self.wish("any")
        self.assertAllowed("consent")

    def test_the_wish_is_that_of_one_company(self):
        self.wish()
        self.offered()
        other = self.env["res.company"].create({"name": "Other"})
        self.assertFalse(self.Frequency._get_rows(self.person, "email", other))

    def test_the_same_person_elsewhere_waits_somebody_else_does_not(self):
        self.wish()
        twin = self.new_person("Camille Exemple", self.person.email, phone=False)
        spouse = self.new_person("Dominique Autre", self.person.email, phone=False)
        for person in twin | spouse:
            self.give(person=person)
        self.offered(twin)
        with self.after(days=1):
            self.assertDenied("too_soon", person=twin)
            self.assertDenied("too_soon")
            self.assertAllowed("consent", person=spouse)
        self.offered(spouse)
        with self.after(days=8):
            self.assertAllowed("consent", person=twin)

    def test_the_reason_is_told_whatever_purpose_comes_first(self):
        self.company.rgpd_informs_at_collection = True
        self.wish()
        self.offered()
        codes = ("survey", "softoptin")
        for some in (codes, codes[::-1]):
            verdict = self.Gate._check_any(self.person, some, "email")[self.person.id]
            self.assertEqual(
                (verdict["code"], verdict["purpose"]), ("too_soon", "survey")
            )

    def test_the_moment_never_goes_back(self):
        row = self.wish()
        self.offered()
        with self.after(days=-1):
            self.offered()
        self.assertEqual(row.offered_at, fields.Datetime.to_datetime(MONDAY))

    def test_a_fault_stops_nothing(self):
        with self.assertLogs("odoo.addons.rgpd_fichier_client") as logs:
            self.Frequency._note({"rubbish"})
        self.assertIn("could not be noted", logs.output[0])

    def test_without_any_wish_one_statement_is_asked(self):
        self.env.flush_all()
        with self.assertQueryCount(1):
            self.Frequency._get(
                self.person, {}, {}, "email", self.company, fields.Datetime.now()
            )
