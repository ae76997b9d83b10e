"""The contact record of the person stays in the copy: all the rest hangs on it."""

from odoo.exceptions import UserError

from .test_rgpd_request_copy_withheld import WithheldCase


class TestOwnRecord(WithheldCase):
    def setUp(self):
        super().setUp()
        self.person.comment = "<p>Marc Exemple is the brother.</p>"
        self.say("Voici le bench.")
        self.copy = self.prepare()
        self.line = self.lines(self.copy, self.person, "comment")
        self.assertEqual(len(self.line), 1)
        self.line = self.line.with_user(self.officer)

    def test_a_passage_of_it_is_masked_and_never_withheld(self):
        message = self.say("Marc Exemple came.")
        self.prepare()
        other = self.lines(self.copy, message).with_user(self.officer)
        self.assertTrue(other)
        for lines in (self.line, self.line | other):
            with self.assertRaisesRegex(UserError, "keep the passage masked"):
                lines._decide("withhold", ground="others")
        action = self.line.action_withhold()
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        wizard.ground = "others"
        with self.assertRaisesRegex(UserError, "keep the passage masked"):
            wizard.with_user(self.officer).action_decide()
        self.assertFalse(self.line.decision)
        self.assertFalse(self.copy._get_withheld_records())
        (self.line | other).action_mask()
        self.assertTrue(self.copy.can_leave)

    def test_what_was_withheld_before_takes_nothing_else_along(self):
        before = self.make(self.copy)
        counts = dict(self.manifest["counts"])
        self.line.sudo().write({"decision": "withhold", "ground": "others"})
        self.env.flush_all()
        self.assertFalse(self.copy._get_withheld_records())
        archive = self.make(self.copy)
        self.assertEqual(self.manifest["counts"], counts)
        self.assertEqual(self.manifest["withheld"], {})
        self.assertIn("Voici le bench", self.read_all(archive))
        self.assertNotIn("Marc Exemple is", self.read_all(archive))
        self.assertTrue(before)

    def test_read_again_it_is_masked_with_who_decided(self):
        self.line.sudo().write(
            {
                "decision": "withhold",
                "ground": "others",
                "decided_by_id": self.officer.id,
            }
        )
        self.prepare()
        self.assertEqual(self.line.decision, "mask")
        self.assertFalse(self.line.ground)
        self.assertEqual(self.line.decided_by_id, self.officer)
        self.assertFalse(self.copy.line_ids.filtered("covered"))
