from .erasure_common import ErasureCase


class TestDatamapProperty(ErasureCase):
    """A property that names a person leads to that person."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        base = cls.env["properties.base.definition"]
        base = base._get_definition_for_property_field("res.partner", "properties")
        base.properties_definition = [
            {"name": "aaaa", "string": "Note", "type": "char"},
            {"name": "bbbb", "string": "Sponsor", "type": "many2one",
             "comodel": "res.partner"},
            {"name": "cccc", "string": "Friends", "type": "many2many",
             "comodel": "res.partner"},
            {"name": "dddd", "string": "Country", "type": "many2one",
             "comodel": "res.country"},
        ]  # fmt: skip
        cls.member = cls.new_person("Lucie Tanguy", 2)
        cls.friend = cls.new_person("Marc Kervella", 3)
        cls.stranger = cls.new_person("Anna Guillou", 4)
        cls.member.properties = {"aaaa": "tall", "bbbb": cls.prospect.id}
        cls.friend.properties = {"cccc": [cls.member.id, cls.prospect.id]}
        # The number of another model's record, and a number in a text
        country = cls.env["res.country"].browse(
            cls.prospect.id if cls.prospect.id < 200 else 75
        )
        cls.stranger.properties = {"aaaa": str(cls.prospect.id), "dddd": country.id}
        cls.env.flush_all()
        cls.env.invalidate_all()

    def find(self):
        found = self.env["rgpd.person.finder"]._find(self.prospect)
        return {
            row_id
            for row_id, paths in found["res.partner"].items()
            if paths == ["property:properties"]
        }

    def test_it_is_followed(self):
        self.assertEqual(self.find(), {self.member.id, self.friend.id})

    def test_no_row_is_read_when_no_property_names_a_person(self):
        self.env.cr.execute(
            "UPDATE properties_base_definition SET properties_definition = '[]'"
        )
        link = next(
            link
            for link in self.env["rgpd.data.map"]._get_links("res.partner")
            if link.kind == "property"
        )
        finder = self.env["rgpd.person.finder"]
        query = finder._get_link_query(link, "res.partner", self.prospect.ids)
        self.env.cr.execute("EXPLAIN (ANALYZE) " + self.env.cr.mogrify(query).decode())
        plan = " ".join(line for (line,) in self.env.cr.fetchall())
        self.assertIn("never executed", plan)
        self.assertEqual(self.find(), set())

    def test_the_record_of_somebody_else_is_not_in_the_copy(self):
        exporter = self.env["rgpd.person.exporter"]
        found = exporter._find_records(self.prospect, False)
        self.assertEqual(found["res.partner"], self.prospect.ids)

    def test_an_erasure_cuts_it_and_leaves_the_rest(self):
        self.env["rgpd.eraser"]._erase(self.prospect, "request")
        self.env.invalidate_all()
        self.assertEqual(self.find(), set())
        member = self.member.read(["name", "email", "properties"])[0]
        self.assertEqual(member["name"], "Lucie Tanguy")
        values = {row["name"]: row.get("value") for row in member["properties"]}
        self.assertFalse(values["bbbb"])
        self.assertEqual(values["aaaa"], "tall")
        friend = self.friend.read(["properties"])[0]["properties"]
        [friends] = [row["value"] for row in friend if row["name"] == "cccc"]
        self.assertEqual([res_id for res_id, _name in friends], self.member.ids)
        self.assertEqual(self.stranger.name, "Anna Guillou")
