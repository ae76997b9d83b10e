from unittest.mock import patch

from odoo.exceptions import AccessError, UserError

from .erasure_common import ErasureCase


class TestSimulation(ErasureCase):
    def simulate(self, user=None):
        simulation = self.env["rgpd.simulation"].with_user(user or self.dpo).create({})
        simulation.action_compute()
        return simulation

    def approve(self):
        simulation = self.simulate()
        simulation.confirm_count = simulation.erase_count
        simulation.action_approve()
        return simulation

    def run_night(self):
        with self.enter_registry_test_mode():
            self.env.ref(
                "rgpd_fichier_client.rgpd_retention_cron"
            ).method_direct_trigger()
        self.env.invalidate_all()

    def decision(self, simulation, partner):
        subject = self.env["rgpd.subject"]._of(partner)
        lines = simulation.line_ids
        return lines.filtered(lambda line: line.subject_id == subject).decision

    def test_it_says_who_goes_and_who_stays(self):
        simulation = self.simulate()
        self.assertEqual(self.decision(simulation, self.prospect), "erase")
        self.assertEqual(self.decision(simulation, self.customer), "archive")
        line = simulation.line_ids.filtered(
            lambda line: line.subject_id == self.env["rgpd.subject"]._of(self.customer)
        )
        self.assertIn("L123-22", line.explanation)
        self.assertEqual(
            simulation.erase_count,
            len(simulation.line_ids.filtered(lambda line: line.decision == "erase")),
        )

    def test_nothing_goes_before_the_approval(self):
        self.simulate()
        self.run_night()
        self.assertEqual(self.prospect.name, "Zoé Liénard")
        self.assertFalse(self.env["rgpd.retention.run"].search([]))

    def test_the_night_erases_the_prospect_and_not_the_customer(self):
        simulation = self.approve()
        self.run_night()
        self.assertNotIn("Zoé", self.prospect.name)
        self.assertEqual(self.customer.name, "Hugo Perraud")
        # Only the accounts still need the customer: to the intermediate archive
        self.assertFalse(self.customer.email)
        run = simulation.run_ids
        self.assertEqual(run.state, "done")
        self.assertEqual(run.erased_count, simulation.erase_count)
        self.assertIn(
            self.env["rgpd.subject"]._of(self.prospect).uid,
            run.erasure_ids.mapped("subject_uid"),
        )
        # another night finds nobody
        self.run_night()
        self.assertEqual(simulation.run_ids.sorted("id")[-1].erased_count, 0)

    def test_a_changed_rule_stops_it(self):
        simulation = self.approve()
        self.env.ref("rgpd_fichier_client.rgpd_purpose_quote").active_delay = 2
        simulation.invalidate_recordset()
        self.assertFalse(simulation.is_current)
        self.run_night()
        self.assertEqual(self.prospect.name, "Zoé Liénard")

    def test_the_dpo_is_told_once_that_the_approval_lapsed(self):
        simulation = self.approve()
        purpose = self.env.ref("rgpd_fichier_client.rgpd_purpose_quote")
        delay = purpose.active_delay
        purpose.active_delay = delay + 1
        self.run_night()
        self.run_night()
        self.assertTrue(simulation.date_lapsed)
        self.assertEqual(len(simulation.activity_ids), 1)
        self.assertEqual(simulation.activity_ids.user_id, self.dpo)
        purpose.active_delay = delay
        self.run_night()
        self.assertFalse(simulation.date_lapsed)
        self.assertNotIn("Zoé", self.prospect.name)

    def test_a_rule_changed_in_the_night_closes_the_open_run(self):
        simulation = self.approve()
        run = self.env["rgpd.retention.run"].create({"simulation_id": simulation.id})
        self.env.ref("rgpd_fichier_client.rgpd_purpose_quote").active_delay = 2
        self.run_night()
        self.assertEqual(run.state, "lapsed")
        self.assertTrue(run.date_end)

    def test_an_approval_is_not_a_value_to_write(self):
        simulation = self.simulate()
        for vals in (
            {"state": "approved"},
            {"erase_count": 5},
            {"fingerprint": "0"},
        ):
            with self.assertRaises(AccessError):
                simulation.write(vals)
            with self.assertRaises(AccessError):
                simulation.create(vals | {"company_id": self.company.id})
        with self.assertRaises(AccessError):
            simulation.with_context(rgpd_engine=True).write({"state": "approved"})
        with self.assertRaises(AccessError):
            simulation.with_context(default_state="approved").create({})
        self.assertEqual(simulation.copy().state, "draft")

    def test_the_next_twelve_months(self):
        simulation = self.simulate()
        action = simulation.action_open_coming()
        lines = self.env["rgpd.simulation.line"].search(action["domain"])
        self.assertEqual(len(lines), simulation.coming_count)
        self.assertNotIn("erase", lines.mapped("decision"))

    def test_this_month_per_rule_and_a_sample(self):
        simulation = self.simulate()
        leaving = self.env["rgpd.simulation.line"].search(
            simulation.action_open_month()["domain"]
        )
        self.assertEqual(simulation.month_count, len(leaving))
        self.assertIn(self.prospect.id, leaving.subject_id.mapped("res_id"))
        self.assertNotIn(self.customer.id, leaving.subject_id.mapped("res_id"))
        self.assertTrue(all(leaving.purpose_id.mapped("name")))
        self.assertLessEqual(simulation.sample_ids, leaving)
        self.assertEqual(len(simulation.sample_ids), min(10, len(leaving)))
        drawn = simulation.sample_ids.ids
        simulation.invalidate_recordset()
        self.assertEqual(simulation.sample_ids.ids, drawn)
        action = simulation.sample_ids[0].action_open_record()
        self.assertEqual(action["res_id"], simulation.sample_ids[0].subject_id.res_id)

    def test_a_hold_is_lifted_for_a_reason(self):
        hold = self.env["rgpd.hold"].create(
            {"name": "Litige", "partner_id": self.prospect.id}
        )
        hold = hold.with_user(self.dpo)
        with self.assertRaises(UserError):
            hold.action_lift()
        hold.lift_reason = "Jugement rendu"
        hold.action_lift()
        with self.assertRaises(UserError):
            hold.action_lift()
        kinds = self.env["rgpd.journal"].search([]).mapped("kind")
        self.assertEqual(kinds.count("hold.set"), 1)
        self.assertEqual(kinds.count("hold.lifted"), 1)

    def test_a_changed_masking_stops_it(self):
        simulation = self.approve()
        field = self.env["rgpd.data.field"].search(
            [("model", "=", "res.partner"), ("name", "=", "city")]
        )
        field.strategy_override = "keep"
        simulation.invalidate_recordset()
        self.assertFalse(simulation.is_current)

    def test_revoked_is_stopped(self):
        self.approve().action_revoke()
        self.run_night()
        self.assertEqual(self.prospect.name, "Zoé Liénard")

    def test_a_run_that_a_revocation_of_before_left_open_is_closed(self):
        simulation = self.approve()
        run = self.env["rgpd.retention.run"].create({"simulation_id": simulation.id})
        simulation.sudo()._decide({"state": "revoked"})
        self.run_night()
        self.assertEqual(run.state, "lapsed")
        self.assertTrue(run.date_end)

    def test_far_more_than_approved_is_not_erased(self):
        simulation = self.approve()
        path = "odoo.addons.rgpd_fichier_client.models.retention"
        self.env.cr.execute("DELETE FROM rgpd_simulation_line")
        with patch(f"{path}.rgpd_simulation_compute.MARGIN_COUNT", 0):
            self.run_night()
        self.assertEqual(simulation.run_ids.state, "stopped")
        self.assertEqual(self.prospect.name, "Zoé Liénard")
        self.assertTrue(simulation.activity_ids)

    def test_a_hold_and_an_open_request_hold_back(self):
        self.env["rgpd.hold"].create({"name": "Litige", "partner_id": self.prospect.id})
        asker = self.new_person("Anna Duval", 7)
        self.age(asker, years=5)
        self.env["rgpd.request"].create({"partner_id": asker.id})
        simulation = self.simulate()
        self.assertEqual(self.decision(simulation, asker), "request")
        self.assertIn(
            self.decision(simulation, self.prospect), ("hold", "keep", "archive")
        )
        simulation.confirm_count = simulation.erase_count
        simulation.action_approve()
        self.run_night()
        self.assertEqual(self.prospect.name, "Zoé Liénard")
        self.assertEqual(asker.name, "Anna Duval")

    def test_a_contact_since_saves_the_person(self):
        simulation = self.approve()
        self.env["mail.message"].create(
            {
                "model": "res.partner",
                "res_id": self.prospect.id,
                "message_type": "email",
                "author_id": self.prospect.id,
                "body": "Bonjour",
            }
        )
        self.run_night()
        self.assertEqual(self.prospect.name, "Zoé Liénard")
        self.assertEqual(simulation.run_ids.state, "done")

    def test_one_failure_stops_nobody_else(self):
        asker = self.new_person("Anna Duval", 7)
        self.age(asker, years=5)
        simulation = self.approve()
        eraser = type(self.env["rgpd.eraser"])
        original = eraser._erase_batch
        bad = self.env["rgpd.subject"]._of(asker)

        def fail_for_anna(engine, subjects, *args):
            if bad.id in subjects.ids:
                raise UserError("a bad row")
            return original(engine, subjects, *args)

        with patch.object(eraser, "_erase_batch", fail_for_anna):
            self.run_night()
        self.assertNotIn("Zoé", self.prospect.name)
        self.assertEqual(asker.name, "Anna Duval")
        self.assertEqual(simulation.run_ids.failed_count, 1)
        self.assertEqual(bad.retention_error, "a bad row")
        self.assertTrue(bad.retention_retry)
        self.assertIn("1 erasures failed", simulation.activity_ids.note)

    def test_the_number_must_be_typed(self):
        simulation = self.simulate()
        simulation.confirm_count = simulation.erase_count + 1
        with self.assertRaises(UserError):
            simulation.action_approve()
        self.assertEqual(simulation.state, "computed")

    def test_a_second_click_says_so(self):
        simulation = self.approve()
        with self.assertRaises(UserError):
            simulation.action_approve()
        with self.assertRaises(UserError):
            simulation.action_compute()
        other = self.approve()
        self.assertEqual(simulation.state, "replaced")
        self.assertEqual(other.state, "approved")

    def test_rights(self):
        simulation = self.simulate()
        for role in ("reader", "officer", "auditor"):
            own = simulation.with_user(self.new_user(role))
            self.assertTrue(own.read(["erase_count"]))
            for method in ("action_compute", "action_approve", "action_revoke"):
                with self.assertRaises(AccessError):
                    getattr(own, method)()
        with self.assertRaises(AccessError):
            simulation.with_user(self.new_user("archive")).read(["erase_count"])

    def test_another_company_decides_for_itself(self):
        other = self.env["res.company"].create({"name": "Autre SARL"})
        self.dpo.company_ids |= other
        foreign = self.new_person("Anna Duval", 7)
        foreign.company_id = other
        self.age(foreign, years=5)
        simulation = self.approve()
        self.assertFalse(self.decision(simulation, foreign))
        self.run_night()
        self.assertEqual(foreign.name, "Anna Duval")
        self.assertNotIn("Zoé", self.prospect.name)


