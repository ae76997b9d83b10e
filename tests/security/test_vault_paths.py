"""Every path to an archived customer, as a salesperson: no data, no error, a label."""

import json

from odoo import Command, api
from odoo.exceptions import AccessError
from odoo.tests import Form

from ..models.vault_common import VaultCase

LABEL = "Archived customer"
SECRETS = ("Perraud", "Hugo", "4 impasse du Test", "hugo.perraud", "639982001")


class TestVaultPaths(VaultCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.vat = "FR83404833048"
        cls.customer.ref = "CLI-PERRAUD"
        cls.order.user_id = cls.seller
        cls.vault = cls.archive()

    def setUp(self):
        super().setUp()
        self.sold = self.as_user(self.seller, self.order)
        self.partner = self.sold.partner_id

    def assert_hidden(self, value):
        text = json.dumps(value, default=str, ensure_ascii=False)
        for secret in (*SECRETS, "FR83404833048", "CLI-PERRAUD"):
            self.assertNotIn(secret.lower(), text.lower())

    # === RECORDS === #

    def test_an_old_order_opens(self):
        spec = {
            "partner_id": {
                "fields": {"display_name": {}, "name": {}, "email": {}, "street": {}}
            },
            "partner_invoice_id": {
                "fields": {"display_name": {}},
                "context": {"show_address": 1, "show_email": 1, "show_vat": 1},
            },
            "note": {},
            "client_order_ref": {},
            "amount_total": {},
        }
        values = self.sold.web_read(spec)
        self.assert_hidden(values)
        self.assertEqual(values[0]["partner_id"]["display_name"], LABEL)
        self.assertEqual(values[0]["partner_invoice_id"]["display_name"], LABEL)
        self.assertTrue(values[0]["amount_total"])

    def test_the_form_of_an_old_order(self):
        with Form(self.sold) as form:
            self.assertEqual(form.partner_id.display_name, LABEL)
            form.commitment_date = "2026-12-01 10:00:00"
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT name, complete_name FROM res_partner WHERE id = %s",
            [self.customer.id],
        )
        self.assertEqual(self.env.cr.fetchone(), ("Hugo Perraud", "Hugo Perraud"))

    def test_the_form_of_the_contact(self):
        """Whatever its view shows."""
        form = Form(self.partner)
        self.assertEqual(form.name, LABEL)
        values = {
            name: value
            for name, value in form._values.items()
            if name not in ("message_ids", "id")
        }
        self.assert_hidden(values)
        action = self.partner.get_formview_action()
        self.assertEqual(action["res_id"], self.partner.id)

    def test_reading_the_contact_by_its_number(self):
        names = [
            name
            for name, field in self.partner._fields.items()
            if field.type in ("char", "text", "html")
            and self.partner._has_field_access(field, "read")
        ]
        values = self.partner.read(names)
        self.assert_hidden(values)
        self.assertEqual(values[0]["name"], LABEL)
        self.assertFalse(values[0]["vat"])

    def test_sudo_does_not_show_more(self):
        self.assertEqual(self.partner.sudo().display_name, LABEL)
        self.assertEqual(self.partner.sudo().name, LABEL)
        self.assert_hidden(self.sold.sudo().partner_id.read(["name", "street", "vat"]))

    def test_the_order_list(self):
        values = self.sold.web_search_read(
            [("id", "=", self.order.id)],
            {"partner_id": {"fields": {"display_name": {}}}, "name": {}},
        )
        self.assertEqual(values["records"][0]["partner_id"]["display_name"], LABEL)

    def test_a_new_contact_sees_nothing_of_the_parent(self):
        child = self.env["res.partner"].create(
            {"name": "Léa Perraud", "parent_id": self.customer.id}
        )
        child = self.as_user(self.seller, child)
        self.assertNotIn("Hugo", child.display_name)
        self.assertNotIn("Hugo", child.parent_name or "")
        for records in (child, child.sudo()):
            found = records.search([("parent_id.name", "ilike", "Hugo")])
            self.assertNotIn(child, found)
            found = records.search([("parent_id", "ilike", "Hugo")])
            self.assertNotIn(child, found)

    # === SEARCH === #

    def test_nobody_is_found(self):
        Partner = self.env["res.partner"].with_user(self.seller)
        for domain in (
            [("name", "ilike", "Perraud")],
            [("complete_name", "=", "Hugo Perraud")],
            [("vat", "=", "FR83404833048")],
            [("ref", "=", "CLI-PERRAUD")],
            [("street", "ilike", "impasse du Test 1")],
            [("email", "ilike", "hugo.perraud")],
            [("display_name", "ilike", "Hugo")],
            [("id", "=", self.customer.id), ("name", ">", "H"), ("name", "<", "I")],
            ["!", ("name", "not ilike", "Perraud")],
            [("id", "child_of", self.customer.id), ("name", "ilike", "Perraud")],
        ):
            self.assertNotIn(self.customer.id, Partner.search(domain).ids, domain)
            self.assertNotIn(
                self.customer.id, Partner.sudo().search(domain).ids, domain
            )
        self.assertNotIn(
            self.customer.id,
            [row[0] for row in Partner.name_search("Hugo")],
        )

    def test_orders_are_not_found_by_the_name(self):
        orders = self.env["sale.order"].with_user(self.seller)
        for domain in (
            [("partner_id", "ilike", "Perraud")],
            [("partner_id.name", "ilike", "Perraud")],
            [("partner_id.street", "!=", False), ("id", "=", self.order.id)],
            [("client_order_ref", "ilike", "Perraud")],
        ):
            self.assertNotIn(self.order.id, orders.search(domain).ids, domain)

    def test_invoices_are_not_found_by_the_name(self):
        moves = self.env["account.move"].with_user(self.seller)
        domain = [("invoice_partner_display_name", "ilike", "Perraud")]
        self.assertNotIn(self.invoice.id, moves.sudo().search(domain).ids)
        move = self.as_user(self.seller, self.invoice).sudo()
        self.assertEqual(move.invoice_partner_display_name, LABEL)
        self.assertEqual(move.partner_id.display_name, LABEL)

    # === GROUPS === #

    def test_groups_and_pivots(self):
        orders = self.env["sale.order"].with_user(self.seller)
        domain = [("id", "=", self.order.id)]
        groups = orders.formatted_read_group(domain, ["partner_id"], ["__count"])
        self.assert_hidden(groups)
        self.assertEqual(groups[0]["partner_id"][1], LABEL)
        self.env.flush_all()
        report = self.env["sale.report"].with_user(self.seller)
        groups = report.formatted_read_group(
            [("order_reference", "=", f"sale.order,{self.order.id}")],
            ["partner_id"],
            ["price_total:sum"],
        )
        self.assert_hidden(groups)
        self.assertTrue(groups)
        partners = self.env["res.partner"].with_user(self.seller)
        self.assert_hidden(partners.formatted_read_group([], ["name"], ["__count"]))
        self.assert_hidden(
            partners.formatted_read_group([], ["city", "street"], ["__count"])
        )

    # === OUT OF ODOO === #

    def test_export(self):
        self.seller.group_ids += self.env.ref("base.group_allow_export")
        data = self.sold.export_data(
            ["name", "partner_id", "partner_id/name", "partner_id/street", "note"]
        )
        self.assert_hidden(data)
        self.assertEqual(data["datas"][0][1], LABEL)

    def test_report(self):
        html, _kind = (
            self.env["ir.actions.report"]
            .with_user(self.seller)
            ._render_qweb_html("sale.action_report_saleorder", self.sold.ids)
        )
        self.assert_hidden(html.decode())
        self.assertIn(LABEL, html.decode())

    def test_mail_composer(self):
        composer = (
            self.env["mail.compose.message"]
            .with_user(self.seller)
            .with_context(default_model="sale.order", default_res_ids=self.order.ids)
            .create(
                {
                    "subject": "Suite",
                    "body": "<p>Bonjour <t t-out='object.partner_id.name'/></p>",
                    "partner_ids": [Command.link(self.customer.id)],
                }
            )
        )
        self.assert_hidden(composer.partner_ids.mapped("display_name"))
        self.assert_hidden(self.sold._message_get_suggested_recipients())
        self.assertFalse(self.partner.email_formatted)

    def test_the_thread_of_the_order(self):
        messages = self.sold.message_ids
        self.assertTrue(messages)
        self.assert_hidden(messages.mapped("body"))
        self.assert_hidden(messages.mapped("author_id.display_name"))

    def test_files_are_out_of_reach(self):
        files = self.env["ir.attachment"].search(
            [("res_model", "=", "rgpd.vault"), ("res_id", "=", self.vault.id)]
        )
        self.assertTrue(files)
        with self.assertRaises(AccessError):
            files.with_user(self.seller).read(["name", "datas"])
        files.with_user(self.archivist).read(["name"])

    # === WRITING === #

    def test_nothing_is_written(self):
        with self.assertRaises(AccessError):
            self.partner.write({"name": "X"})

    def test_a_recompute_by_a_salesperson_stores_the_true_name(self):
        company = self.env["res.partner"].create(
            {"name": "Ateliers", "is_company": True}
        )
        contact = self.new_person("Hugo Perraud", 5)
        contact.parent_id = company
        self.archive(contact)
        company = self.as_user(self.seller, company)
        company.name = "Ateliers du Test"
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT complete_name FROM res_partner WHERE id = %s", [contact.id]
        )
        self.assertEqual(self.env.cr.fetchone()[0], "Ateliers du Test, Hugo Perraud")

    # === WHO STILL READS === #

    def test_accounting_and_archive_read_the_name(self):
        for user in (self.accountant, self.archivist, self.dpo):
            partner = self.as_user(user, self.customer)
            self.assertEqual(partner.name, "Hugo Perraud")
            self.assertEqual(partner.display_name, "Hugo Perraud")
            found = partner.search([("name", "=", "Hugo Perraud")])
            self.assertIn(partner, found)

    def test_users_do_not_share_what_they_see(self):
        """In one transaction, whoever reads first."""
        self.env.invalidate_all()
        seen = self.customer.with_user(self.accountant).display_name
        self.assertEqual(seen, "Hugo Perraud")
        self.assertEqual(self.customer.with_user(self.seller).display_name, LABEL)
        self.assertEqual(self.customer.with_user(self.seller).name, LABEL)
        self.assertEqual(self.customer.with_user(self.accountant).name, "Hugo Perraud")

    def test_a_program_logs_in_from_outside(self):
        """Odoo looks for the login of an RPC client with no user at all."""
        nobody = api.Environment(self.env.cr, None, {})
        self.assertTrue(nobody["rgpd.vault"]._is_masking())
        answer = nobody["res.users"].authenticate(
            {"login": "vault_seller", "password": "vault_seller", "type": "password"},
            {"interactive": False},
        )
        self.assertEqual(answer["uid"], self.seller.id)

    def test_who_is_back_sees_their_own_name(self):
        user = self.env["res.users"].create(
            {
                "login": "vault_portal",
                "partner_id": self.customer.id,
                "group_ids": [Command.set([self.env.ref("base.group_portal").id])],
            }
        )
        partner = self.as_user(user, self.customer)
        self.assertEqual(partner.sudo().name, "Hugo Perraud")

    # === COST === #

    def test_lists_without_archived_persons_cost_no_statement(self):
        partners = self.prospect.with_user(self.seller)

        def count():
            self.env.invalidate_all()
            partners.search([("id", "=", self.prospect.id)], limit=1).read(["name"])
            start = self.env.cr.sql_log_count
            self.env.invalidate_all()
            partners.search_read(
                [("name", "ilike", "Zoé")], ["name", "street", "display_name"]
            )
            return self.env.cr.sql_log_count - start

        hidden = count()
        self.vault._restore("by_hand")
        self.assertEqual(count(), hidden)
