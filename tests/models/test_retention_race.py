"""What is saved while the night works, between its first look and its locks."""

import time
from contextlib import contextmanager
from threading import Event, Thread
from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo import Command
from odoo.tools import SQL, mute_logger

from .test_retention_night import FAMILY, RUN, RealNightCase

FRESH = RUN.replace("_night", "_fresh")
HOURS = RUN.replace("_night", "_hours")


class TestNightRace(RealNightCase):
    """Transactions of their own, saved after the night took its snapshot."""

    def run_night_with(self, save):
        """Run a night; somebody saves when it has chosen whom to erase."""
        reasons = self.registry["rgpd.reason"]
        original = reasons._lock_anchors
        calls = []

        def lock(night, subjects):
            calls.append(len(subjects))
            if len(calls) == 1:
                with self.real() as env:
                    save(env)
            return original(night, subjects)

        with patch.object(reasons, "_lock_anchors", lock):
            self.run_night()
        return calls

    def assertSaved(self):
        """The first person is whole and looked at again the day after."""
        self.assertIn(FAMILY, self.get_names()[0])
        self.assertEqual(self.count_masked(), 2)
        with self.real() as env:
            person = env["res.partner"].browse(self.person_ids[0])
            subject = env["rgpd.subject"]._of(person)
            self.assertTrue(subject.retention_retry)
            self.assertFalse(subject.erased_on)
            run = env["rgpd.simulation"].browse(self.simulation_id).run_ids
            self.assertEqual((run.state, run.erased_count), ("done", 2))
            subject.retention_retry = False
        self.run_night()
        self.assertIn(FAMILY, self.get_names()[0])

    def test_an_order_saved_before_the_lock_saves_the_person(self):
        self.run_night_with(
            lambda env: env["sale.order"].create({"partner_id": self.person_ids[0]})
        )
        self.assertSaved()

    def test_an_order_of_the_household_saves_the_person(self):
        """The address is as new as its order: the night has seen neither."""

        def save(env):
            address = env["res.partner"].create(
                {
                    "name": "Chez eux",
                    "type": "delivery",
                    "parent_id": self.person_ids[0],
                }
            )
            env["sale.order"].create({"partner_id": address.id})

        self.run_night_with(save)
        self.assertSaved()

    def test_a_request_saved_before_the_lock_saves_the_person(self):
        self.run_night_with(
            lambda env: env["rgpd.request"].create(
                {
                    "partner_id": self.person_ids[0],
                    "item_ids": [Command.create({"right": "access"})],
                }
            )
        )
        self.assertSaved()

    def test_a_hold_of_other_software_saves_the_person(self):
        """It computes no reason again: nothing else meets the night."""
        self.run_night_with(
            lambda env: env.cr.execute(
                """INSERT INTO rgpd_hold (name, kind, company_id, partner_id,
                                          date_start)
                   VALUES ('Litige 26/114', 'dispute', %s, %s, '2026-01-01')""",
                (env.company.id, self.person_ids[0]),
            )
        )
        self.assertSaved()

    def test_a_revoked_approval_stops_before_the_next_batch(self):
        with patch(f"{RUN}.PERSONS_PER_BATCH", 1):
            calls = self.run_night_with(
                lambda env: (
                    env["rgpd.simulation"]
                    .browse(self.simulation_id)
                    ._decide({"state": "revoked"})
                )
            )
        self.assertEqual(calls, [1])
        self.assertEqual(self.count_masked(), 1)

    def test_the_end_of_a_worker_is_nobodys_failure(self):
        """Odoo raises it wherever the worker is."""
        eraser = self.registry["rgpd.eraser"]
        end = Exception("CPU time limit exceeded.")
        with (
            patch.object(eraser, "_erase_batch", side_effect=end),
            self.assertRaisesRegex(Exception, "CPU time limit"),
        ):
            self.run_night()
        self.assertEqual(self.count_masked(), 0)
        with self.real() as env:
            persons = env["res.partner"].browse(self.person_ids)
            subjects = env["rgpd.subject"]._of(persons)
            self.assertFalse(subjects.filtered("retention_retry"))
        self.run_night()
        self.assertEqual(self.count_masked(), 3)


