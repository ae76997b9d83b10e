"""Compare the results of the same tests without the add-ons and with them.

Two reports of pytest (JUnit) per module; prints each test whose result differs, with
the first line of its message, and ends with 1 when there is any.
"""

import sys
from pathlib import Path
from xml.etree import ElementTree


def read(path):
    """Return ``{test: (result, message)}`` of a report."""
    results = {}
    for case in ElementTree.parse(path).iter("testcase"):
        name = f"{case.get('classname')}.{case.get('name')}"
        result, message = results.get(name, ("passed", ""))
        for child in case:
            if child.tag in ("failure", "error", "skipped"):
                result = "skipped" if child.tag == "skipped" else "failed"
                message = (child.get("message") or "").strip().split("\n")[0]
        results[name] = result, message[:300]
    return results


def compare(module, folder):
    """Print what differs for a module; return how many tests do."""
    without = read(folder / f"{module}.without.xml")
    with_addons = read(folder / f"{module}.with.xml")
    absent = ("absent", "")
    differences = [
        (name, without.get(name, absent), with_addons.get(name, absent))
        for name in sorted(without.keys() | with_addons.keys())
        if without.get(name, absent)[0] != with_addons.get(name, absent)[0]
    ]
    failed = [sum(r[0] == "failed" for r in x.values()) for x in (without, with_addons)]
    print(
        f"{module}: {len(without)} tests, {failed[0]} fail without the add-ons,"
        f" {failed[1]} with them, {len(differences)} differ"
    )
    for name, before, after in differences:
        print(f"  {before[0]} → {after[0]}  {name}")
        print(f"      {after[1] or before[1]}")
    return len(differences)


if __name__ == "__main__":
    reports = Path(sys.argv[1])
    sys.exit(1 if sum([compare(module, reports) for module in sys.argv[2:]]) else 0)
