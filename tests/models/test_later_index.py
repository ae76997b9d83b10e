"""The indexes of contacts that a large database gets from a job."""

from unittest.mock import MagicMock, patch

import psycopg2.errors

from odoo import modules
from odoo.tools import SQL

from odoo.addons.rgpd_fichier_client.models.datamap import later_index

from ..common import RgpdCase

KEYS = "res_partner_rgpd_keys_idx"


class TestLaterIndex(RgpdCase):
    def test_the_job_builds_what_is_missing(self):
        before = self.read()
        self.env.cr.execute(f"DROP INDEX {KEYS}")
        self.assertEqual(self.run_job(), {KEYS})
        self.assertEqual(self.read(), before)
        self.assertEqual(self.run_job(), set())

    def test_an_invalid_one_is_built_again(self):
        """A build that was cut leaves it behind: each write pays, no search gains."""
        oid = self.read_oid()
        useful = set(self.get_later()) - {KEYS}
        with patch.object(
            type(self.env["rgpd.data.map"]),
            "_get_useful_indexes",
            lambda *_args: useful,
        ):
            self.assertEqual(self.run_job(), {KEYS})
        self.assertNotEqual(self.read_oid(), oid)
        self.assertTrue(self.read()[KEYS][0])

    def test_one_of_another_definition_is_built_again(self):
        """So is one that has no comment: its build was cut."""
        before = self.read()
        for comment in ("'INDEX (name)'", "NULL"):
            self.env.cr.execute(f"COMMENT ON INDEX {KEYS} IS {comment}")
            self.assertEqual(self.run_job(), {KEYS})
            self.assertEqual(self.read(), before)

    def test_what_is_left_of_a_build_is_no_obstacle(self):
        left = later_index.get_new_name(KEYS)
        self.env.cr.execute(f"CREATE INDEX {left} ON res_partner (id)")
        self.env.cr.execute(f"DROP INDEX {KEYS}")
        self.assertEqual(self.run_job(), {KEYS})
        self.env.cr.execute("SELECT to_regclass(%s)", [left])
        self.assertIsNone(self.env.cr.fetchone()[0])

    def test_outside_of_tests_it_waits_for_nobody(self):
        """Odoo keeps a transaction open while the job runs."""
        builds = self.start_job()
        self.assertEqual(
            [step.code.split(" ON ")[0] for step in builds[KEYS]],
            [
                f'DROP INDEX CONCURRENTLY IF EXISTS "{KEYS}_new"',
                f'CREATE INDEX CONCURRENTLY "{KEYS}_new"',
                "COMMENT",
                f'DROP INDEX CONCURRENTLY IF EXISTS "{KEYS}"',
                f'ALTER INDEX "{KEYS}_new" RENAME TO "{KEYS}"',
            ],
        )
        self.assertNotIn(KEYS, self.read())

    def start_job(self):
        """Return what the job has done besides, once the index is not there."""
        self.env.cr.execute(f"DROP INDEX {KEYS}")
        with (
            patch.object(modules.module, "current_test", False),
            patch.object(later_index, "Thread") as thread,
        ):
            self.assertEqual(self.run_job(), {KEYS})
        db_name, builds = thread.call_args.kwargs["args"]
        self.assertEqual(db_name, self.env.cr.dbname)
        self.assertTrue(thread.call_args.kwargs["daemon"])
        return builds

    def test_one_that_cannot_be_built_stops_no_other(self):
        done = []

        def execute(statement):
            done.append(statement.code)
            if "bad" in statement.code and "CREATE" in statement.code:
                raise psycopg2.errors.ProgramLimitExceeded

        cursor = MagicMock()
        cursor.execute.side_effect = execute
        cursor.fetchone.return_value = (True,)
        cursor._cnx.closed = 0
        builds = {
            name: [SQL(f"CREATE {name}"), SQL(f"COMMENT {name}")]
            for name in ("bad", "good")
        }
        with (
            patch.object(later_index, "db_connect") as connect,
            self.assertLogs(later_index._logger, "WARNING") as logs,
        ):
            connect.return_value.cursor.return_value.__enter__.return_value = cursor
            later_index._run("nowhere", builds)
        self.assertEqual(
            done[1:-1],
            [
                "CREATE bad",
                'DROP INDEX CONCURRENTLY IF EXISTS "bad_new"',
                "CREATE good",
                "COMMENT good",
            ],
        )
        self.assertIn("The index bad could not be built", logs.output[0])

    def test_a_large_table_is_left_to_the_job(self):
        self.env.cr.execute(f"DROP INDEX {KEYS}")
        with patch.object(later_index, "LARGE", 0):
            self.install()
            self.assertNotIn(KEYS, self.read())
        self.install()
        self.assertIn(KEYS, self.read())

    def test_whoever_is_looked_for_is_found_without_any_of_them(self):
        """The job of a large database may take a while."""
        person = self.env["res.partner"].create(
            {
                "name": "Camille Sans-Index",
                "email": "camille@sansindex.example",
                "phone": "+33 6 39 98 20 26",
            }
        )
        other = {"name": "Lou", "email": "lou@un.example, lou@deux.example"}
        other = self.env["res.partner"].create(other)
        names = [
            name
            for name, (_index, model) in self.get_later().items()
            if model._name == "res.partner"
        ]
        self.assertEqual(len(names), 3)
        for name in names:
            self.env.cr.execute(f"DROP INDEX {name}")
        lookup = self.env["rgpd.person.lookup"].with_user(self.new_user("officer"))
        for text, found in (
            ("camille@sansindex.example", person),
            ("06 39 98 20 26", person),
            ("Camille Sans-Index", person),
            ("lou@deux.example", other),
        ):
            rows = lookup.lookup(text)["candidates"]
            self.assertIn((found._name, found.id), self.get_records(rows), text)
        self.assertEqual(self.run_job(), set(names))

    def get_later(self):
        return self.env["rgpd.data.map"]._get_later_indexes()

    def get_records(self, rows):
        return {(row["model"], row["id"]) for row in rows}

    def test_one_of_another_definition_serves_until_the_job_has_run(self):
        self.env.cr.execute(f"COMMENT ON INDEX {KEYS} IS 'INDEX (name)'")
        with patch.object(later_index, "LARGE", 0):
            self.install()
        self.assertIn(KEYS, self.read())

    def test_it_goes_with_the_add_on(self):
        self.env.cr.execute(f"DROP INDEX {KEYS}")
        self.run_job()
        names = [("name", "in", (KEYS,))]
        self.env["ir.model.constraint"].search(names).unlink()
        self.assertFalse(self.read())

    def test_the_installation_has_it_run(self):
        before = self.get_triggers()
        self.env["rgpd.data.map"]._post_init()
        self.assertGreater(self.get_triggers(), before)

    def test_an_update_has_it_run(self):
        before = self.get_triggers()
        self.env["ir.model.fields"]._reflect_fields(["res.partner"])
        self.assertGreater(self.get_triggers(), before)

    def get_triggers(self):
        cron = self.env.ref("rgpd_fichier_client.rgpd_index_cron")
        return self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])

    def read_oid(self):
        self.env.cr.execute("SELECT %s::regclass::oid", [KEYS])
        return self.env.cr.fetchone()[0]

    def run_job(self):
        return set(self.env["rgpd.data.map"]._cron_build_indexes())

    def install(self):
        """Do what Odoo does with the indexes of a table at an update."""
        self.env["res.partner"]._add_sql_constraints()
        self.registry.finalize_constraints(self.env.cr)

    def read(self):
        """Return ``{name: (is it valid, its definition, its comment)}``."""
        self.env.cr.execute(
            """SELECT indexrelid::regclass::text, indisvalid,
                      pg_get_indexdef(indexrelid), obj_description(indexrelid)
                 FROM pg_index WHERE indexrelid::regclass::text IN %s""",
            [(KEYS,)],
        )
        return {name: row for name, *row in self.env.cr.fetchall()}


