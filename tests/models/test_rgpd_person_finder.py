from datetime import datetime

import psycopg2

from odoo import Command
from odoo.tests.common import new_test_user
from odoo.tools import SQL

from ..common import RgpdCase


class TestPersonFinder(RgpdCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["rgpd.data.map"]._discover()
        cls.finder = cls.env["rgpd.person.finder"]
        cls.Partner = cls.env["res.partner"]
        cls.company_partner = cls.Partner.create(
            {"name": "Moulin Exemple SARL", "is_company": True}
        )
        cls.zoe = cls.Partner.create(
            {
                "name": "Zoé Liénard",
                "email": "Zoe.Lienard@post.example",
                "phone": "06 39 98 00 12",
                "parent_id": cls.company_partner.id,
            }
        )
        cls.leo = cls.Partner.create({"name": "Léo Other", "email": "leo@post.example"})
        cls.product = cls.env["product.product"].create({"name": "Pain d'exemple"})

    def _order(self, partner, **vals):
        return self.env["sale.order"].create(
            {
                "partner_id": partner.id,
                "order_line": [Command.create({"product_id": self.product.id})],
                **vals,
            }
        )

    def _ids(self, model, *records, **options):
        found = self.finder._find(records[0], **options)
        return set(found.get(model, ()))

    # === ADDRESSES === #

    def test_a_number_is_read_as_in_the_country_of_the_contact_or_the_company(self):
        company = self.env.company
        people = self.Partner.create(
            [
                {"name": "A", "phone": "0470 12 34 56", "country_id": country}
                for country in (self.env.ref("base.be").id, False)
            ]
        )

        def read():
            found = self.finder._get_identifiers(people)
            return [i.value for p in people for i in found[p.id] if i.kind == "phone"]

        company.country_id = self.env.ref("base.be")
        self.assertEqual(read(), ["+32470123456"] * 2)
        company.country_id = self.env.ref("base.us")
        self.assertNotEqual(read()[1:], ["+32470123456"])

    def test_what_fails_breaks_no_transaction(self):
        """The savepoint goes with the query, and so does the setting back."""
        self.env.cr.execute("SHOW jit")
        before = self.env.cr.fetchone()
        lead = self.env["crm.lead"]
        questions = [
            (lead._table, SQL("SELECT gone AS id FROM crm_lead"), 0),
            (lead._table, SQL("SELECT 7 AS id"), 0),
        ]
        with self.assertLogs("odoo.addons.rgpd_fichier_client", "WARNING"):
            self.assertEqual(self.finder._ask(questions, {lead._table}), [[], [7]])
        self.env.cr.execute("SHOW jit")
        self.assertEqual(self.env.cr.fetchone(), before)
        with self.assertRaises(psycopg2.Error), self.env.cr.savepoint():
            self.finder._ask(
                [(lead._table, SQL("SELECT 1 / 0 AS id"), 0)], {lead._table}
            )

    # === DOCUMENTS === #

    def test_order_lines_messages_and_files_are_found(self):
        order = self._order(self.zoe)
        message = order.message_post(body="Livrer le matin")
        file = self.env["ir.attachment"].create(
            {
                "name": "a.txt",
                "raw": b"x",
                "res_model": "sale.order",
                "res_id": order.id,
            }
        )
        found = self.finder._find(self.zoe)
        self.assertIn("direct:partner_id", found["sale.order"][order.id])
        self.assertLessEqual(set(order.order_line.ids), set(found["sale.order.line"]))
        self.assertIn(message.id, found["mail.message"])
        self.assertIn(file.id, found["ir.attachment"])

    def test_delivery_address_of_another_ones_order_does_not_lead_into_it(self):
        order = self._order(self.leo, partner_shipping_id=self.zoe.id)
        found = self.finder._find(self.zoe)
        self.assertEqual(found["sale.order"][order.id], ["direct:partner_shipping_id"])
        lines = found.get("sale.order.line", {})
        self.assertFalse(set(order.order_line.ids) & set(lines))

    def test_staff_that_handles_a_record_is_not_followed(self):
        seller = new_test_user(self.env, "seller", groups="base.group_user")
        order = self._order(self.leo, user_id=seller.id)
        self.assertNotIn(order.id, self._ids("sale.order", seller.partner_id))
        follower = order.message_follower_ids
        found = self._ids("mail.followers", self.leo)
        self.assertLessEqual(
            found, set(follower.filtered(lambda f: f.partner_id == self.leo).ids)
        )

    def test_other_attendees_of_a_meeting_are_not_the_person(self):
        if "calendar.event" not in self.env:
            self.skipTest("calendar is not installed")
        event = self.env["calendar.event"].create(
            {
                "name": "Essai",
                "start": datetime(2026, 1, 5, 9),
                "stop": datetime(2026, 1, 5, 10),
                "partner_ids": [Command.set((self.zoe | self.leo).ids)],
                "res_model_id": self.env["ir.model"]._get_id("res.partner"),
                "res_id": self.zoe.id,
            }
        )
        found = self.finder._find(self.zoe)
        self.assertIn(event.id, found["calendar.event"])
        mine = event.attendee_ids.filtered(lambda a: a.partner_id == self.zoe)
        paths = found["calendar.attendee"]
        self.assertIn("direct:partner_id", paths[mine.id])
        for attendee in event.attendee_ids - mine:
            self.assertNotIn(attendee.id, paths)

    def test_message_written_on_somebody_elses_record(self):
        message = self.leo.message_post(body="Bonjour", author_id=self.zoe.id)
        found = self.finder._find(self.zoe)
        self.assertEqual(found["mail.message"][message.id], ["direct:author_id"])
        self.assertNotIn(self.leo.id, found["res.partner"])

    # === PERSONS === #

    def test_company_and_its_employees_are_apart(self):
        order = self._order(self.company_partner)
        self.assertEqual(self._ids("res.partner", self.zoe), {self.zoe.id})
        self.assertEqual(
            self._ids("res.partner", self.company_partner), {self.company_partner.id}
        )
        self.assertNotIn(order.id, self._ids("sale.order", self.zoe))

    def test_further_addresses_go_with_the_person_other_contacts_do_not(self):
        home = self.Partner.create(
            {"name": "Maison", "type": "delivery", "parent_id": self.leo.id}
        )
        child = self.Partner.create({"name": "Fils Other", "parent_id": self.leo.id})
        found = self._ids("res.partner", self.leo)
        self.assertIn(home.id, found)
        self.assertNotIn(child.id, found)

    def test_homonyms_are_never_brought_together(self):
        double = self.Partner.create(
            {"name": "Zoé Liénard", "email": "another.zoe@post.example"}
        )
        for same in (False, True):
            self.assertNotIn(
                double.id, self._ids("res.partner", self.zoe, same_human=same)
            )

    def test_family_address_shared_by_two_persons(self):
        """The same e-mail brings the records together on demand only."""
        leo = self.Partner.create(
            {"name": "Léo Liénard", "email": "zoe.lienard@post.example"}
        )
        order = self._order(leo)
        self.assertNotIn(leo.id, self._ids("res.partner", self.zoe))
        self.assertNotIn(order.id, self._ids("sale.order", self.zoe))
        self.assertIn(leo.id, self._ids("res.partner", self.zoe, same_human=True))

    def test_archived_records_are_found(self):
        order = self._order(self.zoe)
        self.zoe.active = False
        self.assertIn(order.id, self._ids("sale.order", self.zoe))
        archived = self.Partner.create(
            {"name": "Z", "email": "zoe.lienard@post.example", "active": False}
        )
        self.assertIn(archived.id, self._ids("res.partner", self.zoe, same_human=True))

    def test_merged_partner_brings_its_documents(self):
        double = self.Partner.create(
            {"name": "Zoé L.", "email": "zoe.lienard@post.example"}
        )
        order = self._order(double)
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((self.zoe | double).ids, self.zoe)
        self.assertIn(order.id, self._ids("sale.order", self.zoe))

    def test_lead_and_mailing_contact_without_partner(self):
        lead = self.env["crm.lead"].create(
            {
                "name": "Demande",
                "contact_name": "Zoé",
                "email_from": '"Zoé" <ZOE.lienard@post.example>',
                "phone": "+33 6 39 98 00 12",
            }
        )
        contact = self.env["mailing.contact"].create(
            {"name": "Zoé", "email": "zoe.lienard@post.example"}
        )
        message = lead.message_post(body="Rappeler")
        found = self.finder._find(lead)
        self.assertIn(message.id, found["mail.message"])
        self.assertNotIn("mailing.contact", found)
        found = self.finder._find(self.zoe, same_human=True)
        self.assertIn(lead.id, found["crm.lead"])
        self.assertIn(contact.id, found["mailing.contact"])
        self.assertIn(message.id, found["mail.message"])

    def test_rows_that_know_an_address_only(self):
        blacklist = self.env["mail.blacklist"].create(
            {"email": "zoe.lienard@post.example"}
        )
        number = self.env["phone.blacklist"].create({"number": "+33612345678"})
        # Odoo takes the reserved range of the regulator for a wrong number
        number._write({"number": "+33639980012"})
        mail = self.env["mail.mail"].create(
            {"email_to": '"Z" <zoe.lienard@POST.example>, leo@post.example'}
        )
        longer = self.env["mail.mail"].create({"email_to": "bzoe.lienard@post.example"})
        found = self.finder._find(self.zoe)
        self.assertIn(blacklist.id, found["mail.blacklist"])
        self.assertIn(number.id, found["phone.blacklist"])
        self.assertIn(mail.id, found["mail.mail"])
        self.assertNotIn(longer.id, found["mail.mail"])

    def test_portal_user_and_sign_ins(self):
        user = new_test_user(
            self.env, "portal_zoe", groups="base.group_portal", email="p@post.example"
        )
        log = self.env["res.users.log"].with_user(user).sudo().create({})
        found = self.finder._find(user.partner_id)
        self.assertIn(user.id, found["res.users"])
        self.assertIn(log.id, found["res.users.log"])

    def test_odd_and_missing_values(self):
        for vals in (
            {"name": False, "type": "invoice", "parent_id": self.leo.id},
            {"name": "100% _'\"\\ 😀", "email": "x' OR 1=1 --@post.example"},
            {"name": "\u202eאבג", "phone": "12"},
            {"name": "Lead", "email": "not an address"},
        ):
            partner = self.Partner.create(vals)
            self.assertIn(
                partner.id, self._ids("res.partner", partner, same_human=True)
            )
        gone = self.Partner.create({"name": "Gone"})
        gone.unlink()
        self.assertEqual(self.finder._find(gone), {})
        self.assertEqual(self.finder._find(self.Partner), {})

    # === COST === #

    def test_number_of_queries_does_not_grow_with_the_persons(self):
        people = self.Partner.create(
            [{"name": f"P {n}", "email": f"p{n}@post.example"} for n in range(30)]
        )
        for partner in people:
            self._order(partner)
        self.finder._find(people[:1])
        self.env.invalidate_all()
        # One statement for all links at each step, whatever the number of links
        with self.assertQueryCount(__system__=40):
            one = self._count(people[:1])
        many = self._count(people)
        self.assertLessEqual(many, one * 1.5)

    def _count(self, records):
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.finder._find(records)
        return self.env.cr.sql_log_count - before
