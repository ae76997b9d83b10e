"""Two workers of one night, each with transactions of its own, at chosen moments."""

import threading
from contextlib import ExitStack, contextmanager
from unittest.mock import patch

from odoo.tools import mute_logger

from .test_retention_night import RUN, RealNightCase

# No step of a worker takes so long; a worker that waits for the other goes on then
SECONDS = 30


class TwoWorkersCase(RealNightCase):
    """The first worker is this thread; the second comes and rests when told to."""

    def setUp(self):
        super().setUp()
        self.reached, self.goes = threading.Event(), threading.Event()
        self.problems = []
        self.second = threading.Thread(target=self.run_second)
        self.addCleanup(self.join)

    def run_second(self):
        try:
            self.run_night()
        except Exception as error:  # noqa: BLE001  # told by the test
            self.problems.append(error)
        finally:
            self.reached.set()

    def start_second(self):
        """Let the second worker go as far as its next rest, or to its end."""
        self.second.start()
        self.assertTrue(self.reached.wait(SECONDS))

    def join(self):
        """Let the second worker end."""
        self.goes.set()
        if self.second.ident:
            self.second.join(SECONDS)
        self.assertFalse(self.second.is_alive())
        self.assertFalse(self.problems)

    def rest(self):
        """The second worker stops here until the first lets it go on."""
        self.reached.set()
        self.goes.wait(SECONDS)

    @contextmanager
    def workers(self, cap=0, before=None, after=None):
        """Give the company a number of the day, and each worker what to do at a step.

        :param before: ``{method of rgpd.reason: function}``, called before the method
            with whether it is the second worker, and how often it came there
        :param after: the same, called after it
        """
        self.set_cap(cap)
        self.addCleanup(self.set_cap, 0)
        with ExitStack() as stack:
            stack.enter_context(patch(f"{RUN}.PERSONS_PER_BATCH", 1))
            for name, hook in (before or {}).items():
                stack.enter_context(self.hooked(name, hook, None))
            for name, hook in (after or {}).items():
                stack.enter_context(self.hooked(name, None, hook))
            yield

    def set_cap(self, cap):
        with self.real() as env:
            env.company.rgpd_night_cap = cap

    def hooked(self, name, before, after):
        reasons = self.registry["rgpd.reason"]
        original = getattr(reasons, name)
        calls = {True: 0, False: 0}

        def call(model, *args):
            is_second = threading.current_thread() is self.second
            calls[is_second] += 1
            number = calls[is_second]
            if before:
                before(is_second, number)
            result = original(model, *args)
            if after:
                after(is_second, number)
            return result

        return patch.object(reasons, name, call)

    def get_certificates(self):
        """Return of how many persons there is one, and how many there are."""
        with self.real() as env:
            subjects = env["rgpd.subject"].search(
                [("res_model", "=", "res.partner"), ("res_id", "in", self.person_ids)]
            )
            uids = (
                env["rgpd.erasure"]
                .search([("subject_uid", "in", subjects.mapped("uid"))])
                .mapped("subject_uid")
            )
            return len(set(uids)), len(uids)

    def count_ends(self):
        """Return how often the journal says that a run ended."""
        with self.real() as env:
            runs = self.get_run(env)
            entries = env["rgpd.journal"].search([("kind", "=", "retention.run")])
            return len([e for e in entries if e.payload["run"] in runs.ids])


class TestNumberOfTheDay(TwoWorkersCase):
    def test_two_that_start_together_use_the_number_once(self):
        """Both have opened their run before either has saved anything."""

        def at_start(is_second, call):
            if is_second:
                self.rest()
            else:
                self.start_second()

        def at_lock(is_second, call):
            # Each has read what is left of the day, and none has saved
            if not is_second and call == 1:
                self.reached.clear()
                self.goes.set()
                self.second.join(SECONDS)

        with self.workers(
            cap=1, after={"_start_run": at_start}, before={"_lock_anchors": at_lock}
        ):
            self.run_night()
            self.join()
        self.assertEqual(self.count_masked(), 1)

    def test_what_the_other_saved_counts(self):
        """It worked after this one had begun, and before its first batch."""

        def at_run(is_second, call):
            if not is_second and call == 1:
                self.start_second()
                self.join()

        with self.workers(cap=2, before={"_run": at_run}):
            self.run_night()
        self.assertEqual(self.count_masked(), 2)
        with self.real() as env:
            self.assertEqual(sum(self.get_run(env).mapped("day_count")), 2)

    def test_what_the_other_saved_counts_behind_a_view_of_before(self):
        """The lock is free again, and the transaction sees nothing of who had it."""
        with self.workers(cap=2), self.real() as env:
            company = env.company
            self.assertEqual(env["rgpd.reason"]._get_left_today(company), 2)
            self.run_night()
            self.assertEqual(env["rgpd.reason"]._get_left_today(company), 0)