class TestLaterIndexElsewhere(RgpdCase):
    """Tables of documents, payments and messages are larger than that of contacts."""

    def test_no_large_table_is_held_while_the_add_on_is_updated(self):
        models = {
            "account.move", "account.payment", "account.bank.statement.line",
            "payment.transaction", "mail.notification", "crm.lead", "mailing.trace",
            "mailing.contact",
        }  # fmt: skip
        found = self.env["rgpd.data.map"]._get_later_indexes()
        for model in sorted(models & set(self.env)):
            names = {
                table_object.full_name(self.env[model])
                for name, table_object in self.env[model]._table_objects.items()
                if name.startswith("_rgpd_") or "rgpd" in name
            }
            with self.subTest(model):
                self.assertTrue(names)
                self.assertLessEqual(names, set(found))

    def test_that_of_the_payers_waits_for_the_job(self):
        name, model = "account_payment_rgpd_partner_idx", self.env["account.payment"]
        self.env.cr.execute(f"DROP INDEX {name}")
        with patch.object(later_index, "LARGE", 0):
            model._add_sql_constraints()
            self.registry.finalize_constraints(self.env.cr)
        self.assertFalse(self.is_there(name))
        self.env["rgpd.data.map"]._cron_build_indexes()
        self.assertTrue(self.is_there(name))

    def is_there(self, name):
        self.env.cr.execute("SELECT to_regclass(%s)", [name])
        return self.env.cr.fetchone()[0]
