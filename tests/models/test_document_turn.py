"""Documents wait for the persons, at night and in the sweep."""

from unittest.mock import patch

from odoo import fields
from odoo.tools import mute_logger

from .document_common import DocumentCase

SWEEP = "odoo.addons.rgpd_fichier_client.models.retention.rgpd_erasure_sweep"


class TestDocumentTurn(DocumentCase):
    def new_expired_person(self, number=7):
        """Make somebody whom nothing keeps any more."""
        person = self.new_customer("Soizic Tanguy", number)
        order = self.new_order(person, years=20)
        person.message_ids.unlink()
        self.env.cr.execute(
            "UPDATE res_partner SET create_date = '2001-01-01' WHERE id = %s",
            (person.id,),
        )
        person.invalidate_recordset()
        self.refresh()
        subject = self.env["rgpd.subject"]._of(person)
        self.assertEqual(subject.phase, "expired")
        return person, order

    def test_a_cap_is_for_persons_first(self):
        person, _order = self.new_expired_person()
        self.env.company.rgpd_night_cap = 1
        simulation = self.approve()
        self.assertGreaterEqual(simulation.document_count, 1)
        self.run_night()
        run = simulation.run_ids
        self.assertTrue(self.env["rgpd.subject"]._of(person).erased_on)
        self.assertEqual((run.erased_count, run.document_count), (1, 0))
        self.assertEqual(run.state, "running")
        self.assertTrue(self.get_traces(self.old, "Kervella"))

    def test_persons_that_fill_the_number_do_not_starve_documents(self):
        """Four due persons, four due orders, four a day: each kind has its part."""
        persons = [self.new_expired_person(number)[0] for number in range(10, 14)]
        orders = [self.old] + [self.new_order(self.customer, 12) for _ in range(3)]
        self.env.company.rgpd_night_cap = 4
        self.refresh()
        simulation = self.approve()
        self.run_night()
        run = simulation.run_ids
        self.assertEqual((run.erased_count, run.document_count), (3, 1))
        self.assertEqual(run.state, "running")
        # Asked again on the same day, nothing more
        self.run_night()
        self.assertEqual((run.erased_count, run.document_count), (3, 1))
        reason = self.env.registry["rgpd.reason"]
        tomorrow = fields.Date.add(self.env["rgpd.reason"]._get_today(), days=1)
        with patch.object(reason, "_get_today", lambda model: tomorrow):
            self.run_night()
        # What one kind does not need goes to the other
        self.assertEqual((run.erased_count, run.document_count), (4, 4))
        subjects = self.env["rgpd.subject"]._of(persons[0].union(*persons))
        self.assertTrue(all(subjects.mapped("erased_on")))
        self.assertFalse([o for o in orders if self.get_traces(o, "Kervella")])

    def test_what_few_documents_need_not_is_for_persons(self):
        for number in range(10, 14):
            self.new_expired_person(number)
        self.env.company.rgpd_night_cap = 8
        simulation = self.approve()
        self.run_night()
        run = simulation.run_ids
        self.assertEqual((run.erased_count, run.document_count), (4, 1))

    def test_without_a_cap_both_go_the_same_night(self):
        self.new_expired_person()
        simulation = self.approve()
        self.run_night()
        run = simulation.run_ids
        self.assertEqual((run.erased_count, run.state), (1, "done"))
        self.assertFalse(self.get_traces(self.old, "Kervella"))

    def test_a_call_that_goes_on_computes_nothing_again(self):
        """The first call of the day looks at everything, the next ones only work."""
        simulation = self.approve()
        night = self.env["rgpd.reason"]
        table = self.env.registry["rgpd.document"]
        with patch.object(table, "_refresh_passed") as refresh:
            run = night._start_run(simulation, simulation)
            self.assertEqual(refresh.call_count, 1)
            run._count_persons(1)
            self.assertEqual(night._start_run(simulation, simulation), run)
            self.assertEqual(refresh.call_count, 1)
            run.day = "2001-01-01"
            night._start_run(simulation, simulation)
            self.assertEqual(refresh.call_count, 2)


class TestDocumentCertificates(DocumentCase):
    def setUp(self):
        super().setUp()
        more = self.new_order(self.other, years=12)
        self.erasures = self.env["rgpd.eraser"]._erase_documents(self.old | more)
        self.assertEqual(len(self.erasures), 2)

    def sweep(self):
        with self.enter_registry_test_mode():
            self.env.ref(
                "rgpd_fichier_client.rgpd_erasure_sweep_cron"
            ).method_direct_trigger()
        self.env.invalidate_all()

    def test_the_sweep_closes_persons_first(self):
        person = self.new_customer("Soizic Tanguy", 7)
        whole = self.env["rgpd.eraser"]._erase(person, "request")
        order = []
        engine = self.env.registry["rgpd.erasure"]
        original = engine._close

        def close(erasure, hits):
            order.append(erasure.id)
            return original(erasure, hits)

        with patch.object(engine, "_close", close):
            self.sweep()
        self.assertEqual(order, [whole.id, *self.erasures.sorted("id").ids])
        self.assertEqual(set(self.erasures.mapped("state")), {"closed"})

    @mute_logger(SWEEP)
    def test_one_that_fails_stops_no_other(self):
        first, second = self.erasures.sorted("id")
        engine = self.env.registry["rgpd.erasure"]
        original = engine._prepare_digest

        def fail(erasure):
            if erasure == first:
                raise ValueError("Non")
            return original(erasure)

        with patch.object(engine, "_prepare_digest", fail):
            self.sweep()
        self.assertEqual((first.state, second.state), ("masked", "closed"))
        self.sweep()
        self.assertEqual(first.state, "closed")

    def test_what_the_time_leaves_waits_for_the_next_call(self):
        first, second = self.erasures.sorted("id")
        cron = self.env.registry["ir.cron"]
        asked = []

        def commit(_cron, processed=0, *, remaining=None, deactivate=False):
            asked.append((processed, remaining))
            return 0

        with (
            patch(f"{SWEEP}.CERTIFICATES_PER_BATCH", 1),
            patch.object(cron, "_commit_progress", commit),
        ):
            self.env["rgpd.erasure"]._close_documents()
        self.assertEqual((first.state, second.state), ("closed", "masked"))
        self.assertEqual(asked, [(1, 1)])
