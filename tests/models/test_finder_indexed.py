"""Which indexes of others the finder may count on."""

from ..common import RgpdCase


class TestFinderIndexed(RgpdCase):
    def test_only_one_of_all_values_serves(self):
        """With another one, a table would be read once for each address."""
        finder = self.env["rgpd.person.finder"]
        for definition, serves in (
            ("(lower(comment))", True),
            ("(lower(comment)) WHERE comment IS NOT NULL", True),
            ("(lower(comment)) WHERE active", False),
            ("(lower(comment)) WHERE name IS NOT NULL", False),
            ("USING hash (lower(comment))", False),
        ):
            with self.subTest(definition):
                self.env.cr.execute(f"CREATE INDEX own ON res_partner {definition}")
                indexed = finder._get_indexed({"res_partner"})
                self.assertEqual(("res_partner", "lower(comment)") in indexed, serves)
                self.env.cr.execute("DROP INDEX own")
