import os
from tempfile import TemporaryDirectory
from unittest.mock import patch

from odoo import fields

from ..common import RgpdHttpCase, new_rgpd_user
from ..models.erasure_common import ErasureCase


class TestRetentionTours(RgpdHttpCase, ErasureCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        new_rgpd_user(
            cls.env, "dpo", login="tour_dpo", groups="sales_team.group_sale_manager"
        )
        cls.dpo = cls.env["res.users"].search([("login", "=", "tour_dpo")])

    def test_partner(self):
        self.start_tour(
            f"/odoo/contacts/{self.customer.id}",
            "rgpd_partner_retention_tour",
            login="tour_dpo",
        )

    def test_partner_list(self):
        self.start_tour(
            "/odoo/action-rgpd_fichier_client.rgpd_partner_retention_action",
            "rgpd_partner_list_tour",
            login="tour_dpo",
        )

    def test_order(self):
        order = self.env["sale.order"].create({"partner_id": self.customer.id})
        self.start_tour(
            f"/odoo/sales/{order.id}", "rgpd_order_retention_tour", login="tour_dpo"
        )
        self.assertEqual(order.state, "sale")

    def test_simulation(self):
        self.start_tour("/odoo", "rgpd_simulation_tour", login="tour_dpo")
        simulation = self.env["rgpd.simulation"].search([], limit=1)
        self.assertEqual(simulation.state, "approved")
        self.assertEqual(simulation.approved_by, self.dpo)
        self.assertEqual(self.prospect.name, "Zoé Liénard")

    def test_simulation_in_the_background(self):
        simulation = self.env["rgpd.simulation"].with_user(self.dpo).create({})
        simulation.sudo()._decide({"state": "computing", "step": 1})
        self.start_tour(
            f"/odoo/action-rgpd_fichier_client.rgpd_simulation_action/{simulation.id}",
            "rgpd_simulation_later_tour",
            login="tour_dpo",
        )
        self.assertEqual(simulation.state, "computed")

    def test_erasure(self):
        self.start_tour(
            f"/odoo/contacts/{self.prospect.id}", "rgpd_erasure_tour", login="tour_dpo"
        )
        erasure = self.env["rgpd.erasure"].search([], limit=1)
        self.assertEqual(erasure.state, "masked")
        self.assertNotIn("Zoé", self.prospect.name)

    def test_erasure_of_several(self):
        action = self.env["ir.actions.act_window"].create(
            {
                "name": "Two contacts",
                "res_model": "res.partner",
                "view_mode": "list,form",
                "domain": [("id", "in", (self.prospect | self.customer).ids)],
            }
        )
        self.start_tour(
            f"/odoo/action-{action.id}", "rgpd_erasure_batch_tour", login="tour_dpo"
        )
        self.assertNotIn("Zoé", self.prospect.name)
        self.assertFalse(self.customer.email)

    def test_restored_backup(self):
        """The ledger names the prospect; a backup from before brought them back."""
        with (
            TemporaryDirectory() as folder,
            patch.dict(os.environ, {"RGPD_LEDGER_DIR": folder}),
        ):
            with self.env.cr.savepoint() as savepoint:
                outbox = self.env["rgpd.erasure.outbox"]
                self.env["rgpd.eraser"]._erase(self.prospect, "request")
                outbox._append(outbox.search([]))
                self.env.flush_all()
                savepoint.rollback()
            self.env.invalidate_all()
            check = self.env["rgpd.ledger.check"]._compare()
            self.assertEqual(check.line_ids.subject_id.res_id, self.prospect.id)
            self.start_tour(
                "/odoo/rgpd-restored-backups",
                "rgpd_restored_backup_tour",
                login="tour_dpo",
            )
            self.assertEqual((check.state, check.confirmed_by), ("confirmed", self.dpo))
            with self.enter_registry_test_mode():
                self.env.ref(
                    "rgpd_fichier_client.rgpd_erasure_replay_cron"
                ).method_direct_trigger()
            self.env.invalidate_all()
        self.assertNotIn("Zoé", self.prospect.name)


class TestEndWarningTours(RgpdHttpCase, ErasureCase):
    """A prospect who leaves within a fortnight was asked whether to stay."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        new_rgpd_user(
            cls.env, "dpo", login="tour_dpo", groups="sales_team.group_sale_manager"
        )
        dpo = cls.env["res.users"].search([("login", "=", "tour_dpo")])
        cls.company.write({"rgpd_warning_days": 30, "rgpd_stay_question": True})
        cls.prospect.company_id = cls.company
        cls.age_to(
            cls.prospect, fields.Date.add(fields.Date.today(), years=-3, days=14)
        )
        version = cls.env["rgpd.notice"]._get_version("prospect_email_b2c", "email")
        cls.env["rgpd.consent"]._record(
            cls.prospect, "prospect_email_b2c", "email", "given", version=version
        )
        cls.env["rgpd.reason"]._refresh(cls.prospect)
        simulation = cls.env["rgpd.simulation"].with_user(dpo).create({})
        simulation.action_compute()
        simulation.confirm_count = simulation.erase_count
        simulation.action_approve()
        warnings = cls.env["rgpd.end.warning"]
        subject = cls.env["rgpd.subject"]._of(cls.prospect)
        warnings._warn(subject, cls.company, cls.company)
        cls.warning = warnings.search([("subject_id", "=", subject.id)])

    @classmethod
    def age_to(cls, partner, day):
        cls.age(partner, years=(fields.Date.today() - day).days / 365 - 30 / 365)

    def test_list(self):
        self.start_tour("/odoo", "rgpd_end_warning_tour", login="tour_dpo")

    def test_the_person_says_yes(self):
        url = self.warning.letter_id._get_links()["stay"]
        self.start_tour("/rgpd" + url.split("/rgpd")[1], "rgpd_stay_tour", login=None)
        self.env.invalidate_all()
        self.assertEqual(self.warning.state, "stayed")
        today = self.env["rgpd.reason"]._get_today()
        self.assertEqual(self.warning.subject_id.date_last_contact, today)
