"""The first computation is saved slice by slice, and goes on where it was stopped."""

from datetime import timedelta
from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo import fields
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.base.models import ir_cron

from .real_common import RealCase
from .retention_common import RetentionCase
from .test_retention_night import RealNightCase

MODELS = "odoo.addons.rgpd_fichier_client.models"
SIZES = {
    f"{MODELS}.datamap.rgpd_subject_first.SLICE": 2,
    f"{MODELS}.datamap.rgpd_subject_first.MANY": 1,
    f"{MODELS}.retention.rgpd_reason_first.SLICE": 2,
    f"{MODELS}.retention.rgpd_reason_first.MANY": 1,
}
ROWS = """
SELECT s.res_model, s.res_id, s.active, s.is_natural, s.natural_evidence, s.is_in_file,
       s.company_id, s.phase, s.date_next, s.date_retention, s.date_last_contact,
       s.legal_basis, s.last_purpose_id, s.retention_company_id,
       r.purpose_id, r.rule_id, r.company_id, r.legal_basis, r.date_start,
       r.date_active_end, r.date_archive_end, r.fact_kind, r.hold_id
  FROM rgpd_subject s LEFT JOIN rgpd_reason r ON r.subject_id = s.id
 WHERE s.res_model = 'res.partner' AND s.res_id = ANY(%s)
 ORDER BY s.res_id, r.purpose_id, r.company_id, r.rule_id
"""


class Killed(KeyboardInterrupt):
    """Stops a job where a killed worker would."""


