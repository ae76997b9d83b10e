import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from odoo.tools import SQL

from ..common import RgpdCase

TABLES = ("rgpd_journal", "rgpd_journal_seal", "rgpd_key_fingerprint")


class JournalKeyCase(RgpdCase):
    """Keys in a folder that goes after the test."""

    def use_key_folder(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        environment = patch.dict(os.environ, {"RGPD_KEY_DIR": folder.name})
        environment.start()
        self.addCleanup(environment.stop)
        os.environ.pop("RGPD_KEY_FILE", None)
        return Path(folder.name)

    @contextmanager
    def tampering(self, cr=None):
        """Act as the owner of the tables, who can take the triggers off."""
        cr = cr or self.env.cr
        self.env.flush_all()
        for table in TABLES:
            cr.execute(
                SQL("ALTER TABLE %s DISABLE TRIGGER USER", SQL.identifier(table))
            )
        yield
        for table in TABLES:
            cr.execute(SQL("ALTER TABLE %s ENABLE TRIGGER USER", SQL.identifier(table)))
        self.env.invalidate_all()


class JournalCase(JournalKeyCase):
    """A journal of its own, empty."""

    def setUp(self):
        super().setUp()
        self.folder = self.use_key_folder()
        with self.tampering():
            for table in TABLES:
                self.env.cr.execute(SQL("DELETE FROM %s", SQL.identifier(table)))
        self.Journal = self.env["rgpd.journal"]
        self.Seal = self.env["rgpd.journal.seal"]

    @property
    def key_file(self):
        uuid = self.env["ir.config_parameter"].get_param("database.uuid")
        return self.folder / f"{uuid}.json"

    def tamper(self, query, *params):
        with self.tampering():
            self.env.cr.execute(query, params)

    def record(self, count=5, kind="test.done"):
        return self.Journal._record_many(
            kind, [(None, {"rank": rank}) for rank in range(count)]
        )

    def fault(self):
        return self.Journal._verify_report().fault
