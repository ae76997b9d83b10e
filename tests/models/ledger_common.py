import os
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from .erasure_common import ErasureCase


class LedgerCase(ErasureCase):
    """A ledger in a folder of its own."""

    def setUp(self):
        super().setUp()
        folder = TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        variables = {
            "RGPD_LEDGER_DIR": str(self.folder / "one"),
            "RGPD_LEDGER_COPY_DIR": str(self.folder / "two"),
        }
        patcher = patch.dict(os.environ, variables)
        patcher.start()
        self.addCleanup(patcher.stop)
        self.outbox = self.env["rgpd.erasure.outbox"]
        self.checks = self.env["rgpd.ledger.check"]

    def assert_not_erased(self, erasure, words):
        self.assertEqual(erasure.state, "failed")
        self.assertRegex(erasure.error, words)
        self.assertEqual(self.prospect.name, "Zoé Liénard")
        self.assertEqual(len(self.prospect.message_ids), 2)
