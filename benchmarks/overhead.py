"""What the add-on costs everyday work, beside an Odoo without it.

Two databases with the same rows, one with the add-ons, one without. Three processes of
Odoo do the same work in turns, in another order each time: two on the database without
the add-ons, one on the other. Counted are the processor of the process and of its
PostgreSQL backend, and the statements. The ratio of a turn to that of the first process
is one sample. What the second process on the same database takes is the noise of the
measure. No two processes are equally fast, whatever they do: all are started again
several times, and the interval (bootstrap, 95 %) draws starts before it draws turns.
The geometric mean is over the operations.

    ./dev bench overhead

Size: RGPD_BENCH_ROUNDS (30), RGPD_BENCH_STARTS (4), RGPD_BENCH_CONTACTS (3000),
RGPD_BENCH_ONLY (names of operations).
"""

import gc
import json
import math
import os
import sys
import time
from pathlib import Path

from lxml import etree

# Read from standard input by the shell of Odoo: the script has no folder of its own
sys.path.append(str(Path(os.environ["RGPD_BENCH_SCRIPT"]).parent))
from shared.paired import Side, mean, mean_with_interval  # noqa: E402
from shared.two_databases import fill  # noqa: E402

# Read by ./dev: the database without the add-ons is wanted too
TWO_DATABASES = True
# How often each operation is done in a turn, so that a turn is some tenths of a second
OPERATIONS = {
    "create": 12, "write": 20, "read": 40, "search": 40, "list": 12, "form": 12,
    "message": 10, "confirm": 3, "list of orders": 10, "form of an order": 6,
}  # fmt: skip
# === WHAT ONE PROCESS DOES === #


class Worker:
    """Everyday work of a salesperson on one database."""

    def __init__(self, env, contacts):
        self.user = env["res.users"].search([("login", "=", "banc")])
        if not self.user:
            self.fill(env, contacts)
        self.partner_ids = (
            env["res.partner"].search([("name", "=like", "Banc %")], order="id").ids
        )
        self.order_ids = (
            env["sale.order"].search([("user_id", "=", self.user.id)], order="id").ids
        )
        self.env = env(user=self.user.id)
        self.partners = self.env["res.partner"].browse(self.partner_ids)
        self.orders = self.env["sale.order"].browse(self.order_ids)
        self.env.cr.execute("SELECT pg_backend_pid()")
        self.backend = self.env.cr.fetchone()[0]
        self.specs = {}

    def fill(self, env, contacts):
        partner_ids = fill(env.cr, contacts)
        env.invalidate_all()
        groups = ("base.group_user", "base.group_partner_manager",
                  "sales_team.group_sale_salesman_all_leads")  # fmt: skip
        self.user = env["res.users"].create(
            {
                "name": "Vendeuse du banc",
                "login": "banc",
                "email": "banc@maison.example",
                "group_ids": [(6, 0, [env.ref(name).id for name in groups])],
            }
        )
        product = env["product.product"].create({"name": "Banc", "list_price": 90})
        env["sale.order"].create(
            [
                {
                    "partner_id": partner_id,
                    "user_id": self.user.id,
                    "order_line": [(0, 0, {"product_id": product.id})],
                }
                for partner_id in partner_ids[:60]
            ]
        )
        env.cr.commit()
        if "rgpd.reason" in env:
            env["rgpd.subject"]._refresh()
            env["rgpd.reason"]._refresh()
        env.cr.commit()
        env.cr.execute("ANALYZE")
        env.cr.commit()

    def get_spec(self, model, kind):
        """Return what the web client asks for when it opens a view."""
        if (model, kind) not in self.specs:
            view = self.env[model].get_views([(False, kind), (False, "search")])
            tree = etree.fromstring(view["views"][kind]["arch"])
            self.specs[model, kind] = self.read_arch(self.env[model], tree)
        return self.specs[model, kind]

    def read_arch(self, model, node):
        spec = {}
        for child in node:
            if child.tag != "field":
                if isinstance(child.tag, str) and child.tag != "groupby":
                    spec.update(self.read_arch(model, child))
                continue
            field = model._fields.get(child.get("name"))
            if field is None:
                continue
            spec[field.name] = {}
            if field.type == "many2one":
                spec[field.name] = {"fields": {"display_name": {}}}
            elif field.type in ("one2many", "many2many"):
                lines = next((x for x in child if x.tag in ("list", "kanban")), None)
                inner = {"display_name": {}}
                if lines is not None:
                    inner = self.read_arch(self.env[field.comodel_name], lines)
                spec[field.name] = {"fields": inner}
        return spec

    # --- Operations: each gets the number of the turn

    def do_create(self, turn):
        self.env["res.partner"].create(
            {
                "name": f"Nouvelle {turn}",
                "email": f"n{turn}@client.example",
                "phone": f"+33 6 39 98 {turn % 10000:04d}",
                "street": f"{turn} rue Neuve",
                "city": "Paris",
            }
        )

    def do_write(self, turn):
        partner = self.partners[turn * 7 % len(self.partners)]
        partner.write({"phone": f"+33 6 39 98 {turn:04d}", "function": f"f{turn}"})

    def do_read(self, turn):
        start = turn * 80 % (len(self.partners) - 80)
        names = ["name", "email", "phone", "street", "city", "country_id", "user_id"]
        self.partners[start : start + 80].read(names)

    def do_search(self, turn):
        self.env["res.partner"].name_search(f"Banc {turn % 90 + 10}", limit=8)

    def do_list(self, turn):
        self.env["res.partner"].web_search_read(
            [("name", "ilike", f"banc {turn % 9 + 1}")],
            self.get_spec("res.partner", "list"), limit=80, count_limit=10001,
        )  # fmt: skip

    def do_form(self, turn):
        partner = self.partners[turn * 3 % len(self.partners)]
        partner.web_read(self.get_spec("res.partner", "form"))

    def do_message(self, turn):
        partner = self.partners[turn * 5 % len(self.partners)]
        partner.message_post(body=f"Rappeler {turn}", message_type="comment",
                             subtype_xmlid="mail.mt_note")  # fmt: skip

    def do_confirm(self, turn):
        self.orders[turn % len(self.orders)].action_confirm()

    def do_list_of_orders(self, _turn):
        self.env["sale.order"].web_search_read(
            [("user_id", "=", self.env.uid)],
            self.get_spec("sale.order", "list"), limit=80, count_limit=10001,
        )  # fmt: skip

    def do_form_of_an_order(self, turn):
        order = self.orders[turn % len(self.orders)]
        order.web_read(self.get_spec("sale.order", "form"))

    # --- Counting

    def get_backend_seconds(self):
        return int(Path(f"/proc/{self.backend}/schedstat").read_text().split()[0]) / 1e9

    def run(self, name, first, count):
        """Do an operation some times, undo it; return seconds and statements of one."""
        work = getattr(self, "do_" + name.replace(" ", "_"))
        cr = self.env.cr
        work(first)  # what is read once per process or view
        cr.rollback()
        self.env.invalidate_all()
        gc.collect()
        statements = cr.sql_log_count
        python, backend = time.process_time(), self.get_backend_seconds()
        for turn in range(first, first + count):
            work(turn)
            self.env.flush_all()
            self.env.invalidate_all()
        python = time.process_time() - python
        backend = self.get_backend_seconds() - backend
        statements = cr.sql_log_count - statements
        cr.rollback()
        self.env.invalidate_all()
        return [python / count, backend / count, statements / count]