class TestNightConflicts(RealNightCase):
    """What stops a night, and whom it leaves for another day."""

    def get_postponed(self):
        with self.real() as env:
            subjects = env["rgpd.subject"].browse(self.get_subject_ids(env))
            return subjects.filtered("retention_retry").mapped("res_id")

    def get_calls(self):
        """Return when the job is asked to come back."""
        with self.real() as env:
            cron = env.ref("rgpd_fichier_client.rgpd_retention_cron")
            triggers = env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
            return triggers.filtered(lambda t: t.id > self.starts[t._table])

    @contextmanager
    def altered(self, table):
        """Somebody alters a table, and waits for the night that reads it."""
        started, alter = Event(), []

        def run():
            with self.registry.cursor() as cr:
                cr.execute("SET LOCAL lock_timeout = '20s'")
                started.set()
                cr.execute(SQL("LOCK TABLE %s", SQL.identifier(table)))

        def begin():
            alter.append(Thread(target=run))
            alter[0].start()
            self.assertTrue(started.wait(10))
            self.wait_for_lock()

        yield begin
        alter[0].join(30)
        self.assertFalse(alter[0].is_alive())

    def wait_for_lock(self):
        """Wait until somebody waits for a lock."""
        for _rank in range(100):
            with self.registry.cursor() as cr:
                cr.execute(
                    """SELECT 1 FROM pg_locks JOIN pg_database d ON d.oid = database
                        WHERE NOT granted AND d.datname = current_database()"""
                )
                if cr.fetchone():
                    return
            time.sleep(0.1)
        self.fail("nobody waits")

    @mute_logger("odoo.sql_db")
    def test_a_table_that_is_altered_is_nobodys_fault(self):
        reasons = self.registry["rgpd.reason"]
        original = reasons._lock_anchors
        calls = []

        with self.altered("rgpd_hold") as begin:

            def lock(night, subjects):
                calls.append(len(subjects))
                if len(calls) == 1:
                    # The night has read it, and its second look is to read it again
                    night.env.cr.execute("SELECT FROM rgpd_hold LIMIT 1")
                    with self.real() as env:
                        # Somebody saved something: the second look looks
                        env["res.partner"].create({"name": "Passant"})
                    begin()
                return original(night, subjects)

            with (
                patch.object(reasons, "_lock_anchors", lock),
                patch(f"{FRESH}.LOCK_TIMEOUT", "1s"),
            ):
                self.run_night()
        self.assertEqual(calls, [3])
        self.assertEqual(self.count_masked(), 0)
        self.assertFalse(self.get_postponed())
        self.assertTrue(self.get_calls())
        self.run_night()
        self.assertEqual(self.count_masked(), 3)

    @mute_logger("odoo.sql_db")
    def test_the_number_of_the_day_waits_for_nobody_who_waits_for_the_night(self):
        with self.real() as env:
            company = env.company
            company.rgpd_night_cap = 50
            self.addCleanup(self.set_cap, 0)
        with self.altered("rgpd_retention_run") as begin, self.real() as env:
            env.cr.execute("SELECT FROM rgpd_retention_run LIMIT 1")
            begin()
            with patch(f"{HOURS}.LOCK_TIMEOUT", "1s"):
                left = env["rgpd.reason"]._get_left_today(company.with_env(env))
            self.assertEqual(left, 0)
        self.assertTrue(self.get_calls())
        with self.real() as env:
            self.assertEqual(env["rgpd.reason"]._get_left_today(env.company), 50)

    def set_cap(self, cap):
        with self.real() as env:
            env.company.rgpd_night_cap = cap

    def run_with_conflicts(self, name, is_conflict):
        """Run a night whose method meets a conflict where the function says so."""
        reasons = self.registry["rgpd.reason"]
        original = getattr(reasons, name)
        calls = []

        def call(night, *args, **kwargs):
            found = original(night, *args, **kwargs)
            calls.append(found)
            if len(calls) > 50:
                raise AssertionError("for ever")
            if is_conflict(len(calls), args):
                raise SerializationFailure
            return found

        with patch.object(reasons, name, call):
            self.run_night()
        return calls

    def test_a_conflict_before_anybody_is_chosen_ends_the_call(self):
        calls = self.run_with_conflicts("_get_due", lambda call, args: True)
        self.assertEqual(len(calls), 5)
        self.assertFalse(self.get_postponed())
        self.assertTrue(self.get_calls())

    def test_each_person_is_tried_again_before_they_wait(self):
        """Conflicts of others: the second one alone meets one once."""
        met = []

        def is_conflict(call, args):
            ids = args[1].mapped("res_id")
            if len(ids) > 1 or ids == self.person_ids[:1]:
                return True
            met.extend(ids)
            return ids == self.person_ids[1:2] and met.count(ids[0]) == 1

        self.run_with_conflicts("_treat_due", is_conflict)
        self.assertEqual(self.get_postponed(), self.person_ids[:1])
        self.assertEqual(self.count_masked(), 2)

    def test_a_night_that_was_paused_ends_with_its_approval(self):
        with self.real() as env:
            simulation = env["rgpd.simulation"].browse(self.simulation_id)
            run = env["rgpd.reason"]._start_run(simulation, simulation)
            self.assertEqual(run.state, "running")
            simulation.with_user(simulation.approved_by).action_revoke()
            self.assertEqual(run.state, "lapsed")
            self.assertTrue(run.date_end)
        self.run_night()
        self.assertEqual(self.count_masked(), 0)
