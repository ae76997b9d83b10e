"""Reasons of a whole customer file, the nights, and the erasure of many at once.

In the same run, on the same data: the whole refresh of the reasons; a night in which a
thousandth of the persons changed; a night with nothing due; and the erasure beside what
a user would pick instead, an ORM loop that writes the contact and clears its messages
and files. The night erases through the job itself, evidence included. Last, as many
persons are erased by one process of the night and by two at once.

It fills the database it runs on and leaves it so; give it a copy:

    ./dev bench retention

Size: RGPD_BENCH_PARTNERS (10000); RGPD_BENCH_ERASED (a tenth of it, 20000 at most).
"""

import os
import sys
import time
from contextlib import closing
from pathlib import Path

from odoo import SUPERUSER_ID, api, fields, sql_db
from odoo.tools import config

for folder in config["addons_path"]:
    sys.path.append(str(Path(folder) / "benchmarks"))

import datamap  # noqa: E402
from shared.cost import Cost  # noqa: E402

LOOP = 100


def spread(env):
    """Let people come over six years, orders over five, so that many ends are near."""
    env.cr.execute(
        "UPDATE res_partner SET create_date = now() - (id % 2190) * interval '1 day'"
        " WHERE name LIKE 'Banc %'"
    )
    env.cr.execute(
        "UPDATE sale_order SET state = 'sale',"
        " date_order = now() - (id % 1800) * interval '1 day'"
    )
    env.cr.execute(
        "UPDATE mail_message SET author_id = NULL WHERE model = 'res.partner'"
    )
    env.cr.commit()
    env.cr.execute("ANALYZE")
    env.cr.commit()
    env.invalidate_all()


def timed(env, call):
    """Return the seconds of a call and its result; what it did is committed."""
    env.invalidate_all()
    start = time.perf_counter()
    result = call()
    env.cr.commit()
    return time.perf_counter() - start, result


def measure_reasons(env, count):
    """Print the first computation, as the job makes it, then the whole refresh."""
    reasons = env["rgpd.reason"]
    with Cost(env) as first:
        reasons._refresh_unknown()
    print(f"reasons the first time, in slices: {first}")
    for _n in range(3):
        with Cost(env) as again:
            known = reasons._refresh()
        print(f"reasons of {known} persons again: {again}", flush=True)
    approve(env)


def approve(env):
    """Have the DPO approve what a simulation shows."""
    groups = ("rgpd_fichier_client.group_rgpd_dpo", "base.group_user")
    dpo = env["res.users"].create(
        {
            "name": "DPO of the benchmark",
            "login": "bench_dpo",
            "group_ids": [fields.Command.link(env.ref(g).id) for g in groups],
        }
    )
    simulation = env["rgpd.simulation"].with_user(dpo).create({})
    seconds, _nothing = timed(env, simulation.action_compute)
    if simulation.state == "computing":
        print(f"simulation: the button {seconds:.1f} s, the rest by the job")
        seconds, _nothing = timed(env, simulation.sudo()._cron_count)
    simulation.confirm_count = simulation.erase_count
    simulation.action_approve()
    env.cr.commit()
    print(f"simulation {seconds:.1f} s, {simulation.erase_count} persons are due")
    return simulation


def postpone(env, but=0, phases=("expired",)):
    """Leave so many persons due, and the others for another day."""
    env.cr.execute(
        "UPDATE rgpd_subject SET retention_retry = '2099-01-01' WHERE phase IN %s"
        " AND id NOT IN (SELECT id FROM rgpd_subject WHERE phase = 'expired'"
        "                 ORDER BY id DESC LIMIT %s)",
        (phases, but),
    )
    env.cr.commit()
    env.invalidate_all()


def get_quiet_night(env):
    """Return the middle cost of five nights with nothing due."""
    costs = []
    for _n in range(5):
        with Cost(env) as cost:
            env["rgpd.reason"]._cron_retention()
        costs.append(cost)
    return sorted(costs, key=lambda cost: cost.clock)[2]


def vacuum(env):
    """Clear the rows that were replaced, as PostgreSQL does within minutes."""
    with closing(env.registry.cursor()) as cursor:
        cursor._cnx.autocommit = True
        cursor.execute("VACUUM ANALYZE rgpd_subject, rgpd_reason")
        cursor._cnx.autocommit = False


