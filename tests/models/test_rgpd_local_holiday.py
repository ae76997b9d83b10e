from freezegun import freeze_time

from odoo.exceptions import AccessError, ValidationError

from .consent_common import PHONE, ConsentCase


class TestLocalHoliday(ConsentCase):
    """Nobody is called on a public holiday of the department they live in."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.holidays = cls.env["rgpd.local.holiday"]
        cls.paris = cls.person
        cls.strasbourg = cls.new_person(
            "Luc Essai", "luc@client.example", "+33 6 39 98 00 02", zip="67000"
        )
        cls.nowhere = cls.new_person(
            "Dominique Essai",
            "dominique@client.example",
            "+33 6 39 98 00 03",
            zip=False,
        )
        cls.abroad = cls.new_person(
            "Kim Beispiel",
            "kim@client.example",
            "+33 6 39 98 00 04",
            zip="10115",
            country_id=cls.env.ref("base.de").id,
        )

    def answers(self):
        persons = self.paris | self.strasbourg | self.nowhere | self.abroad
        for person in persons:
            self.give(PHONE, "phone", person)
        verdicts = self.Gate._check(persons, PHONE, "phone")
        return [verdicts[person.id]["code"] for person in persons]

    @freeze_time("2025-12-26 10:00:00")
    def test_saint_stephen_in_alsace(self):
        # A Friday; who may live there is not called either.
        self.assertEqual(
            self.answers(), ["consent", "call_holiday", "call_holiday", "consent"]
        )

    @freeze_time("2027-03-26 10:00:00")
    def test_good_friday_moves_with_easter(self):
        self.assertEqual(
            self.answers(), ["consent", "call_holiday", "call_holiday", "consent"]
        )

    @freeze_time("2026-12-01 10:00:00")
    def test_an_ordinary_day(self):
        self.assertEqual(self.answers(), ["consent"] * 4)

    @freeze_time("2026-12-01 10:00:00")
    def test_the_dpo_adds_a_day_or_puts_one_out_of_use(self):
        dpo = self.new_user("dpo", login="holiday_dpo")
        row = self.holidays.with_user(dpo).create(
            {
                "name": "Local day",
                "when": "12-01",
                "departments": "75, 92",
                "source": "A text",
                "date_checked": "2026-12-01",
            }
        )
        self.assertEqual(
            self.answers(), ["call_holiday", "consent", "call_holiday", "consent"]
        )
        row.active = False
        self.assertEqual(self.answers(), ["consent"] * 4)

    @freeze_time("2026-12-01 10:00:00")
    def test_a_day_that_cannot_be_read_denies_calls(self):
        row = self.env.ref("rgpd_fichier_client.rgpd_local_holiday_good_friday")
        with self.assertRaises(ValidationError):
            row.when = "Friday"
        with self.assertRaises(ValidationError):
            row.departments = "Alsace"
        self.addCleanup(self.env.registry.clear_cache)
        self.env.cr.execute(
            "UPDATE rgpd_local_holiday SET \"when\" = 'x' WHERE id = %s", (row.id,)
        )
        self.env.invalidate_all()
        self.env.registry.clear_cache()
        with self.assertLogs("odoo.addons.rgpd_fichier_client", "WARNING"):
            self.assertEqual(set(self.answers()), {"rules_unreadable"})

    def test_what_is_not_settled_is_marked(self):
        rows = self.holidays.search([])
        self.assertGreaterEqual(len(rows), 9)
        self.assertFalse(any(rows.mapped("is_confirmed")))
        self.assertTrue(all(rows.mapped("source")))

    def test_only_the_dpo_changes_them(self):
        row = self.holidays.search([], limit=1)
        officer = self.new_user("officer", login="holiday_officer")
        self.assertTrue(row.with_user(officer).name)
        with self.assertRaises(AccessError):
            row.with_user(officer).active = False
