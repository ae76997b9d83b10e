"""What the add-on costs everyday work, beside an Odoo without it.

Two databases with the same rows, one with the add-ons, one without. Two processes of
Odoo, one on each, do the same work in turns: first one, then the other, and the other
way round the next time. Counted are the processor of the process and of its PostgreSQL
backend, and the statements. The ratio of a pair of turns is one sample; the interval is
that of the bootstrap (95 %), the geometric mean is over the operations.

    ./dev bench overhead

Size: RGPD_BENCH_ROUNDS (30), RGPD_BENCH_CONTACTS (3000), RGPD_BENCH_ONLY (names of
operations).
"""

import gc
import json
import math
import os
import random
import subprocess
import sys
import time
from pathlib import Path

from lxml import etree

# Read by ./dev: the database without the add-ons is wanted too
TWO_DATABASES = True
# How often each operation is done in a turn, so that a turn is some tenths of a second
OPERATIONS = {
    "create": 12, "write": 20, "read": 40, "search": 40, "list": 12, "form": 12,
    "message": 10, "confirm": 3, "list of orders": 10, "form of an order": 6,
}  # fmt: skip
FILL = """
INSERT INTO res_partner (name, complete_name, email, email_normalized, phone, street,
                         zip, city, country_id, active, is_company, type,
                         autopost_bills, create_date)
SELECT 'Banc ' || n, 'Banc ' || n, 'b' || n || '@client.example',
       'b' || n || '@client.example',
       '+33 6 39 98 ' || lpad((n % 10000)::text, 4, '0'), n || ' rue du Banc', '75001',
       'Paris', (SELECT id FROM res_country WHERE code = 'FR'), TRUE, FALSE, 'contact',
       'ask', now() AT TIME ZONE 'UTC'
  FROM generate_series(1, {count}) AS n RETURNING id
"""

# === WHAT ONE PROCESS DOES === #


class Worker:
    """Everyday work of a salesperson on one database."""

    def __init__(self, env, contacts):
        self.fill(env, contacts)
        self.env = env(user=self.user.id)
        self.partners = self.env["res.partner"].browse(self.partner_ids)
        self.orders = self.env["sale.order"].browse(self.order_ids)
        self.env.cr.execute("SELECT pg_backend_pid()")
        self.backend = self.env.cr.fetchone()[0]
        self.specs = {}

    def fill(self, env, contacts):
        env.cr.execute(FILL.format(count=contacts))
        self.partner_ids = [row[0] for row in env.cr.fetchall()]
        env.cr.execute(
            "UPDATE res_partner SET commercial_partner_id = id"
            " WHERE commercial_partner_id IS NULL"
        )
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
        self.order_ids = (
            env["sale.order"]
            .create(
                [
                    {
                        "partner_id": partner_id,
                        "user_id": self.user.id,
                        "order_line": [(0, 0, {"product_id": product.id})],
                    }
                    for partner_id in self.partner_ids[:60]
                ]
            )
            .ids
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


class Side:
    """A process of Odoo on one of the two databases."""

    def __init__(self, database, script):
        to_read, self.writer = os.pipe()
        self.reader, to_write = os.pipe()
        self.process = subprocess.Popen(
            [*get_command("shell", database), "--log-level=error"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            pass_fds=(to_read, to_write),
            env={**os.environ, "RGPD_BENCH_PIPES": f"{to_read},{to_write}"},
        )
        os.close(to_read)
        os.close(to_write)
        self.process.stdin.write(script)
        self.process.stdin.close()
        self.answers = os.fdopen(self.reader)
        self.questions = os.fdopen(self.writer, "w")

    def ask(self, *question):
        print(json.dumps(question), file=self.questions, flush=True)
        return json.loads(self.answers.readline())


def get_command(command, database):
    from odoo.tools import config

    folders = config["addons_path"]
    folders = folders if isinstance(folders, str) else ",".join(folders)
    options = [f"--addons-path={folders}", f"--database={database}", "--no-http"]
    options += [
        f"--{key.replace('data_', 'data-')}={config[key]}"
        for key in ("db_host", "db_port", "db_user", "db_password", "data_dir")
        if config[key]
    ]
    return [sys.executable, "-m", "odoo", command, *options]


def mean_with_interval(logs, draws=2000):
    """Return the geometric mean of ratios and its interval (95 %) by bootstrap.

    :param logs: logarithms of ratios, or means of them
    """
    chance = random.Random(1)
    means = sorted(
        sum(chance.choices(logs, k=len(logs))) / len(logs) for _draw in range(draws)
    )
    low, high = means[int(draws * 0.025)], means[int(draws * 0.975)]
    return tuple(math.exp(x) for x in (sum(logs) / len(logs), low, high))


def measure(sides, rounds, names):
    """Return ``{operation: [logarithm of each ratio]}``; prints a line for each."""
    logs = {name: [] for name in names}
    sums = {name: [[0, 0, 0], [0, 0, 0]] for name in names}
    for turn in range(rounds):
        for name in names:
            answers = [None, None]
            for which in (0, 1) if turn % 2 else (1, 0):
                asked = (name, turn * OPERATIONS[name], OPERATIONS[name])
                answers[which] = sides[which].ask(*asked)
                known = sums[name][which]
                sums[name][which] = [
                    a + b for a, b in zip(known, answers[which], strict=True)
                ]
            without, with_addons = (sum(answer[:2]) for answer in answers)
            logs[name].append(math.log(with_addons / without))
    for name in names:
        without, with_addons = ([x / rounds for x in side] for side in sums[name])
        mean, low, high = mean_with_interval(logs[name])
        print(
            f"{name:16} {sum(without[:2]) * 1e3:8.2f} ms,"
            f" {sum(with_addons[:2]) * 1e3:8.2f} ms with: {mean:.3f} ({low:.3f} to"
            f" {high:.3f}); statements {without[2]:.1f}, {with_addons[2]:.1f} with"
        )
    return logs


def run(env):
    """Measure and print."""
    script = (Path(os.environ["RGPD_BENCH_SCRIPT"])).read_bytes()
    bases = (os.environ["RGPD_BENCH_BASE"], env.cr.dbname)
    rounds = int(os.environ.get("RGPD_BENCH_ROUNDS", "30"))
    only = os.environ.get("RGPD_BENCH_ONLY", "")
    names = [name for name in OPERATIONS if not only or name in only.split(",")]
    env.cr.rollback()
    sides = [Side(database, script) for database in bases]
    for side in sides:
        if side.answers.readline() != "ready\n":
            raise SystemExit("a process of Odoo did not start")
    logs = measure(sides, rounds, names)
    together = [sum(some) / len(some) for some in zip(*logs.values(), strict=True)]
    mean, low, high = mean_with_interval(together)
    print(f"geometric mean   {mean:.3f} ({low:.3f} to {high:.3f}), {rounds} rounds")
    for side in sides:
        side.questions.close()
        side.process.wait()


if "env" in globals():
    if "RGPD_BENCH_PIPES" in os.environ:
        serve(globals()["env"])
    else:
        run(globals()["env"])
