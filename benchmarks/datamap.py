"""Find one person and sweep for them, beside what a user would pick instead.

In the same run, on the same data: the finder and the lookup screen beside Odoo's own
privacy lookup; the sweep beside ``pg_dump | grep -F``, and for many persons at once
beside one. The copy of a person with many records is made last, its memory measured.

It fills the database it runs on and leaves it so; give it a copy:

    ./dev bench datamap

Size: RGPD_BENCH_PARTNERS (10000); the other tables grow with it. At 1,000,000: 300,000
orders, 100,000 invoices, 2,000,000 messages, 200,000 leads, 200,000 files, 1,000,000
traces of mailings and 100,000 clicks. RGPD_BENCH_PARTS measures less, or more, than
``map,finder,sweep,export``: ``indexes`` too; RGPD_BENCH_EXPORT is the number of
messages of the copy.
"""

import io
import os
import statistics
import subprocess
import sys
import time
import tracemalloc
import unittest.mock
from pathlib import Path

from odoo.tools import SQL, config

from odoo.addons.rgpd_fichier_client.core.datamap import normalise
from odoo.addons.rgpd_fichier_client.core.datamap.schema import Identifier

for folder in config["addons_path"]:
    sys.path.append(str(Path(folder) / "benchmarks"))

from shared import indexes  # noqa: E402

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
    fill_papers(env, partner, count, whose)
    fill_traces(env, partner, count, whose, mail)
    env["rgpd.data.map"]._discover()
    env.cr.commit()
    env.cr.execute("ANALYZE")
    return env["res.partner"].browse(first - 1 + ONE)


def fill_papers(env, partner, count, whose):
    """Add invoices, and files of the contacts that all share one content."""
    move = env["account.move"].create(
        {"move_type": "out_invoice", "partner_id": partner.id}
    )
    clone(
        env,
        move,
        count // 10,
        partner_id=whose,
        commercial_partner_id=whose,
        partner_shipping_id=whose,
        access_token="NULL",
        name="NULL",
    )
    file = env["ir.attachment"].create(
        {
            "name": "letter.txt",
            "raw": b"Bonjour",
            "res_model": "res.partner",
            "res_id": partner.id,
        }
    )
    clone(
        env,
        file,
        count // 5,
        res_id=whose,
        name="'letter ' || n || '.txt'",
        index_content="'Bonjour, votre commande ' || n || ' est partie'",
        access_token="NULL",
    )


def fill_traces(env, partner, count, whose, mail):
    """Add what mailings leave: a trace for each contact, a click for some."""
    trace = env["mailing.trace"].create(
        {
            "model": "res.partner",
            "res_id": partner.id,
            "email": "b0@post.example",
            "trace_type": "mail",
        }
    )
    clone(
        env,
        trace,
        count,
        res_id=whose,
        email=mail,
        message_id="'<t' || n || '@bench.example>'",
        mail_mail_id_int="n",
    )
    link = env["link.tracker"].create({"url": "https://shop.example/offer"})
    first = env["mailing.trace"].search([("id", ">", trace.id)], order="id", limit=1)
    click = env["link.tracker.click"].create(
        {"link_id": link.id, "ip": "192.0.2.1", "mailing_trace_id": trace.id}
    )
    clone(
        env,
        click,
        count // 10,
        mailing_trace_id=f"{first.id - 1} + n",
        ip="'192.0.' || (n % 250) || '.' || (n / 250 % 250)",
    )


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


def measure_recall(env, person):
    """Return the share of the rows made for the person that are found."""
    found = env["rgpd.person.finder"]._find(person, same_human=True)
    made, seen = 0, 0
    for model, domain in (
        ("sale.order", [("partner_id", "=", person.id)]),
        ("account.move", [("partner_id", "=", person.id)]),
        ("mail.message", [("model", "=", "res.partner"), ("res_id", "=", person.id)]),
        ("crm.lead", [("email_normalized", "=", person.email_normalized)]),
        (
            "ir.attachment",
            [("res_model", "=", "res.partner"), ("res_id", "=", person.id)],
        ),
        ("mailing.trace", [("email", "=", person.email)]),
        ("link.tracker.click", [("mailing_trace_id.email", "=", person.email)]),
    ):
        ids = set(env[model].search(domain).ids)
        made += len(ids)
        seen += len(ids & set(found.get(model, ())))
    return seen / made


