from datetime import date, timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError

from ..common import RgpdCase

RECORDS = [
    {"name": "Jeanne Exemple", "email": "jeanne@client.example"},
    {"name": "JEANNE EXEMPLE", "phone": "+33 6 39 98 00 01", "active": False},
    {
        "name": "Jeanne Exemple-Essai",
        "street": "1 rue des Essais",
        "zip": "75001",
        "city": "Paris",
    },
    {"name": "Paul Autre", "email": "jeanne@client.example"},
    {"name": "Paul Autre", "email": "paul@client.example"},
]


class TestRequestIntake(RgpdCase):
    """Who asks, who is meant, what is missing, what was asked before."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.officer = cls.new_user("officer", login="intake_officer")
        cls.partners = cls.env["res.partner"].create(RECORDS)
        cls.person = cls.partners[0]
        cls.requests = cls.env["rgpd.request"].with_user(cls.officer)

    def receive(self, person=None, rights=("access",), **values):
        request, _repeated = self.requests._receive(
            person or self.env["res.partner"],
            list(rights),
            **{
                "channel": "phone",
                "requester_email": "jeanne@client.example",
                **values,
            },
        )
        return request

    def candidates(self, request):
        """Return `{contact: codes of what speaks for it}`."""
        return {
            self.env["res.partner"].browse(one.subject_id.res_id): one.evidence
            for one in request.candidate_ids
        }

    # === WHO IS MEANT === #

    def test_all_that_resembles_is_proposed(self):
        request = self.receive(
            requester_name="Mme Jeanne Exemple",
            requester_phone="06 39 98 00 01",
            person_street="1 rue des essais",
            person_zip="75001",
            person_city="Paris",
        )
        request.action_look_for_person()
        one, archived, moved, family, stranger = self.partners
        found = self.candidates(request)
        self.assertEqual(found[one], ["email", "name"])
        self.assertEqual(found[archived], ["phone", "name"])
        self.assertEqual(found[moved], ["address", "name_like"])
        self.assertEqual(found[family], ["email", "name_differs"])
        self.assertNotIn(stranger, found)
        self.assertEqual(request.candidate_ids[0].subject_id.res_id, one.id)
        self.assertFalse(request.partner_id, "nobody decided yet")

    def test_the_officer_decides(self):
        request = self.receive(requester_name="Jeanne Exemple")
        request.action_look_for_person()
        by_partner = {c.subject_id.res_id: c for c in request.candidate_ids}
        by_partner[self.person.id].with_user(self.officer).action_same()
        self.assertEqual(request.partner_id, self.person)
        candidate = by_partner[self.person.id]
        self.assertEqual(candidate.decided_by_id, self.officer)
        self.assertTrue(candidate.decided_on)
        by_partner[self.partners[1].id].with_user(self.officer).action_same()
        self.assertEqual(request.partner_id, self.person)
        self.assertEqual(
            request._get_confirmed_partners(), self.person | self.partners[1]
        )
        kinds = self.env["rgpd.journal"].search([], limit=2, order="id desc")
        self.assertEqual(set(kinds.mapped("kind")), {"request.person_confirmed"})
        candidate.with_user(self.officer).action_other()
        self.assertFalse(request.partner_id)

    def test_a_second_look_keeps_the_decisions_and_finds_duplicates(self):
        self.person.phone = "+33 6 39 98 00 02"
        twin = self.env["res.partner"].create(
            {"name": "J. E.", "phone": "+33639980002"}
        )
        request = self.receive(requester_name="Jeanne Exemple")
        request.action_look_for_person()
        self.assertNotIn(twin, self.candidates(request))
        mine = request.candidate_ids.filtered(
            lambda c: c.subject_id.res_id == self.person.id
        )
        mine.action_same()
        request.action_look_for_person()
        self.assertIn("phone", self.candidates(request)[twin])
        self.assertEqual(mine.decision, "same")

    def test_children_of_a_confirmed_contact_are_proposed(self):
        child = self.env["res.partner"].create(
            {"name": "Maison", "parent_id": self.person.id, "type": "delivery"}
        )
        request = self.receive(requester_name="Jeanne Exemple")
        request.action_look_for_person()
        request.candidate_ids.filtered(
            lambda c: c.subject_id.res_id == self.person.id
        ).action_same()
        self.assertEqual(self.candidates(request)[child], ["child"])

    def test_nobody_decides_but_by_the_buttons(self):
        request = self.receive(requester_name="Jeanne Exemple")
        request.action_look_for_person()
        candidate = request.candidate_ids[0].with_user(self.officer)
        with self.assertRaises(AccessError):
            candidate.decision = "same"
        with self.assertRaises(AccessError):
            candidate.with_user(self.new_user("reader")).action_same()

    # === ASKED TWICE === #

    def test_the_same_address_asks_again(self):
        first = self.receive(text="first")
        again, repeated = self.requests._receive(
            self.env["res.partner"],
            ["access"],
            channel="email",
            requester_email="Jeanne <JEANNE@client.example>",
            text="second",
        )
        self.assertEqual(again, first)
        self.assertEqual(repeated, first)
        self.assertIn("second", first.message_ids[0].body)

    def test_an_agent_of_many_persons_opens_one_request_each(self):
        for partner in self.partners[:1] | self.partners[4]:
            self.receive(
                partner,
                requester_email="agent@agency.example",
                requester_kind="agent",
            )
        found = self.env["rgpd.request"].search(
            [("requester_email", "=", "agent@agency.example")]
        )
        self.assertEqual(found.partner_id, self.partners[0] | self.partners[4])

    def test_another_company_is_another_controller(self):
        first = self.receive()
        other = self.env["res.company"].create({"name": "Autre Maison"})
        self.officer.company_ids |= other
        self.assertNotEqual(self.receive(company=other), first)

    def test_joining_a_duplicate(self):
        older = self.receive(self.person, date_received=date(2026, 11, 10))
        younger = self.env["rgpd.request"].create(
            {
                "partner_id": self.person.id,
                "channel": "post",
                "date_received": date(2026, 11, 5),
                "text": "by letter",
                "item_ids": [
                    (0, 0, {"right": right}) for right in ("access", "erasure")
                ],
            }
        )
        letter = self.env["ir.attachment"].create(
            {
                "name": "letter.pdf",
                "raw": b"%PDF-1.7",
                "res_model": "rgpd.request",
                "res_id": younger.id,
            }
        )
        self.assertEqual(younger.likely_duplicate_id, older)
        self.assertFalse(older.likely_duplicate_id)
        younger.with_user(self.officer).action_join_duplicate()
        self.assertEqual(younger.state, "cancelled")
        self.assertEqual(younger.duplicate_of_id, older)
        self.assertEqual(set(older.item_ids.mapped("right")), {"access", "erasure"})
        self.assertEqual(older.date_received, date(2026, 11, 5))
        self.assertEqual(letter.res_id, older.id)
        self.assertIn("by letter", older.message_ids[0].body)

    # === IDENTITY === #

    def test_another_person_than_who_proved_it_is_in_doubt(self):
        request = self.receive(self.person, identity_means="email")
        self.assertEqual(request.identity_status, "known")
        request.partner_id = self.partners[4]
        self.assertEqual(request.identity_status, "doubt")
        with self.assertRaises(UserError):
            request._check_identity()

    def test_the_same_account_stays_established(self):
        request = self.receive(identity_means="email")
        request.partner_id = self.person
        self.assertEqual(request.identity_status, "known")

    # === WHO ACTS === #

    def test_the_copy_waits_for_the_mandate(self):
        request = self.receive(self.person, requester_kind="agent")
        request.identity_status = "known"
        with self.assertRaisesRegex(UserError, "Written mandate"):
            request._check_identity()
        proof = (
            self.env["rgpd.request.proof"]
            .with_user(self.officer)
            .create({"request_id": request.id, "kind": "mandate", "state": "accepted"})
        )
        self.assertEqual(proof.state, "received", "only the button accepts")
        with self.assertRaises(UserError):
            proof.state = "accepted"
        with self.assertRaises(UserError):
            proof.action_reject()
        proof.note = "It is not signed"
        proof.action_reject()
        self.assertTrue(request.missing_proof)
        proof.action_accept()
        self.assertFalse(request.missing_proof)
        self.assertEqual(proof.checked_by_id, self.officer)
        request._check_identity()
        with self.assertRaises(UserError):
            proof.kind = "judgment"

    def test_a_mandate_that_is_over_is_no_mandate(self):
        request = self.receive(self.person, requester_kind="agent")
        yesterday = fields.Date.today() - timedelta(days=1)
        proof = self.env["rgpd.request.proof"].create(
            {"request_id": request.id, "kind": "mandate", "date_until": yesterday}
        )
        with self.assertRaises(UserError):
            proof.action_accept()

    def test_an_heir_shows_one_of_two_acts(self):
        request = self.receive(self.person, requester_kind="heir")
        self.assertEqual(
            request.missing_proof, "Notarial act of inheritance or Family record book"
        )
