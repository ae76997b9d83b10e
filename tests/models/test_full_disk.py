"""A disk that is really full: nothing is erased, and the message says what to do."""

import os
import subprocess
from contextlib import contextmanager
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tools import config

from .ledger_common import LedgerCase


class TestFullDisk(LedgerCase):
    @contextmanager
    def disk(self, options):
        """A small disk of its own, which only root may mount."""
        folder = self.folder / "disk"
        folder.mkdir()
        command = ["mount", "-t", "tmpfs", "-o", options, "none", str(folder)]
        if os.geteuid() or subprocess.run(command, capture_output=True).returncode:
            self.skipTest("this account may mount no disk")
        try:
            yield folder
        finally:
            subprocess.run(["umount", str(folder)], check=True)

    def test_a_disk_that_is_really_full_stops_before_erasing(self):
        """Full for the ledger, then for the files; with room again it goes on."""
        with self.disk("size=24m") as disk:
            places = (
                patch.dict(os.environ, {"RGPD_LEDGER_DIR": str(disk / "ledger")}),
                patch.object(config, "filestore", lambda _name: str(disk)),
            )
            for place, name in zip(places, ("ledger", r"\(filestore\)"), strict=True):
                (disk / "backup").write_bytes(bytes(20 << 20))
                words = f"{name}.*No space left.*nothing is erased.*Make room"
                with place:
                    with self.assertRaisesRegex(UserError, words):
                        self.env["rgpd.eraser"]._erase(self.prospect, "retention")
                    (disk / "backup").unlink()
                    self.outbox._check_ready()
        self.assertEqual(self.prospect.name, "Zoé Liénard")

    def test_a_disk_whose_last_place_goes_during_the_erasure(self):
        """Room for bytes, none for one more file: no check can tell."""
        with (
            self.disk("size=24m,nr_inodes=4") as disk,
            patch.object(config, "filestore", lambda _name: str(disk)),
        ):
            (disk / "checklist").mkdir()
            (disk / "another").touch()
            erasure = self.env["rgpd.eraser"]._erase(self.prospect, "retention")
        self.assert_not_erased(erasure, r"\(filestore\).*Make room on its disk")
