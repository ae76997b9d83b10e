import tracemalloc

from .journal_common import JournalCase


class TestJournalSize(JournalCase):
    """As benchmarks/journal.py, on fewer entries."""

    def verify_peak(self):
        tracemalloc.start()
        report = self.Journal._verify_report()
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        self.assertIsNone(report.fault)
        return report.entries, peak

    def append_and_seal(self, count):
        self.record(count)
        while self.Seal._seal(limit=1000):
            pass

    def test_the_memory_of_a_verification_is_flat(self):
        self.append_and_seal(4000)
        self.verify_peak()
        few, small = self.verify_peak()
        self.append_and_seal(8000)
        many, large = self.verify_peak()
        self.assertEqual((few, many), (4000, 12000))
        self.assertLess(large, 1.3 * small)

    def test_many_entries_are_one_statement(self):
        with self.assertQueryCount(1):
            self.record(1000)
