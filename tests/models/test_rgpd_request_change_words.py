from ..common import RgpdCase


class TestDataInWords(RgpdCase):
    """The officer chooses what to correct by the words of the form."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.officer = cls.new_user("officer")
        cls.fields_map = cls.env["rgpd.data.field"].with_user(cls.officer)
        cls.city = cls.fields_map.search(
            [("model", "=", "res.partner"), ("name", "=", "city")]
        )

    def find(self, words, **context):
        fields_map = self.fields_map.with_context(**context)
        return dict(fields_map.name_search(words, [("model", "=", "res.partner")]))

    def test_by_the_label(self):
        found = self.find("CITY", rgpd_in_words=True)
        self.assertEqual(found[self.city.id], "City")
        self.assertNotIn("Street", found.values())

    def test_in_french_with_or_without_accents(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.env.registry.clear_cache()
        phone = self.fields_map.search(
            [("model", "=", "res.partner"), ("name", "=", "phone")]
        )
        label = phone.with_context(lang="fr_FR").label
        found = self.find(label, rgpd_in_words=True, lang="fr_FR")
        self.assertEqual(found[phone.id], label)

    def test_the_map_itself_keeps_its_names(self):
        self.assertEqual(self.city.display_name, "res.partner.city")
        self.assertIn(self.city.id, self.find("city"))
