"""What is saved while the night works, between its first look and its locks."""

from unittest.mock import patch

from odoo import Command

from .test_retention_night import FAMILY, RUN, RealNightCase


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
