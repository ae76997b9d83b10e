import re

from lxml import etree

from ..common import RgpdCase

# Screens that are no list of rows: what they show is read as figures, or filled in.
NO_CARDS = {
    # Only counts: the rows are digests, which nobody can read
    "rgpd_fichier_client.rgpd_suppression_action",
}

# What puts a space between two neighbours of a card
APART = re.compile(r"\b(me-|ms-auto|gap-|justify-content-between)")
INLINE = ("span", "strong", "b", "small", "em", "i", "label")


class TestScreens(RgpdCase):
    """Every screen opens, in both languages, on a desk and on a phone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        actions = cls.env["ir.actions.act_window"].browse(
            cls._get_own_ids("ir.actions.act_window")
        )
        cls.actions = {action.xml_id: action for action in actions}
        # A dialog and the settings are filled in: there is no row to list
        cls.listing = {
            name: action
            for name, action in cls.actions.items()
            if action.view_mode != "form"
        }

    @classmethod
    def _get_own_ids(cls, model):
        """Return the records of a model that our add-ons brought."""
        rows = cls.env["ir.model.data"].search(
            [("module", "=like", r"rgpd\_fichier\_client%"), ("model", "=", model)]
        )
        return rows.mapped("res_id")

    def test_the_walk_meets_the_screens(self):
        """The tests below pass on nothing when the search finds nothing."""
        self.assertGreater(len(self.listing), 40)
        self.assertLess(len(self.listing), len(self.actions))
        self.assertLessEqual(NO_CARDS, self.listing.keys())

    def test_each_view_of_each_screen_loads(self):
        for lang in ("en_US", "fr_FR"):
            for name, action in self.actions.items():
                with self.subTest(name, lang=lang):
                    model = self.env[action.res_model].with_context(lang=lang)
                    views = [*action.views, (action.search_view_id.id, "search")]
                    loaded = model.get_views(views, {"toolbar": True})["views"]
                    self.assertEqual(set(loaded), {mode for _, mode in views})

    def test_no_screen_leaves_its_views_to_chance(self):
        """Without a view of its own a screen shows every field, or its name only."""
        for name, action in self.actions.items():
            for _view, mode in action.views:
                if mode == "activity":
                    continue
                with self.subTest(name, mode=mode):
                    found = self.env["ir.ui.view"].default_view(action.res_model, mode)
                    self.assertTrue(found)

    def test_a_phone_shows_cards_where_a_desk_shows_rows(self):
        for name, action in self.listing.items():
            modes = action.view_mode.split(",")
            with self.subTest(name):
                if name in NO_CARDS:
                    self.assertNotIn("list", modes)
                    continue
                self.assertIn("kanban", modes)
                self.assertIn(action.mobile_view_mode, modes)

    def test_an_empty_screen_says_what_it_is_for(self):
        for lang in ("en_US", "fr_FR"):
            for name, action in self.listing.items():
                with self.subTest(name, lang=lang):
                    said = action.with_context(lang=lang).help or ""
                    self.assertIn("o_view_nocontent", said)
                    if lang == "fr_FR":
                        self.assertNotEqual(said, action.help)

    def test_a_label_of_a_card_does_not_touch_its_value(self):
        """The web client drops the line break between two elements of a card."""
        views = self.env["ir.ui.view"].search(
            [
                ("type", "=", "kanban"),
                ("id", "in", self._get_own_ids("ir.ui.view")),
            ]
        )
        self.assertGreater(len(views), 40)
        for view in views:
            for label in etree.fromstring(view.arch).iter(*INLINE):
                value = label.getnext()
                parent = label.getparent()
                # A card stacks its own children, its foot spreads them
                if value is None or value.tag != "field":
                    continue
                if parent.tag in ("footer", "t"):
                    continue
                classes = " ".join(
                    part.get("class", "") for part in (label, parent, value)
                )
                between = label.tail or ""
                with self.subTest(view.xml_id, label=label.text):
                    self.assertTrue(
                        APART.search(classes) or (between and "\n" not in between)
                    )

    def test_the_head_of_a_screen_says_no_code_and_no_foreign_date(self):
        """What stands over a form is read by a person, in their language."""
        env = self.env(context={**self.env.context, "lang": "fr_FR"})
        partner = env["res.partner"].create({"name": "Odette Lamy"})
        directive = env["rgpd.directive"].create(
            {"partner_id": partner.id, "wish": "erase"}
        )
        self.assertEqual(directive.display_name, "Odette Lamy")
        moment = "2026-03-09 10:00:00"
        check = env["rgpd.ledger.check"].create({"date_found": moment})
        access = env["rgpd.vault.access"].new({"opened_on": moment})
        for record in (env["rgpd.renewal"].new({}), check, access):
            name = (
                record.name if record._name == "rgpd.renewal" else record.display_name
            )
            with self.subTest(record._name):
                self.assertRegex(name, r"\b\d\d/\d\d/\d{4}\b")
                self.assertNotRegex(name, r"\d{4}-\d\d")
