"""Compare the results of the same tests without the add-ons and with them.

Two records (see record_tests.py) per module. A test is the same when it passes, is
skipped or fails on both sides, and in the last case for the same reason: the number of
queries counts, other numbers (identifiers, times) do not. Those that fail on both
sides are named too: of them the comparison says less. Ends with 1 when any differs.
"""

import json
import re
import sys
from pathlib import Path

WORST = ("passed", "skipped", "failed")


def read(path):
    """Return ``{test: (result, message)}`` of the tests that ran to their end."""
    rows = [json.loads(row) for row in path.read_text().splitlines()]
    results = {r["test"]: ("passed", "") for r in rows if r["phase"] == "teardown"}
    for row in rows:
        known = results.get(row["test"])
        if known and WORST.index(row["result"]) > WORST.index(known[0]):
            results[row["test"]] = row["result"], row.get("message", "")
    return results


def simplify(message):
    """Return a message without the numbers that differ from run to run."""
    if message.partition(": ")[2].startswith("Query count"):
        return message
    return re.sub(r"0x[0-9a-f]+|\d+", "0", message)


def is_same(before, after):
    if before[0] != after[0]:
        return False
    return before[0] != "failed" or simplify(before[1]) == simplify(after[1])


def compare(module, folder):
    """Print what differs for a module; return how many tests do."""
    records = [folder / f"{module}.{side}.jsonl" for side in ("without", "with")]
    without, with_addons = (read(record) for record in records)
    both = sorted(without.keys() & with_addons.keys())
    pairs = [(name, without[name], with_addons[name]) for name in both]
    different = [pair for pair in pairs if not is_same(*pair[1:])]
    same = [pair for pair in pairs if is_same(*pair[1:])]
    counts = {
        result: sum(before[0] == result for _name, before, _after in same)
        for result in WORST
    }
    print(
        f"{module}: {len(both)} tests ran on both sides, {len(same)} the same"
        f" ({counts['passed']} pass, {counts['skipped']} skipped,"
        f" {counts['failed']} fail), {len(different)} differ"
    )
    known = {n for r in records for n in r.with_suffix(".all").read_text().splitlines()}
    left = len(known - set(both))
    if left:
        print(f"  {left} did not run on both sides: not compared")
    for name, before, after in different:
        print(f"  {before[0]} → {after[0]}  {name}")
        print(f"      without: {before[1]}\n      with:    {after[1]}")
    for name, before, _after in same:
        if before[0] == "failed":
            print(f"  fails on both sides  {name}\n      {before[1][:200]}")
    return len(different)


if __name__ == "__main__":
    reports = Path(sys.argv[1])
    sys.exit(1 if sum([compare(module, reports) for module in sys.argv[2:]]) else 0)
