from odoo import api, fields, models
from odoo.tools import SQL

from ...core.retention import night
from ..journal.sql_array import int_array
from .rgpd_eraser import FRESH

PERSONS_PER_BATCH = 2000
DAYS_BEFORE_RETRY = 7


class RgpdReason(models.Model):
    """The night: who is refreshed, then erased, company by company."""

    _inherit = "rgpd.reason"

    # === CRONS === #

    @api.model
    def _cron_refresh(self):
        """Compute the reasons of everybody again; nightly, before the retention.

        :return: False when the first computation, made in slices, is to go on
        """
        if not self._refresh_unknown():
            return False
        self._refresh()
        # Saved first: a DPO who decides at this moment must not undo all of it
        self.env["ir.cron"]._commit_progress(1, remaining=0)
        for simulation in self.env["rgpd.simulation"].search(
            [("state", "=", "approved")]
        ):
            kept = self._count_kept(simulation.company_id)
            simulation._decide({"kept_count": kept})
        return True

    @api.model
    def _cron_retention(self):
        """Erase those whom nothing keeps any more; commits after each batch.

        Only for companies whose DPO approved a simulation, as long as the rules are
        those of the simulation (invariant 3). Killed at any point, the next call goes
        on: what is done is committed, and a person is masked wholly or not at all.

        Only those whose stored date has passed are looked at: it is a lower bound, new
        contacts only postpone (invariant 2). Who is new, or lost a reason by a change
        that nobody told of, comes with the next ``_cron_refresh``.
        """
        simulations, runs = self._insist(self._begin_night)
        for run in runs:
            if run.state == "running" and not self._work(run, simulations):
                return

    def _begin_night(self):
        """Open the runs of those who may begin now; commits.

        :return: the simulations that are valid, and the runs of this worker
        """
        self._spare_compiling(self.env.cr)
        self._refresh_passed()
        simulations = self.env["rgpd.simulation"]._get_valid()
        self._close_lapsed(simulations)
        cron = self.env["ir.cron"]
        if simulations and not self._check_evidence(simulations):
            # Nothing is left for this night: the next one tries again
            cron._commit_progress(remaining=0)
            return simulations, []
        # Who rests, or has done enough for today, waits: a run that is open stays open
        ready = simulations.filtered(self._may_begin)
        runs = [self._start_run(sim, simulations) for sim in ready]
        cron._commit_progress(
            remaining=sum(
                self._count_left(run, simulations.company_id)
                for run in runs
                if run.state == "running"
            )
        )
        return simulations, runs

    @api.model
    def _refresh_passed(self):
        """Compute the reasons of those whose phase ended before today."""
        # sudo: rgpd.subject - the side table of everybody
        subjects = self.env["rgpd.subject"].sudo().with_context(active_test=False)
        passed = subjects.search([("date_next", "<", self._get_today())])
        return self._refresh_subjects(passed)

    def _get_open_runs(self, simulation):
        return self.env["rgpd.retention.run"].search(
            [("simulation_id", "=", simulation.id), ("state", "=", "running")]
        )

    def _start_run(self, simulation, simulations):
        """Open the run of a company, or go on with the one a kill left open.

        One that another worker is at is left to it.
        """
        company = simulation.company_id
        runs = self._get_open_runs(simulation)
        run = next((run for run in runs if run._take()), runs.browse())
        due = self._count_due(company, simulations.company_id)
        # Everybody is counted by the refresh, which looks at everybody anyway
        kept = simulation.kept_count or self._count_kept(company)
        values = {"due_count": run.erased_count + due, "kept_count": kept}
        if run:
            run.write(values)
        else:
            run = run.create({"simulation_id": simulation.id, **values})
        if due and due > simulation._get_most():
            run.write({"state": "stopped", "date_end": fields.Datetime.now()})
            self._warn_stopped(run, simulation)
        return run

    def _run(self, run, companies):
        """Erase batch by batch; return False when the time of the cron is over.

        When the part of the persons in the number of the day is used up, the others get
        theirs; what they do not need comes back to the persons.
        """
        outcome = self._run_persons(run, companies)
        if outcome == "paused" and self._get_left_today(run.company_id):
            outcome = self._run_others(run)
            if outcome == "done":
                outcome = self._run_persons(run, companies)
        if outcome == "done":
            return self._end_run(run)
        return outcome == "paused" and self._pause(run)

    def _run_persons(self, run, companies):
        return self._work_off(
            run,
            lambda limit: self._get_due(run.company_id, limit, companies),
            lambda due: self._treat_due(run, due),
            waiting=self._get_waiting_parts,
            count=lambda limit: self._count_due(run.company_id, companies, limit),
        )

    def _run_others(self, run):
        """Work for what shares the number of the day; hook for lower topics.

        :return: as ``_work_off``
        """
        return "done"

    def _get_waiting_parts(self, run):
        """Return what waits behind the persons with its part, see ``core`` night."""
        return []

    def _treat_due(self, run, due):
        """Erase the persons of a batch whom nothing keeps and nobody works on."""
        due = self._leave_known(self._lock_anchors(due))
        # A new order a minute ago is a reason: look again at these persons
        self._refresh_subjects(due)
        due = self._leave_newer(due).filtered(lambda s: s.phase == "expired")
        review = due.filtered(
            lambda s: s.last_purpose_id.end_action in ("review", "archive")
        )
        self._ask_review(run, review)
        self._erase_due(run, due - review)

    @api.model
    def _leave_known(self, due):
        """Return the persons without those whom a contact stands for since today."""
        models_ = self.env["rgpd.data.map"]._get_stranger_models()
        strangers = due.filtered(lambda subject: subject.res_model in models_)
        if not strangers:
            return due
        strangers._refresh_records()
        strangers.invalidate_recordset(["active"], flush=False)
        return due - strangers.filtered(lambda subject: not subject.active)

    def _end_run(self, run):
        """End a run; commits.

        :return: False when the time of the cron is over
        """
        return self._insist(lambda: self._close_run(run))

    def _close_run(self, run):
        # Nobody else counts in it now, nor later: they look at its state
        self._take_turn(run)
        run.write({"state": "done", "date_end": fields.Datetime.now()})
        self._warn_done(run)
        self.env["rgpd.journal"]._record(
            "retention.run",
            None,
            {
                "run": run.id,
                "erased": run.erased_count,
                "failed": run.failed_count,
                "review": run.review_count,
                "kept": run.kept_count,
                "archived": run.archived_count,
                "ended": run.ended_count,
            },
            company=run.company_id,
        )
        return bool(self.env["ir.cron"]._commit_progress(0))

    def _get_batch_size(self, run, waiting=None):
        """Return how many persons the next batch may hold; 0 to stop for now.

        :param waiting: see ``_work_off``
        """
        left = self._get_left_today(run.company_id)
        if left == 0 or self._is_blackout(run.company_id):
            return 0
        # Without a limit nobody counts who waits
        others = waiting(run) if waiting and left is not None else []
        return night.batch_size(left, PERSONS_PER_BATCH, others)

    def _pause(self, run):
        """Leave the run open for the next call, and ask for none at once."""
        self._may_start(run.company_id)
        self.env["ir.cron"]._commit_progress(remaining=0)
        return True

    def _lock_anchors(self, subjects):
        """Lock the records of these persons; return those nobody is working on.

        Who inserts an order or a message for a person holds a share lock on the record
        until its commit: such a person waits for the next night instead of being erased
        under the salesperson's hands. From here on such an insert waits for our commit.
        """
        free = set()
        for model, subject_of in subjects._get_keys().items():
            # sudo: any anchor - the cron locks records it may not read by a rule
            records = self.env[model].sudo().browse(subject_of)
            free |= {subject_of[i] for i in records.try_lock_for_update()._ids}
        locked = subjects.browse(i for i in subjects._ids if i in free)
        self._postpone(subjects - locked, days=1)
        return locked

    def _erase_due(self, run, subjects):
        """Erase one batch; who fails is tried again later and stops nobody else."""
        if not subjects:
            return
        # Their reasons were computed a moment ago, behind the same locks
        eraser = self.env["rgpd.eraser"].with_context(rgpd_reasons=FRESH)
        erasures = eraser._erase(subjects, "retention").with_env(self.env)
        failed = erasures._get_failed()
        done = subjects - self._note_failures(subjects, failed)
        tried_before, staying = self._get_left_over(done)
        tried_before.write({"retention_error": False, "retention_retry": False})
        # Of whom nothing was kept the eraser noted it
        # sudo: side tables of persons, written by the engine alone
        self._refresh_subjects(staying.sudo())
        still_due = staying.filtered(lambda s: s.phase == "expired")
        # Nothing may turn the loop for ever
        self._postpone(still_due)
        run._count_persons(len(erasures - failed))
        run._add_erasures(erasures - failed)
        run.write(
            {
                "erased_count": run.erased_count + len(erasures - failed),
                "failed_count": run.failed_count + len(failed),
            }
        )

    def _note_failures(self, subjects, failed):
        """Write the causes on the persons who could not be erased; return them."""
        causes = {erasure.subject_uid: erasure.error for erasure in failed}
        if not causes:
            return subjects.browse()
        waiting = subjects.filtered(lambda s: s.uid in causes)
        self._postpone(waiting)
        for subject in waiting:
            subject.retention_error = causes[subject.uid]
        return waiting

    def _get_left_over(self, subjects):
        """Return those tried before, and those with a phase: something is left of them.

        Of nearly nobody after an erasure: their rows are not read again for it.
        """
        subjects.flush_recordset()
        rows = self.env.execute_query(
            SQL(
                """SELECT id, phase, num_nonnulls(retention_error, retention_retry) > 0
                     FROM rgpd_subject
                    WHERE id = ANY(%s) AND num_nonnulls(
                          phase, retention_error, retention_retry) > 0""",
                int_array(subjects.ids),
            )
        )
        tried_before = [row_id for row_id, _phase, was_tried in rows if was_tried]
        staying = [row_id for row_id, phase, _was_tried in rows if phase]
        return subjects.browse(tried_before), subjects.browse(staying)

    def _postpone(self, subjects, days=DAYS_BEFORE_RETRY):
        if subjects:
            retry = fields.Date.add(self._get_today(), days=days)
            subjects.write({"retention_retry": retry})

    def _ask_review(self, run, subjects):
        """Persons whose rule ends in a review wait for a human decision."""
        if subjects:
            self._postpone(subjects)
            run.review_count += len(subjects)
