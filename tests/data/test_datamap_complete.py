from collections import Counter

from ..common import RgpdCase
from .datamap_rows import is_complete, read_rows

# Columns that Odoo makes without a field: secrets that nobody may read by the ORM
RAW_COLUMNS = {
    ("auth_totp.device", "index"),
    ("auth_totp.device", "key"),
    ("res.users.apikeys", "index"),
    ("res.users.apikeys", "key"),
}


class TestCompleteMap(RgpdCase):
    """The map knows every stored field, whatever modules the database has.

    `./dev complete` runs this where Odoo's modules are all installed.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.map = cls.env["rgpd.data.map"]
        cls.map._discover()

    def test_every_stored_field_of_a_mapped_model_is_classified(self):
        self.assertFalse(self.map._check())
        for model in self.map._get_mapped_models():
            stored = {
                field.name
                for field in self.env[model]._fields.values()
                if field.store and field.type != "one2many"
            }
            with self.subTest(model):
                known = self.map._get_fields(model)
                self.assertLessEqual(stored, set(known))
                for name in stored:
                    if known[name].status == "classified":
                        self.assertTrue(known[name].category, name)
                    else:
                        self.assertEqual(known[name].status, "not_personal", name)

    def test_what_is_not_personal_has_a_reason(self):
        rows = self.env["rgpd.data.field"].search(
            [("status", "=", "not_personal"), ("reason_not_personal", "=", False)]
        )
        self.assertFalse(rows.mapped("display_name"))

    def test_shipped_rows_name_each_field_once(self):
        rows = list(read_rows("rgpd.data.field"))
        for key in (lambda row: row["id"], lambda row: (row["model"], row["name"])):
            twice = [k for k, count in Counter(map(key, rows)).items() if count > 1]
            self.assertFalse(twice)

    def test_shipped_rows_are_of_fields_that_exist(self):
        """Where a module is missing, its rows wait for it without a word."""
        missing = {
            (row["model"], row["name"])
            for row in read_rows("rgpd.data.field")
            if row["model"] not in self.env
            or row["name"] not in self.env[row["model"]]._fields
        } - RAW_COLUMNS
        waiting = self.env["rgpd.data.field"].search(
            [("is_present", "=", True), ("model", "in", [m for m, _name in missing])]
        )
        self.assertFalse({(row.model, row.name) for row in waiting} & missing)
        if is_complete(self.env):
            self.assertFalse(missing)

    def test_shipped_links_and_facts_are_of_models_that_exist(self):
        if not is_complete(self.env):
            self.skipTest("not all of Odoo's modules are here")
        present = {
            (link.model, link.kind, link.path, link.target)
            for link in self.map._get_links()
        }
        for row in read_rows("rgpd.data.link"):
            key = row["model"], row["kind"], row["path"], row["target_model"]
            self.assertIn(key, present)
        for source in self.env["rgpd.fact.source"].search([]):
            self.assertTrue(source.is_present, source.name)

    def test_discovery_changes_nothing_the_second_time(self):
        rows = (
            self.env["rgpd.data.field"].search([]),
            self.env["rgpd.data.link"].search([]),
        )
        self.map._discover()
        self.assertEqual(rows[0], self.env["rgpd.data.field"].search([]))
        self.assertEqual(rows[1], self.env["rgpd.data.link"].search([]))
