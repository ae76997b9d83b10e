"""`./dev compare` must see what differs, or Odoo's own tests prove nothing."""

import importlib.util
import json
from pathlib import Path

TOOL = Path(__file__).resolve().parents[2] / "tools/dev/compare_tests.py"


def load():
    spec = importlib.util.spec_from_file_location("compare_tests", TOOL)
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    return tool


def write(folder, side, results):
    """Write a record as the plugin does: a row per phase, one more per part."""
    rows = []
    for name, (result, message) in results.items():
        rows += [
            {"test": name, "phase": "setup", "result": "passed"},
            {"test": name, "phase": "call", "result": result, "message": message},
            {"test": name, "phase": "call", "result": "passed"},
            {"test": name, "phase": "teardown", "result": "passed"},
        ]
    record = folder / f"sale.{side}.jsonl"
    record.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    record.with_suffix(".all").write_text("".join(f"{name}\n" for name in results))


def count(folder, without, with_addons):
    write(folder, "without", {"a": without, "b": ("passed", "")})
    write(folder, "with", {"a": with_addons, "b": ("passed", "")})
    return load().compare("sale", folder)


def test_another_result_differs(tmp_path, capsys):
    assert count(tmp_path, ("passed", ""), ("failed", "ValueError: 3")) == 1
    assert "passed → failed  a" in capsys.readouterr().out
    assert count(tmp_path, ("failed", "ValueError: 3"), ("passed", "")) == 1
    assert count(tmp_path, ("skipped", "no browser"), ("passed", "")) == 1


def test_the_same_failure_is_named_and_no_difference(tmp_path, capsys):
    before = ("failed", "AssertionError: res.groups(63, 1) != res.groups(63,)")
    after = ("failed", "AssertionError: res.groups(70, 1) != res.groups(70,)")
    assert count(tmp_path, before, after) == 0
    assert "fails on both sides  a" in capsys.readouterr().out


def test_another_failure_or_number_of_queries_differs(tmp_path):
    known = ("failed", "AssertionError: 1 != 2")
    assert count(tmp_path, known, ("failed", "ValueError: 1 != 2")) == 1
    words = "AssertionError: Query count more than expected for user admin: {} > 20"
    less, more = (("failed", words.format(number)) for number in (21, 22))
    assert count(tmp_path, less, less) == 0
    assert count(tmp_path, less, more) == 1


def test_a_test_that_was_cut_is_not_taken_for_the_same(tmp_path, capsys):
    write(tmp_path, "without", {"a": ("passed", ""), "b": ("passed", "")})
    write(tmp_path, "with", {"a": ("passed", "")})
    assert load().compare("sale", tmp_path) == 0
    written = capsys.readouterr().out
    assert "1 tests ran on both sides" in written
    assert "1 did not run on both sides" in written
