import os
import re

from odoo.tests.common import new_test_user

from odoo.addons.rgpd_fichier_client.hooks import GROUPS_AT_INSTALL, post_init_hook

from ..common import RgpdCase


class TestInstall(RgpdCase):
    def test_installation_log_has_no_warning(self):
        path = os.environ.get("RGPD_INSTALL_LOG")
        if not path:
            self.skipTest("the log of the installation is known to ./dev test only")
        problem = re.compile(r" (WARNING|ERROR|CRITICAL) ")
        with open(path, encoding="utf-8") as log:
            found = [line for line in log if problem.search(line)]
        self.assertFalse(found, "".join(found))

    def test_people_in_charge_got_their_groups(self):
        """What the hook gives at installation, on users and not on Odoo's groups."""
        admin = self.env.ref("base.user_admin")
        self.assertTrue(admin.has_group("rgpd_fichier_client.group_rgpd_dpo"))
        for source, target in GROUPS_AT_INSTALL.items():
            group = self.env.ref(source)
            ours = self.env.ref(f"rgpd_fichier_client.{target}")
            with self.subTest(group=source):
                self.assertIn(admin, group.all_user_ids)
                self.assertIn(admin, ours.all_user_ids)
                self.assertNotIn(ours, group.all_implied_ids)

    def test_groups_build_on_each_other(self):
        dpo = self.env.ref("rgpd_fichier_client.group_rgpd_dpo").all_implied_ids
        auditor = self.env.ref("rgpd_fichier_client.group_rgpd_auditor").all_implied_ids
        for name in ("reader", "officer", "archive"):
            group = self.env.ref(f"rgpd_fichier_client.group_rgpd_{name}")
            self.assertIn(group, dpo)
            self.assertNotIn(group, auditor)

    def test_hook_gives_only_what_matches(self):
        """A salesperson gets nothing, a sales manager Officer, an accountant Reader."""
        users = {
            groups: new_test_user(self.env, login=f"hook_{groups}", groups=groups)
            for groups in (
                "sales_team.group_sale_salesman",
                "sales_team.group_sale_manager",
                "account.group_account_manager",
            )
        }
        post_init_hook(self.env)
        expected = {
            "sales_team.group_sale_salesman": (False, False, False),
            "sales_team.group_sale_manager": (True, True, False),
            "account.group_account_manager": (True, False, False),
        }
        for groups, user in users.items():
            held = tuple(
                user.has_group(f"rgpd_fichier_client.group_rgpd_{name}")
                for name in ("reader", "officer", "dpo")
            )
            with self.subTest(groups=groups):
                self.assertEqual(held, expected[groups])
