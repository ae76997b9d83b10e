"""Several persons at once, by hand: seen one by one, confirmed by their number."""

from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw

from .erasure_common import ErasureCase


class TestErasureBatch(ErasureCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.organisation = cls.env["res.partner"].create(
            {"name": "Société Exemple", "is_company": True}
        )

    def open(self, partners=None, user=None):
        batches = self.env["rgpd.erasure.batch"].with_user(user or self.dpo)
        if partners is None:
            partners = self.prospect | self.customer | self.organisation
        action = batches._open_for(partners.with_user(user or self.dpo))
        return batches.browse(action["res_id"])

    def erase(self, batch):
        # the decorator asks for the password again through the web client
        return type(batch).action_erase_checked.__wrapped__(batch)

    def get_outcomes(self, batch):
        return {line.subject_id.res_id: line.outcome for line in batch.line_ids}

    def test_only_a_dpo(self):
        for role in ("reader", "officer", "auditor", "archive"):
            user = self.new_user(role)
            with self.assertRaises(AccessError):
                self.open(user=user)
            self.assertFalse(
                self.env["rgpd.erasure.batch"].with_user(user).has_access("create")
            )

    def test_each_person_is_shown(self):
        batch = self.open()
        self.assertEqual(
            self.get_outcomes(batch),
            {
                self.prospect.id: "whole",
                self.customer.id: "partial",
                self.organisation.id: "refused",
            },
        )
        self.assertEqual(
            (batch.going_count, batch.partial_count, batch.refused_count), (2, 1, 1)
        )
        kept = batch.line_ids.filtered(lambda line: line.outcome == "partial")
        self.assertTrue(kept.kept_until)
        self.assertIn("L123-22", kept.kept_text)
        refused = batch.line_ids.filtered(lambda line: line.outcome == "refused")
        self.assertIn("organisation", refused.kept_text)

    def test_a_hold_leaves_the_person_out(self):
        self.env["rgpd.hold"].create(
            {"name": "Litige", "kind": "dispute", "partner_id": self.prospect.id}
        )
        outcomes = self.get_outcomes(self.open())
        self.assertEqual(outcomes[self.prospect.id], "refused")

    def test_the_number_and_the_reason_confirm(self):
        batch = self.open()
        for vals in (
            {"motive": False, "confirm_count": 2},
            {"motive": "Demandes 12 et 13", "confirm_count": 3},
            {"motive": "Demandes 12 et 13", "confirm_count": 0},
        ):
            batch.write(vals)
            for act in (batch.action_erase, lambda: self.erase(batch)):
                with self.assertRaises(UserError):
                    act()
        self.assertEqual(self.prospect.name, "Zoé Liénard")
        batch.confirm_count = 2
        action = self.erase(batch)
        erasures = self.env["rgpd.erasure"].search(action["domain"])
        self.assertEqual(erasures.mapped("state"), ["masked"] * 2)
        self.assertEqual(set(erasures.mapped("motive")), {"Demandes 12 et 13"})
        self.assertEqual(sorted(erasures.mapped("is_partial")), [False, True])
        self.assertNotIn("Zoé", self.prospect.name)
        self.assertEqual(self.organisation.name, "Société Exemple")

    def test_the_password_is_asked_for(self):
        """No remote call erases without the check of identity."""
        batch = self.open()
        batch.write({"motive": "Demande 12", "confirm_count": 2})
        for method in ("action_erase", "action_erase_checked"):
            with self.assertRaisesRegex(UserError, "HTTP"):
                call_kw(
                    self.env["rgpd.erasure.batch"].with_user(self.dpo),
                    method,
                    [batch.ids],
                    {},
                )
        self.assertEqual(self.prospect.name, "Zoé Liénard")

    def test_a_list_too_long_goes_to_the_simulation(self):
        many = self.env["res.partner"].create([{"name": f"P{n}"} for n in range(201)])
        with self.assertRaisesRegex(UserError, "simulation"):
            self.open(many)

    def test_a_list_of_nobody(self):
        with self.assertRaises(UserError):
            self.open(self.env["res.partner"])
