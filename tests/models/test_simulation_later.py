"""A simulation of a large customer file is computed in the background."""

from contextlib import ExitStack
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tools import mute_logger

from odoo.addons.base.models import ir_cron

from .erasure_common import ErasureCase

RETENTION = "odoo.addons.rgpd_fichier_client.models.retention"
LATER = f"{RETENTION}.rgpd_simulation_later"
COUNTS = ["erase_count", "review_count", "held_count", "archive_count", "keep_count"]
COUNTS += ["document_count", "invoice_count"]
STEPS = ["_refresh_reasons", "_refresh_documents", "_fill_lines"]


class TestSimulationLater(ErasureCase):
    def simulate(self, large=0):
        """Compute on what counts as a large database."""
        simulation = self.env["rgpd.simulation"].with_user(self.dpo).create({})
        with patch(f"{LATER}.LARGE", large):
            simulation.action_compute()
        return simulation

    def run_job(self, *times):
        """Run the job; ``times`` is what is left to it after each of its commits."""
        left, seen = [*times], []
        cron = self.registry["ir.cron"]
        commit = cron._commit_progress

        def commit_progress(cron_, *args, **kwargs):
            result = commit(cron_, *args, **kwargs)
            return left.pop(0) if left else result

        def note(name):
            original = getattr(self.registry["rgpd.simulation"], name)

            def call(simulation):
                seen.append(name)
                return original(simulation)

            return call

        job = self.env.ref("rgpd_fichier_client.rgpd_simulation_cron")
        with ExitStack() as stack:
            stack.enter_context(self.enter_registry_test_mode())
            if times:  # Odoo calls a job that has not ended ten times at once
                stack.enter_context(patch.object(ir_cron, "MIN_RUNS_PER_JOB", 1))
                stack.enter_context(patch.object(ir_cron, "MIN_TIME_PER_JOB", 0))
            stack.enter_context(patch.object(cron, "_commit_progress", commit_progress))
            for name in STEPS:
                registry = self.registry["rgpd.simulation"]
                stack.enter_context(patch.object(registry, name, note(name)))
            job.method_direct_trigger()
        self.env.invalidate_all()
        return seen

    def test_it_finds_what_is_found_at_once(self):
        at_once = self.simulate(10**9)
        self.assertEqual(at_once.state, "computed")
        simulation = self.simulate()
        self.assertEqual(simulation.state, "computing")
        self.assertFalse(simulation.line_ids)
        self.assertFalse(simulation.date_computed)
        self.assertEqual(self.run_job(), STEPS)
        self.assertEqual(simulation.state, "computed")
        for name in COUNTS:
            self.assertEqual(simulation[name], at_once[name], name)
        self.assertGreater(simulation.erase_count, 0)
        self.assertEqual(
            set(simulation.line_ids.mapped(lambda s: (s.subject_id.id, s.decision))),
            set(at_once.line_ids.mapped(lambda s: (s.subject_id.id, s.decision))),
        )
        self.assertEqual(simulation.books_state, "done")
        self.assertTrue(simulation.is_current)
        simulation.confirm_count = simulation.erase_count
        simulation.action_approve()
        self.assertEqual(simulation.state, "approved")

    def test_nobody_approves_what_is_being_computed(self):
        simulation = self.simulate()
        with self.assertRaisesRegex(UserError, "being computed"):
            simulation.action_approve()
        self.assertEqual(simulation.state, "computing")

    def test_numbers_of_before_are_not_approved_meanwhile(self):
        simulation = self.simulate(10**9)
        simulation.confirm_count = simulation.erase_count
        with patch(f"{LATER}.LARGE", 0):
            simulation.action_compute()
        with self.assertRaisesRegex(UserError, "being computed"):
            simulation.action_approve()
        self.run_job()
        self.assertEqual((simulation.state, simulation.confirm_count), ("computed", 0))

    def test_each_step_is_saved(self):
        simulation = self.simulate()
        self.assertEqual(self.run_job(9, 0), STEPS[:1])
        self.assertEqual(round(simulation.compute_progress), 33)
        self.assertEqual(self.run_job(9, 0), STEPS[1:2])
        self.assertEqual(round(simulation.compute_progress), 67)
        self.assertEqual(simulation.state, "computing")
        self.assertEqual(self.run_job(), STEPS[2:])
        self.assertEqual(simulation.state, "computed")

    def test_rules_changed_between_two_steps_begin_anew(self):
        simulation = self.simulate()
        self.run_job(9, 0)
        self.env.ref("rgpd_fichier_client.rgpd_purpose_quote").active_delay = 20
        self.assertEqual(self.run_job(), STEPS)
        self.assertTrue(simulation.is_current)
        expected = self.simulate(10**9)
        self.assertEqual(simulation.erase_count, expected.erase_count)

    def test_computed_again_it_begins_anew(self):
        simulation = self.simulate()
        self.run_job(9, 0)
        with patch(f"{LATER}.LARGE", 0):
            simulation.action_compute()
        self.assertEqual(simulation.compute_progress, 0)
        self.assertEqual(self.run_job(), STEPS)
        self.assertEqual(simulation.state, "computed")

    def test_computed_again_under_the_hands_of_the_job(self):
        simulation = self.simulate()
        registry = self.registry["rgpd.simulation"]
        original = registry._refresh_reasons

        def refresh(model):
            model._decide({"books_turn": model.books_turn + 1, "step": 0})
            return original(model)

        with patch.object(registry, "_refresh_reasons", refresh):
            self.assertEqual(self.run_job(), STEPS[:1])
        self.assertEqual(simulation.state, "computing")

    @mute_logger(LATER)
    def test_a_failure_is_told_and_nothing_is_approved(self):
        simulation = self.simulate()
        with patch.object(
            self.registry["rgpd.document"], "_refresh", side_effect=ZeroDivisionError
        ):
            self.run_job()
        self.assertEqual((simulation.state, simulation.is_failed), ("draft", True))
        with self.assertRaises(UserError):
            simulation.action_approve()
        with patch(f"{LATER}.LARGE", 10**9):
            simulation.action_compute()
        self.assertEqual((simulation.state, simulation.is_failed), ("computed", False))

    def test_so_many_came_that_their_first_computation_goes_before(self):
        simulation = self.simulate()
        with patch.object(
            self.registry["rgpd.reason"], "_count_to_compute", return_value=10000
        ):
            self.assertEqual(self.run_job(), [])
        self.assertEqual(simulation.state, "computing")
        self.assertEqual(self.run_job(), STEPS)

    def test_state_and_step_are_not_values_to_write(self):
        for vals in ({"state": "computing"}, {"step": 2}):
            with self.assertRaisesRegex(Exception, "by its buttons"):
                self.simulate(10**9).write(vals)
