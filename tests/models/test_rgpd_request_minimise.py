from odoo.fields import Date
from odoo.tests import freeze_time

from .request_common import RequestCase


class TestMinimise(RequestCase):
    """A request leaves too: after its own period only figures are left of it."""

    def answered(self):
        with freeze_time("2020-03-02 10:00:00"):
            request = self.request("access", date_received=Date.to_date("2020-03-02"))
            request.text = "Please send me what you hold, Jeanne Exemple."
            request.item_ids.write({"decision": "granted", "note": "Jeanne called."})
            self.draft(request, "access").action_send()
        self.assertEqual(request.state, "answered")
        return request

    def setUp(self):
        super().setUp()
        self.dpo = self.new_user("dpo", login="minimise_dpo")

    def approve(self):
        """Let the DPO approve a simulation of the company; return it."""
        simulation = self.env["rgpd.simulation"].with_user(self.dpo).create({})
        simulation.action_compute()
        simulation.confirm_count = simulation.erase_count
        simulation.action_approve()
        return simulation

    def trigger(self):
        """Run one night of the retention."""
        with self.enter_registry_test_mode():
            self.env.ref(
                "rgpd_fichier_client.rgpd_retention_cron"
            ).method_direct_trigger()
        self.env.invalidate_all()

    def test_nothing_goes_without_the_approval_of_the_dpo(self):
        request = self.answered()
        with freeze_time("2026-03-10 10:00:00"):
            self.trigger()
            self.assertFalse(request.date_minimised)
            self.assertEqual(request.retention_phase, "expired")
            simulation = self.approve()
            self.assertEqual(simulation.request_due_count, 1)
            self.trigger()
        self.assertTrue(request.date_minimised)
        run = simulation.run_ids.sorted("id")[-1]
        self.assertEqual(run.minimised_count, 1)
        self.assertEqual(simulation.request_due_count, 0)

    def test_phases_and_reason(self):
        request = self.answered()
        requests = self.env["rgpd.request"]
        for day, phase in (
            ("2021-03-02", "active"),
            ("2021-03-03", "archive"),
            ("2026-03-02", "archive"),
            ("2026-03-03", "expired"),
        ):
            with freeze_time(f"{day} 10:00:00"):
                requests._refresh_retention()
                request.invalidate_recordset()
                self.assertEqual(request.retention_phase, phase, day)
                domain = [("retention_phase", "=", phase), ("id", "=", request.id)]
                self.assertEqual(requests.search(domain), request)
        self.assertEqual(request.date_archive_end, Date.to_date("2026-03-02"))
        self.assertIn("Art. 12 to 22 GDPR", request.retention_reason)

    def test_a_reopened_request_has_no_end(self):
        request = self.answered()
        request.action_reopen()
        self.env["rgpd.request"]._refresh_retention()
        self.assertFalse(request.date_closed or request.date_archive_end)

    def test_a_hold_keeps_the_request_too(self):
        request = self.answered()
        hold = self.env["rgpd.hold"].create(
            {"name": "Dispute 12/2020", "partner_id": self.person.id}
        )
        with freeze_time("2026-03-10 10:00:00"):
            self.approve()
            self.trigger()
            self.assertFalse(request.date_minimised)
            hold.lift_reason = "Judgment"
            hold.action_lift()
            self.trigger()
        self.assertTrue(request.date_minimised)

    def test_many_requests_cost_few_queries(self):
        with freeze_time("2020-03-02 10:00:00"):
            requests = self.env["rgpd.request"].create(
                [
                    {"text": f"Words {rank}", "requester_name": f"Person {rank}"}
                    for rank in range(60)
                ]
            )
            requests.action_cancel()
        self.env["rgpd.request"]._refresh_retention()
        self.env.flush_all()
        few, many = requests[:5], requests[5:]
        few._minimise()
        self.env.flush_all()
        start = self.env.cr.sql_log_count
        many._minimise()
        self.env.flush_all()
        self.assertLess(self.env.cr.sql_log_count - start, 150)
        self.assertFalse(any(requests.mapped("text")))
        entries = self.env["rgpd.journal"].search_count(
            [("kind", "=", "request.minimised")]
        )
        self.assertGreaterEqual(entries, 60)

    def test_nothing_goes_before_the_end(self):
        request = self.answered()
        with freeze_time("2026-02-20 10:00:00"):
            self.approve()
            self.trigger()
        self.assertFalse(request.date_minimised)
        self.assertTrue(request.letter_ids.is_intact)

    def test_only_figures_are_left(self):
        request = self.answered()
        letter, digest = request.letter_ids, request.letter_ids.sha256
        file = letter.pdf_id
        with freeze_time("2026-03-10 10:00:00"):
            self.approve()
            self.trigger()
        self.assertTrue(request.date_minimised)
        self.assertFalse(request.partner_id | self.person.browse())
        self.assertFalse(file.exists())
        self.assertEqual(letter.sha256, digest)
        self.assertEqual(request.rights_summary, "Access (Art. 15)")
        self.assertEqual(request.days_to_answer, 0)
        self.env.flush_all()
        for table in ("rgpd_request", "rgpd_request_letter", "rgpd_request_item"):
            self.env.cr.execute(
                f"SELECT count(*) FROM {table} t WHERE t::text ILIKE '%%jeanne%%'"
            )
            self.assertEqual(self.env.cr.fetchone()[0], 0, table)
        self.assertFalse(request.message_ids)

    def test_open_requests_and_unknown_periods_stay(self):
        with freeze_time("2020-03-02 10:00:00"):
            request = self.request("access", date_received=Date.to_date("2020-03-02"))
        answered = self.answered()
        self.env.ref("rgpd_fichier_client.rgpd_purpose_rights").active = False
        self.approve()
        self.trigger()
        self.assertFalse(request.date_minimised or answered.date_minimised)
