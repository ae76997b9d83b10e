from ..common import RgpdCase

# Screens that are no list of rows: what they show is read as figures, or filled in.
NO_CARDS = {
    # Only counts: the rows are digests, which nobody can read
    "rgpd_fichier_client.rgpd_suppression_action",
}


class TestScreens(RgpdCase):
    """Every screen opens, in both languages, on a desk and on a phone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        rows = cls.env["ir.model.data"].search(
            [
                ("module", "=like", r"rgpd\_fichier\_client%"),
                ("model", "=", "ir.actions.act_window"),
            ]
        )
        cls.actions = {
            row.complete_name: cls.env["ir.actions.act_window"].browse(row.res_id)
            for row in rows
        }
        # A dialog and the settings are filled in: there is no row to list
        cls.listing = {
            name: action
            for name, action in cls.actions.items()
            if action.view_mode != "form"
        }

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