class TestReasonFirst(RetentionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Reason._refresh()
        cls.people = cls.env["res.partner"].create([{"name": "Test"}] * 5)
        for name, size in SIZES.items():
            cls.startClassPatcher(patch(name, size))

    def refresh_unknown(self, *times):
        """Refresh while the cron has time for so many steps."""
        left = [*times]
        with patch.object(
            self.registry["ir.cron"],
            "_commit_progress",
            lambda _cron, *_args, **_kwargs: left.pop(0) if left else 9,
        ):
            return self.Reason._refresh_unknown()

    def get_rows(self):
        self.env.flush_all()
        return self.env.execute_query(SQL(ROWS, self.people.ids))

    def test_a_job_whose_time_is_over_keeps_what_it_did_and_goes_on(self):
        # It begins: three slices of persons, two slices of reasons, the time is over
        self.assertIs(self.refresh_unknown(9, 9, 9, 9, 9, 0), False)
        subjects = self.subject(self.people).sorted("id")
        phases = [bool(subject.phase) for subject in subjects]
        self.assertEqual(phases, [True, True, True, True, False])
        self.assertIs(self.refresh_unknown(), True)
        self.assertEqual(set(subjects.mapped("phase")), {"active"})
        self.assertTrue(all(subject.reason_ids for subject in subjects))

    def test_the_persons_alone_may_use_up_the_time(self):
        self.assertIs(self.refresh_unknown(9, 9, 0), False)
        self.assertEqual(len(self.get_rows()), 4)
        self.assertIs(self.refresh_unknown(9, 9, 9), True)
        self.assertEqual(self.Reason._count_to_compute(), 0)

    def test_slices_give_what_one_piece_gives(self):
        self.new_order(self.people[1], "2024-03-01")
        self.new_invoice(self.people[2], "2019-03-01")
        home = {"name": "Chez eux", "parent_id": self.people[3].id, "type": "delivery"}
        self.new_order(self.env["res.partner"].create(home), "2025-03-01")
        # Colleagues at the two ends: one lives on what the other ordered
        firm = self.env["res.partner"].create({"name": "SARL", "is_company": True})
        contact = {"name": "Test", "parent_id": firm.id}
        self.people += self.env["res.partner"].create([contact] * 4)
        self.new_order(self.people[-1], "2025-03-01")
        self.refresh_unknown()
        rows = self.get_rows()
        self.subject(self.people).unlink()
        self.Reason._refresh()
        self.assertEqual(rows, self.get_rows())
        self.assertGreater(len(rows), 12)

    def test_a_slice_reads_the_facts_of_its_persons_and_of_their_households(self):
        home = {"name": "Chez eux", "parent_id": self.people[1].id, "type": "delivery"}
        home = self.env["res.partner"].create(home)
        for partner in (home, self.people[0], self.people[1], self.people[4]):
            self.new_order(partner, "2025-03-01")
        subject = self.subject(self.people[1])
        some = range(subject.id, subject.id + 1)
        self.assertEqual(self.read_facts(some), {self.people[1].id, home.id})
        with patch(f"{MODELS}.retention.rgpd_reason_builder_person.MOST_SCATTERED", 0):
            every = self.read_facts(some)
        self.assertLessEqual({home.id, *self.people[:2].ids, self.people[4].id}, every)

    def read_facts(self, some):
        self.env.flush_all()
        self.env["rgpd.reason.builder"]._build(some)
        query = SQL("SELECT DISTINCT res_id FROM rgpd_tmp_fact")
        return {row[0] for row in self.env.execute_query(query)}

    def test_who_is_known_or_erased_is_not_looked_at_again(self):
        self.refresh_unknown()
        subject = self.subject(self.people)[0]
        subject.write({"phase": False, "erased_on": "2026-01-01"})
        self.assertEqual(self.Reason._count_to_compute(), 0)

    def test_who_gets_no_phase_does_not_hold_the_job(self):
        with patch.object(self.registry["rgpd.reason"], "_refresh_subjects"):
            self.assertIs(self.refresh_unknown(), True)
            # Nor when the time of the job is over after a slice
            self.assertIs(self.refresh_unknown(9, 0), True)

    def test_few_unknown_persons_are_left_to_the_whole_refresh(self):
        with patch(f"{MODELS}.datamap.rgpd_subject_first.MANY", 6):
            self.assertIs(self.refresh_unknown(), True)
        self.assertEqual(self.get_rows(), [])

    def test_the_cron_tells_what_is_left(self):
        calls = []
        with patch.object(
            self.registry["ir.cron"],
            "_commit_progress",
            lambda _cron, done=0, remaining=None: calls.append((done, remaining)) or 9,
        ):
            self.assertIs(self.Reason._cron_refresh(), True)
        persons, reasons = [(2, 1), (2, 1), (1, 1)], [(2, 4), (2, 2), (1, 1)]
        self.assertEqual(calls, [(0, None), *persons, *reasons, (1, 0)])


class TestReasonFirstKilled(RealCase):
    """Transactions of its own: what is not committed is lost."""

    def setUp(self):
        super().setUp()
        with self.real() as env:
            env["rgpd.data.map"]._discover()
            env["rgpd.reason"]._refresh()
            names = [{"name": f"Camille Test {rank}"} for rank in range(5)]
            people = env["res.partner"].create(names)
            self.ids = people.ids
            moment = fields.Datetime.now() - timedelta(days=365 * 5 + 30)
            env.cr.execute(
                "UPDATE res_partner SET create_date = %s WHERE id = ANY(%s)",
                (moment, self.ids),
            )
            groups = ("rgpd_fichier_client.group_rgpd_dpo", "base.group_user")
            values = {
                "name": "DPO of the first computation",
                "login": "rgpd_first_dpo",
                "group_ids": [fields.Command.link(env.ref(name).id) for name in groups],
            }
            self.dpo_id = env["res.users"].create(values).id
            env["rgpd.subject"]._refresh_model("res.partner", [self.get_partner(env)])
        for name, size in SIZES.items():
            patcher = patch(name, size)
            patcher.start()
            self.addCleanup(patcher.stop)

    def get_partner(self, env):
        return env["res.users"].browse(self.dpo_id).partner_id.id

    def kill_after(self, commits):
        """Run the job and stop it after so many commits; what follows is lost."""
        cron = self.registry["ir.cron"]
        original = cron._commit_progress
        left = [commits]

        def commit(cron_, *args, **kwargs):
            result = original(cron_, *args, **kwargs)
            left[0] -= 1
            if not left[0]:
                # Work of the next slice, never saved
                cron_.env.cr.execute("UPDATE rgpd_subject SET phase = 'expired'")
                raise Killed
            return result

        with (
            patch.object(cron, "_commit_progress", commit),
            self.assertRaises(Killed),
            self.real() as env,
        ):
            env["rgpd.reason"]._cron_refresh()

    def get_rows(self):
        with self.real() as env:
            return env.execute_query(SQL(ROWS, self.ids))

    def get_phases(self):
        return [row[7] for row in self.get_rows()]

    def test_killed_between_slices_then_finished(self):
        self.kill_after(3)  # it begins, and two slices of persons
        self.assertEqual(self.get_phases(), [None] * 4)
        self.check_nothing_is_decided(5)
        self.kill_after(3)  # it begins, the last slice of persons, the first of reasons
        self.assertEqual(self.get_phases(), ["expired"] * 2 + [None] * 3)
        self.check_nothing_is_decided(3)
        with self.real() as env:
            self.assertIs(env["rgpd.reason"]._cron_refresh(), True)
        rows = self.get_rows()
        self.assertEqual(self.get_phases(), ["expired"] * 5)
        with self.real() as env:
            self.assertEqual(env["rgpd.reason"]._count_to_compute(), 0)
            subjects = env["rgpd.subject"]._of(env["res.partner"].browse(self.ids))
            subjects.unlink()
            env["rgpd.reason"]._refresh()
        self.assertEqual(rows, self.get_rows())

    def check_nothing_is_decided(self, count):
        """The DPO is told how many are left; there is nothing to approve."""
        with self.real() as env:
            simulation = env["rgpd.simulation"].with_user(self.dpo_id).create({})
            action = simulation.action_compute()
            self.assertEqual(action["tag"], "display_notification")
            self.assertIn(f"{count} persons are left", action["params"]["message"])
            self.assertEqual(simulation.state, "draft")
            # One that was computed before so many came
            simulation.sudo()._decide({"state": "computed"})
            with self.assertRaisesRegex(UserError, "for the first time"):
                simulation.action_approve()
            simulation.unlink()
            env["rgpd.reason"]._cron_retention()
            people = env["res.partner"].browse(self.ids)
            self.assertTrue(all("Camille" in partner.name for partner in people))

    def test_a_second_worker_leaves_the_persons_to_the_first(self):
        with self.real() as env:
            self.assertTrue(env["rgpd.subject"]._take_first())
            with self.real() as other:
                self.assertIs(other["rgpd.reason"]._cron_refresh(), False)
                self.assertEqual(other["rgpd.subject"]._cron_refresh(), 0)
        self.assertEqual(self.get_rows(), [])

    def run_job(self):
        """Run the job as Odoo does, in a worker that has no time to spare.

        :return: what is left by its account, and when it is called again before its day
        """
        with (
            patch.object(ir_cron, "MIN_TIME_PER_JOB", 0),
            patch.object(ir_cron, "MIN_RUNS_PER_JOB", 1),
            self.real() as env,
        ):
            job = env.ref("rgpd_fichier_client.rgpd_reason_refresh_cron")
            job.method_direct_trigger()
        with self.real() as env:
            domain = [("cron_id", "=", job.id)]
            progress = env["ir.cron.progress"].search(domain, order="id desc", limit=1)
            calls = env["ir.cron.trigger"].search(domain).mapped("call_at")
            env["ir.cron.trigger"].search(domain).unlink()
            return progress.remaining, calls

    def finish(self):
        """Run the job until it says that it has ended; return how often it ran."""
        for turn in range(1, 30):
            left, calls = self.run_job()
            if not left:
                self.assertEqual(calls, [])
                return turn
        raise AssertionError(left)

    def test_a_worker_without_time_ends_although_some_never_get_a_phase(self):
        """Whoever a removed add-on left, or whose record other software deleted."""
        with self.real() as env:
            env.cr.execute(
                """INSERT INTO rgpd_subject (res_model, res_id, uid, active, is_natural,
                                             is_in_file)
                   SELECT model, 2000000000 + n, 'gone' || model || n, TRUE, TRUE, TRUE
                     FROM unnest(ARRAY['gone.lead', 'res.partner']) AS model,
                          generate_series(1, 3) AS n"""
            )
        # Three slices of persons, three of reasons, and everybody
        self.assertEqual(self.finish(), 7)
        self.assertEqual(self.get_phases(), ["expired"] * 5)
        with self.real() as env:
            self.assertEqual(env["rgpd.reason"]._count_to_compute(), 0)

    def meanwhile(self, model, method, work):
        """Have another transaction save something when the job looked, once."""
        registry = self.registry[model]
        original, calls = getattr(registry, method), []

        def call(model_, *args):
            result = original(model_, *args)
            if not calls:
                with self.real() as other:
                    work(other)
            calls.append(args)
            return result

        return patch.object(registry, method, call), calls

    def test_a_user_who_opens_a_person_does_not_put_it_off(self):
        """Both make the row of one person: the slice meets a conflict."""
        look, calls = self.meanwhile(
            "rgpd.subject",
            "_get_unknown_anchors",
            lambda env: env["rgpd.subject"]._of(env["res.partner"].browse(self.ids[0])),
        )
        with look:
            self.assertEqual(self.finish(), 6)
        self.assertEqual([args[-1] for args in calls[:2]], [0, 0], "tried again")
        self.assertEqual(self.get_phases(), ["expired"] * 5)

    def test_nor_does_one_whose_reasons_are_computed_meanwhile(self):
        look, calls = self.meanwhile(
            "rgpd.reason",
            "_get_unknown",
            lambda env: env["rgpd.reason"]._refresh(
                env["res.partner"].browse(self.ids[0])
            ),
        )
        with look:
            self.finish()
        self.assertEqual(calls[:2], [(0,), (0,)], "tried again")
        self.assertEqual(self.get_phases(), ["expired"] * 5)

    def test_after_many_conflicts_it_comes_back_in_a_moment(self):
        for model, method in (
            ("rgpd.subject", "_fill_slice"),
            ("rgpd.reason", "_refresh_slice"),
        ):
            before = fields.Datetime.now()
            with patch.object(
                self.registry[model], method, side_effect=SerializationFailure
            ):
                left, calls = 1, []
                while left:
                    left, calls = self.run_job()
            self.assertEqual(len(calls), 1, method)
            self.assertLess(calls[0] - before, timedelta(minutes=5))
            if method == "_fill_slice":
                with self.real() as env:
                    env["rgpd.subject"]._refresh()
        self.assertEqual(self.get_phases(), [None] * 5)


class TestNightBeforeTheEnd(RealNightCase):
    """The DPO approved, then so many persons came that most are unknown."""

    def come(self):
        with self.real() as env:
            env["res.partner"].create({"name": "Camille Test"})

    def get_calls(self, name):
        with self.real() as env:
            job = env.ref(f"rgpd_fichier_client.{name}")
            calls = env["ir.cron.trigger"].search([("cron_id", "=", job.id)])
            return calls.filtered(lambda call: call.id > self.starts[call._table])

    def test_nothing_is_erased_until_everybody_is_known(self):
        self.come()
        with patch(f"{MODELS}.retention.rgpd_reason_first.MANY", 1):
            self.run_night()
            self.assertEqual(self.count_masked(), 0)
            self.assertTrue(self.get_calls("rgpd_reason_refresh_cron"), "it goes on")
            self.assertTrue(self.get_calls("rgpd_retention_cron"), "and comes back")
            with self.real() as env:
                run = self.get_run(env)
                self.assertEqual((run.state, run.erased_count), ("running", 0))
                env["rgpd.reason"]._cron_refresh()
            self.run_night()
        self.assertEqual(self.count_masked(), 3)
        with self.real() as env:
            run = self.get_run(env)
            self.assertEqual((run.state, run.erased_count), ("done", 3))

    def test_a_night_with_nobody_to_erase_does_not_ask(self):
        self.run_night()
        self.come()
        with (
            patch(f"{MODELS}.retention.rgpd_reason_first.MANY", 1),
            patch.object(
                self.registry["rgpd.reason"],
                "_is_first_done",
                side_effect=AssertionError,
            ),
        ):
            self.run_night()
        with self.real() as env:
            self.assertEqual(set(self.get_run(env).mapped("state")), {"done"})
