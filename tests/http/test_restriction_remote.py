"""A restricted person by JSON-2: read as before, nothing else (Art. 18 GDPR)."""

import json
from datetime import datetime, timedelta

from odoo.tests.common import new_test_user

from ..common import RgpdHttpCase
from ..models.vault_common import VaultCase


class TestRestrictionRemote(RgpdHttpCase, VaultCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.officer = new_test_user(
            cls.env,
            login="restriction_remote",
            groups="base.group_user,base.group_partner_manager,"
            "base.group_allow_export,sales_team.group_sale_manager",
        )
        cls.address = cls.env["res.partner"].create(
            {
                "name": "Chez la voisine",
                "type": "delivery",
                "parent_id": cls.prospect.id,
                "street": "9 rue des Essais",
            }
        )
        cls.restriction = cls.env["rgpd.restriction"]._set(cls.prospect, "claims")
        cls.env.flush_all()

    def setUp(self):
        super().setUp()
        self.key = (
            self.env["res.users.apikeys"]
            .with_user(self.officer)
            ._generate("rpc", "key of the test", datetime.now() + timedelta(days=1))
        )

    def call(self, method, ids=None, model="res.partner", **named):
        """Return the status and the answer of one JSON-2 call."""
        if ids is not None:
            named["ids"] = list(ids)
        response = self.url_open(
            f"/json/2/{model}/{method}",
            data=json.dumps(named),
            headers={
                "Authorization": f"bearer {self.key}",
                "Content-Type": "application/json",
            },
        )
        self.env.invalidate_all()
        return response.status_code, response.json()

    def test_reading_goes_on(self):
        """A restriction hides nothing: storing, and seeing what is stored."""
        person = self.prospect
        domain = [("id", "=", person.id)]
        for method, named in (
            ("read", {"ids": person.ids, "fields": ["name", "email"]}),
            ("search_read", {"domain": domain, "fields": ["name", "email"]}),
            (
                "web_search_read",
                {"domain": domain, "specification": {"name": {}, "email": {}}},
            ),
        ):
            with self.subTest(method):
                status, answer = self.call(method, **named)
                self.assertEqual(status, 200, answer)
                self.assertIn(person.email, json.dumps(answer))
        status, answer = self.call("name_search", name=person.name)
        self.assertEqual(status, 200)
        self.assertIn(person.id, [row[0] for row in answer])
        status, answer = self.call("search", domain=domain)
        self.assertEqual((status, answer), (200, person.ids))

    def assert_refused(self, method, ids, **named):
        with self.subTest(method=method, ids=ids):
            status, answer = self.call(method, ids, **named)
            self.assertGreaterEqual(status, 400, answer)
            self.assertIn("Art. 18", json.dumps(answer))

    def test_nothing_is_written(self):
        for record in (self.prospect, self.address):
            before = record.read(["name", "email", "phone", "street", "parent_id"])
            for method, named in (
                ("write", {"vals": {"email": "autre@courriel.example"}}),
                ("write", {"vals": {"street": "1 rue Neuve", "phone": False}}),
                (
                    "web_save",
                    {"vals": {"phone": "+33639980099"}, "specification": {}},
                ),
                ("copy", {}),
                ("unlink", {}),
                ("export_data", {"fields_to_export": ["name", "email"]}),
            ):
                self.assert_refused(method, record.ids, **named)
            self.assertTrue(record.exists())
            after = record.read(["name", "email", "phone", "street", "parent_id"])
            self.assertEqual(after, before)

    def test_no_address_is_added(self):
        vals = {
            "name": "Chez le voisin",
            "type": "delivery",
            "parent_id": self.prospect.id,
        }
        count = self.env["res.partner"].search_count([])
        self.assert_refused("create", None, vals_list=[vals])
        self.assert_refused("web_save", [], vals=vals, specification={})
        self.assert_refused(
            "write",
            self.prospect.ids,
            vals={"child_ids": [[0, 0, {"name": "X", "type": "delivery"}]]},
        )
        status, answer = self.call(
            "load",
            fields=["name", "type", "parent_id/.id"],
            data=[["Chez le voisin", "Delivery", str(self.prospect.id)]],
        )
        self.assertEqual(status, 200)
        self.assertFalse(answer["ids"])
        self.assertEqual(self.env["res.partner"].search_count([]), count)

    def test_the_order_of_the_person_is_no_way_to_write_them(self):
        """A related field, a line: what Odoo itself writes from an order stays out."""
        order = self.env["sale.order"].create({"partner_id": self.prospect.id})
        self.env.flush_all()
        status, answer = self.call(
            "export_data",
            order.ids,
            model="sale.order",
            fields_to_export=["name", "partner_id/email"],
        )
        self.assertGreaterEqual(status, 400, answer)
        self.assertIn("Art. 18", json.dumps(answer))
        status, answer = self.call(
            "read", order.ids, model="sale.order", fields=["partner_id"]
        )
        self.assertEqual(status, 200, answer)

    def test_lifted_it_is_free_again(self):
        self.restriction.sudo().write({"date_lifted": self.restriction.date_start})
        self.env.flush_all()
        status, answer = self.call(
            "write", self.prospect.ids, vals={"phone": "+33639980098"}
        )
        self.assertEqual(status, 200, answer)
        self.assertEqual(self.prospect.phone, "+33639980098")