def measure_nights(env, count):
    """Print a night with nothing due, and one in which a thousandth changed.

    Who is to go to the archive waits too: the first night would move hundreds of
    thousands.
    """
    postpone(env, phases=("expired", "archive"))
    night = env["rgpd.reason"]._cron_retention
    night()
    print(f"night with nothing due, just after that: {get_quiet_night(env)}")
    vacuum(env)
    print(f"night with nothing due: {get_quiet_night(env)}", flush=True)
    env.cr.execute(
        "UPDATE rgpd_subject SET date_next = current_date - 1 WHERE id IN"
        " (SELECT id FROM rgpd_subject WHERE phase = 'active' ORDER BY id LIMIT %s)",
        (count // 1000,),
    )
    env.cr.commit()
    with Cost(env) as changed:
        night()
    print(f"night in which {count // 1000} persons changed: {changed}", flush=True)


def erase_as_a_loop(env, partners):
    """Erase as a script of a careful user would, one contact after the other.

    It clears what the night clears in this database: the contact, its messages and
    their history, files, followers, activities, accounts, texts of orders and of
    drafts of invoices, leads, traces of mailings, their clicks, and mail that waits. It
    leaves no evidence and looks nowhere else.
    """
    empty = dict.fromkeys(
        (
            *("email", "phone", "street", "street2", "zip", "city", "function"),
            *("website", "vat", "ref", "comment", "image_1920"),
        ),
        False,
    )
    for partner in partners.with_context(tracking_disable=True, active_test=False):
        partner.message_ids.unlink()
        partner.message_follower_ids.unlink()
        partner.activity_ids.unlink()
        env["ir.attachment"].search(
            [("res_model", "=", "res.partner"), ("res_id", "=", partner.id)]
        ).unlink()
        orders = env["sale.order"].search([("partner_id", "=", partner.id)])
        orders.message_ids.unlink()
        orders.with_context(tracking_disable=True).write(
            {"note": False, "client_order_ref": False, "signed_by": False}
        )
        drafts = env["account.move"].search(
            [("partner_id", "=", partner.id), ("posted_before", "=", False)]
        )
        drafts.message_ids.unlink()
        drafts.with_context(tracking_disable=True).write(
            {"narration": False, "ref": False}
        )
        leads = env["crm.lead"].search(
            [
                "|",
                ("partner_id", "=", partner.id),
                ("email_normalized", "=", partner.email_normalized),
            ]
        )
        leads.message_ids.unlink()
        leads.with_context(tracking_disable=True).write(
            {
                "contact_name": False,
                "partner_name": False,
                "email_from": False,
                "phone": False,
                "description": False,
            }
        )
        traces = env["mailing.trace"].search(
            [
                "|",
                ("email", "=", partner.email),
                *("&", ("model", "=", "res.partner"), ("res_id", "=", partner.id)),
            ]
        )
        env["link.tracker.click"].search(
            [("mailing_trace_id", "in", traces.ids)]
        ).unlink()
        traces.write({"email": False, "sms_number": False})
        env["mail.mail"].search([("recipient_ids", "=", partner.id)]).unlink()
        partner.bank_ids.unlink()
        partner.write({"name": f"Erased {partner.id}", **empty, "active": False})
        env.cr.commit()


def measure_erasure(env, count):
    """Print the persons a second, beside the loop."""
    env.cr.execute(
        "SELECT res_id FROM rgpd_subject WHERE phase = 'expired' AND res_model ="
        " 'res.partner' ORDER BY id LIMIT %s",
        (LOOP,),
    )
    some = env["res.partner"].browse([row[0] for row in env.cr.fetchall()])
    loop, _nothing = timed(env, lambda: erase_as_a_loop(env, some))
    env.cr.execute(
        "UPDATE rgpd_subject SET retention_retry = NULL WHERE phase = 'expired'"
    )
    postpone(env, count)
    runs = env["rgpd.retention.run"].search([])
    seconds, _nothing = timed(env, env["rgpd.reason"]._cron_retention)
    done = sum((env["rgpd.retention.run"].search([]) - runs).mapped("erased_count"))
    rate, slow = done / seconds, LOOP / loop
    print(
        f"{done} persons erased at {rate:.0f}/s; ORM loop {slow:.0f}/s,"
        f" ratio {rate / slow:.0f}"
    )


def work(registry):
    """Be one process of the night; never returns."""
    status = 1
    try:
        with registry.cursor() as cr:
            api.Environment(cr, SUPERUSER_ID, {})["rgpd.reason"]._cron_retention()
        status = 0
    finally:
        os._exit(status)


def erase_with(registry, workers, count):
    """Return the seconds in which so many processes erase as many persons."""
    with registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        cr.execute(
            "UPDATE rgpd_subject SET retention_retry = NULL WHERE phase = 'expired'"
        )
        postpone(env, count)
    sql_db.close_all()
    start = time.perf_counter()
    children = []
    for _worker in range(workers):
        child = os.fork()
        if not child:
            work(registry)
        children.append(child)
    problems = [status for child in children if (status := os.waitpid(child, 0)[1])]
    seconds = time.perf_counter() - start
    if problems:
        print(f"{workers} processes: ended with {problems}")
    return seconds


def measure_workers(env):
    """Print what two processes of the night gain, and whether any person is done twice.

    Closes the cursor: the processes must not share a connection.
    """
    registry = env.registry
    env.cr.execute("SELECT count(*) FROM rgpd_subject WHERE phase = 'expired'")
    count = env.cr.fetchone()[0] // 2
    env.cr.close()
    one, two = (erase_with(registry, workers, count) for workers in (1, 2))
    with registry.cursor() as cr:
        cr.execute(
            "SELECT count(*) - count(DISTINCT subject_uid) FROM rgpd_erasure"
            " WHERE state = 'masked' AND scope = 'person'"
        )
        twice = cr.fetchone()[0]
    print(
        f"{count} persons: one process {one:.1f} s, two {two:.1f} s,"
        f" ratio {one / two:.2f}; {twice} done twice; load {os.getloadavg()[0]:.1f}"
    )


def run(env, count):
    """Measure and print."""
    datamap.fill(env, count)
    spread(env)
    print(f"{count} partners", flush=True)
    measure_reasons(env, count)
    measure_nights(env, count)
    most = int(os.environ.get("RGPD_BENCH_ERASED", min(count // 10, 20000)))
    measure_erasure(env, most)
    measure_workers(env)


if "env" in globals():
    run(globals()["env"], int(os.environ.get("RGPD_BENCH_PARTNERS", "10000")))
    # The connection of the shell has gone with the processes
    sys.stdout.flush()
    os._exit(0)
