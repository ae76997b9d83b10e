from itertools import product
from unittest.mock import patch

from odoo.models import BaseModel
from odoo.tools import SQL

from odoo.addons.rgpd_fichier_client.models.datamap import export_large

from .exporter_common import ExporterCase

LARGEST = 5000
LABEL = "[too long to be shown here; ask us for it]"


class TestLargeValues(ExporterCase):
    """A value too large to be masked stays out, is told, and stops nothing."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.message = cls.person.message_post(body="Short", message_type="comment")
        cls.env.flush_all()
        for table, column, row in (
            ("res_partner", "comment", cls.person),
            ("mail_message", "body", cls.message),
        ):
            cls.env.cr.execute(
                SQL(
                    "UPDATE %s SET %s = repeat(%s, 1000) || %s WHERE id = %s",
                    SQL.identifier(table),
                    SQL.identifier(column),
                    "Suite du rapport ",
                    "de paul@tiers.example, 06 39 98 00 33",
                    row.id,
                )
            )
        cls.env.invalidate_all()

    def setUp(self):
        super().setUp()
        self.patch(export_large, "LARGEST_VALUE", LARGEST)

    def test_it_is_withheld_and_told(self):
        manifest, archive, data = self.export()
        [person] = self.values(data, "res.partner")
        self.assertEqual(person["comment"], LABEL)
        self.assertEqual(person["email"], "jeanne@client.example")
        bodies = [row.get("body", "") for row in self.values(data, "mail.message")]
        self.assertIn(LABEL, bodies)
        self.assertTrue(any("Jeanne called" in body for body in bodies))
        self.assertEqual(manifest["withheld"], {"large": 2})
        self.assertIn(
            "2 texts are too long to be shown here with other people masked: ask us"
            " for them.",
            data["notes"],
        )
        text = self.everything(archive)
        self.assertNotIn("paul@tiers.example", text)
        self.assertNotIn("06 39 98 00 33", text)

    def test_it_is_never_read(self):
        fetched = set()
        fetch = BaseModel.fetch

        def note(this, names=None):
            fetched.update(product([this._name], this.ids, names or this._fields))
            return fetch(this, names)

        with patch.object(BaseModel, "fetch", note):
            self.export()
        self.assertIn(("res.partner", self.person.id, "email"), fetched)
        self.assertNotIn(("res.partner", self.person.id, "comment"), fetched)
        self.assertNotIn(("mail.message", self.message.id, "body"), fetched)

    def test_one_below_the_limit_is_complete(self):
        self.patch(export_large, "LARGEST_VALUE", 1_000_000)
        manifest, _archive, data = self.export()
        [person] = self.values(data, "res.partner")
        self.assertEqual(person["comment"].count("Suite du rapport"), 1000)
        self.assertNotIn("06 39 98 00 33", person["comment"])
        self.assertEqual(manifest["withheld"], {})
