"""Append, seal and verify the journal, beside what a user would pick instead.

The other choice on a bare Odoo is a note in the chatter of the contact
(`message_post`, or `_message_log`, which sends nothing): it can be edited, it names the
person in clear and nothing shows that one is gone. It is measured in the same run, on
the same contacts, on fewer entries, and compared per entry.

It fills the database it runs on and leaves it so; give it a copy:

    ./dev update rgpd_bench_journal
    ./dev shell rgpd_bench_journal < benchmarks/journal.py

Size: RGPD_BENCH_ENTRIES (50000) and RGPD_BENCH_NOTES (1000).
"""

import os
import threading
import time
import tracemalloc

from odoo import SUPERUSER_ID, api

WRITERS = 2
PAYLOAD = {"purpose": "prospection_email", "channel": "email", "method": "form"}


def get_partners(env, count=200):
    """Return ids of contacts that have their row of subject."""
    partners = env["res.partner"].create(
        [{"name": f"Banc {rank}"} for rank in range(count)]
    )
    env["rgpd.subject"]._of(partners)
    return partners.ids


def append(registry, partner_ids, count, barrier, timings, rank):
    """Append entries one by one, as acts do, in one transaction."""
    with registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        cr.execute("SET LOCAL lock_timeout = '2s'")
        partners = env["res.partner"].browse(partner_ids)
        journal = env["rgpd.journal"]
        journal._record("bench.started", partners[0], PAYLOAD)
        barrier.wait()
        start = time.perf_counter()
        for turn in range(count - 1):
            journal._record("bench.done", partners[turn % len(partners)], PAYLOAD)
        timings[rank] = time.perf_counter() - start
        # Both transactions are open until the end of the slower one
        barrier.wait()


def append_concurrently(registry, partner_ids, entries):
    """Append from two transactions at once; return the seconds it took."""
    barrier, timings = threading.Barrier(WRITERS, timeout=600), {}
    threads = [
        threading.Thread(
            target=append,
            args=(registry, partner_ids, entries // WRITERS, barrier, timings, rank),
        )
        for rank in range(WRITERS)
    ]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if len(timings) != WRITERS:
        raise RuntimeError("a transaction waited for the other, or failed")
    return time.perf_counter() - start


def seal(registry):
    """Seal everything, one commit per batch; return seconds and number of seals."""
    start, count = time.perf_counter(), 0
    while True:
        with registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            if not env["rgpd.journal.seal"]._seal():
                return time.perf_counter() - start, count
        count += 1


def verify(registry, measure=False):
    """Verify; return the report, and the seconds or the peak of memory in MiB."""
    with registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        if measure:
            tracemalloc.start()
        start = time.perf_counter()
        report = env["rgpd.journal"]._verify_report()
        seconds = time.perf_counter() - start
        if not measure:
            return report, seconds
        peak = tracemalloc.get_traced_memory()[1] / 2**20
        tracemalloc.stop()
        return report, peak


def post_notes(registry, partner_ids, method, count):
    """Write notes in the chatter one by one; return the seconds, then undo them."""
    with registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {"mail_notify_force_send": False})
        partners = env["res.partner"].browse(partner_ids)
        start = time.perf_counter()
        for turn in range(count):
            getattr(partners[turn % len(partners)], method)(
                body="Consent given: prospecting by e-mail, form"
            )
        env.flush_all()
        seconds = time.perf_counter() - start
        cr.rollback()
    return seconds


def run(registry, entries=50_000, notes=1_000):
    """Measure; return the numbers."""
    with registry.cursor() as cr:
        partner_ids = get_partners(api.Environment(cr, SUPERUSER_ID, {}))
    result = {"entries": entries}
    seal(registry)
    small = max(WRITERS, entries // 10)
    append_concurrently(registry, partner_ids, small)
    seal(registry)
    before, result["peak_small"] = verify(registry, measure=True)
    result["append"] = append_concurrently(registry, partner_ids, entries)
    result["seal"], result["seals"] = seal(registry)
    report, result["verify"] = verify(registry)
    _report, result["peak"] = verify(registry, measure=True)
    result["fault"] = report.fault
    result["added"] = report.entries - before.entries
    result["small"], result["verified"] = before.entries, report.entries
    for method in ("message_post", "_message_log"):
        result[method] = post_notes(registry, partner_ids, method, notes) / notes
    return result


def show(result):
    entry = result["append"] / result["entries"]
    print(
        f"append  {result['entries']} entries, {WRITERS} transactions at once:"
        f" {result['append']:.1f} s, {entry * 1e3:.2f} ms each\n"
        f"seal    {result['seals']} seals: {result['seal']:.1f} s\n"
        f"verify  {result['verified']} entries: {result['verify']:.1f} s,"
        f" fault: {result['fault']}, added and sealed: {result['added']}\n"
        f"memory  peak of the verification: {result['peak_small']:.1f} MiB for"
        f" {result['small']} entries, {result['peak']:.1f} MiB for {result['verified']}"
    )
    for method in ("message_post", "_message_log"):
        print(
            f"chatter {method}: {result[method] * 1e3:.2f} ms each,"
            f" {result[method] / entry:.1f} times an entry of the journal"
        )


if "env" in globals():
    show(
        run(
            globals()["env"].registry,
            int(os.environ.get("RGPD_BENCH_ENTRIES", "50000")),
            int(os.environ.get("RGPD_BENCH_NOTES", "1000")),
        )
    )
