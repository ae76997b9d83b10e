"""Say how complete translation files are; the exit code is 0 when all of them are."""

import sys
from pathlib import Path

import polib

missing = 0
for path in map(Path, sys.argv[1:]):
    po = polib.pofile(path)
    untranslated, fuzzy = len(po.untranslated_entries()), len(po.fuzzy_entries())
    missing += untranslated + fuzzy
    print(
        f"{path.parts[-3]}: {len(po)} terms,"
        f" {untranslated} not translated, {fuzzy} fuzzy"
    )
sys.exit(missing > 0)
