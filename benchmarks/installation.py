"""Install the add-on on a database of many contacts, beside one that holds nothing.

Counted besides the seconds: the rows of contacts that were written, and whether their
table was written again (a stored column does that).

    ./dev bench installation

Size: RGPD_BENCH_CONTACTS (1000000).
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

# Read by ./dev: the database without the add-ons is wanted
TWO_DATABASES = True
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


def run(base, contacts):
    """Install an add-on that holds nothing, then ours, beside many contacts."""
    from odoo.sql_db import db_connect

    with db_connect(base).cursor() as cr:
        cr.execute(FILL.format(count=contacts))
        cr.execute(
            "UPDATE res_partner SET commercial_partner_id = id"
            " WHERE commercial_partner_id IS NULL"
        )
    with tempfile.TemporaryDirectory() as folder:
        empty = Path(folder, "empty_for_the_bench")
        empty.mkdir()
        (empty / "__init__.py").touch()
        (empty / "__manifest__.py").write_text(
            "{'name': 'Empty', 'depends': ['sale_management'], 'license': 'LGPL-3'}"
        )
        seconds = [install(base, name, folder)
                   for name in (empty.name, "rgpd_fichier_client")]  # fmt: skip
    print(
        f"installation, {contacts} contacts: {seconds[0][0]:.1f} s of an empty add-on,"
        f" {seconds[1][0]:.1f} s of ours ({seconds[1][0] - seconds[0][0]:.1f} s more);"
        f" rows of res_partner written: {seconds[1][1]}, table written again:"
        f" {'yes' if seconds[1][2] else 'no'}"
    )


def install(base, name, folder):
    """Return the seconds, the rows of contacts written, whether the table is new."""
    before = read_table(base)
    start = time.perf_counter()
    command = get_command("server", base)
    command = [x + f",{folder}" if x.startswith("--addons") else x for x in command]
    subprocess.run(
        [*command, "--stop-after-init", "-i", name, "--log-level=error"], check=True
    )
    seconds = time.perf_counter() - start
    after = read_table(base)
    return seconds, after[0] - before[0], after[1] != before[1]


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
