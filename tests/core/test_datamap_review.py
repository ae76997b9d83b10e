import unittest

from odoo.addons.rgpd_fichier_client.core.datamap import bundle_mask, bundle_review

LABELS = {"person": "[P]", "staff": "[S]", "email": "[E]", "phone": "[T]"}


class TestPassages(unittest.TestCase):
    """What an officer is shown of the passages the rules hide."""

    def setUp(self):
        self.masker = bundle_mask.Masker(LABELS)
        self.masker.show(names=["Jeanne Exemple"], emails=["jeanne@client.example"])
        self.masker.hide("Paul Tiersdupont")
        self.masker.hide("Odile Salariée", "staff")
        self.masker.know_staff(emails=["odile@maison.example"])

    def passages(self, text, **options):
        spans = self.masker.find(text)
        found = bundle_review.get_passages(self.masker, text, spans, **options)
        return {passage.key: passage for passage in found}

    def doubt(self, text, **options):
        (passage,) = self.passages(text, **options).values()
        return passage.doubt

    def test_each_identifier_once_whatever_its_spelling(self):
        text = "Paul Tiersdupont, TIERSDUPONT Paul; p@t.example, P@T.example"
        found = self.passages(text)
        self.assertEqual(set(found), {"name:paul tiersdupont", "email:p@t.example"})
        self.assertEqual(self.masker.mask_text(text), "[P], [P]; [E], [E]")

    def test_the_extract_shows_what_is_around_before_and_after(self):
        text = "x" * 200 + " Paul Tiersdupont and p@t.example " + "y" * 200
        passage = self.passages(text)["name:paul tiersdupont"]
        self.assertIn("x Paul Tiersdupont and p@t.example y", passage.before)
        self.assertIn("x [P] and [E] y", passage.after)
        self.assertTrue(passage.before.startswith("…xxx"))
        self.assertTrue(passage.before.endswith("…"))
        self.assertLess(len(passage.before), 200)

    def test_what_was_decided_to_be_shown_stays(self):
        text = "Paul Tiersdupont and Odile Salariée"
        shown = {"name:paul tiersdupont"}
        self.assertEqual(self.masker.mask_text(text, shown), "Paul Tiersdupont and [S]")

    def test_the_note_gets_every_span_even_those_shown(self):
        notes = []
        self.masker.mask_text(
            "Paul Tiersdupont",
            {"name:paul tiersdupont"},
            lambda text, spans: notes.append((text, len(spans))),
        )
        self.assertEqual(notes, [("Paul Tiersdupont", 1)])

    def test_a_number_inside_an_address_is_no_phone(self):
        self.assertEqual(self.masker.mask_text("0639980022@t.example"), "[E]")

    def test_full_names_are_certain(self):
        self.assertIsNone(self.doubt("Paul Tiersdupont"))
        self.assertIsNone(self.doubt("Odile Salariée"))

    def test_one_word_may_be_an_ordinary_word(self):
        self.masker.hide("Rose")
        self.assertEqual(self.doubt("a rose for you"), "word")

    def test_a_relative_may_be_the_person(self):
        self.masker.hide("Marc Exemple")
        self.assertEqual(self.doubt("Marc Exemple"), "family")

    def test_addresses(self):
        self.assertIsNone(self.doubt("paul@tiers.example"))
        self.assertEqual(self.doubt("jeanne.exemple@old.example"), "own")
        self.assertEqual(self.doubt("06 39 98 00 22", is_own_text=True), "own")
        self.assertIsNone(self.doubt("06 39 98 00 22"))
        self.assertIsNone(self.doubt("odile@maison.example", is_own_text=True))

    def test_files(self):
        get = bundle_review.get_file
        self.assertEqual(get(self.masker, "Dear Paul Tiersdupont").doubt, "content")
        self.assertIsNone(get(self.masker, "Sold by Odile Salariée").doubt)
        self.assertIsNone(get(self.masker, "Jeanne Exemple").doubt)
        self.assertIsNone(get(self.masker, "").doubt)
        self.assertEqual(get(self.masker, None).doubt, "unreadable")
