"""Everyday work in Odoo's own screens asks the database for nothing more."""

from unittest.mock import patch

from lxml import etree

from odoo.exceptions import AccessError
from odoo.tests import new_test_user
from odoo.tools import SQL

from .document_common import DocumentCase

FIELDS = [
    "rgpd_legal_basis",
    "rgpd_phase",
    "rgpd_date_last_contact",
    "rgpd_date_retention",
]


class TestEverydayStatements(DocumentCase):
    def count(self, work):
        """Return the statements of some work, what a process remembers left out."""
        for _time in range(2):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            work()
        return self.env.cr.sql_log_count - before

    def test_the_lists_of_odoo_have_no_column_of_ours(self):
        """A hidden column is read as well, each time the list is opened."""
        seller = new_test_user(
            self.env, "everyday", groups="sales_team.group_sale_manager"
        )
        for model, view in (
            ("res.partner", "base.view_partner_tree"),
            ("sale.order", "sale.sale_order_tree"),
            ("sale.order", "sale.view_quotation_tree"),
            ("sale.order", "sale.view_order_tree"),
        ):
            with self.subTest(view):
                view_id = self.env.ref(view).id
                arch = self.env[model].with_user(seller).get_view(view_id)["arch"]
                names = [x.get("name") for x in etree.fromstring(arch).iter("field")]
                self.assertFalse([name for name in names if name.startswith("rgpd_")])

    def test_the_company_is_read_without_its_settings(self):
        """Every request reads the company; the settings come together, when wanted."""
        company = self.env.company
        settings = [
            field.name
            for field in company._fields.values()
            if field.name.startswith("rgpd_") and field.store and field.column_type
        ]
        company.invalidate_recordset()
        self.assertTrue(company.name and settings)
        self.assertFalse(
            [
                name
                for name in settings
                if company.id in company._fields[name]._get_cache(self.env)
            ]
        )
        # The name of the company, then all settings at once
        self.assertEqual(
            self.count(lambda: [company[name] for name in ("name", *settings)]), 2
        )

    def test_the_form_of_a_contact_takes_one_statement(self):
        """It says whether the use is restricted; its pages ask for themselves."""
        seller = new_test_user(
            self.env, "everyday_contact", groups="sales_team.group_sale_manager"
        )
        partners = self.env["res.partner"].with_user(seller)
        arch = partners.get_view(self.env.ref("base.view_partner_form").id)["arch"]
        names = {x.get("name") for x in etree.fromstring(arch).iter("field")}
        ours = {name for name in names if name.startswith("rgpd_")}
        self.assertEqual(ours, {"rgpd_is_restricted"})

    def test_whether_contacts_are_restricted_takes_one_statement(self):
        restricted, other = self.old.partner_id, self.other_order.partner_id
        address = restricted.create(
            {"name": "Dépôt", "parent_id": restricted.id, "type": "delivery"}
        )
        colleague = restricted.create({"name": "Collègue", "parent_id": restricted.id})
        partners = restricted | other | address | colleague

        def read():
            return partners.mapped("rgpd_is_restricted")

        self.assertEqual(read(), [False] * 4)
        self.env["rgpd.restriction"]._set(restricted, "accuracy")
        partners.invalidate_recordset(["rgpd_is_restricted"])
        self.assertEqual(read(), [True, False, True, False])
        self.assertEqual(self.count(read), 1)
        elsewhere = self.env["res.company"].create({"name": "Ailleurs"})
        here = partners.with_context(allowed_company_ids=elsewhere.ids)
        self.assertEqual(here.mapped("rgpd_is_restricted"), [False] * 4)

    def test_the_pages_of_a_contact_take_one_statement(self):
        """Retention and wish, where there are some and where not."""
        partners = self.old.partner_id | self.other_order.partner_id
        names = [*FIELDS, "rgpd_wish"]
        self.assertEqual(
            self.count(lambda: [partners.mapped(name) for name in names]), 1
        )

    def test_the_pages_of_a_contact_tell_what_its_fields_hold(self):
        person = self.old.partner_id
        person.action_rgpd_refresh()
        told = {
            row["name"]: row["value"]
            for section in person.rgpd_get_retention()
            for row in section["rows"]
        }
        self.assertEqual(set(told), {name for name in FIELDS if person[name]})
        phases = dict(person._fields["rgpd_phase"]._description_selection(self.env))
        self.assertEqual(told["rgpd_phase"], phases[person.rgpd_phase])
        staff = self.env.user.partner_id
        self.assertFalse(staff.rgpd_phase)
        [section] = staff.rgpd_get_retention()
        self.assertIn("does not concern", section["empty"])
        stranger = new_test_user(self.env, "everyday_out", groups="base.group_portal")
        with self.assertRaises(AccessError):
            person.with_user(stranger).rgpd_get_retention()

    def test_the_form_of_an_order_reads_nothing_computed(self):
        """Its pages ask for themselves, once they are opened."""
        seller = new_test_user(
            self.env, "everyday_form", groups="sales_team.group_sale_manager"
        )
        orders = self.env["sale.order"].with_user(seller)
        arch = orders.get_view(self.env.ref("sale.view_order_form").id)["arch"]
        names = {x.get("name") for x in etree.fromstring(arch).iter("field")}
        ours = {name for name in names if name.startswith("rgpd_")}
        self.assertEqual(ours, {"rgpd_objection_offered"})

    def test_the_pages_of_an_order_take_few_statements(self):
        orders = self.old | self.recent | self.other_order
        names = [*FIELDS, "rgpd_leaving", "rgpd_choice_summary"]
        # What Odoo's own form reads of an order
        needed = ("company_id", "partner_id")

        def read(names):
            return [orders.mapped(name) for name in (*needed, *names)]

        alone = self.count(lambda: read([]))
        # One, and three to know whether the rules are those the DPO approved
        self.assertEqual(self.count(lambda: read(names)), alone + 4)

    def test_one_order_is_read_and_not_all(self):
        """Whatever is computed per order is computed for those that are shown."""
        execute_query, plans = type(self.env).execute_query, []

        def explain(env, query):
            if "rgpd_ends" in query.code:
                plan = SQL("EXPLAIN (ANALYZE, FORMAT JSON) %s", query)
                plans.append(execute_query(env, plan)[0][0][0]["Plan"])
            return execute_query(env, query)

        def walk(node):
            yield node
            for child in node.get("Plans", ()):
                yield from walk(child)

        self.env.invalidate_all()
        with patch.object(type(self.env), "execute_query", explain):
            self.assertTrue(self.old.rgpd_phase)
        [plan] = plans
        read = [n for n in walk(plan) if n.get("Alias") == "sale_order"]
        self.assertEqual([n["Actual Rows"] for n in read], [1])

    def read(self):
        self.env.invalidate_all()
        return [self.old[name] for name in FIELDS]

    def test_a_changed_rule_shows_at_once(self):
        """Twice in one transaction, a rule among them that nobody wrote by the ORM."""
        purpose = self.env.ref("rgpd_fichier_client.rgpd_purpose_order")
        day = self.old.rgpd_date_retention
        for years in (20, 30):
            purpose.archive_delay = years
            self.assertNotEqual(self.read()[-1], day)
            day = self.old.rgpd_date_retention
            found = self.env["sale.order"].search([("rgpd_date_retention", "=", day)])
            self.assertIn(self.old, found)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE rgpd_purpose SET archive_delay = 40 WHERE id = %s", (purpose.id,)
        )
        self.assertGreater(self.read()[-1], day)

    def test_the_form_says_what_a_search_finds(self):
        for order in self.old | self.recent | self.other_order:
            for name in FIELDS:
                with self.subTest(order=order.id, field=name):
                    domain = [("id", "=", order.id), (name, "=", order[name])]
                    self.assertEqual(self.env["sale.order"].search(domain), order)
