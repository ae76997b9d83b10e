"""What stays for statistics singles nobody out: groups of a size."""

from datetime import date

from odoo.exceptions import ValidationError
from odoo.tools import mute_logger

from .erasure_common import ErasureCase

ERASER = "odoo.addons.rgpd_fichier_client.models.retention.rgpd_eraser"


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
        self.erase(self.new_people(["48000"] * 4))
        self.new_people(["48000"] * 3, is_company=True)
        more = self.new_people(["48500"] * 2)
        self.assertEqual(self.erase(more[:1]), ["48"])

    def test_who_is_still_in_the_file_hides_nobody(self):
        people = self.new_people(["48000"] * 30)
        self.assertEqual(self.erase(people[:4]), [False] * 4)
        self.assertEqual(self.erase(people[4:6]), ["48"] * 2)

    def test_an_address_is_no_further_person(self):
        people = self.new_people(["48000"] * 3)
        self.new_people(["48000"] * 3, type="delivery", parent_id=people[0].id)
        self.assertEqual(self.erase(people), [False] * 3)

    def test_a_second_erasure_counts_nobody_twice(self):
        people = self.new_people(["48000"] * 4)
        self.erase(people)
        people.write({"zip": "48"})
        for rank in range(3):
            people.write({"email": f"revenu{rank}@courriel.example"})
            self.env.flush_all()
            self.env["rgpd.eraser"]._erase(people[:1], "request")
        self.assertEqual(self.erase(self.new_people(["48000"])), ["48"])
        group = self.env["rgpd.erased.group"].search([("field", "=", "zip")])
        self.assertEqual(sum(group.mapped("count")), 5)

    def test_a_failed_erasure_counts_nobody(self):
        people = self.new_people(["48000"] * 4)
        eraser = type(self.env["rgpd.eraser"])
        original = eraser._record_success

        def fail(engine, scope, *args):
            if people[0].id in scope.ids_of("res.partner"):
                raise ValueError
            return original(engine, scope, *args)

        self.patch(eraser, "_record_success", fail)
        with mute_logger(ERASER):
            self.env["rgpd.eraser"]._erase(people, "request")
        group = self.env["rgpd.erased.group"].search([("field", "=", "zip")])
        self.assertEqual(sum(group.mapped("count")), 3)
        self.assertEqual(people[0].zip, "48000")

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
        self.assertEqual(set(people.mapped("zip")), {"48", "974", False})
        erased = [
            zip_code[:3] if zip_code[:2] == "97" else zip_code[:2] for zip_code in zips
        ]
        for value in set(filter(None, people.mapped("zip"))):
            self.assertGreaterEqual(erased.count(value), 5, value)

    def test_a_group_of_one_is_refused(self):
        for size in (1, 0, -3):
            with self.assertRaises(ValidationError):
                self.company.rgpd_group_size = size


class TestErasedBirthYears(ErasureCase):
    """The year of birth, in a field of the company's own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.rgpd_group_size = 5
        cls.env["ir.model.fields"].create(
            {
                "name": "x_birthdate",
                "model_id": cls.env["ir.model"]._get_id("res.partner"),
                "field_description": "Date of birth",
                "ttype": "date",
            }
        )
        cls.env["rgpd.data.map"]._discover()

    def new_people(self, births):
        return self.env["res.partner"].create(
            [
                {"name": f"Lou Naissance{rank} Exemple", "x_birthdate": birth}
                for rank, birth in enumerate(births)
            ]
        )

    def erase(self, people):
        self.env.flush_all()
        erasures = self.env["rgpd.eraser"]._erase(people, "request")
        self.assertEqual(set(erasures.mapped("state")), {"masked"})
        return people.mapped("x_birthdate")

    def test_the_year_stays_where_enough_share_it(self):
        people = self.new_people(
            ["1980-02-29", "1980-12-31", "1980-01-02", "1980-05-05", "1980-07-14"]
        )
        self.assertEqual(self.erase(people), [date(1980, 1, 1)] * 5)

    def test_the_only_ones_of_a_year_lose_it(self):
        people = self.new_people(["1931-03-04"] * 4 + ["1932-03-04"])
        self.assertEqual(self.erase(people), [False] * 5)

    def test_who_is_still_in_the_file_hides_nobody(self):
        people = self.new_people(["1931-03-04"] * 9)
        self.assertEqual(self.erase(people[:4]), [False] * 4)
        self.assertEqual(self.erase(people[4:5]), [date(1931, 1, 1)])

    def test_no_birth_no_year(self):
        self.assertEqual(self.erase(self.new_people([False] * 6)), [False] * 6)
