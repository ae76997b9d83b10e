"""Restricted data are stored and nothing else, whatever the way (Art. 18 GDPR)."""

from odoo import Command
from odoo.exceptions import UserError
from odoo.service.model import call_kw
from odoo.tests.common import new_test_user

from ..models.vault_common import VaultCase


class TestRestrictionPaths(VaultCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.officer = new_test_user(
            cls.env,
            login="restriction_officer",
            groups="base.group_user,base.group_partner_manager,"
            "base.group_allow_export,sales_team.group_sale_manager",
        )
        cls.env["rgpd.restriction"]._set(cls.prospect, "claims")

    def person(self):
        return self.as_user(self.officer, self.prospect)

    def test_it_hides_nothing(self):
        person = self.person()
        self.assertEqual(person.read(["email"])[0]["email"], self.prospect.email)
        found = person.search([("name", "=", "Zoé Liénard")])
        self.assertEqual(found, person)

    def test_no_write_and_no_deletion(self):
        for act in (
            lambda: self.person().write({"email": "z@autre.example"}),
            lambda: self.person().unlink(),
            lambda: self.person().web_save({"phone": "1"}, {"phone": {}}),
        ):
            with self.assertRaisesRegex(UserError, "Art. 18"):
                act()

    def test_the_addresses_of_the_person_are_data_of_the_person(self):
        addresses = self.env["res.partner"].create(
            [
                {
                    "name": "Chez la voisine",
                    "type": kind,
                    "parent_id": self.prospect.id,
                    "street": "9 rue des Essais",
                }
                for kind in ("delivery", "invoice", "other")
            ]
        )
        free = self.env["res.partner"].create(
            {"name": "Adresse libre", "type": "delivery", "parent_id": self.customer.id}
        )
        seen = self.as_user(self.officer, addresses | free)
        found = seen.search([("id", "in", seen.ids), ("rgpd_is_restricted", "=", True)])
        self.assertEqual(found, seen - free.with_env(seen.env))
        for address in addresses:
            address = self.as_user(self.officer, address)
            self.assertTrue(address.rgpd_is_restricted)
            for act in (
                lambda a=address: a.write({"street": "10 rue des Essais"}),
                lambda a=address: a.unlink(),
                lambda a=address: a.export_data(["street"]),
            ):
                with (
                    self.subTest(address.type),
                    self.assertRaisesRegex(UserError, "18"),
                ):
                    act()
        self.as_user(self.officer, free).street = "11 rue des Essais"

    # === A NEW RECORD OF THE SAME PERSON === #

    def address_vals(self, kind="delivery"):
        return {
            "name": "Chez la voisine",
            "type": kind,
            "parent_id": self.prospect.id,
            "street": "9 rue des Essais",
        }

    def test_no_new_address_by_whatever_path(self):
        people = self.person().browse()
        columns = ["name", "type", "parent_id/.id", "street"]
        row = ["Chez la voisine", "Delivery", str(self.prospect.id), "9 rue"]
        free = self.env["res.partner"].create(
            {"name": "Adresse libre", "type": "delivery", "parent_id": self.customer.id}
        )
        before = self.env["res.partner"].search_count([])
        # As in a request: commands on contacts are carried out as this user
        self.patch(
            self.env.transaction, "default_env", self.env(user=self.officer, su=False)
        )
        vals = self.address_vals()
        for name, act in {
            "create": lambda: people.create(vals),
            "invoice": lambda: people.create(self.address_vals("invoice")),
            "other": lambda: people.create(self.address_vals("other")),
            "web_save": lambda: people.web_save(vals, {"name": {}}),
            "rpc": lambda: call_kw(
                people.with_user(self.officer), "create", [[vals]], {}
            ),
            "default in the context": lambda: people.with_context(
                default_parent_id=self.prospect.id, default_type="delivery"
            ).create({"name": "Chez la voisine"}),
            "command": lambda: self.person().write(
                {"child_ids": [Command.create({"name": "X", "type": "delivery"})]}
            ),
            "moved": lambda: self.as_user(self.officer, free).write(
                {"parent_id": self.prospect.id}
            ),
            "copy": lambda: self.person().copy(),
        }.items():
            with (
                self.subTest(name),
                self.assertRaisesRegex(UserError, "Art. 18"),
                self.env.cr.savepoint(),
            ):
                act()
        with self.env.cr.savepoint():
            result = people.load(columns, [row])
        self.assertFalse(result["ids"])
        self.assertIn("Art. 18", result["messages"][0]["message"])
        self.env.invalidate_all()
        self.assertEqual(self.env["res.partner"].search_count([]), before)

    def test_an_address_does_not_become_a_contact_to_be_free(self):
        address = self.env["res.partner"].create(self.address_vals())
        for vals in ({"type": "contact"}, {"parent_id": False}):
            with self.assertRaisesRegex(UserError, "Art. 18"):
                self.as_user(self.officer, address).write(vals)

    def test_a_contact_beneath_is_another_person(self):
        people = self.person().browse()
        contact = people.create(self.address_vals("contact"))
        contact.phone = "+33 6 39 98 00 77"
        self.assertFalse(contact.rgpd_is_restricted)

    def test_whoever_enters_them_again_is_warned_and_nobody_writes_to_them(self):
        """Work goes on, as invariant 13 asks; the double is not contacted."""
        people = self.person().browse()
        double = people.create(
            {"name": "Z. Liénard", "email": "Zoe.Lienard@courriel.example"}
        )
        fresh = people.new({"email": " ZOE.lienard@courriel.example"})
        warning = fresh._onchange_email_rgpd_restriction()["warning"]
        self.assertIn(str(self.prospect.id), warning["message"])
        self.assertNotIn("Liénard", warning["message"])
        self.assertIsNone(self.person()._onchange_email_rgpd_restriction())
        other = people.new({"email": "autre@courriel.example"})
        self.assertIsNone(other._onchange_email_rgpd_restriction())
        result = people.onchange(
            {"email": self.prospect.email}, ["email"], {"email": {}, "name": {}}
        )
        self.assertIn("Art. 18", result["warning"]["title"])
        lead = self.env["crm.lead"].create(
            {"name": "Demande", "email_from": self.prospect.email}
        )
        for records in (double, lead):
            for purpose in ("prospect_email_b2c", "contract"):
                verdict = self.env["rgpd.contact.gate"]._check(
                    records.sudo(), purpose, "email"
                )[records.id]
                self.assertFalse(verdict["allowed"], (records, purpose))
        verdict = self.env["rgpd.contact.gate"]._check(double.sudo(), "rights", "email")
        self.assertNotEqual(verdict[double.id]["code"], "person_restricted")

    def test_a_mailbox_of_a_whole_company_tells_nothing(self):
        self.prospect.sudo().email = "contact@boutique.example"
        other = self.env["res.partner"].create(
            {"name": "Collègue Exemple", "email": "contact@boutique.example"}
        )
        gate = self.env["rgpd.contact.gate"]
        self.assertEqual(gate._get_restricted(other, self.company), set())

    def test_a_context_sent_by_a_client_frees_nothing(self):
        args = [self.prospect.ids, {"email": "z@autre.example"}]
        for value in (True, 1, "1"):
            with self.assertRaisesRegex(UserError, "Art. 18"):
                call_kw(
                    self.env["res.partner"].with_user(self.officer),
                    "write",
                    args,
                    {"context": {"rgpd_rights": value}},
                )

    def test_no_export_not_even_through_an_order(self):
        order = self.env["sale.order"].create({"partner_id": self.prospect.id})
        with self.assertRaisesRegex(UserError, "Art. 18"):
            self.person().export_data(["email"])
        orders = self.as_user(self.officer, order)
        with self.assertRaisesRegex(UserError, "Art. 18"):
            orders.export_data(["name", "partner_id/email"])
        self.assertTrue(orders.export_data(["name"])["datas"])

    def test_it_is_not_contacted(self):
        verdict = self.env["rgpd.contact.gate"]._check(
            self.prospect, "prospect_email_b2c", "email"
        )
        self.assertFalse(verdict[self.prospect.id]["allowed"])

    def test_no_period_that_ends_takes_the_data_away(self):
        """The person may need them for a claim (Art. 18.1 c)."""
        subject = self.env["rgpd.subject"]._of(self.prospect)
        self.assertEqual(subject.phase, "expired")
        self.assertNotIn(subject, self.env["rgpd.reason"]._get_due(self.company))
        simulation = self.env["rgpd.simulation"].with_user(self.dpo).create({})
        simulation.action_compute()
        line = simulation.line_ids.filtered(lambda x: x.subject_id == subject)
        self.assertEqual(line.decision, "request")
        erasure = self.env["rgpd.eraser"]._erase(self.prospect, "retention")
        self.assertEqual(erasure.state, "failed")
        self.assertIn("Art. 18", erasure.error)
        self.assertEqual(self.prospect.name, "Zoé Liénard")
        restriction = self.env["rgpd.restriction"].search([])
        restriction.sudo().date_lifted = "2026-01-01"
        self.env.flush_all()
        self.assertIn(subject, self.env["rgpd.reason"]._get_due(self.company))
