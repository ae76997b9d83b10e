"""What Odoo itself deletes, merges and closes is known to the evidence."""

from unittest.mock import patch

from odoo import Command, fields

from .vault_common import VaultCase


class TestWaysOut(VaultCase):
    def get_outbox(self):
        return self.env["rgpd.erasure.outbox"].search([])

    def get_kinds(self):
        return self.env["rgpd.journal"].search([]).mapped("kind")

    def test_a_deleted_contact_is_told_to_ledger_and_journal(self):
        before = self.get_outbox()
        self.prospect.unlink()
        rows = self.get_outbox() - before
        self.assertEqual(rows.mapped("kind"), ["deleted"])
        self.assertIn("person.deleted", self.get_kinds())

    def test_a_company_is_no_person(self):
        company = self.env["res.partner"].create({"name": "SARL", "is_company": True})
        self.env["rgpd.subject"]._of(company)
        before = self.get_outbox()
        company.unlink()
        self.assertEqual(self.get_outbox(), before)

    def test_a_deleted_contact_takes_its_archive_along(self):
        person = self.new_person("Lou Marchand", 7)
        vault = self.archive(person)
        files = self.env["ir.attachment"].search([("res_model", "=", "rgpd.vault")])
        self.assertTrue(files)
        person.unlink()
        self.assertFalse(vault.exists())
        self.assertFalse(files.exists())
        self.assertIn("vault.destroyed", self.get_kinds())

    def test_a_merge_takes_out_of_the_archive_and_is_no_erasure(self):
        person = self.new_person("Lou Marchand", 7)
        other = self.new_person("Lou Marchand", 8)
        vault = self.archive(person)
        before = self.get_outbox()
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((person | other).ids, other)
        self.assertFalse(vault.exists())
        self.assertEqual(other.email, "lou.marchand@courriel.example")
        self.assertEqual(self.get_outbox(), before)
        self.assertIn("person.merged", self.get_kinds())
        self.assertIn("vault.restored", self.get_kinds())

    def test_a_closed_account_is_in_the_journal(self):
        user = self.env["res.users"].create(
            {
                "login": "ways_out_portal",
                "partner_id": self.prospect.id,
                "group_ids": [Command.set([self.env.ref("base.group_portal").id])],
            }
        )
        user._deactivate_portal_user()
        self.assertIn("person.account_closed", self.get_kinds())

    def test_somebody_who_calls_is_found_by_a_digest(self):
        vault = self.archive()
        vaults = self.env["rgpd.vault"].with_user(self.archivist)
        for text in ("Hugo.Perraud@courriel.example", "06 39 98 20 01"):
            self.assertIn(vault, vaults.search([("address", "ilike", text)]), text)
        for text in ("hugo", "autre@courriel.example", "123"):
            self.assertNotIn(vault, vaults.search([("address", "ilike", text)]), text)


class TestNightLimits(VaultCase):
    def setUp(self):
        super().setUp()
        self.prospects = self.prospect
        for rank, name in enumerate(("Lou Marchand", "Ana Vidal", "Tom Berger")):
            self.prospects |= self.new_person(name, 10 + rank)
        self.age(self.prospects, years=5)
        self.simulation = self.env["rgpd.simulation"].with_user(self.dpo).create({})
        self.simulation.action_compute()
        self.simulation.confirm_count = self.simulation.erase_count
        self.simulation.action_approve()

    def run_night(self):
        with self.enter_registry_test_mode():
            self.env.ref(
                "rgpd_fichier_client.rgpd_retention_cron"
            ).method_direct_trigger()
        self.env["rgpd.vault"]._forget()
        self.env.invalidate_all()

    def count(self):
        persons = self.prospects | self.customer
        done = persons.filtered(lambda p: not p.email)
        return len(done)

    def test_a_cap_spreads_the_work_over_days(self):
        self.company.rgpd_night_cap = 2
        self.run_night()
        self.assertEqual(sum(self.simulation.run_ids.mapped("day_count")), 2)
        # Asked again on the same day, nothing more
        self.run_night()
        self.assertEqual(sum(self.simulation.run_ids.mapped("day_count")), 2)
        reason = self.registry["rgpd.reason"]
        tomorrow = fields.Date.add(self.env["rgpd.reason"]._get_today(), days=1)
        with patch.object(reason, "_get_today", lambda model: tomorrow):
            self.run_night()
        self.assertEqual(sum(self.simulation.run_ids.mapped("day_count")), 2)
        self.company.rgpd_night_cap = 0
        self.run_night()
        self.assertEqual(self.count(), len(self.prospects | self.customer))
        self.assertEqual(self.simulation.run_ids.mapped("state"), ["done"])

    def test_nothing_happens_in_the_hours_of_rest(self):
        now = self.env["rgpd.reason"]._get_local_now()
        self.company.rgpd_blackout_start = now.hour
        self.company.rgpd_blackout_end = (now.hour + 2) % 24
        cron = self.env.ref("rgpd_fichier_client.rgpd_retention_cron")
        self.run_night()
        self.assertEqual(self.count(), 0)
        self.assertFalse(self.simulation.run_ids)
        trigger = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
        self.assertTrue(trigger)
        self.company.rgpd_blackout_end = now.hour
        self.run_night()
        self.assertEqual(self.count(), len(self.prospects | self.customer))

    def test_a_hold_on_an_invoice_delays_and_lifting_looks_again(self):
        hold = self.env["rgpd.hold"].create(
            {"name": "Contrôle", "kind": "inspection", "move_id": self.invoice.id}
        )
        self.assertEqual(self.subject.phase, "active")
        hold = hold.with_user(self.dpo)
        hold.lift_reason = "Contrôle terminé"
        hold.action_lift()
        self.assertEqual(self.subject.phase, "archive")
