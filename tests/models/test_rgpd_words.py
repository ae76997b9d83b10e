"""The words of a name in the database, whatever way it was typed."""

from odoo.tools import SQL

from odoo.addons.rgpd_fichier_client.models.datamap import rgpd_words

from ..common import RgpdCase


class TestRgpdWords(RgpdCase):
    def get_words(self, name):
        text = SQL("%s::text", name)
        query = rgpd_words.get_words_text(("n.name",))
        # pylint: disable=sql-injection
        found = self.env.execute_query(
            SQL(
                "SELECT tsvector_to_array(%s) FROM (SELECT %s) n (name)",
                SQL(query),
                text,
            )
        )
        return sorted(found[0][0])

    def test_plain_and_accented_spellings_give_the_same_words(self):
        """Names of plain letters go another way than the others."""
        for plain, accented in (
            ("Zoe Coeurdacier", "Zoé Cœurdacier"),
            ("ZOE COEURDACIER", "ZOÉ CŒURDACIER"),
            ("Zoe", "Zoe\u0301"),
            ("Jean-Francois d'Arcais", "Jean-François d'Arçais"),
            ("Anne_Noel.Strasse/Nord", "Anne_Noël.Straße/Nord"),
            ("jean.noel@client.example", "jean.noël@client.example"),
        ):
            self.assertEqual(self.get_words(plain), self.get_words(accented))

    def test_marks_part_words_in_plain_names(self):
        words = self.get_words("Marie-Ange_Le.Goff/Fils@Quai:2")
        self.assertEqual(words, sorted("marie ange le goff fils quai 2".split()))

    def test_no_name_has_no_words(self):
        self.assertEqual(self.get_words(None), [])
