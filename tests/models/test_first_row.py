"""The first row of a table that held none, committed by another process.

Two connections; what the other process remembers is put back after the commit, so that
it has heard of nothing but what is in the database.
"""

from contextlib import contextmanager

from odoo import api
from odoo.exceptions import UserError
from odoo.tools import SQL

from .real_common import RealCase

EMPTY = ("rgpd_restriction", "rgpd_suppression", "rgpd_vault_partner_rel")


class FirstRowCase(RealCase):
    def setUp(self):
        super().setUp()
        self.addCleanup(self.registry.clear_cache)
        self.registry.clear_cache()
        with self.real() as env:
            for table in EMPTY:
                query = SQL("SELECT count(*) FROM %s", SQL.identifier(table))
                self.assertEqual(env.execute_query(query), [(0,)])
            values = {"name": "Maëlle Test", "email": "maelle@courriel.example"}
            self.partner_id = env["res.partner"].create(values).id
            groups = ("base.group_user", "base.group_partner_manager")
            user = env["res.users"].create(
                {
                    "name": "Seller of the other process",
                    "login": "rgpd_first_row",
                    "group_ids": [(6, 0, [env.ref(name).id for name in groups])],
                }
            )
            self.user_id = user.id

    @contextmanager
    def seller(self):
        """Give the contact in a new transaction of the other process."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, self.user_id, {})
            yield env["res.partner"].browse(self.partner_id)

    @contextmanager
    def killed_after_commit(self):
        """Commit in a process that is killed before it tells anybody.

        Afterwards this is the other process, with the memory it had before.
        """
        caches = self.registry._Registry__caches
        kept = {name: cache.snapshot for name, cache in caches.items()}
        with self.real() as env:
            yield env
            env.cr.flush()
            env.cr.postcommit.clear()
        for name, cache in caches.items():
            cache.clear()
            for key, value in kept[name].items():
                cache[key] = value
        self.registry.cache_invalidated.clear()


class TestFirstRow(FirstRowCase):
    """Without any signalling: the other process looks at nothing but the tables."""

    def work(self):
        with self.seller() as partner:
            partner.write({"phone": "+33 6 39 98 20 77"})

    def test_the_first_restriction_holds_in_the_next_transaction(self):
        self.work()
        with self.killed_after_commit() as env:
            partner = env["res.partner"].browse(self.partner_id)
            env["rgpd.restriction"]._set(partner, "accuracy")
        with self.assertRaisesRegex(UserError, "is restricted"):
            self.work()

    def test_a_job_obeys_after_its_next_commit(self):
        """It goes on with the same cursor, and nobody checks what it remembers."""
        with self.seller() as partner:
            partner.write({"function": "Luthière"})
            partner.env.cr.commit()
            with self.killed_after_commit() as env:
                env["rgpd.restriction"]._set(partner.with_env(env), "accuracy")
            partner.env.cr.commit()
            with self.assertRaisesRegex(UserError, "is restricted"):
                partner.write({"function": "Ébéniste"})

    def test_the_first_row_of_other_software_counts(self):
        self.work()
        with self.real() as env:
            partner = env["res.partner"].browse(self.partner_id)
            subject = env["rgpd.subject"]._of(partner)
            env.cr.execute(
                """INSERT INTO rgpd_restriction
                       (subject_id, company_id, ground, date_start)
                   VALUES (%s, %s, 'accuracy', '2026-01-01')""",
                [subject.id, env.company.id],
            )
        with self.assertRaisesRegex(UserError, "is restricted"):
            self.work()

    def test_the_first_objector_is_looked_up_in_the_next_transaction(self):
        def enter(env):
            values = {"name": "Maëlle", "email": "maelle@courriel.example"}
            return env["res.partner"].create(values)

        with self.seller() as partner:
            enter(partner.env)
        with self.killed_after_commit() as env:
            partner = env["res.partner"].browse(self.partner_id)
            env["rgpd.contact.person"]._object(partner, "email")
        with self.seller() as partner:
            notes = enter(partner.env).message_ids.mapped("body")
        self.assertTrue([body for body in notes if "objected to offers" in body])
