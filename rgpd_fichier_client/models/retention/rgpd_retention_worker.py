import time

from psycopg2.errors import LockNotAvailable

from odoo import api, fields, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

from ...core.retention import night
from ..datamap import conflict

# Of a worker that begins: then as many as it does in some seconds
FIRST_BATCH = 250
# What a row found by an index costs the planner, beside 1 for the next one of a table:
# of a disk without a moving arm (4 by default)
PAGE_COST = 1.1
# A batch that meets a conflict is tried so many times before a smaller one is
ATTEMPTS = 2
COMPANY_LOCK = "rgpd.retention.run/company"


class RunOverError(Exception):
    """Another worker goes on with the run, or has ended it; or the DPO stopped it."""


class RgpdRetentionRun(models.Model):
    _inherit = "rgpd.retention.run"

    def _take(self):
        """Take the turn until the end of the transaction.

        :return: False when another worker counts in this run: the two would undo each
            other's batches; or one is at work for a company that has a number of the
            day: each would use up what is left of it
        """
        self.ensure_one()
        if not self.env["rgpd.reason"]._take_company(self.company_id):
            return False
        query = "SELECT pg_try_advisory_xact_lock(hashtext(%s), %s)"
        return self.env.execute_query(SQL(query, self._name, self.id))[0][0]

    def _is_open(self):
        """Tell whether this run may still be worked on."""
        self.ensure_one()
        return self.state == "running" and self.simulation_id.state == "approved"

    def _lapse(self):
        """End those that are open: what the DPO approved does not hold any more.

        A worker that is in a batch of one meets a conflict, and leaves it.
        """
        open_runs = self.filtered(lambda run: run.state == "running")
        open_runs.write({"state": "lapsed", "date_end": fields.Datetime.now()})