class TestRetentionFields(ErasureCase):
    def test_the_partner_says_phase_basis_dates_and_why(self):
        self.assertEqual(self.prospect.rgpd_phase, "expired")
        self.assertEqual(self.customer.rgpd_phase, "archive")
        self.assertEqual(self.customer.rgpd_legal_basis, "legal_obligation")
        self.assertIn("L123-22", self.customer.rgpd_explanation)
        kept = self.customer.with_user(self.dpo).rgpd_explain()[self.customer.id]
        self.assertIn("invoice", kept)
        self.assertEqual(kept["invoice"][0]["article"], "L123-22 C. com.")
        self.assertNotIn("contact", kept)
        with self.assertRaises(AccessError):
            self.customer.with_user(
                self.env["res.users"].create({"name": "a", "login": "plain_user"})
            ).rgpd_explain()

    def test_filters_and_groups_agree_with_the_fields(self):
        Partner = self.env["res.partner"].with_context(active_test=False)
        domain = [("id", "in", (self.prospect | self.customer).ids)]
        for name in ("rgpd_phase", "rgpd_legal_basis", "rgpd_date_retention"):
            for record in self.prospect | self.customer:
                self.assertIn(
                    record, Partner.search([(name, "=", record[name]), *domain])
                )
        groups = dict(Partner._read_group(domain, ["rgpd_phase"], ["__count"]))
        self.assertEqual(groups, {"expired": 1, "archive": 1})
        self.assertTrue(
            Partner._read_group(domain, ["rgpd_date_retention:year"], ["__count"])
        )
        self.assertEqual(
            Partner.search([("rgpd_date_retention", "<", "2026-01-01"), *domain]),
            self.prospect,
        )
        company = Partner.create({"name": "X", "is_company": True})
        self.assertIn(company, Partner.search([("rgpd_phase", "=", False)]))

    def test_the_basis_of_an_order_follows_its_state(self):
        product = self.env["product.product"].create(
            {"name": "Lampe", "invoice_policy": "order", "type": "consu"}
        )
        order = self.env["sale.order"].create(
            {
                "partner_id": self.prospect.id,
                "order_line": [(0, 0, {"product_id": product.id, "price_unit": 30})],
            }
        )
        today = order.date_order.date()
        self.assertEqual(order.rgpd_legal_basis, "precontractual")
        self.assertEqual(order.rgpd_date_retention.year, today.year + 3)
        order.action_confirm()
        self.assertEqual(order.rgpd_legal_basis, "contract")
        self.assertEqual(order.rgpd_date_retention.year, today.year + 5)
        self.assertEqual(order.rgpd_phase, "active")
        invoice = order._create_invoices()
        self.assertEqual(order.rgpd_legal_basis, "contract")
        invoice.action_post()
        order.invalidate_recordset()
        self.assertEqual(order.rgpd_legal_basis, "contract_legal_obligation")
        self.assertEqual(order.rgpd_date_retention.year, today.year + 10)
        self.assertIn("L123-22", order.rgpd_explanation)
        groups = dict(
            self.env["sale.order"]._read_group(
                [("id", "=", order.id)], ["rgpd_legal_basis"], ["__count"]
            )
        )
        self.assertEqual(groups, {"contract_legal_obligation": 1})
        self.assertIn(
            order, self.env["sale.order"].search([("rgpd_phase", "=", "active")])
        )

    def test_a_cancelled_order_is_a_dead_quotation(self):
        order = self.env["sale.order"].create({"partner_id": self.prospect.id})
        order.action_cancel()
        self.assertEqual(order.rgpd_legal_basis, "precontractual")
