"""Remove the add-ons for real and look for what stays; read by `odoo shell`.

Everything of theirs must be gone from the database, and the web client must answer.
"""

from werkzeug.test import Client

from odoo.http import root
from odoo.modules.registry import Registry

NAME = "rgpd_fichier_client"
LEFT = {
    "table": "SELECT tablename FROM pg_tables WHERE tablename LIKE 'rgpd\\_%%'",
    "column": """
        SELECT table_name || '.' || column_name FROM information_schema.columns
        WHERE table_schema = 'public' AND column_name LIKE '%%rgpd\\_%%'""",
    "trigger": "SELECT tgname FROM pg_trigger WHERE tgname LIKE '%%rgpd%%'",
    "function": "SELECT proname FROM pg_proc WHERE proname LIKE 'rgpd\\_%%'",
    "index": "SELECT indexname FROM pg_indexes WHERE indexname LIKE '%%rgpd\\_%%'",
    "sequence": "SELECT code FROM ir_sequence WHERE code LIKE 'rgpd.%%'",
    "xml id": """
        SELECT module || '.' || name FROM ir_model_data
        WHERE module LIKE 'rgpd\\_fichier%%' OR name LIKE '%%rgpd\\_%%'
            AND NOT (module = 'base' AND name LIKE 'module_rgpd\\_fichier%%')""",
    "model": "SELECT model FROM ir_model WHERE model LIKE 'rgpd.%%'",
    "field": "SELECT model || '.' || name FROM ir_model_fields WHERE name ~ '^rgpd_'",
    "cron": "SELECT cron_name FROM ir_cron WHERE cron_name LIKE '%%rgpd%%'",
    "action": """
        SELECT res_model FROM ir_act_window WHERE res_model LIKE 'rgpd.%%'
        UNION ALL SELECT name::text FROM ir_act_server WHERE code LIKE '%%rgpd%%'""",
    "view": "SELECT name FROM ir_ui_view WHERE arch_db::text LIKE '%%rgpd\\_%%'",
    "parameter": "SELECT key FROM ir_config_parameter WHERE key LIKE 'rgpd%%'",
    "attachment": "SELECT res_model FROM ir_attachment WHERE res_model LIKE 'rgpd.%%'",
    "message": "SELECT model FROM mail_message WHERE model LIKE 'rgpd.%%'",
    "activity": "SELECT res_model FROM mail_activity WHERE res_model LIKE 'rgpd.%%'",
}

modules = env["ir.module.module"].search(
    [("name", "=like", NAME + "%"), ("state", "=", "installed")]
)
modules.button_uninstall()
env.cr.commit()
registry = Registry.new(env.cr.dbname, update_module=True)

with registry.cursor() as cr:
    found = []
    for kind, query in LEFT.items():
        cr.execute(query.replace("%%", "%"))
        found += sorted({f"{kind}: {row[0]}" for row in cr.fetchall()})
    assert not found, "left behind:\n" + "\n".join(found)
    clean = env(cr=cr)
    partner = clean["res.partner"].create({"name": "After", "email": "a@example.com"})
    for model in ("res.partner", "sale.order", "res.company", "res.users"):
        clean[model].get_views([(False, "form"), (False, "list"), (False, "search")])
    assert partner.web_read({"name": {}})[0]["name"] == "After"
    partner.unlink()

answer = Client(root).get("/web/login", base_url="http://127.0.0.1:8069")
assert answer.status_code == 200 and b"login" in answer.data, answer.status
