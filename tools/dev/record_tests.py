"""Plugin of pytest: write down each result once it is known, and go on from there.

One line of JSON per test and per phase that says something, in the file named by
``RGPD_RECORD``; tests it already holds are not run again. So a run that is cut, or that
ends by itself after ``RGPD_RECORD_MINUTES``, keeps what it has, and the next one does
the rest.
"""

import json
import os
import time
from pathlib import Path

RECORD = Path(os.environ["RGPD_RECORD"])
MINUTES = float(os.environ.get("RGPD_RECORD_MINUTES") or 0)


def get_now():
    """Return seconds of a clock that tests which freeze the time leave alone."""
    return time.clock_gettime(time.CLOCK_MONOTONIC)


ENDED = get_now() + MINUTES * 60 if MINUTES else float("inf")


def get_name(nodeid):
    """Return the name of a test without the folder in which Odoo lies."""
    return nodeid.rpartition("odoo/addons/")[2]


def read_finished(path):
    """Return the names of the tests of a record that ran to their end."""
    if not path.exists():
        return set()
    rows = (json.loads(row) for row in path.read_text().splitlines())
    return {row["test"] for row in rows if row["phase"] == "teardown"}


def pytest_collection_modifyitems(config, items):
    names = (f"{get_name(item.nodeid)}\n" for item in items)
    RECORD.with_suffix(".all").write_text("".join(names))
    finished = read_finished(RECORD)
    left = [item for item in items if get_name(item.nodeid) not in finished]
    config.hook.pytest_deselected(items=[item for item in items if item not in left])
    items[:] = left


def get_message(report):
    """Return the first line of what failed."""
    crash = getattr(report.longrepr, "reprcrash", None)
    text = crash.message if crash else str(report.longrepr or "")
    return next((line.strip() for line in text.splitlines() if line.strip()), "")


def pytest_runtest_logreport(report):
    """Write a line; of a test of several parts (``subTest``) each is one."""
    row = {
        "test": get_name(report.nodeid),
        "phase": report.when,
        "result": report.outcome,
        "seconds": round(report.duration, 2),
    }
    if report.outcome != "passed":
        row["message"] = get_message(report)[:600]
    with RECORD.open("a") as stream:
        stream.write(json.dumps(row) + "\n")


def pytest_runtest_teardown(item):
    if get_now() > ENDED:
        item.session.shouldstop = "the time given is over"
