"""The night with real transactions: what is committed here is removed after."""

from datetime import timedelta
from threading import Event, Thread
from unittest.mock import patch

from psycopg2 import OperationalError
from psycopg2.errors import DeadlockDetected, SerializationFailure

from odoo import fields
from odoo.tools import SQL, mute_logger

from .filestore import remove_orphan_files
from .real_common import RealCase

RUN = "odoo.addons.rgpd_fichier_client.models.retention.rgpd_retention_night"
WARNING = "odoo.addons.rgpd_fichier_client.models.retention.rgpd_end_warning_night"
SETTINGS = ["rgpd_warning_days", "rgpd_stay_question"]
FAMILY = "Nuit-de-Test"


class RealNightCase(RealCase):
    def setUp(self):
        super().setUp()
        with self.real() as env:
            remove_orphan_files(env)
            env["rgpd.data.map"]._discover()
            self.person_ids = self.prepare(env)
            self.simulation_id = self.approve(env)

    def prepare(self, env):
        """Make three prospects whom nobody heard of for five years."""
        partners = env["res.partner"].create(
            [
                {
                    "name": f"{FAMILY} {rank}",
                    "email": f"nuit{rank}@courriel.example",
                    "company_id": env.company.id,
                }
                for rank in range(3)
            ]
        )
        for partner in partners:
            partner.message_post(body=f"{partner.name} a téléphoné")
        env.flush_all()
        moment = fields.Datetime.now() - timedelta(days=365 * 5 + 30)
        for table in ("res_partner", "mail_message"):
            column = "id" if table == "res_partner" else "res_id"
            env.cr.execute(
                SQL(
                    "UPDATE %s SET create_date = %s WHERE %s = ANY(%s)",
                    SQL.identifier(table),
                    moment,
                    SQL.identifier(column),
                    partners.ids,
                )
            )
        env.invalidate_all()
        return partners.ids

    def approve(self, env):
        dpo = self.new_dpo(env)
        simulation = env["rgpd.simulation"].with_user(dpo).create({})
        simulation.action_compute()
        simulation.confirm_count = simulation.erase_count
        simulation.action_approve()
        return simulation.id

    def new_dpo(self, env):
        group = env.ref("rgpd_fichier_client.group_rgpd_dpo")
        return env["res.users"].create(
            {
                "name": "DPO of the night",
                "login": "rgpd_night_dpo",
                "group_ids": [
                    fields.Command.link(group.id),
                    fields.Command.link(env.ref("base.group_user").id),
                ],
            }
        )

    def get_names(self):
        with self.real() as env:
            return env["res.partner"].browse(self.person_ids).mapped("name")

    def count_masked(self):
        return sum(FAMILY not in (name or "") for name in self.get_names())

    def get_run(self, env):
        return env["rgpd.simulation"].browse(self.simulation_id).run_ids

    def get_subject_ids(self, env):
        persons = env["res.partner"].browse(self.person_ids)
        return env["rgpd.subject"]._of(persons).ids

    def run_night(self):
        with self.real() as env:
            env["rgpd.reason"]._cron_retention()


