"""A file of a kept record leaves the copy with a message: it is counted and named."""

import json

from odoo.tests import Form

from .test_rgpd_request_copy_withheld import WithheldCase


class TestFileOfTheContact(WithheldCase):
    """A message of the contact's own thread, and the file it brought there."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.message = cls.person.message_post(
            body="Un avis.",
            message_type="comment",
            attachments=[("avis.txt", b"Notre avis joint")],
        )

    def open(self, copy):
        action = copy.with_user(self.officer).action_withhold_record()
        return (
            copy.env[action["res_model"]]
            .with_user(self.officer)
            .browse(action["res_id"])
        )

    def choose(self, form, wizard, text):
        form.kind_id = wizard.kind_ids.filtered(lambda x: x.model == "mail.message")
        form.text = text
        with form.line_ids.edit(0) as line:
            line.is_chosen = True

    def test_the_wizard_counts_and_names_it(self):
        wizard = self.open(self.prepare())
        with Form(wizard) as form:
            self.assertFalse(form.files_text)
            self.choose(form, wizard, "Un avis")
            self.assertIn("Attachment (1)", form.parts_text)
            self.assertEqual(form.files_text, "avis.txt")
            form.ground = "others"

    def test_many_files_are_named_in_part(self):
        self.person.message_post(
            body="Dossier complet.",
            message_type="comment",
            attachments=[(f"piece{n:02}.txt", b"%d" % n) for n in range(12)],
        )
        wizard = self.open(self.prepare())
        with Form(wizard) as form:
            self.choose(form, wizard, "Dossier complet")
            self.assertTrue(form.files_text.startswith("piece00.txt, piece01.txt, "))
            self.assertTrue(form.files_text.endswith("piece09.txt, 2 more"))
            form.ground = "others"

    def test_the_copy_counts_it_and_says_so_in_its_place(self):
        copy = self.prepare()
        self.make(copy)
        files = self.manifest["counts"]["ir.attachment"]
        self.withhold(copy, self.message, ground="others")
        archive = self.make(copy)
        self.assertNothingOf(archive, "avis.txt", "Notre avis joint", "Un avis.")
        self.assertEqual(self.manifest["withheld"], {"others": 2})
        self.assertEqual(self.manifest["counts"]["ir.attachment"], files - 1)
        self.assertIn("2 records are withheld whole", self.read_all(archive))
        listed = [
            file["name"] for file in json.loads(archive.read("data.json"))["files"]
        ]
        self.assertEqual(
            len([name for name in listed if name.startswith("[withheld")]), 1
        )

    def test_what_belongs_to_the_message_alone_is_part_of_it(self):
        self.message.attachment_ids.write({"res_model": False, "res_id": False})
        copy = self.prepare()
        self.withhold(copy, self.message, ground="others")
        self.make(copy)
        self.assertEqual(self.manifest["withheld"], {"others": 1})

    def test_the_letter_tells_that_something_stays_out(self):
        copy = self.prepare()
        letter = self.env["rgpd.request.letter"].with_user(self.officer)
        letter = letter._prepare(self.request, "access", channel="email")
        before = letter.content_html
        self.withhold(copy, self.message, ground="others")
        letter.invalidate_recordset()
        self.assertNotEqual(letter.content_html, before)
        self.assertIn("left out of the copy as a whole", letter.content_html)
        letter.action_send()
        for trace in ("avis.txt", "Un avis."):
            self.assertNotIn(trace, letter.sent_body)
