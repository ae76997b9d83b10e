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

    def trigger(self):
        with self.enter_registry_test_mode():
            self.env.ref(
                "rgpd_fichier_client.rgpd_request_minimise_cron"
            ).method_direct_trigger()
        self.env.invalidate_all()

    def test_nothing_goes_before_the_end(self):
        request = self.answered()
        with freeze_time("2026-02-20 10:00:00"):
            self.trigger()
        self.assertFalse(request.date_minimised)
        self.assertTrue(request.letter_ids.is_intact)

    def test_only_figures_are_left(self):
        request = self.answered()
        letter, digest = request.letter_ids, request.letter_ids.sha256
        file = letter.pdf_id
        with freeze_time("2026-03-10 10:00:00"):
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
        self.trigger()
        self.assertFalse(request.date_minimised or answered.date_minimised)
