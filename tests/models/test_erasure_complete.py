"""Nothing of the person is left, and nothing else has moved (invariant 5)."""

import os

from odoo import Command, fields
from odoo.http import root
from odoo.tools import SQL

from .erasure_common import ErasureCase

PNG = (
    b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA"
    b"60e6kgAAAABJRU5ErkJggg=="
)


class CompleteCase(ErasureCase):
    def erase(self, records, ground="request"):
        erasure = self.env["rgpd.eraser"]._erase(records, ground)
        self.env.flush_all()
        self.env.invalidate_all()
        for one in erasure:
            self.assertEqual(one.state, "masked", one.error)
        return erasure

    def sweep(self, erasure):
        """The nights after: a file without attachment takes one more collection."""
        for _night in range(2):
            self.env["ir.attachment"]._gc_file_store_unsafe()
            erasure._sweep_and_close()

    def new_account(self, partner):
        return self.env["res.users"].create(
            {
                "name": partner.name,
                "login": partner.email,
                "password": "Correct-horse-9",
                "partner_id": partner.id,
                "group_ids": [Command.set([self.env.ref("base.group_portal").id])],
            }
        )


class TestAccount(CompleteCase):
    """The account is closed with everything that opens it."""

    def setUp(self):
        super().setUp()
        self.user = self.new_account(self.prospect)
        self.session = root.session_store.new()
        self.session.uid = self.user.id
        root.session_store.save(self.session)
        self.addCleanup(root.session_store.delete, self.session)
        self.env["res.device.log"].sudo().create(
            {
                "session_identifier": self.session.sid[:42],
                "platform": "linux",
                "browser": "firefox",
                "ip_address": "192.0.2.7",
                "user_id": self.user.id,
                "first_activity": fields.Datetime.now(),
                "last_activity": fields.Datetime.now(),
            }
        )
        self.key = (
            self.env["res.users.apikeys"]
            .with_user(self.user)
            .sudo()
            ._generate("rpc", "Téléphone de Zoé", None)
        )
        self.env.flush_all()

    def count(self, table, column):
        query = SQL(
            "SELECT count(*) FROM %s WHERE %s = %s",
            SQL.identifier(table),
            SQL.identifier(column),
            self.user.id,
        )
        return self.env.execute_query(query)[0][0]

    def test_sessions_keys_devices_and_password_are_gone(self):
        path = root.session_store.get_session_filename(self.session.sid)
        self.assertTrue(os.path.exists(path))
        self.assertTrue(self.count("res_users_apikeys", "user_id"))
        self.erase(self.prospect)
        self.assertEqual(self.count("res_users_apikeys", "user_id"), 0)
        self.assertEqual(self.count("res_device_log", "user_id"), 0)
        self.assertFalse(self.user.active)
        rows = self.env.execute_query(
            SQL("SELECT login, password FROM res_users WHERE id = %s", self.user.id)
        )
        self.assertRegex(rows[0][0], "^erased-[0-9a-f]{32}$")
        self.assertIsNone(rows[0][1])
        keys = self.env["res.users.apikeys"]
        self.assertFalse(keys._check_credentials(scope="rpc", key=self.key))
        # Files of sessions follow the commit: before it nothing is certain
        self.assertTrue(os.path.exists(path))
        self.env.cr.postcommit.run()
        self.assertFalse(os.path.exists(path))

    def test_the_account_no_longer_reaches_the_portal(self):
        self.erase(self.prospect)
        users = self.env["res.users"].with_context(active_test=False)
        self.assertFalse(users.search([("login", "ilike", "zoe")]))
        self.assertNotIn("Zo", self.user.signature or "")