class TestRealNight(RealNightCase):
    def test_a_killed_night_goes_on_where_it_was(self):
        """Two persons are done and committed, the third waits for the next call."""
        eraser = self.registry["rgpd.eraser"]
        original = eraser._erase
        calls = []

        def die_at_third(engine, records, ground, motive=None):
            calls.append(records.ids)
            if len(calls) == 3:
                raise KeyboardInterrupt
            return original(engine, records, ground, motive)

        with (
            patch(f"{RUN}.PERSONS_PER_BATCH", 1),
            patch.object(eraser, "_erase", die_at_third),
            self.assertRaises(KeyboardInterrupt),
        ):
            self.run_night()
        self.assertEqual(self.count_masked(), 2)
        with self.real() as env:
            run = self.get_run(env)
            self.assertEqual(run.state, "running")
            self.assertEqual((run.erased_count, len(run.erasure_ids)), (2, 2))
        self.run_night()
        self.assertEqual(self.count_masked(), 3)
        with self.real() as env:
            run = self.get_run(env)
            self.assertEqual(len(run), 1)
            self.assertEqual(run.state, "done")
            self.assertEqual((run.erased_count, run.due_count), (3, 3))
            uids = run.erasure_ids.mapped("subject_uid")
            self.assertEqual(len(set(uids)), 3)

    def test_an_order_made_before_the_night_saves_the_person(self):
        with self.real() as env:
            env["sale.order"].create({"partner_id": self.person_ids[0]})
        self.run_night()
        self.assertIn(FAMILY, self.get_names()[0])
        self.assertEqual(self.count_masked(), 2)

    def test_an_order_in_another_transaction_saves_the_person(self):
        """A salesperson's transaction is open while the night runs."""
        with self.real() as env:
            env["sale.order"].create({"partner_id": self.person_ids[0]})
            env.flush_all()
            self.run_night()
            self.assertEqual(self.count_masked(), 2)
        self.assertIn(FAMILY, self.get_names()[0])
        with self.real() as env:
            subject = env["rgpd.subject"]._of(
                env["res.partner"].browse(self.person_ids[0])
            )
            self.assertTrue(subject.retention_retry)
            # the day after: the order is a reason, the person is kept
            subject.retention_retry = False
        self.run_night()
        self.assertIn(FAMILY, self.get_names()[0])

    def disturb(self, person_id):
        """Somebody edits the messages of this person and saves."""
        with self.real() as env:
            env.cr.execute(
                """UPDATE mail_message SET reply_to = 'x'
                    WHERE model = 'res.partner' AND res_id = %s""",
                (person_id,),
            )

    def run_disturbed_night(self, is_disturbed):
        """Run a night in which edits are saved between its lock and its writes."""
        eraser = self.registry["rgpd.eraser"]
        original = eraser._erase
        calls = []

        def erase(engine, records, ground, motive=None):
            calls.append(len(records))
            ids = [subject.res_id for subject in records]
            for person_id in is_disturbed(len(calls), ids):
                self.disturb(person_id)
            return original(engine, records, ground, motive)

        with patch.object(eraser, "_erase", erase), mute_logger("odoo.sql_db"):
            self.run_night()
        return calls

    def test_a_batch_that_meets_a_conflict_is_tried_again(self):
        calls = self.run_disturbed_night(lambda call, ids: ids[:1] if call == 1 else [])
        self.assertEqual(calls, [3, 3])
        self.assertEqual(self.count_masked(), 3)
        with self.real() as env:
            run = self.get_run(env)
            self.assertEqual((run.state, run.erased_count), ("done", 3))

    def test_who_is_edited_all_the_time_waits_and_stops_nobody(self):
        """Twice as a batch, then one by one; the one in the way waits a day."""
        busy = self.person_ids[0]
        calls = self.run_disturbed_night(
            lambda call, ids: [busy] if busy in ids else []
        )
        self.assertEqual(calls, [3, 3, 1, 1, 1])
        self.assertEqual(self.count_masked(), 2)
        self.assertIn(FAMILY, self.get_names()[0])
        with self.real() as env:
            subject = env["rgpd.subject"]._of(env["res.partner"].browse(busy))
            self.assertEqual(
                subject.retention_retry,
                fields.Date.add(env["rgpd.reason"]._get_today(), days=1),
            )
            self.assertEqual(self.get_run(env).state, "done")
            subject.retention_retry = False
        self.run_night()
        self.assertEqual(self.count_masked(), 3)

    def test_a_deadlock_ends_and_the_night_goes_on(self):
        """Each of the two holds what the other wants; the database picks one."""
        person_id = self.person_ids[0]
        holds, goes = Event(), Event()
        victims = []

        def edit():
            with self.registry.cursor() as cr:
                cr.execute(
                    """UPDATE mail_message SET reply_to = 'x'
                        WHERE model = 'res.partner' AND res_id = %s""",
                    (person_id,),
                )
                holds.set()
                goes.wait(30)
                try:
                    cr.execute(
                        "UPDATE res_partner SET ref = 'x' WHERE id = %s", (person_id,)
                    )
                except OperationalError as error:
                    victims.append(type(error))
                    cr.rollback()

        editor = Thread(target=edit)
        eraser = self.registry["rgpd.eraser"]
        original = eraser._erase

        def erase(engine, records, ground, motive=None):
            goes.set()
            return original(engine, records, ground, motive)

        with patch.object(eraser, "_erase", erase), mute_logger("odoo.sql_db"):
            editor.start()
            self.assertTrue(holds.wait(30))
            self.run_night()
            editor.join(30)
        self.assertFalse(editor.is_alive())
        self.assertLessEqual(set(victims), {DeadlockDetected, SerializationFailure})
        self.assertEqual(self.count_masked(), 3)
        with self.real() as env:
            self.assertEqual(self.get_run(env).state, "done")
            self.assertEqual(self.get_run(env).erased_count, 3)

    def test_two_workers_share_the_persons(self):
        """Who is locked by another worker is left to it."""
        with self.real() as env:
            company = env.company
            first = env["rgpd.reason"]._get_due(company, 2)
            self.assertEqual(len(first), 2)
            with self.real() as other:
                rest = other["rgpd.reason"]._get_due(other.company, 10)
                self.assertFalse(set(first.ids) & set(rest.ids))
                self.assertTrue(rest)

    def test_a_second_worker_counts_in_a_run_of_its_own(self):
        """The counts of two workers in one row would undo each other's batches."""
        with self.real() as env:
            simulation = env["rgpd.simulation"].browse(self.simulation_id)
            first = env["rgpd.reason"]._start_run(simulation, simulation)
            env.cr.commit()
            self.assertTrue(first._take())
            due = env["rgpd.reason"]._get_due(env.company, 1)
            self.assertEqual(due.id, min(self.get_subject_ids(env)))
            self.run_night()
            first_id = first.id
        self.assertEqual(self.count_masked(), 2)
        with self.real() as env:
            runs = self.get_run(env)
            second = runs.filtered(lambda run: run.id != first_id)
            self.assertEqual(len(second), 1)
            self.assertEqual((second.state, second.erased_count), ("done", 2))
            self.assertFalse((runs - second).erased_count)
        self.run_night()
        self.assertEqual(self.count_masked(), 3)
        with self.real() as env:
            uids = self.get_run(env).erasure_ids.mapped("subject_uid")
            self.assertEqual((len(uids), len(set(uids))), (3, 3))

    def test_two_workers_begin_at_the_two_ends(self):
        with self.real() as env, self.real() as other:
            first = env["rgpd.reason"]._get_due(env.company, 1)
            last = other["rgpd.reason"]._get_due(other.company, 1)
            ids = self.get_subject_ids(env)
            self.assertEqual((first.id, last.id), (min(ids), max(ids)))

    def test_two_workers_archive_from_the_two_ends(self):
        """Neighbours share rows: side by side the two would undo each other."""
        with self.real() as env:
            ids = self.get_subject_ids(env)
            env.cr.execute(
                "UPDATE rgpd_subject SET phase = 'archive', date_next = '2999-01-01'"
                " WHERE id = ANY(%s)",
                (ids,),
            )
        with self.real() as env, self.real() as other:
            first = env["rgpd.reason"]._get_due_archive(env.company, 1)
            last = other["rgpd.reason"]._get_due_archive(other.company, 1)
            self.assertEqual((first.id, last.id), (min(ids), max(ids)))

    def test_two_workers_share_the_last_persons(self):
        with self.real() as env, self.real() as other:
            reasons, company = env["rgpd.reason"], env.company
            run = reasons._start_run(
                env["rgpd.simulation"].browse(self.simulation_id),
                env["rgpd.simulation"].browse(self.simulation_id),
            )
            self.assertTrue(run._take())
            self.assertEqual(reasons._get_share(run, 2000, lambda limit: 3000), 2000)
            self.assertTrue(other["rgpd.reason"]._take_company(other.company))
            self.assertEqual(reasons._count_workers(company), 2)
            self.assertEqual(reasons._get_share(run, 2000, lambda limit: 3000), 750)
            self.assertEqual(reasons._count_due(company, company), 3)
            self.assertEqual(reasons._count_due(company, company, 2), 2)
        self.run_night()
        self.assertEqual(self.count_masked(), 3)