class RgpdReason(models.Model):
    """How workers share a night: one batch after the other, whoever else is at it."""

    _inherit = "rgpd.reason"

    # === WHOSE TURN === #

    def _take_company(self, company):
        """Lock the night of a company until the end of the transaction.

        For one worker alone when the company has a number of the day; else for all
        of them, so that the one that sees a new number waits for the others.

        :return: False when another worker is at it
        """
        shared = SQL("" if company.rgpd_night_cap else "_shared")
        query = SQL(
            "SELECT pg_try_advisory_xact_lock%s(hashtext(%s), %s)",
            shared,
            COMPANY_LOCK,
            company.id,
        )
        return self.env.execute_query(query)[0][0]

    def _count_workers(self, company):
        """Return how many workers are in a batch for a company, this one included."""
        query = SQL(
            """SELECT count(*) FROM pg_locks l
                 JOIN pg_database d ON d.oid = l.database
                WHERE l.locktype = 'advisory' AND d.datname = current_database()
                  AND l.classid::bigint = hashtext(%s)::bigint & 4294967295
                  AND l.objid::bigint = %s""",
            COMPANY_LOCK,
            company.id,
        )
        return self.env.execute_query(query)[0][0]

    def _get_share(self, run, limit, count):
        """Return how many of those left this worker may take, if it is not alone.

        :param count: of a number, returns how many are left, so many at most
        """
        workers = self._count_workers(run.company_id) if count else 1
        if workers < 2:
            return limit
        return night.get_share(limit, count(2 * workers * limit), workers)

    def _take_turn(self, run):
        """Begin a batch: what a commit let go of is taken, and looked at, again.

        :raise RunOverError: this worker is to leave the run
        """
        if not run._take() or not run._is_open():
            raise RunOverError
        self._set_up_planner(self.env.cr)

    @api.model
    def _set_up_planner(self, cr):
        """Have the questions about a batch answered by the indexes; for this one alone.

        Whole tables of 100,000 rows would be read for 2,000 persons, though what they
        have is mostly side by side and in memory. Whoever configured less keeps it.
        """
        self._spare_compiling(cr)
        cr.execute(
            """SELECT set_config('random_page_cost', %s, TRUE)
                WHERE current_setting('random_page_cost')::float > %s""",
            (str(PAGE_COST), PAGE_COST),
        )

    @api.model
    def _spare_compiling(self, cr):
        """Have no statement of this transaction compiled.

        The larger the file, the more what is asked of it seems to cost, and the longer
        PostgreSQL compiles it: half a second of a million persons, of whom nobody is
        due and no row is read.
        """
        cr.execute("SET LOCAL jit = off")

    def _work(self, run, simulations):
        """Work for a company; return False when the time of the cron is over.

        Whose run was taken over between two batches goes on in another one, unless
        the company wants one worker at a time.
        """
        cron = self.env["ir.cron"]
        while True:
            try:
                return self._run(run, simulations.company_id)
            except RunOverError:
                if not cron._commit_progress(0):
                    return False
            if run.company_id.rgpd_night_cap or not run._is_open():
                return True
            run = self._insist(lambda run=run: self._open_own_run(run, simulations))
            if run.state != "running":
                return True

    def _open_own_run(self, run, simulations):
        self._spare_compiling(self.env.cr)
        own = self._start_run(run.simulation_id, simulations)
        self.env["ir.cron"]._commit_progress(0)
        return own

    # === CONFLICTS === #

    def _insist(self, work):
        """Do something that commits, again when it meets a conflict."""
        return conflict.insist(self.env, work)

    def _undo_batch(self):
        conflict.undo(self.env)

    # === BATCHES === #

    def _work_off(self, run, get_due, treat, postpone=None, waiting=None, count=None):
        """Treat batch after batch; commits after each.

        A conflict with somebody who is editing undoes the batch only: it is tried
        again, then in smaller ones, and who is still being edited waits a day. Nobody
        waits for a table that is being altered, nor for a conflict that has nothing to
        do with them: the job comes back later.

        :param get_due: of a number, returns so many persons at most, locked
        :param treat: does the work for these persons
        :param postpone: leaves them for some days; by default persons
        :param waiting: of a run, returns what must find its part of the day left
        :param count: of a number, returns how many are left, so many at most: the last
            ones are shared among the workers
        :return: ``done``, ``paused`` (hours, number of the day) or ``stopped`` (the
            time of the cron is over, no evidence can be written, or to come back later:
            most persons are unknown, or a table is being altered)
        :raise RunOverError: this worker is to leave the run
        """
        cron = self.env["ir.cron"]
        pace, conflicts, is_asked = FIRST_BATCH, 0, False
        while True:
            start, due = time.monotonic(), None
            try:
                self._take_turn(run)
                limit = min(self._get_batch_size(run, waiting), pace)
                if not limit:
                    return "paused"
                due = get_due(self._get_share(run, limit, count))
                if not due:
                    return "done"
                if not self._may_treat(run, is_asked):
                    return "stopped"
                is_asked, size = True, len(due)
                treat(due)
                has_time = cron._commit_progress(size)
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY as error:
                self._undo_batch()
                conflicts += 1
                if self._is_hopeless(error, due, conflicts):
                    return self._leave_for_later()
                if due and conflicts >= ATTEMPTS:
                    pace = self._take_apart(due, postpone or self._postpone)
                    # Who comes next has done nothing yet
                    conflicts *= len(due) > 1
                has_time = cron._commit_progress(0)
            else:
                pace = night.get_pace(size, time.monotonic() - start)
                conflicts = 0
            if not has_time:
                return "stopped"

    def _may_treat(self, run, is_asked):
        """Tell whether a batch may be treated; commits when it may not.

        :param is_asked: whether most persons are known was asked before a batch of
            before: it takes a while, and a night with nobody to treat does not ask
        """
        if not is_asked and not self._is_first_done():
            self._leave_for_later()
            return False
        if not self._check_evidence(run.simulation_id):
            self.env["ir.cron"]._commit_progress(remaining=0)
            return False
        return True

    def _is_hopeless(self, error, due, conflicts):
        """Tell whether a conflict is the fault of nobody who could be left out."""
        is_busy = isinstance(error, LockNotAvailable)
        return is_busy or (not due and conflicts >= conflict.MOST_ATTEMPTS)

    def _leave_for_later(self):
        """End this call; the next one is in some minutes."""
        self._come_back()
        self.env["ir.cron"]._commit_progress(remaining=0)
        return "stopped"

    def _take_apart(self, due, postpone):
        """Return how many to try next after a batch that failed again and again.

        Who fails alone is left for a day: they, and nobody else who comes first now.
        """
        if len(due) == 1:
            self._insist(lambda: self._leave_failed(due, postpone))
        return max(len(due) // 2, 1)

    def _leave_failed(self, due, postpone):
        """Postpone who a batch failed on, unless another worker has them now."""
        free = due.try_lock_for_update(allow_referencing=True)
        if free:
            postpone(free, days=1)
        self.env["ir.cron"]._commit_progress(0)