class TestFiles(CompleteCase):
    """Files are gone from the disk, those others use stay."""

    def new_file(self, name, raw, model, res_id, **values):
        return self.env["ir.attachment"].create(
            {"name": name, "raw": raw, "res_model": model, "res_id": res_id, **values}
        )

    def get_path(self, attachment):
        return attachment._full_path(attachment.store_fname)

    def test_the_disk_and_the_index(self):
        other = self.new_person("Anna Duval", 7)
        own = self.new_file("zoe.txt", b"Zoe a" * 999, "res.partner", self.prospect.id)
        shared = [
            self.new_file("plan.txt", b"plan" * 999, "res.partner", person.id)
            for person in (self.prospect, other)
        ]
        self.prospect.image_1920 = PNG
        self.env.flush_all()
        avatars = self.env["ir.attachment"].search(
            [
                ("res_model", "=", "res.partner"),
                ("res_id", "=", self.prospect.id),
                ("res_field", "!=", False),
            ]
        )
        self.assertTrue(avatars)
        gone = [self.get_path(own), *map(self.get_path, avatars)]
        kept = self.get_path(shared[0])
        self.assertTrue(all(map(os.path.exists, [*gone, kept])))
        erasure = self.erase(self.prospect)
        self.assertFalse((own | avatars | shared[0]).exists())
        self.assertTrue(shared[1].exists())
        self.env["ir.attachment"]._gc_file_store_unsafe()
        self.assertFalse(any(map(os.path.exists, gone)))
        self.assertTrue(os.path.exists(kept))
        self.assertFalse(self.prospect.image_1920)
        self.sweep(erasure)
        self.assertEqual(erasure.state, "closed", erasure.error)

    def test_a_file_sent_in_a_message_of_somebody_else(self):
        """The colleague's message stays, its file about the person is shown."""
        other = self.new_person("Anna Duval", 7)
        other.message_post(
            body="Voir la pièce", attachments=[("zoe.lienard.txt", b"Zoe Lienard")]
        )
        self.erase(self.prospect)
        file = self.env["ir.attachment"].search([("name", "=", "zoe.lienard.txt")])
        self.assertEqual(file.res_id, other.id)


