from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user
from odoo.tools import SQL

from odoo.addons.rgpd_fichier_client.core.datamap import matching

from ..common import RgpdCase


class TestPersonLookup(RgpdCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["rgpd.data.map"]._discover()
        cls.officer = cls.new_user("officer", groups="sales_team.group_sale_salesman")
        cls.lookup = cls.env["rgpd.person.lookup"].with_user(cls.officer)
        cls.zoe = cls.env["res.partner"].create(
            {
                "name": "Zoé Cœurdacier",
                "email": "Zoe.Coeurdacier@post.example",
                "phone": "06 39 98 31 12",
                "street": "7 rue des exemples",
                "zip": "29000",
                "city": "Quimper",
                "ref": "CLI-0042",
                "vat": "FR40303265045",
            }
        )
        cls.env["res.partner.bank"].create(
            {
                "partner_id": cls.zoe.id,
                "acc_number": "FR76 3000 6000 0112 3456 7890 189",
            }
        )
        cls.product = cls.env["product.product"].create({"name": "Pain d'exemple"})
        cls.order = cls.env["sale.order"].create(
            {
                "partner_id": cls.zoe.id,
                "user_id": cls.officer.id,
                "order_line": [Command.create({"product_id": cls.product.id})],
            }
        )

    def _found(self, text, user=None):
        lookup = self.lookup.with_user(user) if user else self.lookup
        found = lookup.lookup(text)["candidates"]
        return {(one["model"], one["id"]): one for one in found}

    def _zoe(self, text):
        return self._found(text).get(("res.partner", self.zoe.id))

    # === CANDIDATES === #

    def test_a_person_is_found_by_anything(self):
        for text in (
            "zoe.coeurdacier@post.example",
            '"Zoé" <ZOE.Coeurdacier@POST.example>',
            "zoe.coeurdacier+promo@post.example",
            "nobody@post.example, zoe.coeurdacier@post.example",
            "06.39.98.31.12",
            "+33 6 39 98 31 12",
            "fr 40 303 265 045",
            "FR76 3000 6000 0112 3456 7890 189",
            "CLI-0042",
            self.order.name,
        ):
            with self.subTest(text):
                found = self._zoe(text)
                self.assertTrue(found)
                self.assertTrue(found["is_sure"], found)
                self.assertTrue(found["evidence"])
        for text in (
            "Zoé Cœurdacier",
            "COEURDACIER zoe",
            "Mme Zoe\u0301 Coeurdacier",
            "coeurd",
            "zoé cœurdacier quimper",
        ):
            with self.subTest(text):
                found = self._zoe(text)
                self.assertTrue(found)
                self.assertFalse(found["is_sure"], found)

    def test_a_business_is_found_by_its_number_in_any_writing(self):
        for text in ("303 265 045", "303265045", "30326504500012", "FR 40 303265045"):
            self.assertGreaterEqual(self._zoe(text)["score"], 95, text)
        self.zoe.write({"vat": False, "company_registry": "30326504500012"})
        for text in ("303 265 045", "303 265 045 00012", "FR40303265045"):
            self.assertGreaterEqual(self._zoe(text)["score"], 95, text)
        self.assertIsNone(self._zoe("303265046"))

    def test_an_account_is_found_by_its_login(self):
        user = new_test_user(self.env, "zoe-c", groups="base.group_portal")
        user.partner_id = self.zoe
        self.assertEqual(self._zoe("zoe-c")["evidence"], ["Same login"])
        self.assertTrue(self._zoe("ZOE-C"))
        self.assertIsNone(self._zoe("zoe-d"))

    def test_odd_texts_find_nobody_and_do_no_harm(self):
        for text in (
            "",
            "%",
            "_",
            "' OR 1=1 --",
            "100% _'\"\\ 😀",
            "\u202eאבג",
            "a & b | !c:*",
            "x" * 3000,
            "\x00",
        ):
            with self.subTest(text[:20]):
                self.assertFalse(self._zoe(text))

    def test_strange_names_are_found(self):
        for name in (
            "Lead",
            "O'Neil-Brontë",
            "Jean.Pierre Ünal",
            "Łukasz Ża",
            "100% _'\"\\ \U0001f600 Zork",
            'O\'Neil & "Fils" <b>Zoé</b>',
            "\u202eאבג דהו\u202c",
            "'); DROP TABLE res_partner; --",
            "{{7*7}} ${7*7} %(name)s",
        ):
            partner = self.env["res.partner"].create({"name": name})
            with self.subTest(name):
                self.assertIn(("res.partner", partner.id), self._found(name))

    def test_emails_of_any_writing(self):
        self.zoe.email = "Zoé <Zoe+Shop@exämple.example>, ZOE.2@client.example"
        for text in (
            "zoe+shop@xn--exmple-cua.example",
            "ZOE+SHOP@EXÄMPLE.example",
            '"C, Zoé" <zoe+shop@exämple.example>; x@y.example',
            "Zoe.2@client.example",
        ):
            with self.subTest(text):
                self.assertTrue(self._zoe(text))
        self.assertIsNone(self._zoe("zoe.3@client.example"))

    def test_a_phone_without_country(self):
        self.zoe.write(
            {"country_id": self.env.ref("base.be").id, "phone": "0470 12 34 56"}
        )
        for text, is_sure in (
            ("+32 470 12 34 56", True),
            ("0032470123456", True),
            ("0470.12.34.56", False),
        ):
            with self.subTest(text):
                self.assertEqual(self._zoe(text)["is_sure"], is_sure)
        self.assertIsNone(self._zoe("+33 4 70 12 34 56"))

    def test_archived_persons_leads_and_mailing_contacts(self):
        self.zoe.active = False
        self.assertTrue(self._zoe("zoe.coeurdacier@post.example")["is_archived"])
        lead = self.env["crm.lead"].create(
            {
                "name": "Demande",
                "contact_name": "Zoé Cœurdacier",
                "email_from": "zoe.coeurdacier@post.example",
                "user_id": self.officer.id,
            }
        )
        for text in ("zoe.coeurdacier@post.example", "coeurdacier"):
            found = self._found(text)
            self.assertIn("Zoé Cœurdacier", found["crm.lead", lead.id]["detail"])

    def test_names_shared_by_many_are_limited_and_told(self):
        self.env["res.partner"].create(
            [{"name": "Camille Homonyme", "city": "Brest"} for _n in range(60)]
        )
        found = self.lookup.lookup("camille homonyme")
        self.assertEqual(len(found["candidates"]), 20)
        self.assertTrue(found["has_more"])

    def test_the_best_evidence_comes_first(self):
        self.env["res.partner"].create({"name": "Zoé Cœurdacier", "city": "Brest"})
        found = self.lookup.lookup("zoe.coeurdacier@post.example")["candidates"]
        self.assertEqual(found[0]["id"], self.zoe.id)
        self.assertEqual(found[0]["score"], 100)

    # === EVERYTHING === #

    def _show(self, *records):
        shown = self.lookup.show([[r._name, r.id] for r in records])
        return {group["model"]: group for group in shown["groups"]}

    def test_everything_held_is_shown_with_the_path(self):
        message = self.order.message_post(body="Livrer le matin")
        groups = self._show(self.zoe)
        self.assertTrue(groups["res.partner"]["is_anchor"])
        orders = groups["sale.order"]
        self.assertEqual(orders["count"], 1)
        self.assertEqual(orders["records"][0]["id"], self.order.id)
        self.assertIn("direct:partner_id", {p["key"] for p in orders["paths"]})
        lines = groups["sale.order.line"]
        self.assertIn("sale.order", {p["from_model"] for p in lines["paths"]})
        messages = groups["mail.message"]
        self.assertIn("Livrer le matin", {r["name"] for r in messages["records"]})
        self.assertNotIn("model,res_id", {p["field"] for p in messages["paths"]})
        action = self.lookup.get_records_action(
            [["res.partner", self.zoe.id]], "mail.message"
        )
        self.assertIn(message.id, action["domain"][0][2])

    def test_two_records_of_the_same_human_are_shown_together(self):
        other = self.env["res.partner"].create({"name": "Z. Cœurdacier"})
        order = self.order.copy({"partner_id": other.id})
        groups = self._show(self.zoe, other)
        self.assertEqual(groups["res.partner"]["count"], 2)
        shown = {record["id"] for record in groups["sale.order"]["records"]}
        self.assertEqual(shown, {self.order.id, order.id})

    def test_a_record_that_is_gone(self):
        gone = self.env["res.partner"].create({"name": "Gone"})
        gone.unlink()
        with self.assertRaises(UserError):
            self._show(gone)

    # === RIGHTS AND EVIDENCE === #

    def test_only_officers_look_up(self):
        for role in ("reader", "auditor"):
            lookup = self.lookup.with_user(self.new_user(role))
            anchors = [["res.partner", self.zoe.id]]
            for name, args in (
                ("lookup", ["zoe"]),
                ("show", [anchors]),
                ("get_records_action", [anchors, "sale.order"]),
            ):
                with self.subTest(name), self.assertRaises(AccessError):
                    getattr(lookup, name)(*args)

    def test_records_of_another_company_are_for_its_officers(self):
        company = self.env["res.company"].create({"name": "Ailleurs"})
        self.zoe.company_id = company
        self.assertFalse(self._zoe("zoe.coeurdacier@post.example"))
        with self.assertRaises(AccessError):
            self._show(self.zoe)

    def test_only_anchors_can_be_shown(self):
        with self.assertRaises(AccessError):
            self.lookup.show([["res.users", self.env.uid]])
        with self.assertRaises(AccessError):
            self.lookup.show([["no.such.model", 1]])

    def test_orders_the_user_may_not_read_are_not_told(self):
        other = self.new_user("dpo", groups="sales_team.group_sale_salesman")
        self.order.user_id = other
        groups = self._show(self.zoe)
        self.assertNotIn("sale.order", groups)

    def test_records_of_another_company_are_not_even_counted(self):
        company = self.env["res.company"].create({"name": "Ailleurs"})
        elsewhere = self.env["sale.order"].create(
            {"partner_id": self.zoe.id, "company_id": company.id}
        )
        # One has a screen for orders, the other has not
        for user in (self.officer, self.new_user("dpo")):
            lookup = self.lookup.with_user(user)
            shown = lookup.show([["res.partner", self.zoe.id]])["groups"]
            for group in shown:
                if group["model"] == "sale.order":
                    self.assertEqual(group["count"], 1)
                    self.assertEqual({p["count"] for p in group["paths"]}, {1})
        action = self.lookup.get_records_action(
            [["res.partner", self.zoe.id]], "sale.order"
        )
        self.assertNotIn(elsewhere.id, action["domain"][0][2])

    def test_each_lookup_is_in_the_journal_without_personal_data(self):
        journal = self.env["rgpd.journal"]
        before = journal.search([], limit=1, order="id desc").id or 0
        self._zoe("zoe.coeurdacier@post.example")
        self._show(self.zoe)
        entries = journal.search([("id", ">", before)], order="id")
        self.assertEqual(entries.mapped("kind"), ["person.lookup", "person.shown"])
        self.assertEqual(set(entries.mapped("actor")), {self.officer.id})
        subject = self.env["rgpd.subject"]._of(self.zoe)
        self.assertEqual(entries[1].subject_uid, subject.uid)
        for entry in entries:
            self.assertTrue(all(isinstance(v, int) for v in entry.payload.values()))

    def test_the_button_of_odoo_leads_to_this_screen(self):
        action = self.zoe.with_user(self.officer).action_privacy_lookup()
        self.assertEqual(action["tag"], "rgpd_fichier_client.person_lookup")
        self.assertEqual(action["params"]["anchors"], [["res.partner", self.zoe.id]])

    # === COST === #

    def test_the_indexes_serve(self):
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        for text, index in (
            ("zoe.coeurdacier@post.example", "res_partner_rgpd_email_idx"),
            ("06 39 98 31 12", "res_partner_rgpd_phone_idx"),
            ("zoé cœurdacier", "res_partner_rgpd_keys_idx"),
        ):
            plans = self._get_plans(text)
            self.assertIn(index, plans, text)

    def _get_plans(self, text):
        plans = []
        execute = type(self.env).execute_query

        def explain(env, query):
            plans.extend(row[0] for row in execute(env, SQL("EXPLAIN %s", query)))
            return execute(env, query)

        finder = type(self.env["rgpd.person.finder"])
        join = finder._join

        def explain_joined(this, batch):
            query = join(this, batch)
            explain(this.env, query)
            return query

        with (
            patch.object(type(self.env), "execute_query", explain),
            patch.object(finder, "_join", explain_joined),
        ):
            self.env["rgpd.person.lookup"]._get_candidate_ids(matching.read(text))
        return "\n".join(plans)
