import re
from io import BytesIO
from pathlib import Path

import polib

from odoo.modules import Manifest
from odoo.tools.translate import trans_export

from ..common import RgpdCase

PLACEHOLDER = re.compile(r"%\([a-z_]+\)[sdf]|%[sd]|\$\{[^}]+\}")


class TestTranslations(RgpdCase):
    """French is complete: every term of every add-on, and no guess."""

    def _get_addons(self):
        modules = self.env["ir.module.module"].search(
            [("name", "=like", r"rgpd\_fichier\_client%"), ("state", "=", "installed")]
        )
        return modules.mapped("name")

    def _export_terms(self, addon):
        """Return what the installed add-on says in English now."""
        stream = BytesIO()
        trans_export(None, [addon], stream, "po", self.env)
        content = stream.getvalue().decode()
        return {entry.msgid for entry in polib.pofile(content)} if content else set()

    def _read_french(self, addon):
        path = Path(Manifest.for_addon(addon).path, "i18n", "fr.po")
        return polib.pofile(path) if path.exists() else []

    def test_every_term_has_its_french(self):
        for addon in self._get_addons():
            with self.subTest(addon=addon):
                translated = {
                    entry.msgid
                    for entry in self._read_french(addon)
                    if entry.msgstr and not entry.fuzzy and not entry.obsolete
                }
                missing = self._export_terms(addon) - translated
                self.assertFalse(missing, "run ./dev i18n, then translate these")

    def test_french_keeps_the_placeholders(self):
        for addon in self._get_addons():
            changed = [
                entry.msgid
                for entry in self._read_french(addon)
                if sorted(PLACEHOLDER.findall(entry.msgstr))
                != sorted(PLACEHOLDER.findall(entry.msgid))
            ]
            self.assertFalse(changed, addon)

    def test_french_has_no_leftovers(self):
        for addon in self._get_addons():
            french = {entry.msgid for entry in self._read_french(addon)}
            self.assertFalse(french - self._export_terms(addon), "run ./dev i18n")
