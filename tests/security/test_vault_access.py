from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError

from ..models.vault_common import VaultCase


class TestVaultAccess(VaultCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.vault = cls.archive()

    def open(self, user, motive="Dossier 2026-114"):
        wizard = (
            self.env["rgpd.vault.open.wizard"]
            .with_user(user)
            .create(
                {
                    "vault_id": self.vault.id,
                    "motive_kind": "dispute",
                    "motive": motive,
                }
            )
        )
        wizard._check()
        return (
            self.env["rgpd.vault.access"]
            .with_user(user)
            ._log(wizard.vault_id, wizard.motive_kind, wizard.motive)
        )

    def test_the_archive_group_opens_with_a_motive(self):
        access = self.open(self.archivist)
        self.assertTrue(access.is_open)
        self.assertIn("hugo.perraud@courriel.example", access.content)
        with self.assertRaises(UserError):
            self.open(self.archivist, motive="  ")
        kinds = self.env["rgpd.journal"].search([]).mapped("kind")
        self.assertIn("vault.opened", kinds)

    def test_the_identity_is_checked(self):
        wizard = self.env["rgpd.vault.open.wizard"].with_user(self.archivist)
        self.assertTrue(wizard.action_open_checked.__func__.__wrapped__)

    def test_nobody_else_opens(self):
        for user in (self.seller, self.accountant, self.new_user("officer")):
            with self.assertRaises(AccessError):
                self.open(user)
            with self.assertRaises(AccessError):
                self.vault.with_user(user).action_restore()

    def test_the_time_runs_out(self):
        access = self.open(self.archivist)
        with freeze_time(fields.Datetime.now() + timedelta(minutes=16)):
            access.invalidate_recordset()
            self.assertFalse(access.is_open)
            self.assertFalse(access.content)

    def test_one_opens_for_oneself(self):
        access = self.open(self.archivist)
        other = access.with_user(self.dpo)
        self.assertFalse(other.is_open)
        self.assertFalse(other.content)
        self.assertEqual(other.motive, "Dossier 2026-114")
        self.assertEqual(other.actor_name, self.archivist.name)

    def test_who_sees_the_log(self):
        access = self.open(self.archivist)
        Access = self.env["rgpd.vault.access"]
        second = self.new_user("archive", login="rgpd_archive_2")
        auditor = self.new_user("auditor")
        self.assertIn(access, Access.with_user(self.dpo).search([]))
        self.assertIn(access, Access.with_user(auditor).search([]))
        self.assertIn(access, Access.with_user(self.archivist).search([]))
        self.assertNotIn(access, Access.with_user(second).search([]))
        with self.assertRaises(AccessError):
            access.with_user(auditor).read(["content"])
        with self.assertRaises(AccessError):
            Access.with_user(self.seller).search([])

    def test_the_log_does_not_change(self):
        access = self.open(self.archivist)
        for user in (self.archivist, self.dpo):
            log = access.with_user(user)
            with self.assertRaises(AccessError):
                log.unlink()
            with self.assertRaises(UserError):
                log.write({"motive": "Autre"})
            with self.assertRaises(UserError):
                log.create({"subject_uid": "x", "actor": 1, "motive": "x"})
        with self.assertRaises(UserError):
            access.sudo().with_context(rgpd_vault_access=True).write({"motive": "x"})
        with self.assertRaises(UserError):
            access.sudo().unlink()

    def test_the_log_survives_the_archive(self):
        access = self.open(self.archivist)
        self.vault.with_user(self.archivist).action_restore()
        self.env.invalidate_all()
        self.assertTrue(access.exists())
        self.assertFalse(access.vault_id)
        self.assertFalse(access.content)
        self.assertEqual(self.customer.email, "hugo.perraud@courriel.example")

    def test_archives_of_another_company_are_out_of_reach(self):
        company = self.env["res.company"].create({"name": "Autre société"})
        self.vault.company_id = company
        vaults = self.env["rgpd.vault"].with_user(self.archivist)
        self.assertNotIn(self.vault, vaults.search([]))
        with self.assertRaises(AccessError):
            self.open(self.archivist)

    def test_the_content_shows_no_markup_of_the_person(self):
        self.vault._restore("by_hand")
        self.customer.function = "<img src=x onerror=alert(1)>"
        self.vault = self.archive()
        content = self.open(self.archivist).content
        self.assertNotIn("<img", content)
