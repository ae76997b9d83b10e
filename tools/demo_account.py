"""Do the main job of the add-on on the demonstration data and say what was done.

Read by `odoo shell`, which provides `env`.
"""

modules = env["ir.module.module"].search(
    [("name", "=like", "rgpd_fichier_client%"), ("state", "=", "installed")]
)
print("Add-ons installed:", ", ".join(modules.mapped("name")))
