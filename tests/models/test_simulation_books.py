"""What of the accounts a simulation counts; a large database makes nobody wait."""

from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tools import mute_logger

from .test_document_alone import AloneCase

RETENTION = "odoo.addons.rgpd_fichier_client.models.retention"
COUNT = f"{RETENTION}.rgpd_simulation_count"


class TestSimulationBooks(AloneCase):
    def get_counts(self, simulation):
        return {
            (line.res_model, line.rule): line.count
            for line in simulation.document_ids.filtered("rule")
        }

    def count_later(self):
        """Compute on what counts as a large database."""
        with patch(f"{COUNT}.BIG", 0):
            return self.simulate()

    def run_count(self):
        with self.enter_registry_test_mode():
            self.env.ref(
                "rgpd_fichier_client.rgpd_simulation_cron"
            ).method_direct_trigger()
        self.env.invalidate_all()

    def test_what_paid_them_has_a_rule_of_its_own(self):
        payment = self.pay(self.invoice + self.by_hand)
        alone = self.new_hand_made(self.customer, 12)
        line = self.pay_by_statement(alone)
        simulation = self.simulate()
        self.assertEqual(
            self.get_counts(simulation),
            {
                ("account.move", "posted"): 1,
                ("account.payment", "settled"): 1,
                ("account.bank.statement.line", "settled"): 1,
            },
        )
        lines = simulation.document_ids.grouped("rule")["settled"].grouped("res_model")
        self.assertEqual(lines["account.payment"].sample, payment.ids)
        self.assertEqual(lines["account.bank.statement.line"].sample, line.ids)
        self.assertEqual(simulation.invoice_count, 1)
        self.assertEqual(simulation.books_state, "done")

    def test_a_hand_made_invoice_that_is_due_by_no_row_is_counted(self):
        """Matched with the invoice of an order, and not among the documents itself."""
        self.env["rgpd.hold"].create({"name": "Litige", "move_id": self.by_hand.id})
        self.pay(self.invoice + self.by_hand)
        counts = self.get_counts(self.simulate())
        self.assertNotIn(("account.payment", "settled"), counts, "held back")

    def test_what_keeps_its_name_is_not_counted(self):
        live = self.new_invoice_of(self.recent, 1)
        self.pay(self.invoice + live, self.invoice.date)
        counts = self.get_counts(self.simulate())
        self.assertEqual(counts, {("account.move", "posted"): 1})

    def test_a_payment_of_many_invoices_counts_once(self):
        order = self.new_order(self.customer, years=12)
        other = self.new_invoice_of(order, 12)
        self.pay(self.invoice + other)
        with patch(f"{COUNT}.MOVES_PER_BATCH", 1):
            counts = self.get_counts(self.simulate())
        self.assertEqual(
            counts, {("account.move", "posted"): 2, ("account.payment", "settled"): 1}
        )

    def test_the_statement_says_what_the_eraser_does(self):
        """Released invoices by one query, and as ``_get_released_of`` tells."""
        draft = self.new_draft(self.old)
        self.date_draft(draft, 12)
        shared = self.new_invoice_of(self.old, 12)
        shared.invoice_line_ids.sale_line_ids += self.recent.order_line
        young = self.new_invoice_of(self.new_order(self.customer, years=12), 9)
        both = self.new_invoice_of(self.old, 12)
        both.invoice_line_ids.sale_line_ids += self.new_order(
            self.customer, years=12
        ).order_line
        self.refresh()
        simulation = self.env["rgpd.simulation"].create({})
        found = simulation._get_released_moves()
        due = self.env["rgpd.document"]._get_due_ids("sale.order", self.env.company)
        orders = self.env["sale.order"].browse(due)
        scope = self.env["rgpd.eraser.document.scope"]
        expected = scope._get_released_of(orders._rgpd_get_moves(), orders)
        self.assertEqual(set(found["posted"] + found["unposted"]), set(expected.ids))
        self.assertLessEqual({draft.id, both.id, self.invoice.id}, set(expected.ids))
        self.assertEqual(found["unposted"], draft.ids)
        self.assertFalse({shared.id, young.id} & set(expected.ids))

    def test_a_large_database_is_counted_in_the_background(self):
        self.pay(self.invoice)
        at_once = self.get_counts(self.simulate())
        simulation = self.count_later()
        self.assertEqual(simulation.state, "computed")
        self.assertEqual(simulation.books_state, "waiting")
        # That of the order and the one made by hand
        self.assertEqual((simulation.books_done, simulation.books_total), (0, 2))
        simulation.confirm_count = simulation.erase_count
        with self.assertRaisesRegex(UserError, "still being counted"):
            simulation.action_approve()
        self.run_count()
        self.assertEqual(simulation.books_state, "done")
        self.assertEqual(simulation.books_progress, 100)
        self.assertEqual(self.get_counts(simulation), at_once)
        simulation.action_approve()
        self.assertEqual(simulation.state, "approved")

    def test_it_goes_on_where_it_was_stopped(self):
        order = self.new_order(self.customer, years=12)
        other = self.new_invoice_of(order, 12)
        self.pay(self.invoice)
        self.pay(other)
        at_once = self.get_counts(self.simulate())
        simulation = self.count_later().sudo()
        with patch(f"{COUNT}.MOVES_PER_BATCH", 1):
            next(simulation._count_settled(simulation._get_released_moves()))
        self.env.invalidate_all()
        self.assertEqual(simulation.books_done, 1)
        self.assertEqual(simulation.books_state, "waiting")
        seen = []
        scope = self.env.registry["rgpd.eraser.document.scope"]
        groups = scope._get_groups

        def note(self_, moves, *args):
            seen.extend(moves.ids)
            return groups(self_, moves, *args)

        with patch.object(scope, "_get_groups", note):
            self.run_count()
        self.assertEqual(len(seen), simulation.books_total - 1, "none of them twice")
        self.assertEqual(self.get_counts(simulation), at_once)

    def test_computed_again_it_begins_anew(self):
        self.pay(self.invoice)
        simulation = self.count_later()
        simulation.action_compute()
        self.assertEqual(simulation.books_state, "done")
        counts = self.get_counts(simulation)
        simulation.action_compute()
        self.assertEqual(self.get_counts(simulation), counts)
        self.run_count()
        self.assertEqual(self.get_counts(simulation), counts)

    def run_count_meanwhile(self, simulation, act, after=2):
        """Run the job one invoice a batch; ``act`` happens between two commits."""
        cron = self.env.registry["ir.cron"]
        commit, calls = cron._commit_progress, []

        def commit_and_act(self_, *args, **kwargs):
            left = commit(self_, *args, **kwargs)
            calls.append(left)
            if len(calls) == after:
                act(simulation.with_env(self_.env(su=False)).with_user(self.dpo))
            return left

        with (
            patch.object(cron, "_commit_progress", commit_and_act),
            patch(f"{COUNT}.MOVES_PER_BATCH", 1),
        ):
            self.run_count()
        self.assertGreaterEqual(len(calls), after)

    def test_computed_again_between_two_batches_it_counts_nothing_twice(self):
        self.pay(self.invoice)
        simulation = self.count_later()
        self.run_count_meanwhile(simulation, lambda s: s.action_compute())
        self.assertEqual(simulation.books_state, "done")
        counts = self.get_counts(simulation)
        lines = simulation.document_ids.filtered("rule")
        self.assertEqual(len(lines), len(counts), "each line once")
        self.assertEqual(counts, self.get_counts(self.simulate()))

    def test_rules_changed_between_two_batches_are_those_shown(self):
        """What the job counted by the old rules is void (invariant 3)."""
        self.pay(self.invoice)
        simulation = self.count_later()

        def hold_and_compute(same):
            same.env["rgpd.hold"].create(
                {"name": "Litige", "partner_id": self.customer.id}
            )
            same.env["rgpd.reason"].sudo()._refresh(self.customer.sudo())
            with patch(f"{COUNT}.BIG", 0):
                same.action_compute()

        self.run_count_meanwhile(simulation, hold_and_compute)
        self.run_count()
        self.assertEqual(simulation.books_state, "done")
        self.assertFalse(self.get_counts(simulation))

    @mute_logger(f"{RETENTION}.rgpd_simulation_job")
    def test_deleted_meanwhile_the_job_goes_on(self):
        simulation = self.count_later()
        self.run_count_meanwhile(simulation, lambda s: s.sudo().unlink())
        self.assertFalse(simulation.exists())

    @mute_logger(f"{RETENTION}.rgpd_simulation_job")
    def test_a_failure_is_told_and_nothing_is_approved(self):
        simulation = self.count_later()
        registry = self.env.registry["rgpd.eraser.document.scope"]

        def fail(*_args):
            raise ZeroDivisionError

        with patch.object(registry, "_get_groups", fail):
            self.run_count()
        self.assertEqual(simulation.books_state, "failed")
        with self.assertRaisesRegex(UserError, "compute again"):
            simulation.action_approve()