class TestRealWarning(RealNightCase):
    """The warnings with real transactions: nobody is told or asked twice."""

    def prepare(self, env):
        """The same persons, heard of three years ago less a fortnight."""
        ids = super().prepare(env)
        persons = env["res.partner"].browse(ids)
        moment = fields.Datetime.subtract(fields.Datetime.now(), years=3)
        for table, column in (("res_partner", "id"), ("mail_message", "res_id")):
            env.cr.execute(
                SQL(
                    "UPDATE %s SET create_date = %s WHERE %s = ANY(%s)",
                    SQL.identifier(table),
                    moment + timedelta(days=14),
                    SQL.identifier(column),
                    ids,
                )
            )
        self.addCleanup(self.set_company, env.company.read(SETTINGS)[0])
        env.company.write({"rgpd_warning_days": 30, "rgpd_stay_question": True})
        seller = env["res.users"].create(
            {
                "name": "Salesperson of the night",
                "login": "rgpd_night_seller",
                "group_ids": [
                    fields.Command.link(
                        env.ref("sales_team.group_sale_salesman_all_leads").id
                    )
                ],
            }
        )
        persons.user_id = seller
        version = env["rgpd.notice"]._get_version("prospect_email_b2c", "email")
        for person in persons:
            env["rgpd.consent"]._record(
                person, "prospect_email_b2c", "email", "given", version=version
            )
        env.flush_all()
        return ids

    def set_company(self, values):
        with self.real() as env:
            env["res.company"].browse(values.pop("id")).write(values)

    def warn(self):
        with self.real() as env:
            env["rgpd.end.warning"]._cron_warn()

    def count_told(self):
        """Return how many rows, messages and tasks these persons have."""
        with self.real() as env:
            persons = env["res.partner"].browse(self.person_ids)
            subjects = env["rgpd.subject"]._of(persons)
            warnings = env["rgpd.end.warning"].search(
                [("subject_id", "in", subjects.ids)]
            )
            mails = env["mail.mail"].search(
                [
                    ("model", "=", "res.partner"),
                    ("res_id", "in", self.person_ids),
                    ("rgpd_purpose_code", "!=", False),
                ]
            )
            activities = env["mail.activity"].search(
                [("res_model", "=", "res.partner"), ("res_id", "in", self.person_ids)]
            )
            return len(warnings), len(mails), len(activities)

    def test_a_killed_job_goes_on_where_it_was(self):
        model = self.registry["rgpd.end.warning"]
        original = model._warn
        calls = []

        def die_at_second(warnings, subjects, company, approved):
            calls.append(subjects.ids)
            result = original(warnings, subjects, company, approved)
            if len(calls) == 2:
                raise KeyboardInterrupt
            return result

        with patch(f"{WARNING}.PERSONS_PER_BATCH", 1):
            with (
                patch.object(model, "_warn", die_at_second),
                self.assertRaises(KeyboardInterrupt),
            ):
                self.warn()
            self.assertEqual(self.count_told(), (1, 1, 1))
            self.warn()
            self.assertEqual(self.count_told(), (3, 3, 3))
            self.warn()
        self.assertEqual(self.count_told(), (3, 3, 3))

    def test_two_workers_share_the_persons(self):
        """Who is being told by another worker is left to it."""
        with patch(f"{WARNING}.PERSONS_PER_BATCH", 2), self.real() as env:
            warnings = env["rgpd.end.warning"]
            company = env.company
            first = warnings._get_coming(company, company)
            self.assertEqual(len(first), 2)
            self.warn()
            self.assertEqual(self.count_told(), (1, 1, 1))
            warnings._warn(first, company, company)
        self.assertEqual(self.count_told(), (3, 3, 3))


