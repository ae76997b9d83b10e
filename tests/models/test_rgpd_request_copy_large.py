from odoo.addons.rgpd_fichier_client.models.datamap import export_large

from .test_rgpd_request_copy import CopyCase


class TestLargeTexts(CopyCase):
    """A text too long to be masked: the officer sees which, the letter tells it."""

    def prepare_letter(self, size):
        self.say("Suite du rapport " * 400)
        self.patch(export_large, "LARGEST_VALUE", size)
        self.env.flush_all()
        self.env.invalidate_all()
        copy = self.prepare()
        return copy, self.env["rgpd.letter.text"]._get_withheld_sentences(
            self.env["rgpd.request.letter"]._prepare(self.request, "access")
        )

    def test_the_officer_and_the_person_are_told(self):
        copy, sentences = self.prepare_letter(5000)
        self.assertEqual(copy.large_count, 1)
        self.assertTrue(copy.large_text.startswith("Message · Contents · "))
        self.assertIn("too long", " ".join(sentences))
        # Read again, it is found once
        copy.action_scan()
        self.assertEqual(copy.large_count, 1)

    def test_nothing_is_told_when_all_is_there(self):
        copy, sentences = self.prepare_letter(1_000_000)
        self.assertEqual(copy.large_count, 0)
        self.assertFalse(copy.large_text)
        self.assertEqual(sentences, [])
