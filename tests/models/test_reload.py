"""What another process hears of a change when the one that made it is killed."""

import os
from unittest.mock import patch

from odoo import SUPERUSER_ID, api, sql_db
from odoo.modules.registry import Registry
from odoo.tools import SQL

from odoo.addons.rgpd_fichier_client.models.datamap.reload import Reload

from .real_common import RealCase


class TestReload(RealCase):
    """This process, and a child of it that ends between its commit and its hooks."""

    def setUp(self):
        super().setUp()
        self.addCleanup(self.registry.clear_cache)
        with self.real() as env:
            env["rgpd.data.map"]._discover()
            self.partner_id = env["res.partner"].create({"name": "Nolwenn Test"}).id
            subject = env["rgpd.subject"]._of(
                env["res.partner"].browse(self.partner_id)
            )
            self.subject_id = subject.id
        self.check_signaling()

    def check_signaling(self):
        """As each worker does before each request and each job."""
        # Odoo's tests replace that of the registry of the test by nothing
        with self.registry.cursor() as cr:
            Registry.check_signaling(self.registry, cr)

    def killed_after_commit(self, work):
        """Do something in a process that is killed once it is saved."""
        child = os.fork()
        if not child:
            self.be_killed(work)
        _pid, status = os.waitpid(child, 0)
        self.assertEqual(os.waitstatus_to_exitcode(status), 0)

    def be_killed(self, work):
        """Be the child; never returns. The connections of the parent are not used."""
        try:
            # Kept, or they would be closed
            old = sql_db._Pool, sql_db._Pool_readonly, self.registry._db
            sql_db._Pool = sql_db._Pool_readonly = None
            self.registry._db = sql_db.db_connect(self.registry.db_name)
            with (
                patch.object(Reload, "__call__", lambda reload: os._exit(0)),
                self.registry.cursor() as cr,
            ):
                work(api.Environment(cr, SUPERUSER_ID, {}))
            del old
        finally:
            os._exit(1)

    def test_who_was_archived_is_hidden_by_the_others(self):
        with self.real() as env:
            self.assertFalse(env["rgpd.vault"]._has_bit(self.partner_id))
        self.killed_after_commit(
            lambda env: env["rgpd.vault"]._archive(
                env["rgpd.subject"].browse(self.subject_id)
            )
        )
        self.check_signaling()
        with self.real() as env:
            self.assertTrue(env["rgpd.vault"].search([]).subject_id)
            self.assertTrue(env["rgpd.vault"]._has_bit(self.partner_id))

    def test_a_new_stand_in_is_nobody_for_the_others(self):
        with self.real() as env:
            self.assertNotIn(self.partner_id, env["rgpd.stand.in"]._get_partner_ids())

        def make(env):
            env["rgpd.stand.in"].create(
                {"company_id": env.company.id, "partner_id": self.partner_id}
            )

        self.killed_after_commit(make)
        self.check_signaling()
        with self.real() as env:
            self.assertIn(self.partner_id, env["rgpd.stand.in"]._get_partner_ids())

    def test_what_is_undone_is_told_to_nobody(self):
        query = SQL("SELECT max(id) FROM orm_signaling_default")
        with self.real() as env:
            [[before]] = env.execute_query(query)
        with self.real() as env:
            env["rgpd.stand.in"].create(
                {"company_id": env.company.id, "partner_id": self.partner_id}
            )
            env.cr.rollback()
        with self.real() as env:
            self.assertEqual(env.execute_query(query), [(before,)])
