from .exporter_common import ExporterCase
from .property_common import define


class TestCopyProperties(ExporterCase):
    """Properties leave with their labels, other people masked (Art. 15)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        properties = [
            {"name": "aaaa", "string": "Shoe size", "type": "char"},
            {"name": "bbbb_html", "string": "Story", "type": "html"},
            {"name": "cccc", "string": "Sponsor", "type": "many2one",
             "comodel": "res.partner"},
            {"name": "dddd", "string": "Member", "type": "boolean"},
            {"name": "eeee", "string": "Level", "type": "selection",
             "selection": [["g", "Gold"], ["s", "Silver"]]},
            {"name": "ffff", "string": "Tastes", "type": "tags",
             "tags": [["w", "Wood", 1], ["i", "Iron", 2]]},
            {"name": "0000", "string": "Empty", "type": "char"},
            {"name": "gggg", "string": "Shoe size", "type": "char"},
        ]  # fmt: skip
        cls.definition = define(cls.env, properties)
        cls.person.properties = {
            "aaaa": "38 and a half",
            "bbbb_html": "<p>Met <b>paul@tiers.example</b></p>",
            "cccc": cls.other.id,
            "dddd": True,
            "eeee": "g",
            "ffff": ["w", "i"],
            "gggg": "5 in London",
        }
        cls.env.flush_all()
        cls.env.invalidate_all()

    def test_each_kind_is_in_the_copy(self):
        _manifest, archive, data = self.export()
        [person] = self.values(data, "res.partner")
        self.assertEqual(
            person["properties"],
            [
                "Shoe size: 38 and a half",
                "Story: Met [e-mail of another person]",
                "Sponsor: [another person]",
                "Member: Yes",
                "Level: Gold",
                "Tastes: Wood, Iron",
                "Shoe size: 5 in London",
            ],
        )
        self.assertIn("38 and a half", archive.read("index.html").decode())

    def test_a_model_that_is_gone(self):
        self.env.cr.execute(
            "UPDATE properties_base_definition SET properties_definition ="
            " replace(properties_definition::text, 'res.partner', 'x.gone')::jsonb"
            " WHERE id = %s",
            (self.definition.id,),
        )
        self.env.invalidate_all()
        [person] = self.values(self.export()[2], "res.partner")
        self.assertIn("Shoe size: 38 and a half", person["properties"])
