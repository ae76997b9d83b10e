"""What stays for statistics singles nobody out: groups of a size."""

from odoo.exceptions import ValidationError

from .erasure_common import ErasureCase


class TestErasureGroups(ErasureCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.rgpd_group_size = 5
        cls.france = cls.env.ref("base.fr")
        cls.belgium = cls.env.ref("base.be")

    def new_people(self, zips, country=None, **vals):
        return self.env["res.partner"].create(
            [
                {
                    "name": f"Lou Groupe{rank} {zip_code}",
                    "zip": zip_code,
                    "country_id": (country or self.france).id,
                    **vals,
                }
                for rank, zip_code in enumerate(zips)
            ]
        )

    def erase(self, people):
        self.env.flush_all()
        self.env.registry.clear_cache()
        erasures = self.env["rgpd.eraser"]._erase(people, "request")
        self.assertEqual(set(erasures.mapped("state")), {"masked"})
        return people.mapped("zip")

    def test_the_department_stays_where_enough_share_it(self):
        people = self.new_people(["48000", "48100", "48200", "48300", "48400"])
        self.assertEqual(self.erase(people), ["48"] * 5)

    def test_the_only_ones_of_a_department_lose_it(self):
        people = self.new_people(["48000", "48100", "48200", "48300"])
        self.assertEqual(self.erase(people), [False] * 4)

    def test_who_was_erased_before_counts_and_companies_do_not(self):
        self.new_people(["48000"] * 3, is_company=True)
        first = self.new_people(["48000"] * 4)
        self.assertEqual(self.erase(first[:1]), [False])
        more = self.new_people(["48500"] * 2)
        self.assertEqual(self.erase(more[:1]), ["48"])

    def test_a_department_of_another_country_is_another_group(self):
        self.new_people(["4800"] * 4, self.belgium)
        french = self.new_people(["48000"] * 2)
        self.assertEqual(self.erase(french), [False] * 2)

    def test_overseas_departments_have_three_digits(self):
        people = self.new_people(["97400"] * 5)
        guadeloupe = self.new_people(["97100"])
        self.assertEqual(self.erase(people), ["974"] * 5)
        self.assertEqual(self.erase(guadeloupe), [False])

    def test_the_strictest_company_decides(self):
        self.env["res.company"].create({"name": "Autre", "rgpd_group_size": 50})
        people = self.new_people(["48000"] * 6)
        self.assertEqual(self.erase(people), [False] * 6)

    def test_no_erased_person_is_alone_in_what_stays(self):
        """The property itself, on a mixed file."""
        zips = ["48000"] * 7 + ["15000"] * 2 + ["97400"] * 5 + ["2A000", "20000"]
        people = self.new_people(zips)
        self.erase(people[::2])
        self.erase(people[1::2])
        kept = [zip_code for zip_code in people.mapped("zip") if zip_code]
        for value in set(kept):
            self.assertGreaterEqual(kept.count(value), 5, value)

    def test_a_group_of_one_is_refused(self):
        for size in (1, 0, -3):
            with self.assertRaises(ValidationError):
                self.company.rgpd_group_size = size