def serve(env):
    """Answer the questions of the process that measures, one line each."""
    reader, writer = (int(fd) for fd in os.environ["RGPD_BENCH_PIPES"].split(","))
    with os.fdopen(reader) as asked, os.fdopen(writer, "w") as answers:
        worker = Worker(env, int(os.environ.get("RGPD_BENCH_CONTACTS", "3000")))
        print("ready", file=answers, flush=True)
        for line in asked:
            print(json.dumps(worker.run(*json.loads(line))), file=answers, flush=True)


# === WHO MEASURES === #


def measure(sides, turns, names, sums):
    """Return ``{operation: [logarithms of the ratios of each other side]}``.

    :param sides: processes; the others are compared to the first
    :param turns: numbers of the rounds
    :param sums: ``{operation: sums of each side}``, added to
    """
    logs = {name: [[] for _side in sides[1:]] for name in names}
    for turn in turns:
        for name in names:
            answers = {}
            for place in range(len(sides)):
                which = (place + turn) % len(sides)
                asked = (name, turn * OPERATIONS[name], OPERATIONS[name])
                answers[which] = sides[which].ask(*asked)
                known = sums[name][which]
                sums[name][which] = [
                    a + b for a, b in zip(known, answers[which], strict=True)
                ]
            first = sum(answers[0][:2])
            for which, samples in enumerate(logs[name], 1):
                samples.append(math.log(sum(answers[which][:2]) / first))
    return logs


def start(bases, script):
    sides = [Side(database, script) for database in bases]
    for side in sides:
        if side.answers.readline() != "ready\n":
            raise SystemExit("a process of Odoo did not start")
    return sides


def show(name, samples, ending=""):
    """Print the ratio of the second process without the add-ons, and that with them."""
    (again, again_low, again_high), (ratio, low, high) = map(
        mean_with_interval, samples
    )
    print(
        f"{name:16} {ratio:.3f} ({low:.3f} to {high:.3f});"
        f" noise {again:.3f} ({again_low:.3f} to {again_high:.3f}){ending}"
    )


def run(env):
    """Measure and print."""
    script = (Path(os.environ["RGPD_BENCH_SCRIPT"])).read_bytes()
    base = os.environ["RGPD_BENCH_BASE"]
    rounds = int(os.environ.get("RGPD_BENCH_ROUNDS", "30"))
    starts = min(rounds, int(os.environ.get("RGPD_BENCH_STARTS", "4")))
    only = os.environ.get("RGPD_BENCH_ONLY", "")
    names = [name for name in OPERATIONS if not only or name in only.split(",")]
    env.cr.rollback()
    # What is made there by the first process is found by the others
    for side in start((base, env.cr.dbname), script):
        side.stop()
    sums = {name: [[0] * 3 for _side in range(3)] for name in names}
    found = []
    for number in range(starts):
        sides = start((base, base, env.cr.dbname), script)
        found.append(measure(sides, range(number, rounds, starts), names, sums))
        for side in sides:
            side.stop()
    for name in names:
        without, _again, with_addons = (
            [x / rounds for x in side] for side in sums[name]
        )
        show(
            name,
            [[logs[name][which] for logs in found] for which in (0, 1)],
            f"; {sum(without[:2]) * 1e3:.2f} ms,"
            f" {sum(with_addons[:2]) * 1e3:.2f} ms with;"
            f" statements {without[2]:.1f}, {with_addons[2]:.1f} with",
        )
    together = [
        [
            [mean(some) for some in zip(*(logs[n][which] for n in names), strict=True)]
            for logs in found
        ]
        for which in (0, 1)
    ]
    show("geometric mean", together, f"; {rounds} rounds, {starts} starts")


if "env" in globals():
    if "RGPD_BENCH_PIPES" in os.environ:
        serve(globals()["env"])
    else:
        run(globals()["env"])
