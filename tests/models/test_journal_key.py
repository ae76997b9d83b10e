import json
import logging
import os
import stat
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tools import config

from .journal_common import JournalCase


class TestJournalKey(JournalCase):
    """Keys live outside the database; without them nothing is sealed nor signed."""

    def setUp(self):
        super().setUp()
        self.Key = self.env["rgpd.key"]

    def assertNothingWritten(self, words):
        self.record(1)
        seals = self.Seal.search_count([])
        with self.assertRaises(UserError) as caught:
            self.Seal._seal()
        self.assertIn(words, str(caught.exception))
        self.assertIn("Nothing was written", str(caught.exception))
        self.assertEqual(self.Seal.search_count([]), seals)

    def test_made_at_first_use_and_private(self):
        self.assertFalse(self.key_file.exists())
        secret = self.Key._get("vault")
        self.assertEqual(len(secret), 32)
        self.assertEqual(stat.S_IMODE(self.key_file.stat().st_mode), 0o600)
        self.assertNotEqual(secret, self.Key._get("ledger"))
        self.assertEqual(secret, self.Key._get("vault"))

    def test_appending_needs_no_key(self):
        self.record()
        self.assertFalse(self.key_file.exists())

    def test_the_database_holds_fingerprints_only(self):
        self.Key._get("vault")
        content = json.loads(self.key_file.read_text())
        secrets = [
            key["secret"]
            for keys in content["keys"].values()
            for key in keys
            if "secret" in key
        ]
        self.env.cr.execute(
            "SELECT string_agg(to_jsonb(f)::text, '') FROM rgpd_key_fingerprint f"
        )
        stored = self.env.cr.fetchone()[0]
        self.assertEqual(len(secrets), 5)
        for secret in secrets:
            self.assertNotIn(secret, stored)

    def test_never_logged(self):
        with self.assertLogs("odoo", level="DEBUG") as logs:
            logging.getLogger("odoo").info("there is something to look at")
            self.record()
            self.Seal._seal()
            self.Journal._verify()
            self.Key._rotate("signing")
            self.env.cr.postcommit.run()
        content = json.loads(self.key_file.read_text())
        text = "\n".join(logs.output)
        for keys in content["keys"].values():
            for key in keys:
                self.assertNotIn(key.get("secret", "no secret"), text)

    def test_missing(self):
        self.record(1)
        self.Seal._seal()
        self.key_file.unlink()
        self.assertNothingWritten("is missing")

    def test_unreadable(self):
        self.Key._get("vault")
        with (
            patch("builtins.open", side_effect=PermissionError),
            self.assertRaises(UserError) as caught,
        ):
            self.Key._get("vault")
        self.assertIn("cannot be read", str(caught.exception))

    def test_readable_by_others(self):
        self.Key._get("vault")
        self.key_file.chmod(0o644)
        self.assertNothingWritten("can be read by others")

    def test_damaged(self):
        self.Key._get("vault")
        self.key_file.write_text("{")
        self.assertNothingWritten("is damaged")

    def test_of_another_database(self):
        self.Key._get("vault")
        self.key_file.unlink()
        self.tamper("DELETE FROM rgpd_key_fingerprint")
        self.Key._get("vault")
        made = self.key_file.read_bytes()
        self.key_file.unlink()
        self.tamper("DELETE FROM rgpd_key_fingerprint")
        self.Key._get("vault")
        self.key_file.write_bytes(made)
        self.assertNothingWritten("is not the one")

    def test_rotation_keeps_old_seals_verifiable(self):
        self.record()
        old = self.Seal._seal()
        new_id = self.Key._rotate("signing")
        self.env.cr.postcommit.run()
        self.record()
        new = self.Seal._seal()
        self.assertEqual(new.key_id, new_id)
        self.assertNotEqual(old.key_id, new_id)
        self.assertFalse(self.Journal._verify())
        retired = json.loads(self.key_file.read_text())["keys"]["signing"][0]
        self.assertNotIn("secret", retired)
        self.assertEqual(
            self.Journal.search([("kind", "=", "key.rotated")]).payload["new"], new_id
        )

    def test_only_the_dpo_rotates(self):
        for role in ("reader", "officer", "auditor"):
            with self.subTest(role), self.assertRaises(AccessError):
                self.Key.with_user(self.new_user(role))._action_rotate()
        self.assertTrue(self.Key.with_user(self.new_user("dpo"))._action_rotate())

    def test_the_path_is_not_told_to_a_portal_user(self):
        self.Key._get("vault")
        self.key_file.unlink()
        portal = self.env.ref("base.group_portal")
        user = self.env["res.users"].create(
            {"name": "P", "login": "rgpd_p", "group_ids": [(6, 0, portal.ids)]}
        )
        with self.assertRaises(UserError) as caught:
            self.Key.with_user(user)._get("vault")
        self.assertNotIn(str(self.folder), str(caught.exception))

    def test_the_path_is_chosen_by_environment_or_configuration(self):
        path = self.folder / "apart" / "keys.json"
        with patch.dict(os.environ, {"RGPD_KEY_FILE": str(path)}):
            self.Key._get("vault")
        self.assertTrue(path.exists())
        with patch.dict(config.options, {"rgpd_key_file": str(path)}):
            self.Key._get("vault")
        self.assertFalse(self.key_file.exists())

    def test_a_path_shared_with_another_database_is_refused(self):
        path = self.folder / "keys.json"
        with patch.dict(os.environ, {"RGPD_KEY_FILE": str(path)}):
            self.Key._get("vault")
            content = path.read_text()
            uuid = self.env["ir.config_parameter"].get_param("database.uuid")
            path.write_text(content.replace(uuid, "other"))
            self.tamper("DELETE FROM rgpd_key_fingerprint")
            with self.assertRaises(UserError) as caught:
                self.Key._get("vault")
        self.assertIn("another database", str(caught.exception))
