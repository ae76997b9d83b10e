from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.sql_db import Cursor

from .vault_common import VaultCase

# Statements; 100 when each kind of thing was looked for with all its rules
BUDGET = 60


class TestVaultNight(VaultCase):
    def approve(self):
        simulation = self.env["rgpd.simulation"].with_user(self.dpo).create({})
        simulation.action_compute()
        simulation.confirm_count = simulation.erase_count
        simulation.action_approve()
        return simulation

    def run_cron(self, xmlid):
        with self.enter_registry_test_mode():
            self.env.ref(f"rgpd_fichier_client.{xmlid}").method_direct_trigger()
        self.env["rgpd.vault"]._forget()
        self.env.invalidate_all()

    def run_night(self):
        self.run_cron("rgpd_retention_cron")

    def get_vault(self):
        return self.env["rgpd.vault"]._of(self.subject)

    def test_nothing_moves_before_the_approval(self):
        self.env["rgpd.simulation"].with_user(self.dpo).create({}).action_compute()
        self.run_night()
        self.assertFalse(self.get_vault())
        self.assertTrue(self.customer.email)

    def test_an_approval_given_before_the_archive_existed_does_not_count(self):
        simulation = self.approve()
        self.assertTrue(simulation.is_current)
        old = simulation._get_fingerprint()[:-2]
        simulation._decide({"fingerprint": old})
        simulation.invalidate_recordset()
        self.assertFalse(simulation.is_current)

    def test_the_night_archives_and_says_so(self):
        simulation = self.approve()
        self.run_night()
        vault = self.get_vault()
        self.assertTrue(vault)
        self.assertEqual(vault.company_id, self.company)
        run = simulation.run_ids
        self.assertEqual(run.archived_count, simulation.archive_count)
        self.assertEqual(run.state, "done")
        kinds = self.env["rgpd.journal"].search([]).mapped("kind")
        self.assertIn("vault.archived", kinds)
        self.run_night()
        self.assertEqual(simulation.run_ids.sorted("id")[-1].archived_count, 0)

    def test_the_person_knows_whether_they_are_archived(self):
        """The night looks for who is to go there, and who came back, by this mark."""
        self.approve()
        self.assertFalse(self.subject.is_archived)
        self.run_night()
        self.assertTrue(self.subject.is_archived)
        self.get_vault()._restore("by_hand")
        self.assertFalse(self.subject.is_archived)

    def test_the_mark_is_made_for_who_was_archived_before_it_existed(self):
        self.approve()
        self.run_night()
        self.subject.is_archived = False
        self.env.flush_all()
        self.env["rgpd.vault"].init()
        self.subject.invalidate_recordset()
        self.assertTrue(self.subject.is_archived)

    def test_a_night_with_nothing_due_asks_little(self):
        """It has a budget of statements, and reads no document and no rule of any."""
        self.approve()
        self.run_night()
        self.run_night()
        asked = []
        execute = Cursor.execute

        def note(cursor, query, *args, **kwargs):
            asked.append(str(getattr(query, "code", query)))
            return execute(cursor, query, *args, **kwargs)

        with patch.object(Cursor, "execute", note):
            self.run_night()
        self.assertTrue([query for query in asked if "rgpd_document" in query])
        self.assertFalse([query for query in asked if '"sale_order" o' in query])
        asked = [query for query in asked if "rgpd_" in query]
        self.assertLess(len(asked), BUDGET, "\n".join(asked))

    def test_it_keeps_what_a_live_reason_covers_and_destroys_the_rest(self):
        """The contract covers the contact details, nothing the staff's notes."""
        self.approve()
        self.run_night()
        codes = self.get_vault().part_ids.mapped("category")
        kept = self.env["rgpd.reason"]._get_kept(self.subject)[self.subject.id]
        self.assertTrue(set(codes) <= set(kept))
        self.assertIn("contact", codes)
        self.assertNotIn("note", codes)

    def test_a_category_that_ended_later_is_destroyed_by_a_later_night(self):
        other = self.new_person("Lou Marchand", 7)
        self.new_old_order(other)
        self.age(other, years=5)
        self.approve()
        self.run_night()
        vault, rest = (
            self.get_vault(),
            self.env["rgpd.vault"]._of(self.env["rgpd.subject"]._of(other)),
        )
        kept = vault.part_ids.mapped("category")
        self.assertTrue(kept and rest)
        self.assertFalse(self.env["rgpd.vault"]._search_to_end(self.company))
        vault.part_ids[0].copy({"category": "note"})
        self.assertEqual(self.env["rgpd.vault"]._search_to_end(self.company), vault)
        unknown = patch.object(
            self.registry["rgpd.reason"], "_is_first_done", return_value=False
        )
        with unknown:
            self.run_night()
        self.assertIn("note", self.get_vault().part_ids.mapped("category"))
        self.run_night()
        self.assertEqual(self.get_vault().part_ids.mapped("category"), kept)
        self.assertIn(
            "vault.expired", self.env["rgpd.journal"].search([]).mapped("kind")
        )

    def test_what_ended_is_told_in_one_query_as_it_is_told_one_by_one(self):
        self.approve()
        self.run_night()
        vault, vaults = self.get_vault(), self.env["rgpd.vault"]
        reasons = self.env["rgpd.reason"].search([("subject_id", "=", self.subject.id)])
        past = fields.Date.today() - timedelta(days=1)

        def check(is_to_end):
            kept = self.env["rgpd.reason"]._get_kept(self.subject)[self.subject.id]
            held = vault.part_ids.mapped("category")
            self.assertEqual(bool(set(held) - set(kept)), is_to_end)
            self.assertEqual(vaults._search_to_end(self.company), vault[:is_to_end])

        check(False)
        # One reason is enough, whichever it is, for what it covers alone
        for reason in reasons.filtered(lambda r: r.date_archive_end >= past):
            end = reason.date_archive_end
            held = set(vault.part_ids.mapped("category"))
            reason.date_archive_end = past
            others = self.env["rgpd.reason"]._get_kept(self.subject)[self.subject.id]
            check(bool(held - set(others)))
            reason.date_archive_end = end
        rule = self.env["rgpd.retention.rule"].search(
            [("data_category_ids", "=", False)], limit=1
        ) or self.env["rgpd.retention.rule"].search([], limit=1).copy(
            {"data_category_ids": [(5,)]}
        )
        live = reasons.filtered(lambda r: r.date_archive_end >= past)
        live.rule_id = rule
        check(True)
        rule.data_category_ids = self.env["rgpd.data.category"].search([])
        check(False)
        live.date_archive_end = past
        check(True)
        # A hold keeps everything; it has the reasons written anew
        self.env["rgpd.hold"].create({"name": "Litige", "order_id": self.order.id})
        reasons = self.env["rgpd.reason"].search([("subject_id", "=", self.subject.id)])
        held = reasons.filtered("hold_id")
        self.assertTrue(held)
        (reasons - held).date_archive_end = past
        rule.data_category_ids = False
        held.rule_id = rule
        check(False)
        held.hold_id = False
        check(True)

    def test_who_comes_back_is_taken_out(self):
        self.approve()
        self.run_night()
        self.assertFalse(self.customer.email)
        self.env["sale.order"].create({"partner_id": self.customer.id}).state = "sale"
        self.run_cron("rgpd_reason_refresh_cron")
        self.assertFalse(self.get_vault())
        self.assertEqual(self.customer.email, "hugo.perraud@courriel.example")
        self.assertEqual(
            self.customer.with_user(self.seller).display_name, "Hugo Perraud"
        )

    def test_an_open_request_waits(self):
        self.approve()
        self.env["rgpd.request"].create(
            {
                "item_ids": [(0, 0, {"right": "access"})],
                "partner_id": self.customer.id,
                "date_received": fields.Date.today(),
            }
        )
        self.run_night()
        self.assertFalse(self.get_vault())

    def test_a_hold_keeps_the_person_in_use(self):
        self.approve()
        hold = self.env["rgpd.hold"].create(
            {"name": "Litige", "order_id": self.order.id}
        )
        self.run_night()
        self.assertFalse(self.get_vault())
        hold = hold.with_user(self.dpo)
        hold.lift_reason = "Accord amiable"
        hold.action_lift()
        self.assertEqual(self.subject.phase, "archive")
        self.run_night()
        self.assertTrue(self.get_vault())

    def test_one_failure_stops_nobody_else(self):
        other = self.new_person("Lou Marchand", 7)
        self.new_old_order(other)
        self.age(other, years=5)
        subject = self.env["rgpd.subject"]._of(other)
        self.assertEqual(subject.phase, "archive")
        vault = self.registry["rgpd.vault"]
        original = vault._seal

        def fail(record, parts):
            if subject in (vault.subject_id for vault in parts):
                raise ValueError("disk")
            return original(record, parts)

        self.patch(vault, "_seal", fail)
        self.approve()
        self.run_night()
        self.assertTrue(self.get_vault())
        self.assertFalse(self.env["rgpd.vault"]._of(subject))
        self.assertEqual(subject.retention_error, "ValueError")
        self.assertTrue(subject.retention_retry)
        self.assertEqual(other.email, "lou.marchand@courriel.example")

    def test_statistics_and_accounts_do_not_move(self):
        def figures():
            self.env.flush_all()
            self.env.invalidate_all()
            sales = self.env["sale.report"]._read_group(
                [], ["country_id", "product_id", "date:month"], ["price_total:sum"]
            )
            moves = self.env["account.move.line"]._read_group(
                [("parent_state", "=", "posted")],
                ["account_id", "partner_id"],
                ["balance:sum"],
            )
            return (
                [(a.id, b.id, str(c), d) for a, b, c, d in sales],
                [(a.id, b.id, c) for a, b, c in moves],
                self.invoice.read(["name", "inalterable_hash", "amount_total"]),
                self.customer.read(["name", "ref", "street", "zip", "city", "vat"]),
            )

        before = figures()
        self.approve()
        self.run_night()
        self.assertTrue(self.get_vault())
        after = figures()
        self.assertEqual(before, after)
