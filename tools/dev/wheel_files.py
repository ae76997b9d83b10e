"""Compare the files of a wheel with those listed on the standard input.

The second argument is the folder the add-ons are in; the exit code tells whether the
wheel holds every file of them, unchanged, and nothing else.
"""

import sys
from pathlib import Path
from zipfile import ZipFile

wheel, folder = ZipFile(sys.argv[1]), Path(sys.argv[2])
expected = {f"odoo/addons/{line.strip()}" for line in sys.stdin}
packed = {name for name in wheel.namelist() if ".dist-info/" not in name}
problems = [f"not in the wheel: {name}" for name in sorted(expected - packed)]
problems += [f"only in the wheel: {name}" for name in sorted(packed - expected)]
problems += [
    f"different in the wheel: {name}"
    for name in sorted(expected & packed)
    if wheel.read(name) != (folder / name.removeprefix("odoo/addons/")).read_bytes()
]
print("\n".join(problems) or f"{len(packed)} files of the add-ons are in the wheel")
sys.exit(bool(problems))
