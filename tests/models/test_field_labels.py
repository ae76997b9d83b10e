"""Labels that changed are translated again when the add-on is updated."""

import importlib.util
from collections import deque
from unittest.mock import patch

from odoo.modules import get_module_path
from odoo.tools import SQL

from ..common import RgpdCase

COUNT = ("rgpd.simulation.document", "count")


class TestFieldLabels(RgpdCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("fr_FR")

    def put(self, source, french, name="field_description", field=COUNT):
        """Leave a field as an older version of the add-on did."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """UPDATE ir_model_fields
                      SET %s = jsonb_build_object('en_US', %s::text, 'fr_FR', %s::text)
                    WHERE model = %s AND name = %s""",
                SQL.identifier(name),
                source,
                french,
                *field,
            )
        )
        self.env.invalidate_all()

    def update(self):
        """Do what Odoo does at an update, in that order."""
        self.reflect(COUNT[0])
        self.env["ir.module.module"]._get("rgpd_fichier_client")._update_translations(
            ["fr_FR"]
        )
        self.env.invalidate_all()

    def reflect(self, model):
        with patch.object(self.registry, "_post_init_queue", deque(), create=True):
            self.env["ir.model.fields"]._reflect_fields([model])

    def get_label(self, name="field_description", field=COUNT):
        record = self.env["ir.model.fields"]._get(*field)
        return record.with_context(lang="fr_FR")[name]

    def test_another_label_is_translated_again(self):
        self.put("Number", "Numéro")
        self.update()
        self.assertEqual(self.get_label(), "Nombre")

    def test_so_is_another_help(self):
        field = (COUNT[0], "rule")
        expected = self.get_label("help", field)
        self.assertIn("facture", expected)
        self.put("Former help", "Ancienne aide", "help", field)
        self.update()
        self.assertEqual(self.get_label("help", field), expected)

    def test_what_a_company_calls_it_stays(self):
        self.put("Count", "Combien")
        self.update()
        self.assertEqual(self.get_label(), "Combien")

    def test_fields_of_others_are_left_alone(self):
        field = ("res.partner", "ref")
        self.put("Former reference", "Ancienne", field=field)
        self.reflect("res.partner")
        self.env.invalidate_all()
        self.assertEqual(self.get_label(field=field), "Ancienne")

    def test_a_database_that_was_updated_already_gets_it_as_well(self):
        self.put("Count", "Numéro")
        path = f"{get_module_path('rgpd_fichier_client')}/migrations/19.0.1.0.1"
        spec = importlib.util.spec_from_file_location("labels", f"{path}/pre-labels.py")
        script = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(script)
        script.migrate(self.env.cr, "19.0.1.0.0")
        self.update()
        self.assertEqual(self.get_label(), "Nombre")
