"""The ledger outside the database: second place, full disk, a restored backup."""

import os
import resource
from contextlib import contextmanager
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tools import config, mute_logger

from odoo.addons.rgpd_fichier_client.core.retention import ledger

from .ledger_common import LedgerCase

RUN = "odoo.addons.rgpd_fichier_client.models.retention.rgpd_retention_night"
WARNINGS = "odoo.addons.rgpd_fichier_client.models.retention.rgpd_retention_warnings"
OUTBOX = "odoo.addons.rgpd_fichier_client.models.retention.rgpd_erasure_outbox"


class TestLedger(LedgerCase):
    def erase(self, records, ground="retention"):
        erasures = self.env["rgpd.eraser"]._erase(records, ground)
        self.run_cron("ledger")
        return erasures

    def run_cron(self, name):
        with self.enter_registry_test_mode():
            self.env.ref(
                f"rgpd_fichier_client.rgpd_erasure_{name}_cron"
            ).method_direct_trigger()
        self.env.invalidate_all()

    @contextmanager
    def restored(self):
        """What a backup from before the block looks like: the block is undone."""
        with self.env.cr.savepoint() as savepoint:
            yield
            self.env.flush_all()
            savepoint.rollback()
        self.env.invalidate_all()

    def subject(self, person):
        return self.env["rgpd.subject"]._of(person)

    # === WRITING === #

    def test_both_places_hold_every_line(self):
        self.erase(self.prospect)
        one, two = self.outbox._get_path(), self.outbox._get_copy_path()
        self.assertEqual(len(one.read_text().splitlines()), 1)
        self.assertEqual(two.read_bytes(), one.read_bytes())
        self.assertNotIn("Zo", one.read_text())
        self.assertFalse(self.outbox.search([]))
        self.assertFalse(self.outbox._is_older())

    def test_a_second_place_out_of_reach_stops_nothing_and_catches_up(self):
        (self.folder / "two").write_text("not a folder")
        with mute_logger(OUTBOX):
            self.erase(self.prospect)
        (self.folder / "two").unlink()
        self.erase(self.new_person("Lou Marchand", 8), "request")
        one, two = self.outbox._get_path(), self.outbox._get_copy_path()
        self.assertEqual(len(two.read_text().splitlines()), 2)
        self.assertEqual(two.read_bytes(), one.read_bytes())

    def test_nothing_is_erased_when_the_ledger_cannot_be_written(self):
        (self.folder / "one").write_text("not a folder")
        with self.assertRaisesRegex(UserError, "nothing is erased"):
            self.env["rgpd.eraser"]._erase(self.prospect, "retention")
        self.assertEqual(self.prospect.name, "Zoé Liénard")

    def test_nothing_is_erased_on_a_full_disk(self):
        with (
            patch(f"{OUTBOX}.ROOM", 1 << 62),
            self.assertRaisesRegex(UserError, "nothing is erased"),
        ):
            self.env["rgpd.eraser"]._erase(self.prospect, "retention")
        self.assertEqual(self.prospect.name, "Zoé Liénard")

    @contextmanager
    def limited(self, size):
        """No file of this process grows beyond so many bytes, as with a full quota."""
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    def test_a_quota_that_the_disk_does_not_tell_of_stops_before_erasing(self):
        with (
            self.limited(4096),
            self.assertRaisesRegex(UserError, "nothing is erased"),
        ):
            self.env["rgpd.eraser"]._erase(self.prospect, "retention")
        self.assertEqual(self.prospect.name, "Zoé Liénard")

    @contextmanager
    def full_filestore(self):
        """The files are on a file system that has no free block, as any has at last."""
        with patch.object(config, "filestore", lambda _name: "/proc"):
            yield

    def test_nothing_is_erased_when_the_disk_of_the_files_is_full(self):
        files = self.env["ir.attachment"].search_count(
            [("res_model", "=", "res.partner"), ("res_id", "=", self.prospect.id)]
        )
        with (
            self.full_filestore(),
            self.assertRaisesRegex(UserError, r"\(filestore\).*No space left"),
        ):
            self.env["rgpd.eraser"]._erase(self.prospect, "retention")
        self.assertEqual(self.prospect.name, "Zoé Liénard")
        left = self.env["ir.attachment"].search_count(
            [("res_model", "=", "res.partner"), ("res_id", "=", self.prospect.id)]
        )
        self.assertEqual((left, files), (1, 1))

    def test_the_night_says_that_the_disk_of_the_files_is_full(self):
        simulation = self.approve()
        with self.full_filestore():
            self.run_night()
        self.assertEqual(self.prospect.name, "Zoé Liénard")
        self.assertFalse(simulation.run_ids)
        self.assertIn("(filestore)", simulation.activity_ids.note)
        self.run_night()
        self.assertNotIn("Liénard", self.prospect.name)

    def test_a_file_that_cannot_be_marked_keeps_the_person_whole(self):
        """The disk fills up after the check: this person fails, with the cause."""
        with patch.object(
            type(self.env["ir.attachment"]),
            "_full_path",
            lambda _self, path: f"/proc/{path}",
        ):
            erasure = self.env["rgpd.eraser"]._erase(self.prospect, "retention")
        self.assert_not_erased(erasure, r"\(filestore\).*Make room on its disk")

    def test_a_line_cut_by_a_full_disk_is_written_again(self):
        """What waits stays in the database until the file holds it, whole."""
        self.erase(self.prospect)
        path = self.outbox._get_path()
        size = path.stat().st_size
        self.env["rgpd.eraser"]._erase(self.new_person("Lou Marchand", 8), "request")
        self.env.flush_all()
        with self.limited(size + 20), self.assertRaises(UserError):
            self.outbox._append(self.outbox.search([]))
        self.assertEqual(path.stat().st_size, size + 20)
        self.assertTrue(self.outbox.search([]))
        self.run_cron("ledger")
        self.assertEqual(len(list(ledger.read(path))), 2)
        self.assertFalse(self.outbox.search([]))

    def approve(self):
        simulation = self.env["rgpd.simulation"].with_user(self.dpo).create({})
        simulation.action_compute()
        simulation.confirm_count = simulation.erase_count
        simulation.action_approve()
        return simulation

    def run_night(self):
        with self.enter_registry_test_mode(), mute_logger(WARNINGS):
            self.env.ref(
                "rgpd_fichier_client.rgpd_retention_cron"
            ).method_direct_trigger()
        self.env.invalidate_all()

    def test_the_night_stops_before_erasing_and_tells_the_dpo_once(self):
        simulation = self.approve()
        (self.folder / "one").write_text("not a folder")
        self.run_night()
        self.run_night()
        self.assertEqual(self.prospect.name, "Zoé Liénard")
        self.assertFalse(simulation.run_ids)
        [task] = simulation.activity_ids
        self.assertIn("evidence cannot be written", task.summary)
        self.assertEqual(task.user_id, self.dpo)
        (self.folder / "one").unlink()
        self.run_night()
        self.assertNotIn("Liénard", self.prospect.name)

    def test_a_disk_that_fills_up_during_the_night_stops_the_next_batch(self):
        simulation = self.approve()
        other = self.new_person("Lou Marchand", 8)
        self.age(other, years=5)
        treat_due = type(self.env["rgpd.reason"])._treat_due

        def fill_up(reasons, *args):
            treat_due(reasons, *args)
            for path in (self.folder / "one").iterdir():
                path.unlink()
            (self.folder / "one").rmdir()
            (self.folder / "one").write_text("not a folder")

        with patch(f"{RUN}.PERSONS_PER_BATCH", 1):
            self.patch(type(self.env["rgpd.reason"]), "_treat_due", fill_up)
            self.run_night()
        names = (self.prospect | other).mapped("name")
        whole = [n for n in names if n in ("Zoé Liénard", "Lou Marchand")]
        self.assertEqual(len(whole), 1)
        self.assertEqual(simulation.run_ids.state, "running")
        self.assertIn("evidence", simulation.activity_ids.summary)

    # === A BACKUP COMES BACK === #

    def test_who_came_back_is_listed_and_erased_again_on_confirmation(self):
        with self.restored():
            self.erase(self.prospect)
        self.assertEqual(self.prospect.name, "Zoé Liénard")
        self.assertTrue(self.outbox._is_older())
        self.run_cron("replay")
        check = self.checks.search([])
        self.assertEqual(check.state, "found")
        self.assertEqual(check.line_ids.subject_id, self.subject(self.prospect))
        self.assertTrue(check.activity_ids)
        # Nothing happens by itself, and nobody writes to them
        self.run_cron("replay")
        self.assertEqual(len(self.checks.search([])), 1)
        self.assertEqual(self.prospect.name, "Zoé Liénard")
        blocked = self.env["rgpd.contact.gate"]._get_blocked(self.prospect)
        self.assertEqual(blocked, {self.prospect.id: "person_erased"})
        for role in ("reader", "officer", "auditor"):
            with self.assertRaises(AccessError):
                check.with_user(self.new_user(role))._confirm()
        check.with_user(self.dpo)._confirm()
        self.run_cron("replay")
        self.assertNotIn("Zoé", self.prospect.name)
        self.assertEqual(check.state, "done")
        self.assertEqual(check.line_ids.erasure_id.ground, "replay")
        self.assertFalse(self.checks._compare().filtered(lambda c: c.state != "done"))
        kinds = self.env["rgpd.journal"].search([]).mapped("kind")
        self.assertIn("ledger.restored", kinds)
        self.assertIn("ledger.confirmed", kinds)

    def test_the_copy_alone_is_enough(self):
        with self.restored():
            self.erase(self.prospect)
        self.outbox._get_path().unlink()
        self.assertIn(self.prospect.id, self.outbox._get_missing()["res.partner"])

    def test_a_deleted_person_who_came_back(self):
        person = self.prospect
        with self.restored():
            person.unlink()
            self.run_cron("ledger")
        self.assertIn(person.id, self.outbox._get_missing()["res.partner"])

    def test_a_second_erasure_that_is_missing(self):
        """Erased in part before the backup, wholly after it."""
        self.erase(self.customer)
        subject = self.subject(self.customer)
        subject.sudo().erased_on = "2026-01-01 10:00:00"
        self.assertIn(self.customer.id, self.outbox._get_missing()["res.partner"])

    def test_a_neutralised_copy_only_proposes(self):
        with self.restored():
            self.erase(self.prospect)
        self.env["ir.config_parameter"].sudo().set_param(
            "database.is_neutralized", True
        )
        self.run_cron("replay")
        check = self.checks.search([])
        self.assertTrue(check.is_copy)
        self.assertFalse(check.activity_ids)
        self.run_cron("replay")
        self.assertEqual(self.prospect.name, "Zoé Liénard")

    def test_a_copy_with_another_identifier_only_proposes(self):
        self.erase(self.new_person("Lou Marchand", 8), "request")
        with self.restored():
            self.erase(self.prospect)
        key_file = self.env["rgpd.key"]._get_file()
        parameters = self.env["ir.config_parameter"].sudo()
        parameters.set_param("database.uuid", "00000000-aaaa-bbbb-cccc-000000000000")
        # A server that keeps one key file for whatever database it serves
        with patch.dict(os.environ, {"RGPD_KEY_FILE": str(key_file.path)}):
            self.assertTrue(self.outbox._is_copy())
            check = self.checks._compare()
            self.assertTrue(check.is_copy)
            self.assertEqual(check.line_ids.subject_id, self.subject(self.prospect))
            self.assertFalse(check.activity_ids)

    def test_a_start_has_it_compared(self):
        cron = self.env.ref("rgpd_fichier_client.rgpd_erasure_replay_cron")
        triggers = self.env["ir.cron.trigger"]
        before = triggers.search([("cron_id", "=", cron.id)])
        self.erase(self.prospect)
        self.outbox._register_hook()
        self.assertEqual(triggers.search([("cron_id", "=", cron.id)]), before)
        with self.restored():
            self.erase(self.new_person("Lou Marchand", 8), "request")
        self.outbox._register_hook()
        self.assertGreater(triggers.search([("cron_id", "=", cron.id)]), before)
