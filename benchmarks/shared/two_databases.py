"""What the measures share that compare a database with the add-ons and one without."""

import sys

FILL = """
INSERT INTO res_partner (name, complete_name, email, email_normalized, phone, street,
                         zip, city, country_id, active, is_company, type,
                         autopost_bills, create_date)
SELECT 'Banc ' || n, 'Banc ' || n, 'b' || n || '@client.example',
       'b' || n || '@client.example',
       '+33 6 39 98 ' || lpad((n %% 10000)::text, 4, '0'), n || ' rue du Banc', '75001',
       'Paris', (SELECT id FROM res_country WHERE code = 'FR'), TRUE, FALSE, 'contact',
       'ask', now() AT TIME ZONE 'UTC'
  FROM generate_series(1, %s) AS n RETURNING id
"""


def fill(cr, count):
    """Make contacts, and return their numbers."""
    cr.execute(FILL, (count,))
    ids = [row[0] for row in cr.fetchall()]
    cr.execute(
        "UPDATE res_partner SET commercial_partner_id = id"
        " WHERE commercial_partner_id IS NULL"
    )
    return ids


def get_command(command, database):
    """Return the command line of Odoo on a database, as this process was started."""
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
