"""A backup comes back for real: dumped, restored beside, its erasures replayed."""

import os
import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.sql_db import close_db
from odoo.tools import SQL, config
from odoo.tools.misc import exec_pg_environ, find_pg_tool

from ..models.real_common import RealCase

FIFTY = 50
FAMILY = "Restauration-Test"
# What the replay itself writes: evidence, jobs, the task of the DPO
OWN_TABLES = ("rgpd_", "ir_cron", "ir_config_parameter", "bus_", "mail_activity")


class TestRestore(RealCase):
    def setUp(self):
        super().setUp()
        folder = TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        variables = {"RGPD_LEDGER_DIR": str(self.folder / "ledger")}
        patcher = patch.dict(os.environ, variables)
        patcher.start()
        self.addCleanup(patcher.stop)
        self.copy = f"{self.env.cr.dbname}_restored"

    # === HELPERS === #

    def prepare(self, env):
        """Make persons with a message and a file, whom no reason keeps; five stay."""
        partners = env["res.partner"].create(
            [
                {
                    "name": f"{FAMILY} Numéro{rank}",
                    "email": f"restaure{rank:03d}@courriel.example",
                    "phone": f"+33 6 39 98 {70 + rank // 10} {rank % 100:02d}",
                    "street": f"{rank} rue des Essais",
                    "comment": f"<p>Rappeler {FAMILY} Numéro{rank}</p>",
                }
                for rank in range(FIFTY + 5)
            ]
        )
        for partner in partners:
            partner.message_post(body=f"{partner.name} a téléphoné")
        env["ir.attachment"].create(
            [
                {
                    "name": "note.txt",
                    "res_model": "res.partner",
                    "res_id": partner.id,
                    "raw": partner.email.encode(),
                }
                for partner in partners
            ]
        )
        env["rgpd.data.map"]._discover()
        return partners.ids

    def run_tool(self, tool, *arguments):
        subprocess.run(
            [find_pg_tool(tool), *arguments],
            env=exec_pg_environ(),
            check=True,
            stdout=subprocess.DEVNULL,
        )

    @contextmanager
    def restored(self, dump):
        """Restore the dump and the files beside; give the registry of the copy."""
        self.run_tool("createdb", self.copy)
        try:
            self.run_tool("pg_restore", "--no-owner", "-d", self.copy, str(dump))
            store = Path(config.filestore(self.env.cr.dbname))
            shutil.copytree(
                store,
                config.filestore(self.copy),
                copy_function=os.link,
                dirs_exist_ok=True,
            )
            yield self.load(self.copy)
        finally:
            Registry.delete(self.copy)
            close_db(self.copy)
            # Not by force, which only a superuser may use on an autovacuum; without
            # it the server ends that by itself
            self.run_tool("dropdb", self.copy)
            shutil.rmtree(config.filestore(self.copy), ignore_errors=True)

    def load(self, name):
        """Return the registry of another database, without its own tests."""
        is_testing = config["test_enable"]
        config["test_enable"] = False
        try:
            return Registry(name)
        finally:
            config["test_enable"] = is_testing

    def read_rows(self, env):
        """Return ``{table: {id: digest of the row}}`` of the whole database."""
        tables = env.execute_query(
            SQL(
                """SELECT c.relname FROM pg_class c
                     JOIN pg_namespace n ON n.oid = c.relnamespace
                     JOIN pg_attribute a ON a.attrelid = c.oid
                          AND a.attname = 'id' AND NOT a.attisdropped
                    WHERE n.nspname = 'public' AND c.relkind = 'r'"""
            )
        )
        return {
            table: dict(
                env.execute_query(
                    SQL("SELECT id, md5(t::text) FROM %s t", SQL.identifier(table))
                )
            )
            for (table,) in tables
            if not table.startswith(OWN_TABLES)
        }

    def get_changed(self, before, after):
        """Return ``{table: ids of rows added, changed or gone}``."""
        changed = {}
        for table, rows in before.items():
            now = after.get(table, {})
            ids = {i for i in rows.keys() | now.keys() if rows.get(i) != now.get(i)}
            if ids:
                changed[table] = ids
        return changed

    def get_related(self, env, persons):
        """Return ``{table: ids}`` of the rows that lead to these persons."""
        found = env["rgpd.person.finder"]._find(persons)
        return {env[model]._table: set(ids) for model, ids in found.items()}

    def get_own(self, env):
        """Return ``{table: ids}`` of what tells the DPO and the officers about it."""
        messages = env["mail.message"].search([("model", "=like", "rgpd.%")])
        own = {messages._table: set(messages.ids)}
        for model in ("mail.mail", "mail.tracking.value", "mail.notification"):
            rows = env[model].search([("mail_message_id", "in", messages.ids)])
            own[rows._table] = set(rows.ids)
        followers = env["mail.followers"].search([("res_model", "=like", "rgpd.%")])
        return own | {followers._table: set(followers.ids)}

    # === TEST === #

    def test_fifty_erased_persons_do_not_come_back(self):
        dump = self.folder / "backup.dump"
        with self.real() as env:
            ids = self.prepare(env)
        going, staying = ids[:FIFTY], ids[FIFTY:]
        self.run_tool("pg_dump", "-Fc", "-f", str(dump), self.env.cr.dbname)
        with self.real() as env:
            persons = env["res.partner"].browse(going)
            erasures = env["rgpd.eraser"]._erase(persons, "request")
            self.assertEqual(set(erasures.mapped("state")), {"masked"})
        with self.real() as env:
            env["rgpd.erasure.outbox"]._cron_flush()
        with self.restored(dump) as registry:
            self.check_copy(registry, going, staying)

    def check_copy(self, registry, going, staying):
        with registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            persons = env["res.partner"].browse(going)
            self.assertIn(FAMILY, persons[0].name)
            dpo = env.ref("base.user_admin")
            dpo.group_ids += env.ref("rgpd_fichier_client.group_rgpd_dpo")
            before = self.read_rows(env)
            related = self.get_related(env, persons)
        with registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["rgpd.erasure.outbox"]._cron_replay()
            check = env["rgpd.ledger.check"].search([("state", "=", "found")])
            found = set(check.line_ids.subject_id.mapped("res_id"))
            self.assertEqual(found, set(going))
            # nobody is erased, nobody is written to, before the DPO confirms
            persons = env["res.partner"].browse(going)
            self.assertIn(FAMILY, persons[0].name)
            verdict = env["rgpd.contact.gate"]._check(persons[0], "order", "email")
            self.assertEqual(verdict[going[0]]["code"], "person_erased")
            check.with_user(env.ref("base.user_admin"))._confirm()
        for job in (
            "rgpd.erasure.outbox._cron_replay",
            "rgpd.erasure.outbox._cron_flush",
            "rgpd.erasure._cron_sweep",
        ):
            model, _dot, method = job.rpartition(".")
            with registry.cursor() as cr:
                env = api.Environment(cr, SUPERUSER_ID, {})
                getattr(env[model], method)()
        with registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            lines = env["rgpd.ledger.check.line"].search([])
            outcomes = [(line.state, line.erasure_id.error) for line in lines]
            self.assertEqual(set(outcomes), {("done", False)})
            persons = env["res.partner"].browse(going)
            self.assertFalse([n for n in persons.mapped("name") if FAMILY in n])
            uids = env["rgpd.subject"]._of(persons).mapped("uid")
            erasures = env["rgpd.erasure"].search([("subject_uid", "in", uids)])
            self.assertEqual(
                [(e.ground, e.state, e.error) for e in erasures],
                [("replay", "closed", False)] * FIFTY,
            )
            others = env["res.partner"].browse(staying)
            self.assertTrue(all(FAMILY in name for name in others.mapped("name")))
            self.check_only_they_changed(env, before, related, going)
            # a second comparison finds nobody any more
            env["rgpd.ledger.check"].search([]).invalidate_recordset()
            self.assertFalse(env["rgpd.erasure.outbox"]._get_missing())

    def check_only_they_changed(self, env, before, related, going):
        changed = self.get_changed(before, self.read_rows(env))
        own = self.get_own(env)
        changed = {table: ids - own.get(table, set()) for table, ids in changed.items()}
        self.assertEqual(changed.pop("res_partner"), set(going))
        for table, ids in changed.items():
            self.assertLessEqual(ids, related.get(table, set()), f"rows of {table}")
