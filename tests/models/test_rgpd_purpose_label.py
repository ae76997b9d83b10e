from ..models.consent_common import MAIL, ConsentCase


class TestPurposeLabel(ConsentCase):
    """An objection to everything is named where acts are listed and counted."""

    def test_lists_name_all_purposes(self):
        self.give()
        self.record("objected", None, "all")
        for model in ("rgpd.consent.event", "rgpd.consent"):
            rows = self.env[model].search([("channel", "=", "all")])
            self.assertEqual(set(rows.mapped("purpose_label")), {"All purposes"})
            self.assertIn("All purposes", rows[:1].display_name)
            given = self.env[model].search([("purpose_code", "=", MAIL)], limit=1)
            self.assertEqual(given.purpose_label, given.purpose_id.name)

    def test_pivots_and_groups_name_them_too(self):
        for model in ("rgpd.consent.event", "rgpd.consent"):
            for lang, label in (
                ("en_US", "All purposes"),
                ("fr_FR", "Toutes les finalités"),
            ):
                field = (
                    self.env[model]
                    .with_context(lang=lang)
                    .fields_get(["purpose_id"], ["falsy_value_label"])["purpose_id"]
                )
                self.assertEqual(field["falsy_value_label"], label)

    def test_views_show_the_label(self):
        for model in ("rgpd.consent.event", "rgpd.consent"):
            for kind in ("list", "kanban"):
                arch = self.env[model].get_view(view_type=kind)["arch"]
                self.assertIn('name="purpose_label"', arch)