class TestTakenRun(TwoWorkersCase):
    """The second worker comes between two transactions of the first."""

    def pause_second(self, is_second, call):
        """The second worker rests in its first batch, behind its locks."""
        if is_second and call == 1:
            self.rest()

    def let_second_in(self, is_second, call):
        if not is_second and call == 1:
            self.start_second()

    def test_a_run_is_not_ended_under_the_hands_of_another_worker(self):
        hooks = {
            "before": {"_run": self.let_second_in},
            "after": {"_lock_anchors": self.pause_second},
        }
        with self.workers(**hooks):
            self.run_night()
            with self.real() as env:
                states = self.get_run(env).sorted("id").mapped("state")
            # The first went on in a run of its own
            self.assertEqual(states, ["running", "done"])
            self.assertEqual(self.count_masked(), 2)
            self.join()
        self.assertEqual(self.count_masked(), 3)
        self.assertEqual(self.get_certificates(), (3, 3))
        with self.real() as env:
            runs = self.get_run(env).sorted("id")
            self.assertEqual(runs.mapped("state"), ["done", "done"])
            self.assertEqual(runs.mapped("erased_count"), [1, 2])
        self.assertEqual(self.count_ends(), 2)

    def test_with_a_number_of_the_day_the_first_leaves(self):
        hooks = {
            "before": {"_run": self.let_second_in},
            "after": {"_lock_anchors": self.pause_second},
        }
        with self.workers(cap=50, **hooks):
            self.run_night()
            with self.real() as env:
                self.assertEqual(self.get_run(env).mapped("state"), ["running"])
            self.assertEqual(self.count_masked(), 0)
            self.join()
        self.assertEqual(self.count_masked(), 3)
        with self.real() as env:
            run = self.get_run(env)
            self.assertEqual((run.state, run.erased_count), ("done", 3))
        self.assertEqual(self.count_ends(), 1)

    def test_the_certificates_of_a_night_are_not_read_again(self):
        """Each batch would read those of all before it."""
        with self.workers():
            self.run_night()
        with self.real() as env:
            run = self.get_run(env)
            erasures = run.erasure_ids
            self.assertEqual(len(erasures), 3)
            env.invalidate_all()
            before = env.cr.sql_log_count
            run._add_erasures(erasures)
            self.assertEqual(env.cr.sql_log_count - before, 1)
            self.assertEqual(run.erasure_ids, erasures)

    def test_a_run_that_another_worker_ended_is_not_ended_again(self):
        def at_run(is_second, call):
            self.let_second_in(is_second, call)
            if not is_second:
                self.join()

        with self.workers(before={"_run": at_run}):
            self.run_night()
        self.assertEqual(self.count_masked(), 3)
        self.assertEqual(self.count_ends(), 1)
        with self.real() as env:
            self.assertEqual(self.get_run(env).mapped("state"), ["done"])

    @mute_logger("odoo.sql_db")
    def test_the_end_of_a_run_that_meets_a_conflict_is_tried_again(self):
        """Somebody writes on the run after the last look at it, before its end."""

        def touch(is_second, call):
            if call == 1:
                with self.real() as env:
                    env.cr.execute(
                        "UPDATE rgpd_retention_run SET kept_count = 7"
                        " WHERE id = ANY(%s)",
                        (self.get_run(env).ids,),
                    )

        with self.workers(after={"_run_documents": touch}):
            self.run_night()
        self.assertEqual(self.count_masked(), 3)
        with self.real() as env:
            run = self.get_run(env)
            self.assertEqual((run.state, run.kept_count), ("done", 7))
        self.assertEqual(self.count_ends(), 1)
