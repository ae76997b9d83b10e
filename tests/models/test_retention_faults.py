"""A worker is killed (`kill -9`) in the middle of a night: nobody is half erased."""

import os
import signal
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from odoo import SUPERUSER_ID, api, sql_db

from odoo.addons.rgpd_fichier_client.core.retention import ledger

from .test_retention_night import FAMILY, RUN, RealNightCase

PERSONS_LEFT = 3


class TestKilledWorker(RealNightCase):
    """The worker is a process of its own, killed at the point a test names."""

    def setUp(self):
        folder = TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        patcher = patch.dict(os.environ, {"RGPD_LEDGER_DIR": folder.name})
        patcher.start()
        self.addCleanup(patcher.stop)
        self.folder = Path(folder.name)
        super().setUp()

    # === HELPERS === #

    def kill_at(self, model, method, call, job, before=False):
        """Run a job in another process and kill it at a call of a method.

        :param int call: which call of the method, from 1
        :param bool before: at the beginning of the method, else after it
        :param job: model and name of the job
        """
        reader, writer = os.pipe()
        # The pool of this process must not be shared, not even by its end
        child = os.fork()
        if not child:
            self.work_until(writer, model, method, call, job, before)
        os.close(writer)
        reached = os.read(reader, 1)
        os.close(reader)
        os.kill(child, signal.SIGKILL)
        _pid, status = os.waitpid(child, 0)
        self.assertEqual(reached, b"x", "the worker never came to this point")
        self.assertEqual(os.WTERMSIG(status), signal.SIGKILL)
        self.wait_for_locks()

    def work_until(self, writer, model, method, call, job, before):
        """The child: connections of its own, then the job; never returns."""
        try:
            sql_db._Pool = None
            self.registry._db = sql_db.db_connect(self.registry.db_name)
            Model = self.registry[model]
            original = getattr(Model, method)
            calls = []

            def stop(*arguments):
                calls.append(method)
                if before and len(calls) == call:
                    self.wait_to_be_killed(writer)
                result = original(*arguments)
                if len(calls) == call:
                    self.wait_to_be_killed(writer)
                return result

            setattr(Model, method, stop)
            with (
                patch(f"{RUN}.PERSONS_PER_BATCH", 1),
                self.registry.cursor() as cr,
            ):
                env = api.Environment(cr, SUPERUSER_ID, {})
                getattr(env[job[0]], job[1])()
        finally:
            os._exit(1)

    def wait_to_be_killed(self, writer):
        os.write(writer, b"x")
        time.sleep(60)

    def wait_for_locks(self):
        """Wait until the server has noticed that the worker is gone."""
        for _n in range(100):
            with self.real() as env:
                env.cr.execute(
                    """SELECT count(*) FROM pg_locks l JOIN pg_class c
                           ON c.oid = l.relation AND c.relname = 'rgpd_subject'
                        WHERE l.pid <> pg_backend_pid() AND l.mode = 'RowShareLock'"""
                )
                if not env.cr.fetchone()[0]:
                    return
            time.sleep(0.1)

    def get_states(self):
        """Return for each person which of their data are still there."""
        with self.real() as env:
            states = []
            for person in env["res.partner"].browse(self.person_ids):
                messages = env["mail.message"].search(
                    [("model", "=", "res.partner"), ("res_id", "=", person.id)]
                )
                subject = env["rgpd.subject"]._of(person)
                erasures = env["rgpd.erasure"].search_count(
                    [("subject_uid", "=", subject.uid), ("state", "=", "masked")]
                )
                states.append(
                    (
                        FAMILY in person.name,
                        bool(person.email),
                        any(FAMILY in (m.body or "") for m in messages),
                        not subject.erased_on,
                        not erasures,
                    )
                )
            return states

    def assertNobodyHalfErased(self, count):
        """Each person is whole, or gone with a certificate; so many are gone."""
        states = self.get_states()
        for state in states:
            self.assertEqual(len(set(state)), 1, state)
        self.assertEqual(states.count((False,) * 5), count)

    def finish(self):
        """The next night, the ledger and the sweep; then all must agree."""
        self.run_night()
        self.assertNobodyHalfErased(PERSONS_LEFT)
        for model, job in (
            ("rgpd.erasure.outbox", "_cron_flush"),
            ("rgpd.erasure", "_cron_sweep"),
        ):
            with self.real() as env:
                getattr(env[model], job)()
        with self.real() as env:
            subjects = env["rgpd.subject"]._of(
                env["res.partner"].browse(self.person_ids)
            )
            erasures = env["rgpd.erasure"].search(
                [("subject_uid", "in", subjects.mapped("uid"))]
            )
            # one certificate each, closed, and a line in the ledger for each
            self.assertEqual(erasures.mapped("state"), ["closed"] * PERSONS_LEFT)
            self.assertEqual(len(set(erasures.mapped("subject_uid"))), PERSONS_LEFT)
            runs = self.get_run(env)
            self.assertEqual(set(runs.mapped("state")), {"done"})
            self.assertEqual(sum(runs.mapped("erased_count")), PERSONS_LEFT)
            self.assertFalse(env["rgpd.erasure.outbox"].search([]))
            digests = env["rgpd.erasure.outbox"]._get_digests(
                [("res.partner", res_id) for res_id in self.person_ids]
            )
            [path] = self.folder.glob("*.jsonl")
            written = {row["digest"] for row in ledger.read(path)}
            self.assertLessEqual(set(digests), written)
            self.assertFalse(env["rgpd.erasure.outbox"]._get_missing())

    # === TESTS === #

    def test_killed_when_the_data_are_masked_and_the_evidence_is_not_written(self):
        self.kill_at(
            "rgpd.eraser.work", "_mask_scope", 2, ("rgpd.reason", "_cron_retention")
        )
        self.assertNobodyHalfErased(1)
        self.finish()

    def test_killed_before_the_commit(self):
        self.kill_at("rgpd.eraser", "_erase", 2, ("rgpd.reason", "_cron_retention"))
        self.assertNobodyHalfErased(1)
        self.finish()

    def test_killed_after_the_commit(self):
        self.kill_at(
            "rgpd.eraser", "_erase", 3, ("rgpd.reason", "_cron_retention"), before=True
        )
        self.assertNobodyHalfErased(2)
        self.finish()

    def test_killed_between_the_ledger_and_the_commit(self):
        """The line is written twice, which changes nothing."""
        self.run_night()
        self.kill_at(
            "rgpd.erasure.outbox", "_append", 1, ("rgpd.erasure.outbox", "_cron_flush")
        )
        with self.real() as env:
            self.assertTrue(env["rgpd.erasure.outbox"].search([]))
        self.finish()

    def test_killed_while_a_certificate_closes(self):
        self.run_night()
        self.kill_at("rgpd.erasure", "_close", 2, ("rgpd.erasure", "_cron_sweep"))
        with self.real() as env:
            self.assertFalse(
                env["rgpd.erasure"].search_count(
                    [("state", "=", "closed"), ("id", ">", self.starts["rgpd_erasure"])]
                )
            )
        self.finish()
