from lxml import etree

from odoo.fields import Command

from odoo.addons.rgpd_fichier_client.core.request import letters

from ..common import RgpdCase


class TestKnownGrounds(RgpdCase):
    """A screen offers the grounds that may refuse the right at hand, and no other."""

    def test_by_right(self):
        rectification, objection, prospecting = (
            self.env["rgpd.request"]
            .create(
                {
                    "requester_email": "jeanne@client.example",
                    "item_ids": [Command.create(values)],
                }
            )
            .item_ids
            for values in (
                {"right": "rectification"},
                {"right": "objection"},
                {"right": "objection", "is_prospecting": True},
            )
        )
        self.assertIn("accurate", rectification.known_grounds)
        self.assertNotIn("compelling", rectification.known_grounds)
        self.assertIn("compelling", objection.known_grounds)
        self.assertNotIn("compelling", prospecting.known_grounds)

    def test_each_one_offered_is_accepted(self):
        rights = dict(self.env["rgpd.request.item"]._fields["right"].selection)
        for right in rights:
            with self.subTest(right):
                item = self.env["rgpd.request.item"].new({"right": right})
                self.assertEqual(item.known_grounds, list(letters.get_grounds(right)))

    def test_every_form_that_asks_for_a_ground_filters(self):
        forms = (
            (
                "rgpd.request",
                "//field[@name='item_ids']/list | //field[@name='item_ids']/form",
            ),
            ("rgpd.request.item", "/form"),
        )
        for model, path in forms:
            arch = etree.fromstring(self.env[model].get_view(view_type="form")["arch"])
            asked = [
                field
                for view in arch.getroottree().xpath(path)
                for field in view.iterfind(".//field[@name='ground']")
            ]
            self.assertTrue(asked, model)
            for field in asked:
                self.assertEqual(field.get("widget"), "filterable_selection")
                self.assertIn("known_grounds", field.get("options"))
