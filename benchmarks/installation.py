"""Install the add-on on a database of many contacts, beside one that holds nothing.

Counted besides the seconds: the processor of Odoo and of the database, the rows of
contacts that were written, whether their table was written again (a stored column does
that), and the statements that took longest.

    ./dev bench installation

Size: RGPD_BENCH_CONTACTS (1000000).
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

# Read from standard input by the shell of Odoo: the script has no folder of its own
sys.path.append(str(Path(os.environ["RGPD_BENCH_SCRIPT"]).parent))
from shared.two_databases import fill, get_command  # noqa: E402
from shared.watch import Watch  # noqa: E402

# Read by ./dev: the database without the add-ons is wanted
TWO_DATABASES = True


def run(base, contacts):
    """Install an add-on that holds nothing, then ours, beside many contacts."""
    from odoo.sql_db import db_connect

    with db_connect(base).cursor() as cr:
        fill(cr, contacts)
    with tempfile.TemporaryDirectory() as folder:
        empty = Path(folder, "empty_for_the_bench")
        empty.mkdir()
        (empty / "__init__.py").touch()
        (empty / "__manifest__.py").write_text(
            "{'name': 'Empty', 'depends': ['sale_management'], 'license': 'LGPL-3'}"
        )
        empty, ours = (
            install(base, name, folder) for name in (empty.name, "rgpd_fichier_client")
        )
    for name, done in (("an empty add-on", empty), ("ours", ours)):
        print(
            f"installation, {contacts} contacts, {name}: {done['seconds']:.1f} s,"
            f" processor {done['odoo']:.1f} s of Odoo, {done['database']:.1f} s of the"
            " database"
        )
    more = [ours[key] - empty[key] for key in ("seconds", "odoo", "database")]
    print(
        f"ours takes {more[0]:.1f} s more, processor {more[1] + more[2]:.1f} s more;"
        f" rows of res_partner written: {ours['written']}, table written again:"
        f" {'yes' if ours['is_new'] else 'no'}; longest statements:"
    )
    for statement, seconds in ours["statements"].most_common(12):
        print(f"  {seconds:6.2f} s  {statement}")


def install(base, name, folder):
    """Return what the installation of an add-on took."""
    before = read_table(base)
    start, children = time.perf_counter(), get_children_seconds()
    command = get_command("server", base)
    command = [x + f",{folder}" if x.startswith("--addons") else x for x in command]
    with Watch(base) as watch:
        subprocess.run(
            [*command, "--stop-after-init", "-i", name, "--log-level=error"], check=True
        )
    seconds = time.perf_counter() - start
    after = read_table(base)
    return {
        "seconds": seconds,
        "odoo": get_children_seconds() - children,
        "database": watch.seconds,
        "statements": watch.statements,
        "written": after[0] - before[0],
        "is_new": after[1] != before[1],
    }


def get_children_seconds():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def read_table(base):
    from odoo.sql_db import close_db, db_connect

    with db_connect(base).cursor() as cr:
        time.sleep(1)  # counters of PostgreSQL arrive late
        cr.execute(
            """SELECT s.n_tup_upd, c.relfilenode FROM pg_stat_user_tables s
                 JOIN pg_class c ON c.oid = s.relid WHERE s.relname = 'res_partner'"""
        )
        row = cr.fetchone()
    close_db(base)
    return row


if "env" in globals():
    globals()["env"].cr.rollback()
    run(
        os.environ["RGPD_BENCH_BASE"],
        int(os.environ.get("RGPD_BENCH_CONTACTS", "1000000")),
    )
