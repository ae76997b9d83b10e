"""Import a file of consents, beside recording its rows one by one.

The file has as many rows as contacts; the loop records a sample with the same entry
point a user would call for each row. Both are compared per row, in the same run.

It fills the database it runs on and leaves it so; give it a copy:

    ./dev bench consent_import

Size: RGPD_BENCH_CONTACTS (50000) and RGPD_BENCH_LOOP (300).
"""

import base64
import os
import resource
import time

from odoo.tools import SQL

HEADER = "email;purpose;channel;decision;date;source;proof;text\n"
TEXT = "J'accepte de recevoir les offres de la boutique par e-mail."


def fill(env, count):
    """Add contacts in SQL and return the file about them."""
    env.cr.execute(
        SQL(
            """
            INSERT INTO res_partner (name, email, email_normalized, active, is_company,
                type, autopost_bills, create_date)
            SELECT 'Banc ' || n, 'i' || n || '@client.example',
                   'i' || n || '@client.example', TRUE, FALSE, 'contact', 'ask',
                   now() AT TIME ZONE 'UTC'
              FROM generate_series(1, %s) AS n
            """,
            count,
        )
    )
    env.invalidate_all()
    rows = (
        f"i{n}@client.example;prospect_email_b2c;email;"
        f"{'oui' if n % 10 else 'opposition'};03/09/2026;Salon;bulletin {n};{TEXT}\n"
        for n in range(1, count + 1)
    )
    return (HEADER + "".join(rows)).encode()


def import_file(env, content):
    """Return the seconds of the check and of the import, and the events added."""
    wizard = env["rgpd.consent.import"].create({"content": base64.b64encode(content)})
    start = time.perf_counter()
    wizard.action_check()
    checked = time.perf_counter()
    wizard.action_import()
    return checked - start, time.perf_counter() - checked, wizard.added_count


def record_one_by_one(env, count):
    """Return the seconds of a loop over contacts, with the same act for each."""
    partners = env["res.partner"].search([("email", "like", "i%@client.example")])
    start = time.perf_counter()
    for partner in partners[:count]:
        env["rgpd.consent"]._record(
            partner,
            "prospect_sms_b2c",
            "sms",
            "refused",
            collection_point="import",
            method="unknown",
            proof={"name": "row", "content": base64.b64encode(b"bulletin")},
        )
    env.flush_all()
    return time.perf_counter() - start


def run(env, contacts, loop):
    """Measure and print."""
    content = fill(env, contacts)
    checked, imported, added = import_file(env, content)
    each = record_one_by_one(env, loop) / loop
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    ratio = each / (imported / contacts)
    print(
        f"import  {contacts} rows: check {checked:.1f} s, record {imported:.1f} s,"
        f" {added} events, peak {peak:.0f} MiB of the process"
    )
    print(f"one by one {each * 1e3:.1f} ms each, ratio {ratio:.0f}")
    assert added == contacts


if "env" in globals():
    run(
        globals()["env"],
        int(os.environ.get("RGPD_BENCH_CONTACTS", "50000")),
        int(os.environ.get("RGPD_BENCH_LOOP", "300")),
    )
    globals()["env"].cr.commit()
