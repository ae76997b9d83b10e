"""What happens once, when the add-on is installed or removed."""

# Odoo group -> our group: who already holds this responsibility in Odoo gets the
# matching one here at installation. It is done once, on users and not on groups,
# so that the company can take any of it away afterwards.
GROUPS_AT_INSTALL = {
    "base.group_system": "group_rgpd_dpo",
    "sales_team.group_sale_manager": "group_rgpd_officer",
    "account.group_account_manager": "group_rgpd_reader",
}


def post_init_hook(env):
    """Give the people in charge their groups, then let each topic start up."""
    for source, target in GROUPS_AT_INSTALL.items():
        group = env.ref(source, raise_if_not_found=False)
        if group:
            env.ref(f"rgpd_fichier_client.{target}").user_ids |= group.all_user_ids
    # datamap
    env["rgpd.data.map"]._post_init()
    # consent
    # retention
    # eraser


def uninstall_hook(env):
    """Leave a working Odoo behind; each topic removes what the ORM does not know."""
    # retention
    env["rgpd.vault"]._uninstall()
    # journal
    env["rgpd.evidence"]._uninstall()
    # Odoo forgets the external ids that other modules have for parts of our models
    env["ir.model.data"].search(
        [
            ("model", "in", ["ir.model.inherit", "ir.model.fields.selection"]),
            "|",
            ("name", "=like", r"model\_inherit\_\_rgpd\_%"),
            ("name", "=like", r"selection\_\_rgpd\_%"),
        ]
    ).unlink()
