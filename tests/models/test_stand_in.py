"""The contact that stands for erased customers stays nobody."""

from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import new_test_user

from .document_common import DocumentCase

# Whoever may change contacts, by role
GROUPS = {
    "salesman": "sales_team.group_sale_salesman,base.group_partner_manager",
    "manager": "sales_team.group_sale_manager,base.group_partner_manager",
    "accountant": "account.group_account_manager,base.group_partner_manager",
    "settings": "base.group_system,base.group_partner_manager",
}
CHANGES = (
    {"name": "Quelqu'un"},
    {"email": "quelqu.un@courriel.example"},
    {"phone": "+33 6 39 98 00 00"},
    {"active": True},
    {"is_company": False},
    {"comment": "<p>Cliente fidèle</p>"},
)


class TestStandIn(DocumentCase):
    def setUp(self):
        super().setUp()
        self.table = self.env["rgpd.stand.in"]
        self.france = self.env.ref("base.fr")
        self.stand_in = self.get()

    def get(self):
        return self.table._get(self.env.company, self.france)

    def test_there_is_one_per_company_and_country(self):
        self.assertEqual(self.get(), self.stand_in)

    def test_one_that_became_a_real_contact_is_left_alone(self):
        for change in (
            {"name": "Quelqu'un"},
            {"active": True},
            {"is_company": False},
            {"street": "9 venelle Cachée"},
            {"email": "quelqu.un@courriel.example"},
        ):
            with self.subTest(change):
                before = self.get()
                before.write(change)
                after = self.get()
                self.assertNotEqual(after, before)
                self.assertFalse(after.active)
                self.assertTrue(before.exists())

    def test_one_the_night_made_stays_where_english_is_archived(self):
        night = self.table.with_context(lang=False)
        spain = self.env.ref("base.es")
        made = night._get(self.env.company, spain)
        languages = type(self.env["res.lang"])
        only = [("fr_FR", "Français")]
        with patch.object(languages, "get_installed", lambda model: only):
            self.assertEqual(night._get(self.env.company, spain), made)

    def test_it_is_not_merged(self):
        wizard = self.env["base.partner.merge.automatic.wizard"]
        with self.assertRaisesRegex(UserError, "erased customers"):
            wizard._merge((self.stand_in | self.customer).ids, self.customer)
        self.assertTrue(self.stand_in.exists())

    def get_users(self):
        users = [
            new_test_user(self.env, f"stand_in_{role}", groups=groups)
            for role, groups in GROUPS.items()
        ]
        return [*users, self.new_user("officer"), self.dpo]

    def test_no_group_writes_on_it(self):
        for user in self.get_users():
            for change in CHANGES:
                with (
                    self.subTest(user.login, **change),
                    self.assertRaisesRegex(UserError, "stands for erased customers"),
                ):
                    self.stand_in.with_user(user).write(change)
            # Another contact is changed as before
            self.customer.with_user(user).write({"function": "Cliente"})
        self.assertIn("Erased customers", self.stand_in.name)

    def test_a_reader_has_no_right_to(self):
        reader = new_test_user(self.env, "stand_in_reader", groups="base.group_user")
        with self.assertRaises(UserError):
            self.stand_in.with_user(reader).write({"name": "Quelqu'un"})

    def test_a_new_one_is_known_at_once(self):
        belgium = self.table._get(self.env.company, self.env.ref("base.be"))
        with self.assertRaisesRegex(UserError, "stands for erased customers"):
            belgium.with_user(self.dpo).name = "Quelqu'un"

    def test_a_list_read_before_the_commit_is_read_again_after_it(self):
        """Another thread that asks meanwhile does not see the new one."""
        self.env.cr.postcommit.clear()
        belgium = self.table._get(self.env.company, self.env.ref("base.be"))
        table = type(self.table)
        none = self.table.browse()
        with patch.object(table, "search", lambda *args, **kwargs: none):
            self.assertNotIn(belgium.id, self.table._get_partner_ids())
        self.assertNotIn(belgium.id, self.table._get_partner_ids())
        self.env.cr.postcommit.run()
        self.assertIn(belgium.id, self.table._get_partner_ids())

    def test_the_language_of_whoever_made_it_changes_nothing(self):
        french = self.table.with_context(lang="fr_FR")
        spain = self.env.ref("base.es")
        made = french._get(self.env.company, spain)
        self.assertNotIn("Erased", made.name)
        self.assertEqual(self.table._get(self.env.company, spain), made)