class TestRealArchive(RealNightCase):
    """Who is archived, as other transactions of the same process see it."""

    def test_a_thread_that_reads_meanwhile_keeps_nothing_old(self):
        """Reading between the change and its commit must not outlive the commit."""
        person_id = self.person_ids[0]
        with self.real() as old:
            # a transaction that began before the change, and goes on after it
            old["res.partner"].browse(person_id).name  # noqa: B018
            with self.real() as env:
                subject = env["rgpd.subject"]._of(env["res.partner"].browse(person_id))
                env["rgpd.vault"]._archive(subject)
                with self.real() as meanwhile:
                    self.assertFalse(meanwhile["rgpd.vault"]._has_bit(person_id))
            # in its own snapshot nobody is archived; that is for itself alone
            self.assertFalse(old["rgpd.vault"]._has_bit(person_id))
            with self.real() as after:
                self.assertTrue(after["rgpd.vault"]._has_bit(person_id))
        with self.real() as later:
            self.assertTrue(later["rgpd.vault"]._has_bit(person_id))
            vaults = later["rgpd.vault"]._of(
                later["rgpd.subject"]._of(later["res.partner"].browse(person_id))
            )
            vaults._restore("by_hand")
        with self.real() as env:
            self.assertFalse(env["rgpd.vault"]._has_bit(person_id))
