from odoo.exceptions import AccessError
from odoo.tests.common import new_test_user

from ..models.journal_common import JournalCase

MODELS = ("rgpd.journal", "rgpd.journal.seal", "rgpd.key.fingerprint")


class TestJournalRights(JournalCase):
    def setUp(self):
        super().setUp()
        self.entry = self.record(1)
        self.Seal._seal()

    def users(self, *roles):
        return [self.new_user(role) for role in roles]

    def outsiders(self):
        return [
            new_test_user(self.env, "rgpd_plain", groups="base.group_user"),
            new_test_user(self.env, "rgpd_portal", groups="base.group_portal"),
        ]

    def test_the_auditor_and_the_dpo_read(self):
        for user in self.users("auditor", "dpo"):
            for model in MODELS:
                with self.subTest(f"{user.login} {model}"):
                    self.assertTrue(self.env[model].with_user(user).search([]))

    def test_nobody_else_reads(self):
        users = self.users("reader", "officer", "archive") + self.outsiders()
        for user in users:
            for model in MODELS:
                with (
                    self.subTest(f"{user.login} {model}"),
                    self.assertRaises(AccessError),
                ):
                    self.env[model].with_user(user).search([])

    def test_nobody_writes(self):
        users = self.users("reader", "officer", "archive", "auditor", "dpo")
        for user in users + self.outsiders():
            for model in MODELS:
                for right in ("write", "create", "unlink"):
                    with self.subTest(f"{user.login} {model} {right}"):
                        self.assertFalse(
                            self.env[model].with_user(user).has_access(right)
                        )

    def test_the_salt_is_for_nobody(self):
        dpo = self.new_user("dpo")
        with self.assertRaises(AccessError):
            self.entry.with_user(dpo).read(["subject_salt"])

    def test_the_auditor_and_the_dpo_verify(self):
        for user in self.users("auditor", "dpo"):
            action = self.Journal.with_user(user).action_verify()
            wizard = self.env[action["res_model"]].browse(action["res_id"])
            self.assertEqual(wizard.state, "sound", user.login)

    def test_nobody_else_verifies(self):
        users = self.users("reader", "officer", "archive") + self.outsiders()
        for user in users:
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.Journal.with_user(user).action_verify()

    def test_anybody_leaves_evidence(self):
        for user in self.users("reader", "officer") + self.outsiders():
            entry = self.Journal.with_user(user)._record("test.done")
            self.assertEqual(entry.sudo().actor, user.id)

    def test_entries_of_other_companies_are_not_seen(self):
        other = self.env["res.company"].create({"name": "Other"})
        ours = self.Journal._record("test.company")
        theirs = self.Journal._record("test.company", company=other)
        shared = self.Journal._record("test.company", company=False)
        auditor = self.new_user("auditor")
        seen = self.Journal.with_user(auditor).search([("kind", "=", "test.company")])
        self.assertEqual(seen, ours | shared)
        with self.assertRaises(AccessError):
            theirs.with_user(auditor).read(["kind"])

    def test_the_verification_covers_all_companies(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.Journal._record("test.company", company=other)
        self.Seal._seal()
        auditor = self.new_user("auditor")
        action = self.Journal.with_user(auditor).action_verify()
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual(wizard.with_user(auditor).entry_count, 2)

    def test_a_broken_entry_of_another_company_is_named_by_its_number(self):
        other = self.env["res.company"].create({"name": "Other"})
        theirs = self.Journal._record("test.company", company=other)
        self.Seal._seal()
        self.tamper("UPDATE rgpd_journal SET payload = '{}' WHERE id = %s", theirs.id)
        auditor = self.new_user("auditor")
        action = self.Journal.with_user(auditor).action_verify()
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        result = wizard.with_user(auditor).read(["state", "broken_number"])[0]
        self.assertEqual(result["state"], "broken")
        self.assertEqual(result["broken_number"], theirs.id)
