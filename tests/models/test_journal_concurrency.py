import threading

from odoo import SUPERUSER_ID, api

from .journal_common import TABLES, JournalKeyCase


class TestJournalConcurrency(JournalKeyCase):
    """Real transactions on real cursors: what is committed here is removed after."""

    def setUp(self):
        super().setUp()
        with self.registry.cursor() as cr:
            cr.execute("SELECT 1 FROM rgpd_key_fingerprint LIMIT 1")
            if not cr.rowcount:
                self.use_key_folder()
        self.seal_all()
        self.starts = {}
        with self.registry.cursor() as cr:
            for table in TABLES:
                cr.execute(f"SELECT COALESCE(max(id), 0) FROM {table}")
                self.starts[table] = cr.fetchone()[0]
        self.addCleanup(self.clean)

    def seal_all(self):
        while True:
            with self.registry.cursor() as cr:
                env = api.Environment(cr, SUPERUSER_ID, {})
                if not env["rgpd.journal.seal"]._seal():
                    return

    def clean(self):
        with self.registry.cursor() as cr, self.tampering(cr):
            for table in TABLES:
                cr.execute(f"DELETE FROM {table} WHERE id > %s", [self.starts[table]])

    def open(self):
        """Return the journal in a transaction of its own, rolled back at the end."""
        cr = self.registry.cursor()
        self.addCleanup(cr.close)
        cr.execute("SET LOCAL lock_timeout = '2s'")
        return api.Environment(cr, SUPERUSER_ID, {})["rgpd.journal"]

    def add(self, journal, kind, count):
        return journal._record_many(
            kind, [(None, {"rank": rank}) for rank in range(count)], company=False
        )

    def check(self, expected):
        """The whole journal verifies and every entry is sealed."""
        journal = self.open()
        with journal.env.cr.savepoint():
            report = journal._verify_report()
        self.assertIsNone(report.fault)
        counts = dict(
            journal._read_group(
                [("kind", "in", list(expected)), ("seal_id", "!=", False)],
                ["kind"],
                ["__count"],
            )
        )
        self.assertEqual(counts, expected)
        journal.env.cr.close()

    def test_two_transactions_append_without_waiting(self):
        first, second, sealer = self.open(), self.open(), self.open()
        self.add(first, "test.first", 10)
        # Would raise LockNotAvailable after two seconds if it waited for the other
        self.add(second, "test.second", 10)
        second.env.cr.commit()
        # The lower ids are not committed yet: they are sealed later, not lost
        seal = sealer.env["rgpd.journal.seal"]._seal()
        self.assertEqual(seal.count, 10)
        sealer.env.cr.commit()
        first.env.cr.commit()
        later = self.open()
        self.assertEqual(later.env["rgpd.journal.seal"]._seal().count, 10)
        later.env.cr.commit()
        self.check({"test.first": 10, "test.second": 10})

    def test_two_seals_at_the_same_time(self):
        journal = self.open()
        self.add(journal, "test.both", 10)
        journal.env.cr.commit()
        one, two = self.open(), self.open()
        self.assertEqual(one.env["rgpd.journal.seal"]._seal().count, 10)
        self.assertFalse(two.env["rgpd.journal.seal"]._seal())
        one.env.cr.commit()
        self.check({"test.both": 10})

    def test_a_seal_whose_snapshot_is_too_old_steps_back(self):
        journal = self.open()
        self.add(journal, "test.old", 10)
        journal.env.cr.commit()
        one, two = self.open(), self.open()
        two.env.cr.execute("SELECT count(*) FROM rgpd_journal_seal")
        one.env["rgpd.journal.seal"]._seal()
        one.env.cr.commit()
        self.assertFalse(two.env["rgpd.journal.seal"]._seal())
        two.env.cr.commit()
        self.check({"test.old": 10})

    def test_appending_goes_on_while_a_batch_is_sealed(self):
        errors, barrier = [], threading.Barrier(3)

        def append(kind):
            try:
                for _turn in range(10):
                    with self.registry.cursor() as cr:
                        env = api.Environment(cr, SUPERUSER_ID, {})
                        cr.execute("SET LOCAL lock_timeout = '5s'")
                        self.add(env["rgpd.journal"], kind, 30)
                        barrier.wait(30)
            except Exception as error:  # noqa: BLE001 - the thread reports, whatever it is
                errors.append(error)
                barrier.abort()

        threads = [
            threading.Thread(target=append, args=(f"test.writer{rank}",))
            for rank in (1, 2)
        ]
        for thread in threads:
            thread.start()
        for _turn in range(10):
            barrier.wait(30)
            with self.registry.cursor() as cr:
                env = api.Environment(cr, SUPERUSER_ID, {})
                env["rgpd.journal.seal"]._seal(limit=50)
        for thread in threads:
            thread.join()
        self.assertEqual(errors, [])
        self.seal_all()
        self.check({"test.writer1": 300, "test.writer2": 300})