class TestEverywhere(CompleteCase):
    def test_children_banks_queue_history_and_translations(self):
        address = self.env["res.partner"].create(
            {
                "parent_id": self.prospect.id,
                "type": "delivery",
                "name": "Chez Zoé Liénard",
                "street": "9 quai du Test",
                "phone": "+33 6 39 98 20 99",
            }
        )
        bank = self.env["res.partner.bank"].create(
            {
                "acc_number": "FR76 3000 4000 0300 0000 0000 143",
                "partner_id": self.prospect.id,
                "acc_holder_name": "Zoé Liénard",
            }
        )
        self.env["mail.mail"].create(
            {
                "email_to": "zoe.lienard@courriel.example",
                "recipient_ids": [Command.link(self.prospect.id)],
                "body_html": "<p>Bonjour Zoé Liénard</p>",
            }
        )
        # An old address in the history
        self.env.flush_all()
        self.prospect.write({"email": "ancienne.zoe@courriel.example"})
        self.env.cr.precommit.run()
        self.prospect.write({"email": "zoe.lienard@courriel.example"})
        self.env.cr.precommit.run()
        order = self.env["sale.order"].create(
            {
                "partner_id": self.prospect.id,
                "date_order": fields.Datetime.subtract(fields.Datetime.now(), years=6),
                "note": "<p>Note pour Zoé Liénard</p>",
                "client_order_ref": "Zoé Liénard",
                "order_line": [
                    Command.create({"display_type": "line_note", "name": "Zoé Liénard"})
                ],
            }
        )
        order.message_post(body="Zoé Liénard, 06 39 98 20 00, vient demain")
        erasure = self.erase(self.prospect)
        found = self.get_residues(
            "zoé liénard",
            "zoe.lienard@courriel",
            "ancienne.zoe@",
            "39 98 20 00",
            "639982099",
            "FR763000400003000000000014",
            "9 quai du Test",
        )
        self.assertEqual(found, [])
        self.assertFalse(address.street or address.phone)
        self.assertFalse(bank.acc_holder_name)
        self.assertTrue(order.exists())
        self.sweep(erasure)
        self.assertEqual(erasure.state, "closed", erasure.error)

    def test_a_full_recompute_changes_nothing(self):
        """Stored computes, relations and the cache agree with the database."""
        self.new_account(self.prospect)
        self.env["sale.order"].create(
            {
                "partner_id": self.prospect.id,
                "date_order": fields.Datetime.subtract(fields.Datetime.now(), years=6),
            }
        )
        names = ("res.partner", "sale.order", "account.move", "account.move.line")
        # What a recompute by hand does to anything is done before
        self.recompute(names)
        self.erase(self.prospect | self.customer)
        before = {name: self.read_table(name) for name in names}
        self.recompute(names)
        for name in names:
            self.assertEqual(before[name], self.read_table(name), name)

    def recompute(self, names):
        for name in names:
            records = self.env[name].with_context(active_test=False).search([])
            for field in self.env[name]._fields.values():
                if field.compute and field.store and field.column_type:
                    self.env.add_to_compute(field, records)
        self.env.flush_all()
        self.env.invalidate_all()

    def read_table(self, name):
        persons = (self.prospect | self.customer).ids
        column = "id" if name == "res.partner" else "partner_id"
        self.env.cr.execute(
            SQL(
                "SELECT * FROM %s WHERE %s = ANY(%s)",
                SQL.identifier(self.env[name]._table),
                SQL.identifier(column),
                persons,
            )
        )
        quiet = {"write_date", "write_uid"}
        return {
            row["id"]: {k: v for k, v in row.items() if k not in quiet}
            for row in self.env.cr.dictfetchall()
        }

    def test_two_persons_get_pseudonyms_that_tell_nothing(self):
        twin = self.new_person("Zoé Liénard", 8)
        self.age(twin, years=5)
        self.erase(self.prospect | twin)
        self.assertNotEqual(self.prospect.name, twin.name)
        self.assertRegex(self.prospect.name, "^Personne effacée [0-9A-F]{10}$")


class TestStatistics(CompleteCase):
    """Turnover by month, product, country and salesperson stays what it was."""

    def setUp(self):
        super().setUp()
        products = self.env["product.product"].create(
            [{"name": f"Objet {n}", "list_price": 10 * n} for n in range(1, 4)]
        )
        sellers = [self.new_user("reader", login=f"seller{n}") for n in range(2)]
        for rank, person in enumerate(
            (self.prospect, self.customer, self.new_person("Anna Duval", 7))
        ):
            for product in products:
                order = self.env["sale.order"].create(
                    {
                        "partner_id": person.id,
                        "user_id": sellers[rank % 2].id,
                        "order_line": [
                            Command.create(
                                {"product_id": product.id, "product_uom_qty": rank + 1}
                            )
                        ],
                    }
                )
                order.action_confirm()
                order.date_order = fields.Datetime.subtract(
                    fields.Datetime.now(), years=12, months=rank
                )

    def get_figures(self):
        self.env.flush_all()
        self.env.invalidate_all()
        figures = {}
        for group in ("date:month", "product_id", "country_id", "user_id", "state"):
            figures[group] = [
                (str(key), count, round(total, 2))
                for key, count, total in self.env["sale.report"]._read_group(
                    [], [group], ["__count", "price_total:sum"]
                )
            ]
        for group in ("invoice_date:month", "product_id", "country_id"):
            figures[f"invoice {group}"] = [
                (str(key), round(total, 2))
                for key, total in self.env["account.invoice.report"]._read_group(
                    [], [group], ["price_subtotal:sum"]
                )
            ]
        return figures

    def test_aggregates_stay(self):
        before = self.get_figures()
        self.assertGreater(len(before["date:month"]), 2)
        erasure = self.erase(self.prospect | self.customer)
        self.assertEqual(len(erasure), 2)
        self.assertEqual(self.get_figures(), before)