def measure_finder(env, person):
    """Print the finder and the lookup beside Odoo's lookup."""
    finder, lookup = env["rgpd.person.finder"], env["rgpd.person.lookup"]
    print(f"recall by key or address {measure_recall(env, person):.0%}")
    core = measure(env, lambda: look_up_as_odoo(env, person), 3)
    found = measure(env, lambda: finder._find(person, same_human=True))
    print(
        f"odoo's lookup {core * 1e3:.0f} ms; find {found * 1e3:.1f} ms,"
        f" ratio {core / found:.0f}"
    )
    print_slow_queries(env, person)
    for what, text in (
        ("e-mail", person.email),
        ("phone", person.phone),
        ("name of many", person.name),
    ):
        taken = measure(env, lambda text=text: lookup.lookup(text))
        print(f"lookup by {what:12} {taken * 1e3:.0f} ms")


def print_slow_queries(env, person):
    """Print the queries of the finder that take longest, and how many there are."""
    taken = []
    execute = type(env.cr).execute

    def time_it(cr, query, *args, **kwargs):
        start = time.perf_counter()
        result = execute(cr, query, *args, **kwargs)
        taken.append((time.perf_counter() - start, getattr(query, "code", query)))
        return result

    with unittest.mock.patch.object(type(env.cr), "execute", time_it):
        env["rgpd.person.finder"]._find(person, same_human=True)
    taken.sort(reverse=True)
    print(f"{len(taken)} queries, {sum(item[0] for item in taken) * 1e3:.0f} ms:")
    for seconds, code in taken[:8]:
        print(f"  {seconds * 1e3:5.1f} ms  {' '.join(code.split())[:100]}")


def measure_sweep(env, person):
    """Print the sweep beside a dump that is searched, and for many persons.

    The dump is searched for one spelling of the phone, the sweep for all of them.
    """
    one = [Identifier("email", person.email)]
    phone = Identifier("phone", person.phone)
    many = [Identifier("email", f"b{n}@post.example") for n in range(1, PERSONS + 1)]
    name = Identifier("name", normalise.name(person.name), "weak")
    dump = f"pg_dump {env.cr.dbname} | grep -cF -e {person.email} -e {person.phone}"
    command = ["bash", "-c", dump]
    start = time.perf_counter()
    subprocess.run(command, check=False, stdout=subprocess.DEVNULL)
    grep = time.perf_counter() - start
    print(f"pg_dump | grep {grep:.2f} s")
    single = 0
    for what, wanted, times in (
        ("one person", one, 3),
        ("with the phone", [*one, phone], 3),
        (f"{PERSONS} persons", many, 1),
        # By far the longest: a word of a name may be in every row
        ("one with the name too", [*one, phone, name], 1),
    ):
        taken = measure(env, lambda ids=wanted: env["rgpd.sweep"]._sweep(ids), times)
        single = single or taken
        print(
            f"sweep of {what} {taken:.2f} s, ratio {grep / taken:.1f},"
            f" {taken / single:.1f} times one",
            flush=True,
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


def measure_map(env):
    """Print what it takes to draw the map, and to see that nothing changed."""
    data_map = env["rgpd.data.map"]
    modules = env["ir.module.module"].search_count([("state", "=", "installed")])
    discovery = measure(env, data_map._discover, 3)
    env["rgpd.drift"]._detect()
    look = measure(env, data_map._get_live_fingerprint, 5)
    drift = measure(env, env["rgpd.drift"]._detect, 5)
    print(
        f"{modules} modules: discovery of the map {discovery:.2f} s;"
        f" nothing changed: {look * 1e3:.0f} ms at start, {drift * 1e3:.0f} ms by night"
    )


def run(env, count):
    """Measure and print."""
    start = time.perf_counter()
    person = fill(env, count)
    print(f"{count} partners, filled in {time.perf_counter() - start:.0f} s")
    parts = os.environ.get("RGPD_BENCH_PARTS", "map,finder,sweep,export").split(",")
    if "map" in parts:
        measure_map(env)
    if "finder" in parts:
        measure_finder(env, person)
    if "sweep" in parts:
        measure_sweep(env, person)
    if "indexes" in parts:
        indexes.measure(env)
    if "export" in parts:
        measure_export(env, person, int(os.environ.get("RGPD_BENCH_EXPORT", "50000")))


if "env" in globals():
    run(globals()["env"], int(os.environ.get("RGPD_BENCH_PARTNERS", "10000")))
    globals()["env"].cr.commit()
