from odoo.fields import Command

from ..common import RgpdHttpCase


class TestAnswersTour(RgpdHttpCase):
    """An officer goes from the request to the sent answer, in the back office."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.officer = cls.new_user("officer", login="answers_tour")
        cls.person = cls.env["res.partner"].create(
            {"name": "Camille Exemple", "email": "camille@client.example"}
        )

    def answer(self, right, tour):
        """Go through the tour of one right; return the request, one letter sent."""
        request = self.env["rgpd.request"].create(
            {
                "partner_id": self.person.id,
                "officer_id": self.officer.id,
                "requester_name": "Camille Exemple",
                "requester_email": "camille@client.example",
                "channel": "email",
                "identity_status": "known",
                "item_ids": [Command.create({"right": right})],
            }
        )
        self.start_tour(f"/odoo/rgpd-requests/{request.id}", tour, login="answers_tour")
        self.env.invalidate_all()
        self.assertEqual(request.letter_ids.state, "sent")
        self.assertEqual(request.item_ids.letter_id, request.letter_ids)
        self.assertTrue(request.letter_ids.is_intact)
        return request

    def test_a_refusal_with_its_ground_and_the_remedies(self):
        request = self.answer("access", "rgpd_refusal_tour")
        self.assertEqual(request.state, "refused")
        self.assertEqual(request.item_ids.ground, "excessive")

    def test_a_restriction(self):
        request = self.answer("restriction", "rgpd_restriction_tour")
        self.assertEqual(request.state, "answered")
        self.assertEqual(request.restriction_ids.ground, "accuracy")
        self.assertTrue(request.is_restricted)

    def test_an_objection_that_is_weighed(self):
        request = self.answer("objection", "rgpd_objection_tour")
        self.assertEqual(request.state, "answered")
        self.assertEqual(request.item_ids.decision, "granted")
        verdict = self.env["rgpd.contact.gate"]._check(
            self.person, "prospect_email_b2c", "email"
        )
        self.assertFalse(verdict[self.person.id]["allowed"])

    def test_an_automated_decision_that_a_person_reviewed(self):
        request = self.answer("automated", "rgpd_automated_tour")
        self.assertEqual(request.state, "answered")
        self.assertEqual(request.item_ids.reviewer_id, self.officer)

    def test_directives_for_after_death(self):
        request = self.answer("post_mortem", "rgpd_directives_tour")
        self.assertEqual(request.directive_ids.wish, "erase")
        self.assertEqual(request.directive_ids.state, "on")
