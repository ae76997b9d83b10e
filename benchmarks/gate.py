"""Ask the contact gate about many people at once, beside a loop over them.

A user who has no such gate writes the loop: for each contact, is there a consent, an
order, an objection? The loop here asks the very same gate for one record at a time, on
a sample, in the same run, and both are compared per record. Memory is that of Python.

It fills the database it runs on and leaves it so; give it a copy:

    ./dev bench gate

Size: RGPD_BENCH_CONTACTS (100000) and RGPD_BENCH_LOOP (300).
"""

import os
import time
import tracemalloc

from odoo.tools import SQL

MAIL = "prospect_email_b2c"
ASKED = [
    (MAIL, "email"),
    ("softoptin", "email"),
    ("prospect_b2b_email", "email"),
    ("prospect_phone_b2c", "phone"),
    ("prospect_postal", "post"),
]


def fill(env, count):
    """Add contacts in SQL; a third consented, a few objected; return their ids."""
    env.cr.execute(
        SQL(
            """
            INSERT INTO res_partner (name, email, email_normalized, phone, street, zip,
                city, active, is_company, type, autopost_bills, create_date)
            SELECT 'Banc ' || n, 'b' || n || '@client.example',
                   'b' || n || '@client.example',
                   '+33 6 39 98 ' || lpad((n %% 10000)::text, 4, '0'),
                   n || ' rue du Banc', '75001', 'Paris', TRUE, FALSE, 'contact', 'ask',
                   now() AT TIME ZONE 'UTC'
              FROM generate_series(1, %s) AS n
            RETURNING id
            """,
            count,
        )
    )
    ids = [row[0] for row in env.cr.fetchall()]
    env.invalidate_all()
    partners = env["res.partner"].browse(ids)
    env["rgpd.subject"]._of(partners)
    env.cr.execute(
        SQL(
            """
            INSERT INTO rgpd_consent_event (uid, digest, subject_id, subject_uid,
                company_id, purpose_code, channel, decision, moment, recorded_on,
                collection_point, method, actor, actor_uid, is_to_renew)
            SELECT replace(gen_random_uuid()::text, '-', ''), 'bench', s.id, s.uid,
                   %(company)s, %(purpose)s, 'email',
                   CASE WHEN s.id %% 30 = 0 THEN 'objected' ELSE 'given' END,
                   now() AT TIME ZONE 'UTC' - INTERVAL '1 day',
                   now() AT TIME ZONE 'UTC', 'portal', 'box', 'self', 1, FALSE
              FROM rgpd_subject s
             WHERE s.res_model = 'res.partner' AND s.res_id = ANY(%(ids)s)
               AND s.id %% 3 = 0
            """,
            company=env.company.id,
            purpose=MAIL,
            ids=ids,
        )
    )
    objectors = partners[: count // 100]
    addresses = env["rgpd.contact.address"]._get(objectors)
    env["rgpd.suppression"]._add(addresses, "email", env.company)
    return ids


def wish(env, ids):
    """Let a tenth of them wish for fewer offers, who got one yesterday."""
    env.cr.execute(
        SQL(
            """
            INSERT INTO rgpd_preference (subject_id, company_id, frequency, offered_at)
            SELECT s.id, %s, 'month', now() AT TIME ZONE 'UTC' - INTERVAL '1 day'
              FROM rgpd_subject s
             WHERE s.res_model = 'res.partner' AND s.res_id = ANY(%s)
               AND s.id %% 10 = 3
            """,
            env.company.id,
            ids,
        )
    )


def ask_together(env, ids, purpose, channel):
    """Return the seconds of one call, the peak of memory in MiB, the yes answers."""
    env.invalidate_all()
    records = env["res.partner"].browse(ids)
    start = time.perf_counter()
    verdicts = env["rgpd.contact.gate"]._check(records, purpose, channel)
    seconds = time.perf_counter() - start
    return seconds, sum(verdict["allowed"] for verdict in verdicts.values())


def ask_peak(env, ids, purpose, channel):
    env.invalidate_all()
    tracemalloc.start()
    env["rgpd.contact.gate"]._check(env["res.partner"].browse(ids), purpose, channel)
    peak = tracemalloc.get_traced_memory()[1] / 2**20
    tracemalloc.stop()
    return peak


def ask_one_by_one(env, ids, purpose, channel):
    """Return the seconds of a loop that asks for each contact."""
    env.invalidate_all()
    start = time.perf_counter()
    for record in env["res.partner"].browse(ids):
        env["rgpd.contact.gate"]._check(record, purpose, channel)
    return time.perf_counter() - start


def run(env, contacts, loop):
    """Measure and print."""
    ids = fill(env, contacts)
    for purpose, channel in ASKED:
        seconds, allowed = ask_together(env, ids, purpose, channel)
        each = ask_one_by_one(env, ids[:loop], purpose, channel) / loop
        ratio = each / (seconds / contacts)
        print(
            f"{purpose:20} {contacts} contacts: {seconds:5.1f} s, {allowed} allowed;"
            f" one by one {each * 1e3:.1f} ms each, ratio {ratio:.0f}"
        )
    wish(env, ids)
    seconds, allowed = ask_together(env, ids, MAIL, "email")
    print(f"{MAIL:20} a tenth wishes for fewer: {seconds:5.1f} s, {allowed} allowed")
    small = ask_peak(env, ids[: contacts // 10], MAIL, "email")
    large = ask_peak(env, ids, MAIL, "email")
    print(f"memory  peak {small:.0f} MiB for a tenth, {large:.0f} MiB for all of them")


if "env" in globals():
    run(
        globals()["env"],
        int(os.environ.get("RGPD_BENCH_CONTACTS", "100000")),
        int(os.environ.get("RGPD_BENCH_LOOP", "300")),
    )
    globals()["env"].cr.commit()
