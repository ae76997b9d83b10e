"""What contacts are looked up by, in the one index of it."""

import random

from odoo.tools import SQL

from odoo.addons.rgpd_fichier_client.models.datamap import contact_index

from ..common import RgpdCase


class TestContactIndex(RgpdCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.finder = cls.env["rgpd.person.finder"]
        cls.ada = cls.env["res.partner"].create(
            {
                "name": "Ada Zéphir",
                "email": '"Ada" <ada@client.example>, Ada.Second@client.example',
                "phone": "+33 6 39 98 31 47",
                "country_id": cls.env.ref("base.fr").id,
            }
        )
        cls.env.flush_all()

    def test_numbers_and_further_addresses_are_found(self):
        for kind, value in (
            ("email", "ada@client.example"),
            ("email", "ada.second@client.example"),
            ("phone", "+33639983147"),
        ):
            self.assertEqual(self.match(kind, value), self.ada, value)

    def test_a_key_counts_for_its_own_field_only(self):
        self.ada.email = "639983198, ada@client.example"
        self.env.flush_all()
        self.assertFalse(self.by_digits(["639983198"]))

    def test_a_spelling_odoo_does_not_know(self):
        self.ada.write({"phone": "00 33 (0)6/39-98-31-47 bureau", "country_id": False})
        self.env.flush_all()
        self.assertEqual(self.by_digits(["639983147"]), self.ada)

    def test_what_was_saved_a_moment_ago_is_found(self):
        self.ada.phone = "06 39 98 31 48"
        self.env.flush_all()
        self.assertEqual(self.by_digits(["639983148"]), self.ada)
        self.assertFalse(self.by_digits(["639983147"]))

    def test_many_at_once(self):
        """A long list is looked up in parts."""
        others = [f"{number:09}" for number in range(100_000, 100_500)]
        wanted = [*others[:450], "639983147", *others[450:]]
        self.assertEqual(self.by_digits(wanted), self.ada)
        self.assertFalse(self.by_digits(others))
        self.assertFalse(self.by_digits([]))

    def test_a_text_longer_than_any_address_is_no_obstacle(self):
        """A picture pasted as text: a key of an index has a greatest size."""
        pasted = "".join(random.Random(1).choices("0123456789abcdef", k=12_000))
        self.ada.email = f"ada@client.example, data:image/png;base64,{pasted}"
        self.env.flush_all()
        self.assertEqual(self.match("email", "ada@client.example"), self.ada)

    def test_an_address_longer_than_any_is_no_obstacle(self):
        """One text without a space: a tree takes no key of more than 2,704 bytes."""
        signs = "".join(random.Random(2).choices("0123456789abcdef", k=9_000))
        self.ada.email = f"{signs}@client.example"
        self.env.flush_all()
        self.assertEqual(len(self.ada.email_normalized), 9_000 + len("@client.example"))
        self.assertEqual(self.match("email", self.ada.email_normalized), self.ada)

    def test_the_index_of_addresses_serves_one_and_many(self):
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        many = [f"{number}@client.example" for number in range(50)]
        for values in (["ada@client.example"], many):
            query = next(self.finder._get_same_email("res.partner", values))
            plan = self.env.execute_query(SQL("EXPLAIN %s", query))
            text = "\n".join(row[0] for row in plan)
            self.assertIn("res_partner_rgpd_email_idx", text)
            self.assertIn("Index Cond", text)

    def test_a_word_as_long_is_no_obstacle_in_a_name(self):
        # Not longer than what the index of Odoo takes
        signs = "".join(random.Random(1).choices("bcdfghjklmnpqrstvwxz", k=2_500))
        for name in (f"Ada {signs}", f"Ada {signs} Zéphir"):
            self.ada.name = name
            self.env.flush_all()
        lookup = self.env["rgpd.person.lookup"].with_user(self.new_user("officer"))
        rows = lookup.lookup("Ada Zéphir")
        self.assertIn(self.ada.id, [row["id"] for row in rows["candidates"]])

    def test_the_index_serves(self):
        self.assertIn("res_partner_rgpd_keys_idx", self.get_plan(["639983147"]))

    def test_a_contact_without_anything(self):
        """Nobody is found by an empty value."""
        nobody = self.env["res.partner"].create({"name": "Rien", "phone": False})
        self.env.flush_all()
        self.assertNotIn(nobody, self.by_digits([""]))

    def test_daily_work_pays_for_three_indexes(self):
        """Each one on contacts is opened by each statement that reads them."""
        self.env.cr.execute(
            "SELECT count(*) FROM pg_indexes WHERE tablename = 'res_partner'"
            " AND indexname LIKE '%rgpd%'"
        )
        self.assertEqual(self.env.cr.fetchone(), (3,))

    def match(self, kind, value):
        found = self.finder._match({kind: [value]})
        return self.env["res.partner"].browse(found["res.partner"])

    def get_query(self, digits):
        condition = contact_index.get_digits_condition("res.partner", "phone", digits)
        return SQL("SELECT id FROM res_partner WHERE %s", condition)

    def by_digits(self, digits):
        rows = self.env.execute_query(self.get_query(digits))
        return self.env["res.partner"].browse([row[0] for row in rows])

    def get_plan(self, digits):
        # Few contacts have a number here: an index of all numbers would be faster
        self.env.cr.execute(
            """SET LOCAL enable_seqscan = off;
               DROP INDEX res_partner_phone_partial_tgm;
               DROP INDEX res_partner_phone_partial_gin_idx;
            """
        )
        query = SQL("EXPLAIN %s", self.get_query(digits))
        return "\n".join(row[0] for row in self.env.execute_query(query))
