from odoo.exceptions import AccessError
from odoo.tests.common import new_test_user

from ..common import RgpdCase

MAP = ("rgpd.data.category", "rgpd.data.field", "rgpd.data.link", "rgpd.fact.source")
PERSON = "rgpd.subject"


class TestDataMapRights(RgpdCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner = cls.env["res.partner"].create({"name": "Sylvie Exemple"})
        cls.subject = cls.env[PERSON]._of(cls.partner)
        cls.field = cls.env["rgpd.data.field"].search(
            [("model", "=", "res.partner"), ("name", "=", "phone")]
        )

    def outsiders(self):
        return [
            self.new_user("auditor"),
            self.new_user("archive"),
            new_test_user(self.env, "rgpd_plain", groups="base.group_user"),
            new_test_user(self.env, "rgpd_portal", groups="base.group_portal"),
        ]

    def rights(self, user, model):
        return "".join(
            letter
            for letter, right in zip(
                "rwcd", ("read", "write", "create", "unlink"), strict=True
            )
            if self.env[model].with_user(user).has_access(right)
        )

    def test_rights_of_each_group(self):
        expected = {
            "reader": ["r", "r", "r", "r", "r"],
            "officer": ["r", "r", "r", "r", "rw"],
            "dpo": ["rwc", "rw", "rw", "rwcd", "rw"],
        }
        for role, rights in expected.items():
            user = self.new_user(role)
            for model, right in zip((*MAP, PERSON), rights, strict=True):
                with self.subTest(f"{role} {model}"):
                    self.assertEqual(self.rights(user, model), right)

    def test_nobody_else(self):
        for user in self.outsiders():
            for model in (*MAP, PERSON):
                with self.subTest(f"{user.login} {model}"):
                    self.assertEqual(self.rights(user, model), "")

    def test_only_the_dpo_decides(self):
        vals = {"strategy_override": "keep", "note": "Needed"}
        for role in ("reader", "officer"):
            with self.subTest(role), self.assertRaises(AccessError):
                self.field.with_user(self.new_user(role)).write(vals)
        self.field.with_user(self.new_user("dpo")).write(vals)
        self.assertEqual(self.field.effective_strategy, "keep")

    def test_only_the_dpo_counts(self):
        for role in ("reader", "officer"):
            with self.subTest(role), self.assertRaises(AccessError):
                self.field.with_user(self.new_user(role)).action_count()
        self.field.with_user(self.new_user("dpo")).action_count()

    def test_persons_of_other_companies_are_not_seen(self):
        other = self.env["res.company"].create({"name": "Other"})
        theirs, shared = self.env["res.partner"].create(
            [{"name": "Theirs", "company_id": other.id}, {"name": "Shared"}]
        )
        subjects = self.env[PERSON]._of(theirs | shared)
        officer = self.new_user("officer")
        seen = self.env[PERSON].with_user(officer).search([("id", "in", subjects.ids)])
        self.assertEqual(seen.mapped("res_id"), shared.ids)

    def test_the_name_needs_the_right_to_read_the_record(self):
        officer = self.new_user("officer")
        subject = self.subject.with_user(officer)
        self.assertEqual(subject.display_name, "Sylvie Exemple")
        self.env["ir.rule"].create(
            {
                "name": "Contacts of others",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "domain_force": str([("id", "!=", self.partner.id)]),
            }
        )
        self.env.invalidate_all()
        self.assertNotIn("Sylvie", subject.display_name)
        self.assertIn(self.subject.uid[:8], subject.display_name)
        # The label of a link, which Odoo computes in sudo
        self.assertNotIn("Sylvie", subject.sudo().display_name)
        # A search by name does not tell either that they are there
        found = subject.search([("display_name", "ilike", "Sylvie Exemple")])
        self.assertFalse(found)
        self.assertEqual(self.subject.display_name, "Sylvie Exemple")

    def test_the_name_of_a_deleted_record(self):
        self.partner.unlink()
        self.assertIn(self.subject.uid[:8], self.subject.display_name)
