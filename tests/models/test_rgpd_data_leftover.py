from unittest.mock import patch

from odoo.exceptions import AccessError, ValidationError
from odoo.tools import mute_logger

from ..common import RgpdCase

PATH = "odoo.addons.rgpd_fichier_client.models.datamap.rgpd_data_leftover"


class TestLeftover(RgpdCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.leftovers = cls.env["rgpd.data.leftover"]
        cr = cls.env.cr
        cr.execute(
            """
            CREATE TABLE old_club_member (
                id serial PRIMARY KEY, code varchar, points int);
            INSERT INTO old_club_member (code, points)
                 SELECT 'zoe' || n || '@post.example', n FROM generate_series(1, 5) n;
            CREATE TABLE old_club_partner_rel (
                club_id int, partner_id int REFERENCES res_partner(id));
            CREATE TABLE "old Stock" (id int, quantity int);
            INSERT INTO "old Stock" VALUES (1, 2);
            ALTER TABLE res_partner ADD COLUMN x_old_birthday date;
            ALTER TABLE res_partner ADD COLUMN x_old_blob text;
            """
        )
        cls.partner = cls.env["res.partner"].create({"name": "Zoé"})
        cls.env.flush_all()
        cr.execute(
            "UPDATE res_partner SET x_old_birthday = '1990-01-01' WHERE id = %s",
            [cls.partner.id],
        )
        cls.leftovers._refresh()

    def _get(self, table, column=False):
        return self.leftovers.search([("table", "=", table), ("column", "=", column)])

    def test_tables_and_columns_are_listed_with_what_they_hold(self):
        expected = {
            ("old_club_member", False): (5, "yes", "values"),
            ("old_club_partner_rel", False): (0, "yes", "link"),
            ("old Stock", False): (1, "no", False),
            ("res_partner", "x_old_birthday"): (1, "yes", "words"),
            ("res_partner", "x_old_blob"): (0, "perhaps", "type"),
        }
        for (table, column), seen in expected.items():
            with self.subTest(table=table, column=column):
                row = self._get(table, column)
                self.assertEqual((row.row_count, row.personal, row.ground), seen)
                self.assertTrue(row.proposal)
        self.assertEqual(self._get("old_club_member").category_id.code, "contact")
        self.assertEqual(self._get("old_club_member").columns, "code")

    def test_a_fresh_database_has_nothing_else(self):
        ours = {"old_club_member", "old_club_partner_rel", "old Stock"}
        others = self.leftovers.search([("table", "not in", list(ours))])
        self.assertEqual(set(others.mapped("column")), {"x_old_birthday", "x_old_blob"})

    def test_the_statement_is_right_and_the_row_then_gone(self):
        for table, column in (
            ("old Stock", False),
            ("old_club_partner_rel", False),
            ("res_partner", "x_old_blob"),
        ):
            with self.subTest(table):
                row = self._get(table, column)
                self.env.cr.execute(row.statement)
                self.leftovers._refresh()
                self.assertFalse(row.is_present)
                self.assertIn("gone", row.proposal)

    def test_nothing_of_the_values_is_kept(self):
        row = self._get("old_club_member")
        kept = str(row.read())
        self.assertNotIn("post.example", kept)

    def test_a_decision_stays_with_its_reason_and_is_evidence(self):
        row = self._get("old_club_member").with_user(self.new_user("dpo"))
        with self.assertRaises(ValidationError):
            row.decision = "keep"
        row.write({"decision": "keep", "note": "The till reads it"})
        row.sudo()._refresh()
        self.assertEqual(row.decision, "keep")
        entry = self.env["rgpd.journal"].search(
            [("kind", "=", "map.leftover_decided")], limit=1
        )
        self.assertEqual(entry.payload["after"], "keep")

    def test_a_table_that_cannot_be_counted_is_estimated(self):
        self.env.cr.execute("ANALYZE old_club_member")
        read = type(self.leftovers)._read

        def refuse(this, query):
            if '"old_club_member"' in query.code:
                return read(this, query.__class__("SELECT 1 FROM no_such_table"))
            return read(this, query)

        with (
            patch.object(type(self.leftovers), "_read", refuse),
            mute_logger("odoo.sql_db", PATH),
        ):
            self.leftovers._refresh()
        row = self._get("old_club_member")
        self.assertTrue(row.is_estimate)
        self.assertEqual(row.row_count, 5)
        self.env.cr.execute("SHOW statement_timeout")
        self.assertEqual(self.env.cr.fetchone()[0], "0")

    def test_rights(self):
        row = self._get("old_club_member")
        for role in ("reader", "officer", "dpo"):
            user = self.new_user(role)
            theirs = row.with_user(user)
            self.assertEqual(theirs.row_count, 5)
            for right in ("create", "unlink"):
                self.assertFalse(theirs.has_access(right))
            if role != "dpo":
                self.assertFalse(theirs.has_access("write"))
                with self.assertRaises(AccessError):
                    theirs.action_refresh()
        theirs.action_refresh()
        with self.assertRaises(AccessError):
            row.with_user(self.new_user("auditor")).read(["row_count"])
