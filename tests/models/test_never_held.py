"""Where nobody was ever restricted, listed or archived, everyday work pays nothing."""

from contextlib import contextmanager
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.sql_db import Cursor
from odoo.tools import SQL

from odoo.addons.rgpd_fichier_client.models.retention.rgpd_vault_masking import (
    _CHANGES,
    MEMO,
)

from .vault_common import VaultCase


class TestNeverHeld(VaultCase):
    def setUp(self):
        super().setUp()
        self.addCleanup(self.env.registry.clear_cache)
        self.addCleanup(self.env.cr.postcommit.clear)
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

    def test_changing_contacts_asks_once_in_a_transaction(self):
        """For all such tables at once, however many contacts are changed."""
        self.work()  # what a process remembers
        self.env.cr.cache.pop("rgpd.ever.mixin")
        with self.ours() as statements:
            self.work()
            self.work()
        self.assertEqual(len(statements), 1, statements)

    def test_reading_contacts_asks_nothing_of_ours(self):
        def read():
            self.env.cr.cache.clear()  # as a new transaction
            self.env.invalidate_all()
            partners = self.partner.search([("name", "ilike", "Perraud")])
            return partners.read(["name", "street", "parent_id"])

        with patch.dict(_CHANGES, clear=True):  # of tests before this one
            read()  # what a process remembers
            with self.ours() as statements:
                read()
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

    def test_rows_that_are_rolled_back_were_never_there(self):
        self.work()
        savepoint = self.env.cr.savepoint()
        self.restrictions._set(self.customer, "accuracy")
        savepoint.close(rollback=True)
        self.work()

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

    def test_nothing_follows_the_fields_of_a_contact(self):
        """Users inherit them: a new contact would ask after each of these links."""
        fields = self.env["res.partner"]._fields
        followed = [
            name
            for name, field in fields.items()
            if name.startswith("rgpd_") and field in self.registry._field_triggers
        ]
        # That one is entered by hand
        self.assertEqual(followed, ["rgpd_is_minor"])

    def test_users_show_what_their_contact_shows(self):
        user = self.seller.with_company(self.env.company)
        other = self.env["res.partner"].create({"name": "Louise Garnier"})
        contexts = self.registry.field_depends_context
        self.assertFalse(user.rgpd_phase)
        self.env["rgpd.subject"]._of(other).phase = "active"
        user.partner_id = other
        self.assertEqual(user.rgpd_phase, other.rgpd_phase)
        self.assertEqual(other.rgpd_phase, "active")
        for name, field in user._fields.items():
            if name.startswith("rgpd_") and field.inherited:
                with self.subTest(name):
                    self.assertEqual(contexts[field], contexts[other._fields[name]])
