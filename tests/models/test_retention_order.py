from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests.common import new_test_user

from odoo.addons.rgpd_fichier_client.core.retention.orders import (
    OrderFacts,
    OrderRules,
    order_basis,
    order_dates,
)

from .retention_common import TODAY, RetentionCase


class TestRetentionOrder(RetentionCase):
    """An order says its basis, phase and end at each step of its life."""

    def order_of(self, partner=None, day="2024-03-31", state="sale", **vals):
        return self.new_order(partner or self.new_person(), day, state, **vals)

    def invoice_of(self, order, day, quantity=1.0):
        line = order.order_line[0]
        move = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": order.partner_id.id,
                "invoice_date": day,
                "date": day,
                "invoice_line_ids": [
                    Command.create(
                        {
                            "product_id": line.product_id.id,
                            "quantity": quantity,
                            "tax_ids": False,
                            "sale_line_ids": [Command.link(line.id)],
                        }
                    )
                ],
            }
        )
        move.action_post()
        order.invalidate_recordset()
        return move

    def test_the_page_of_the_form_tells_it(self):
        """To whoever sells; the reason in words to readers of the register alone."""
        order = self.order_of()
        seller = new_test_user(
            self.env, "page_seller", groups="sales_team.group_sale_salesman_all_leads"
        )
        why, until = order.with_user(seller).rgpd_get_retention()
        self.assertEqual([row["name"] for row in why["rows"]], ["rgpd_legal_basis"])
        shown = {row["name"]: row for row in until["rows"]}
        self.assertEqual(shown["rgpd_phase"]["look"], "success")
        self.assertIn("2029", shown["rgpd_date_retention"]["value"])
        seller.group_ids += self.env.ref("rgpd_fichier_client.group_rgpd_reader")
        why, _until = order.with_user(seller).rgpd_get_retention()
        self.assertIn("rgpd_explanation", [row["name"] for row in why["rows"]])
        stranger = new_test_user(self.env, "page_stranger", groups="base.group_user")
        for method in ("rgpd_get_retention", "rgpd_get_choices"):
            with self.assertRaises(AccessError):
                getattr(order.with_user(stranger), method)()

    def assert_order(self, order, basis, end, phase=None):
        order.invalidate_recordset()
        self.assertEqual(order.rgpd_legal_basis, basis)
        self.assertEqual(order.rgpd_date_retention, end and self.day(end))
        if phase:
            self.assertEqual(order.rgpd_phase, phase)

    def test_the_database_agrees_with_the_table_of_cases(self):
        for state in ("draft", "sent", "sale", "cancel"):
            for day in ("2018-03-31", "2023-11-22", "2024-02-29"):
                for invoiced in (None, "2024-04-15"):
                    for signed in (False, f"{day} 10:00:00"):
                        with self.subTest(state=state, day=day, invoiced=invoiced):
                            self.check_case(state, day, invoiced, signed)

    def check_case(self, state, day, invoiced, signed):
        order = self.order_of(day=day, signed_on=signed)
        if invoiced:
            self.invoice_of(order, invoiced)
        order.state = state
        facts = OrderFacts(
            state,
            self.day(day),
            invoiced=self.day(invoiced) if invoiced else None,
            is_electronic=bool(signed),
        )
        end = order_dates(facts, self.rules())[1].isoformat()
        self.assert_order(order, order_basis(facts), end)

    def rules(self):
        """Return the periods the register ships, as the core takes them."""
        found = {
            purpose.code: purpose
            for purpose in self.env["rgpd.purpose"]._get_purposes(self.company)
        }
        quote, order, invoice = (found[c] for c in ("quote", "order", "invoice"))
        return OrderRules(
            quote=(quote.active_delay, quote.active_unit),
            contract=(order.active_delay, order.active_unit),
            contract_archive=(order.archive_delay, order.archive_unit),
            accounting=(invoice.active_delay, invoice.active_unit),
            accounting_archive=(invoice.archive_delay, invoice.archive_unit),
            documents=tuple(
                (
                    (rule.active_delay, rule.active_unit),
                    (rule.archive_delay, rule.archive_unit),
                )
                for rule in invoice.rule_ids
                if rule.start_event == "invoice"
            ),
        )

    def test_the_tax_office_may_ask_for_six_years(self):
        purpose = self.env.ref("rgpd_fichier_client.rgpd_purpose_invoice")
        purpose.archive_delay = 1
        self.env.ref("rgpd_fichier_client.rgpd_purpose_order").archive_delay = 1
        self.assertEqual(len(self.rules().documents), 1)
        self.test_the_database_agrees_with_the_table_of_cases()
        order = self.order_of(day="2021-02-01")
        self.invoice_of(order, "2021-04-15")
        self.assert_order(order, "contract_legal_obligation", "2027-04-15", "archive")
        found = self.env["sale.order"].search(
            [("id", "=", order.id), ("rgpd_date_retention", "=", "2027-04-15")]
        )
        self.assertEqual(found, order)
        tax = self.env.ref("rgpd_fichier_client.rgpd_retention_rule_r06_tax")
        self.assertIn(tax.name, order.rgpd_explanation)
        self.assertIn("L102 B", order.rgpd_explanation)
        purpose.archive_delay = 10
        order.invalidate_recordset()
        self.assertIn(purpose.name, order.rgpd_explanation)
        self.assertNotIn("L102 B", order.rgpd_explanation)

    def test_confirm_cancel_and_reset(self):
        order = self.order_of(day=TODAY, state="draft")
        self.assert_order(order, "precontractual", "2029-11-23", "active")
        order.action_confirm()
        self.assert_order(order, "contract", "2031-11-23", "active")
        order._action_cancel()
        self.assert_order(order, "precontractual", "2029-11-23", "active")
        order.action_draft()
        self.assert_order(order, "precontractual", "2029-11-23", "active")

    def test_a_partial_invoice_is_accounting_already(self):
        order = self.order_of()
        self.invoice_of(order, "2024-04-15", quantity=0.5)
        self.assert_order(order, "contract_legal_obligation", "2034-12-31")

    def test_a_refund_does_not_undo_the_accounting(self):
        order = self.order_of()
        invoice = self.invoice_of(order, "2024-04-15")
        refund = invoice._reverse_moves([{"invoice_date": "2025-02-01"}])
        refund.action_post()
        self.assert_order(order, "contract_legal_obligation", "2035-12-31")

    def test_an_invoice_back_to_draft_and_deleted(self):
        order = self.order_of()
        invoice = self.invoice_of(order, "2024-04-15")
        invoice.button_draft()
        self.assert_order(order, "contract", "2029-03-31")
        invoice.with_context(force_delete=True).unlink()
        self.assert_order(order, "contract", "2029-03-31")

    def test_the_end_is_that_of_the_reason_of_the_person(self):
        person = self.new_person()
        order = self.order_of(person, "2021-03-01", signed_on="2021-03-01 10:00:00")
        self.refresh(person)
        end = self.reasons(person)["order"].date_archive_end
        self.assertEqual(order.rgpd_date_retention, end)
        self.assertEqual(end, self.day("2031-03-01"))

    def test_a_professional_has_no_electronic_contract(self):
        company = self.env["res.partner"].create(
            {"name": "Test SAS", "is_company": True}
        )
        person = self.new_person(parent_id=company.id)
        order = self.order_of(person, signed_on="2024-03-31 10:00:00")
        self.assert_order(order, "contract", "2029-03-31")

    def test_a_new_contact_postpones_a_dead_quotation(self):
        person = self.new_person()
        order = self.order_of(person, "2022-01-10", "sent")
        self.assert_order(order, "precontractual", "2025-01-10", "expired")
        person.message_post(body="Bonjour", author_id=person.id, message_type="email")
        self.refresh(person)
        self.assert_order(order, "precontractual", "2029-11-23", "active")
        self.assertEqual(order.rgpd_date_last_contact, self.day(TODAY))

    def test_an_archived_customer_changes_nothing(self):
        order = self.order_of()
        order.partner_id.active = False
        self.assert_order(order, "contract", "2029-03-31")
        found = self.env["sale.order"].search([("rgpd_legal_basis", "=", "contract")])
        self.assertIn(order, found)

    def test_a_dispute_holds_the_order(self):
        order = self.order_of(day="2018-03-31", state="cancel")
        self.assert_order(order, "precontractual", "2021-03-31", "expired")
        hold = self.env["rgpd.hold"].create(
            {"name": "Dispute", "kind": "dispute", "partner_id": order.partner_id.id}
        )
        self.assert_order(order, "precontractual", False, "active")
        self.assertIn("17.3.e", order.rgpd_explanation)
        expired = [("rgpd_phase", "=", "expired")]
        self.assertNotIn(order, self.env["sale.order"].search(expired))
        hold.date_lifted = TODAY
        self.assert_order(order, "precontractual", "2021-03-31", "expired")

    def test_an_order_that_nothing_ends_says_why(self):
        order = self.order_of(day="2018-03-31")
        purpose = self.env["rgpd.purpose"]._get_purposes(self.env.company)
        purpose = purpose.filtered(lambda found: found.code == "order")
        purpose.write({"active_delay": 0, "archive_delay": 0})
        self.env.flush_all()
        self.env.invalidate_all()
        self.assert_order(order, "contract", False, False)
        self.assertIn(purpose.name, order.rgpd_explanation)
        self.assertIn("no period", order.rgpd_explanation)
        why, _until = order.rgpd_get_retention()
        shown = {row["name"]: row["value"] for row in why["rows"]}
        self.assertIn("no period", shown["rgpd_explanation"])
        purpose.active = False
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertIn("no purpose", order.rgpd_explanation)
        # Nothing is known of one that is not saved yet
        draft = self.env["sale.order"].new({"partner_id": order.partner_id.id})
        self.assertFalse(draft.rgpd_explanation)

    def test_the_rules_are_those_of_the_company_of_the_order(self):
        other = self.env["res.company"].create(
            {"name": "Without country", "country_id": False}
        )
        person = self.new_person()
        order = self.order_of(person, "2024-03-31", "sent")
        theirs = order.copy({"company_id": other.id})
        quote = self.env["rgpd.purpose"]._get_purposes(other)
        quote = quote.filtered(lambda purpose: purpose.code == "quote")
        quote.copy({"company_id": other.id, "code": "quote", "active_delay": 1})
        theirs.write({"date_order": "2024-03-31 10:00:00", "state": "sent"})
        self.assert_order(order, "precontractual", "2027-03-31", "active")
        self.assert_order(theirs, "precontractual", "2025-03-31", "expired")
        groups = self.env["sale.order"]._read_group(
            [("id", "in", (order | theirs).ids)], ["rgpd_phase"], ["__count"]
        )
        self.assertEqual(dict(groups), {"active": 1, "expired": 1})

    def test_a_salesperson_of_one_company_opens_orders_beside_another(self):
        """The rules of a company they do not work in are no reason to refuse."""
        order = self.order_of(day="2024-03-31")
        self.env["res.company"].create({"name": "Autre SARL"})
        seller = new_test_user(
            self.env, login="one_company", groups="sales_team.group_sale_manager"
        )
        self.env.flush_all()
        self.env.invalidate_all()
        seen = order.with_user(seller).with_context(
            allowed_company_ids=seller.company_ids.ids
        )
        [values] = seen.read()
        self.assertTrue(values["rgpd_date_retention"])
        found = seen.search([("id", "=", order.id), ("rgpd_phase", "!=", False)])
        self.assertEqual(found, seen)

    def test_a_form_being_filled_in(self):
        """Nothing is known of an order before it is saved."""
        orders = self.env["sale.order"]
        vals = {"partner_id": self.new_person().id}
        self.assertFalse(orders.new(vals).rgpd_legal_basis)
        order = orders.create(vals)
        edited = orders.new({"client_order_ref": "X"}, origin=order)
        self.assertEqual(edited.rgpd_legal_basis, "precontractual")

    def test_filters_and_groups_agree_with_the_fields(self):
        orders = self.order_of() | self.order_of(day="2018-03-31", state="cancel")
        orders |= self.order_of(day=TODAY, state="draft")
        own = [("id", "in", orders.ids)]
        Order = self.env["sale.order"]
        for name in ("rgpd_legal_basis", "rgpd_phase", "rgpd_date_retention"):
            for order in orders:
                found = Order.search([*own, (name, "=", order[name])])
                self.assertEqual(
                    found, orders.filtered(lambda o, n=name, v=order[name]: o[n] == v)
                )
                self.assertNotIn(order, Order.search([*own, (name, "!=", order[name])]))
            spec = f"{name}:year" if "date" in name else name
            groups = Order._read_group(own, [spec], ["__count"])
            self.assertEqual(sum(count for _key, count in groups), len(orders))
        by_end = Order.search(own, order="rgpd_date_retention")
        self.assertEqual(
            by_end.ids, orders.sorted(lambda o: (o.rgpd_date_retention, o.id)).ids
        )
