"""The rows of the data map that the add-ons ship, as they are in the files."""

import csv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COMPLETE = ROOT / "tools/dev/complete_modules.txt"


def read_rows(model):
    """Yield the rows that the add-ons ship of a model of the map."""
    for path in sorted(ROOT.glob(f"*/data/**/{model}*.csv")):
        with path.open(encoding="utf-8") as file:
            yield from csv.DictReader(file)


def is_complete(env):
    """Tell whether the database has all the modules whose data the map knows."""
    wanted = COMPLETE.read_text(encoding="utf-8").split()
    modules = env["ir.module.module"].sudo()
    domain = [("name", "in", wanted), ("state", "=", "installed")]
    return modules.search_count(domain) == len(wanted)
