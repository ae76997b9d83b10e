"""Where nobody was ever restricted, listed or archived, everyday work pays nothing."""

from contextlib import contextmanager
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.sql_db import Cursor
from odoo.tools import SQL

from odoo.addons.rgpd_fichier_client.models.retention.rgpd_vault_masking import MEMO

from .vault_common import VaultCase

TABLES = ("rgpd_restriction", "rgpd_suppression", "rgpd_vault")


class TestNeverHeld(VaultCase):
    def setUp(self):
        super().setUp()
        self.addCleanup(self.env.registry.clear_cache)
        self.addCleanup(self.env.cr.postcommit.clear)
        # A database in which nobody ever was; undone with the test
        for table in TABLES:
            sequence = SQL.identifier(f"{table}_id_seq")
            self.env.cr.execute(SQL("ALTER SEQUENCE %s RESTART", sequence))
        self.env.registry.clear_cache()
        self.partner = self.customer.with_user(self.seller)
        self.restrictions = self.env["rgpd.restriction"]

    @contextmanager
    def ours(self):
        """Give the statements that name a table of the add-on."""
        execute, statements = Cursor.execute, []

        def spy(cr, query, *args, **kwargs):
            code = query.code if isinstance(query, SQL) else str(query)
            if "rgpd_" in code:
                statements.append(code)
            return execute(cr, query, *args, **kwargs)

        with patch.object(Cursor, "execute", spy):
            yield statements

    def work(self):
        self.partner.create(
            {"name": "Nolwenn Test", "email": "nolwenn@courriel.example"}
        )
        self.partner.write({"phone": "+33 6 39 98 20 77", "function": "Luthière"})
        self.env.flush_all()

    # === RESTRICTION AND LIST OF OBJECTORS === #

    def test_changing_contacts_asks_nothing_of_ours(self):
        self.work()  # what a process remembers
        with self.ours() as statements:
            self.work()
        self.assertEqual(statements, [])

    def test_the_first_restriction_holds_at_once(self):
        """Also where the process remembers that nobody ever was restricted."""
        self.work()
        self.restrictions._set(self.customer, "accuracy")
        with self.assertRaises(UserError):
            self.partner.write({"phone": "+33 6 39 98 20 78"})
        address = {"name": "Dépôt", "parent_id": self.customer.id, "type": "delivery"}
        with self.assertRaises(UserError):
            self.partner.create(address)

    def test_the_first_objector_is_listed_at_once(self):
        self.work()
        suppressions = self.env["rgpd.suppression"]
        self.assertFalse(suppressions._has_ever_held())
        self.env["rgpd.contact.person"]._object(self.customer, "email")
        self.assertTrue(suppressions._has_ever_held())

    def test_others_are_told_once_it_is_saved(self):
        """A thread that asked meanwhile remembers what was true before."""
        self.work()
        self.env.cr.postcommit.clear()
        self.restrictions._set(self.customer, "accuracy")
        with patch.object(self.env.registry, "signal_changes") as told:
            self.env.cr.postcommit.run()
        self.assertTrue(told.called)

    def test_rows_that_went_are_not_forgotten(self):
        restriction = self.restrictions._set(self.customer, "accuracy").sudo()
        restriction.date_lifted = "2026-01-01"
        restriction.unlink()
        self.env.flush_all()
        self.env.registry.clear_cache()
        self.assertTrue(self.restrictions._has_ever_held())

    # === ARCHIVE === #

    def become_new_process(self):
        """Forget what this process knows of the archive, as one that just started."""
        self.env.registry["rgpd.vault"]._is_hiding = False
        for model in ("res.partner", "account.move"):
            for field in self.env[model]._fields.values():
                if getattr(field, "is_archived_field", False):
                    field.__class__ = type(field).__base__
        self.env.cr.cache.pop(MEMO, None)
        self.env.registry.clear_cache()
        self.env.invalidate_all()

    def test_fields_are_those_of_odoo_while_nobody_is_archived(self):
        self.become_new_process()
        self.assertEqual(self.partner.name, "Hugo Perraud")
        fields = self.env["res.partner"]._fields.values()
        self.assertFalse([f for f in fields if getattr(f, "is_archived_field", False)])

    def test_a_process_that_has_seen_nobody_hides_the_first_it_reads(self):
        self.archive()
        for read in (
            lambda: self.partner.name,
            lambda: self.partner.display_name,
            lambda: self.order.with_user(self.seller).partner_id.display_name,
            lambda: self.partner.read(["street", "name"])[0]["name"],
        ):
            self.become_new_process()
            self.assertEqual(read(), "Archived customer")

    def test_whoever_archives_hides_at_once(self):
        self.become_new_process()
        self.assertEqual(self.partner.name, "Hugo Perraud")
        self.env["rgpd.vault"]._archive(self.subject)
        self.assertEqual(self.partner.name, "Archived customer")

    def test_fields_that_are_set_up_again_stay_hidden(self):
        """Another add-on, or a field somebody adds, makes the fields anew."""
        self.archive()
        field = self.env["res.partner"]._fields["name"]
        field.__class__ = type(field).__base__
        self.env["res.partner"]._post_model_setup__()
        self.assertTrue(field.is_archived_field)
