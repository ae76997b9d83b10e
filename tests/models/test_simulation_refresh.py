"""The job that computes the reasons is off: the DPO is told, and can switch it on."""

from odoo.exceptions import AccessError

from .document_common import DocumentCase


class TestRefreshOff(DocumentCase):
    def setUp(self):
        super().setUp()
        self.job = self.env.ref("rgpd_fichier_client.rgpd_reason_refresh_cron")
        self.simulation = self.approve()

    def get_tasks(self):
        self.env.invalidate_all()
        return self.simulation.sudo().activity_ids.filtered(
            lambda task: "not computed" in (task.summary or "")
        )

    def test_the_night_says_so_once(self):
        self.run_night()
        self.assertFalse(self.get_tasks())
        self.job.active = False
        for _night in range(2):
            self.run_night()
            self.assertEqual(len(self.get_tasks()), 1)
        self.assertEqual(self.get_tasks().user_id, self.dpo)
        self.assertIn(self.job.name, self.get_tasks().note)

    def test_the_dpo_switches_it_on(self):
        self.job.active = False
        self.run_night()
        self.assertTrue(self.simulation.with_user(self.dpo).is_refresh_off)
        self.simulation.with_user(self.dpo).action_switch_on_refresh()
        self.assertTrue(self.job.active)
        self.assertFalse(self.get_tasks())
        self.assertFalse(self.simulation.with_user(self.dpo).is_refresh_off)
        triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", self.job.id)])
        self.assertTrue(triggers)

    def test_nobody_else_switches_it_on(self):
        self.job.active = False
        officer = self.new_user("officer")
        with self.assertRaises(AccessError):
            self.simulation.with_user(officer).action_switch_on_refresh()

    def test_who_computes_is_not_told_that_it_goes_on(self):
        reasons = self.env["rgpd.reason"]
        self.assertIn("in the background", reasons._get_first_text(3))
        self.job.active = False
        self.assertNotIn("in the background", reasons._get_first_text(3))
        self.assertIn("switched off", reasons._get_first_text(3))
