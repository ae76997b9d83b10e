"""Find one person and sweep for them, beside what a user would pick instead.

In the same run, on the same data: the finder and the lookup screen beside Odoo's own
privacy lookup; the sweep beside ``pg_dump | grep -F``, and for many persons at once
beside one. The copy of a person with many records is made last, its memory measured.

It fills the database it runs on and leaves it so; give it a copy:

    ./dev bench datamap

Size: RGPD_BENCH_PARTNERS (10000); the other tables grow with it.
"""

import io
import os
import statistics
import subprocess
import time
import tracemalloc

from odoo.tools import SQL

from odoo.addons.rgpd_fichier_client.core.datamap.schema import Identifier

ONE = 4242
PERSONS = 1000


def clone(env, record, count, **changed):
    """Add copies of a row, with some columns made of the number ``n`` of the copy."""
    env.flush_all()
    rows = env.execute_query(
        SQL(
            "SELECT column_name FROM information_schema.columns"
            " WHERE table_schema = current_schema AND table_name = %s"
            " AND column_name <> 'id'",
            record._table,
        )
    )
    names = [row[0] for row in rows]
    columns = SQL(", ").join(map(SQL.identifier, names))
    values = SQL(", ").join(
        SQL(changed[name].replace("%", "%%"))
        if name in changed
        else SQL.identifier("t", name)
        for name in names
    )
    env.cr.execute(
        SQL(
            "INSERT INTO %(table)s (%(columns)s) SELECT %(values)s"
            " FROM %(table)s t, generate_series(1, %(count)s) n WHERE t.id = %(id)s",
            table=SQL.identifier(record._table),
            columns=columns,
            values=values,
            count=count,
            id=record.id,
        )
    )
    env.invalidate_all()


def fill(env, count):
    """Add partners, orders, messages and leads as a shop of that size has them."""
    partner = env["res.partner"].create({"name": "Banc 0", "email": "b0@post.example"})
    mail = "'b' || n || '@post.example'"
    clone(
        env,
        partner,
        count,
        name="'Banc ' || (n % 800) || ' Exemple'",
        complete_name="'Banc ' || (n % 800) || ' Exemple'",
        email=mail,
        email_normalized=mail,
        phone="'+336' || lpad(n::text, 8, '0')",
        phone_sanitized="'+336' || lpad(n::text, 8, '0')",
        commercial_partner_id="NULL",
    )
    first = env["res.partner"].search([("email", "=", "b1@post.example")]).id
    whose = f"{first} + (n % {count})"
    order = env["sale.order"].create({"partner_id": partner.id})
    clone(
        env,
        order,
        count * 3 // 10,
        partner_id=whose,
        partner_invoice_id=whose,
        partner_shipping_id=whose,
        access_token="NULL",
    )
    message = partner.message_post(body="Bonjour")
    clone(
        env,
        message,
        count * 2,
        res_id=whose,
        body=f"'<p>Bonjour, rappeler ' || {mail} || ' demain matin</p>'",
        message_id="'<' || n || '@bench.example>'",
    )
    lead = env["crm.lead"].create({"name": "Demande", "email_from": "b0@post.example"})
    clone(env, lead, count // 5, email_from=mail, email_normalized=mail)
    env["rgpd.data.map"]._discover()
    env.cr.commit()
    env.cr.execute("ANALYZE")
    return env["res.partner"].browse(first - 1 + ONE)


def measure(env, call, times=7):
    """Return the median seconds of a call, each time with nothing in the cache."""
    taken = []
    for _time in range(times):
        env.invalidate_all()
        start = time.perf_counter()
        call()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def look_up_as_odoo(env, person):
    """Look the person up with the wizard of Odoo."""
    wizard = env["privacy.lookup.wizard"].create(
        {"name": person.name, "email": person.email}
    )
    wizard.action_lookup()


def measure_finder(env, person):
    """Print the finder and the lookup beside Odoo's lookup."""
    finder, lookup = env["rgpd.person.finder"], env["rgpd.person.lookup"]
    core = measure(env, lambda: look_up_as_odoo(env, person), 3)
    found = measure(env, lambda: finder._find(person))
    print(
        f"odoo's lookup {core * 1e3:.0f} ms; find {found * 1e3:.1f} ms,"
        f" ratio {core / found:.0f}"
    )
    for what, text in (
        ("e-mail", person.email),
        ("phone", person.phone),
        ("name of many", person.name),
    ):
        taken = measure(env, lambda text=text: lookup.lookup(text))
        print(f"lookup by {what:12} {taken * 1e3:.0f} ms")


def measure_sweep(env, person):
    """Print the sweep beside a dump that is searched, and for many persons."""
    one = [Identifier("email", person.email)]
    many = [Identifier("email", f"b{n}@post.example") for n in range(1, PERSONS + 1)]
    single = measure(env, lambda: env["rgpd.sweep"]._sweep(one), 3)
    crowd = measure(env, lambda: env["rgpd.sweep"]._sweep(many), 1)
    dump = f"pg_dump {env.cr.dbname} | grep -cF {person.email}"
    command = ["bash", "-c", dump]
    start = time.perf_counter()
    subprocess.run(command, check=False, stdout=subprocess.DEVNULL)
    grep = time.perf_counter() - start
    print(
        f"sweep of one person {single:.2f} s; pg_dump | grep {grep:.2f} s,"
        f" ratio {grep / single:.1f}; of {PERSONS} persons {crowd:.2f} s,"
        f" {crowd / single:.1f} times one"
    )


def measure_export(env, person, count):
    """Print the time and the memory of the copy of a person with many messages."""
    message = person.message_post(body="<p>Merci</p>")
    clone(env, message, count, message_id="'<x' || n || '@bench.example>'")
    tracemalloc.start()
    start = time.perf_counter()
    manifest = env["rgpd.person.exporter"]._export(person, io.BytesIO())
    seconds = time.perf_counter() - start
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    print(
        f"copy of {sum(manifest['counts'].values())} records: {seconds:.0f} s"
        f" under tracing, peak {peak / 2**20:.0f} MiB"
    )


def run(env, count):
    """Measure and print."""
    person = fill(env, count)
    print(f"{count} partners")
    discovery = measure(env, env["rgpd.data.map"]._discover, 3)
    print(f"discovery of the map {discovery:.2f} s")
    measure_finder(env, person)
    measure_sweep(env, person)
    measure_export(env, person, int(os.environ.get("RGPD_BENCH_EXPORT", "50000")))


if "env" in globals():
    run(globals()["env"], int(os.environ.get("RGPD_BENCH_PARTNERS", "10000")))
    globals()["env"].cr.commit()
