from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user

from odoo.addons.rgpd_fichier_client.models.datamap.rgpd_data_map import FINGERPRINT

from ..common import RgpdCase


class TestDrift(RgpdCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dpo = cls.new_user("dpo")
        cls.company.write(
            {
                "rgpd_contact_email": "dpo@exemple.example",
                "rgpd_referent_id": cls.dpo.partner_id.id,
            }
        )
        cls.drifts = cls.env["rgpd.drift"]
        cls.cron = cls.env.ref("rgpd_fichier_client.rgpd_data_map_cron")
        cls.look()
        waiting = cls.drifts.search([("state", "=", "open")])
        waiting.line_ids._decide("noted")
        waiting._close()

    def setUp(self):
        # Custom fields are forgotten with the transaction that made them: after it was
        # rolled back (cleanups run backwards), as the registry is loaded by another
        # connection, which would wait for ever for the lock of the added column.
        self.addCleanup(self.registry.reset_changes)
        self.addCleanup(self.registry.clear_all_caches)
        super().setUp()

    @classmethod
    def look(cls):
        """Do what the cron does, and return what it found."""
        before = cls.drifts.search([])
        cls.env["rgpd.data.map"]._cron_discover()
        return cls.drifts.search([]) - before

    def add_field(self, name, label, ttype="char"):
        return self.env["ir.model.fields"].create(
            {
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "name": name,
                "field_description": label,
                "ttype": ttype,
            }
        )

    def forget(self, module):
        """Bring the map back to before an add-on was installed."""
        rows = self.env["rgpd.data.field"].search([("module", "=", module)])
        self.assertTrue(rows)
        self.env["ir.model.data"].search(
            [("model", "=", "rgpd.data.field"), ("res_id", "in", rows.ids)]
        ).unlink()
        rows.unlink()

    def validated(self, name):
        sheet = self.env.ref(f"rgpd_fichier_client.rgpd_processing_{name}")
        sheet.origin_detail = "Annuaire Exemple"
        sheet.with_user(self.dpo).action_validate()
        return sheet

    # === FIELDS === #

    def test_a_custom_field_is_a_task_with_a_proposal_and_the_sheets_are_reviewed(self):
        sheet, other = self.validated("order"), self.validated("invoice")
        self.add_field("x_birthday", "Date de naissance")
        self.add_field("x_studio_char_1", "Téléphone du bureau")
        drift = self.look()
        self.assertEqual((drift.kind, drift.state), ("new", "open"))
        proposed = {
            line.field_id.name: (line.proposed_category_id.code, line.ground)
            for line in drift.line_ids
        }
        self.assertEqual(
            proposed,
            {
                "x_birthday": ("birth", "rule"),
                "x_studio_char_1": ("contact", "words"),
            },
        )
        self.assertEqual(drift.activity_ids.user_id, self.dpo)
        self.assertEqual(sheet.state, "to_review")
        self.assertIn(sheet, drift.processing_ids)
        self.assertEqual(other.state, "validated")
        self.assertIn("Back to review", sheet.message_ids[0].body)
        self.assertFalse(self.look(), "told twice")

    def test_the_task_is_in_the_language_of_whoever_gets_it(self):
        self.dpo.lang = "fr_FR"
        sheet = self.validated("order")
        self.add_field("x_phone_home", "Téléphone")
        drift = self.look()
        self.assertEqual(
            drift.activity_ids.summary, "Dire ce que contiennent les nouveaux champs"
        )
        self.assertIn("champs personnalisés", sheet.message_ids[0].body)

    def test_the_look_of_the_values_speaks_when_the_name_does_not(self):
        self.add_field("x_data", "Données libres")
        self.env["res.partner"].create(
            [{"name": f"P{n}", "x_data": f"p{n}@exemple.example"} for n in range(5)]
        )
        line = self.look().line_ids
        self.assertEqual(line.proposed_category_id.code, "contact")
        self.assertEqual(line.ground, "values")
        self.assertNotIn("@", str(line.read()))

    def test_data_new_to_the_register_concern_the_sheets_of_the_model(self):
        sheet = self.validated("order")
        self.add_field("x_allergy", "Allergies", "text")
        drift = self.look()
        self.assertTrue(drift.has_sensitive)
        self.assertIn(sheet, drift.processing_ids)
        self.assertEqual(sheet.state, "to_review")

    def test_only_the_sheets_that_speak_of_the_model_are_concerned(self):
        """A name on an order concerns the sheets about orders, not all with names."""
        order, security = self.validated("order"), self.validated("security")
        self.env["ir.model.fields"].create(
            {
                "model_id": self.env["ir.model"]._get_id("sale.order"),
                "name": "x_receiver_name",
                "field_description": "Nom du destinataire",
                "ttype": "char",
            }
        )
        drift = self.look()
        self.assertEqual(drift.line_ids.proposed_category_id.code, "identity")
        self.assertIn(order, drift.processing_ids)
        self.assertNotIn(security, drift.processing_ids)
        category = self.env.ref("rgpd_fichier_client.category_order")
        for sheet in drift.processing_ids:
            self.assertIn(category, sheet.data_category_ids)
        self.assertEqual(order.state, "to_review")
        self.assertEqual(security.state, "validated")

    def test_a_column_of_a_mixin_is_of_the_add_on_that_brings_the_model(self):
        fields_ = self.env["rgpd.data.field"]
        for model, name, module in (
            ("product.template", "image_1920", "product"),
            ("sale.order", "access_token", "sale"),
            ("res.partner", "image_1920", "base"),
            ("res.partner", "email_normalized", "mail"),
        ):
            if name not in self.env[model]._fields:
                continue
            field = self.env[model]._fields[name]
            found = self.env["rgpd.data.map"]._get_bringing_module(model, field)
            self.assertEqual(found, module, f"{model}.{name}")
            row = fields_.search([("model", "=", model), ("name", "=", name)])
            if row:
                self.assertEqual(row.module, module)

    def test_numbers_and_links_ask_nothing(self):
        self.add_field("x_count", "Nombre de commandes", "integer")
        self.add_field("x_flag", "Actif", "boolean")
        self.assertFalse(self.look())

    def test_an_add_on_installed_later_is_one_task(self):
        self.forget("phone_validation")
        self.forget("sale")
        found = self.look()
        self.assertTrue(found)
        self.assertEqual(found.mapped("kind"), ["new"] * len(found))
        self.assertEqual(len(found), len(set(found.mapped("module"))))
        sale = found.filtered(lambda drift: drift.module == "sale")
        self.assertIn("sale.order", sale.line_ids.field_id.mapped("model"))
        self.assertEqual(len(sale.activity_ids), 1)
        self.assertEqual(sale.activity_ids.user_id, self.dpo)

    def test_accepting_classifies_and_closes_the_task(self):
        self.add_field("x_studio_char_1", "Téléphone du bureau")
        drift = self.look().with_user(self.dpo)
        drift.line_ids.proposed_strategy = "pseudonym"
        drift.action_accept()
        field = drift.line_ids.field_id
        self.assertEqual(field.effective_status, "classified")
        self.assertEqual(field.effective_category_id.code, "contact")
        self.assertEqual(field.effective_strategy, "pseudonym")
        self.assertEqual((drift.state, drift.user_done_id), ("done", self.dpo))
        self.assertFalse(drift.activity_ids)
        kinds = self.env["rgpd.journal"].search([], limit=2).mapped("kind")
        self.assertEqual(set(kinds), {"map.decided", "map.drift_decided"})

    def test_not_personal_and_a_decision_made_elsewhere_close_too(self):
        self.add_field("x_code_a", "Code A")
        self.add_field("x_code_b", "Code B")
        drift = self.look().with_user(self.dpo)
        first, second = drift.line_ids
        first.action_not_personal()
        self.assertEqual(first.field_id.effective_status, "not_personal")
        self.assertEqual(drift.state, "open")
        second.field_id.write({"status_override": "not_personal", "note": "Rayon"})
        self.assertEqual(second.decision, "other")
        self.assertEqual(drift.state, "done")

    def test_a_field_that_goes_is_told_and_one_that_comes_back_is_not_missing(self):
        field = self.add_field("x_phone_home", "Téléphone")
        self.look().with_user(self.dpo).action_accept()
        sheet = self.validated("order")
        field.unlink()
        gone = self.look()
        self.assertEqual(gone.kind, "gone")
        self.assertEqual(gone.line_ids.field_id.name, "x_phone_home")
        self.assertEqual(sheet.state, "to_review")
        self.assertTrue(gone.activity_ids)
        self.assertFalse(self.look())
        self.add_field("x_phone_home", "Téléphone")
        self.look()
        self.assertEqual(gone.state, "done")
        self.assertFalse(gone.activity_ids)

    def test_a_field_that_goes_before_it_was_judged_asks_nothing_more(self):
        field = self.add_field("x_phone_home", "Téléphone")
        drift = self.look()
        field.unlink()
        self.look()
        self.assertEqual(drift.state, "done")

    # === CONNECTORS === #

    def test_a_new_connector_is_a_task(self):
        sheet = self.validated("email")
        server = self.env["ir.mail_server"].create(
            {"name": "Relais", "smtp_host": "smtp.exemple.example"}
        )
        user = new_test_user(self.env, "rgpd_key", groups="base.group_user")
        self.env["res.users.apikeys"].with_user(user)._generate(
            "rpc", "Tool", fields.Datetime.now() + timedelta(days=1)
        )
        action = self.env["ir.actions.server"].create(
            {
                "name": "Tell",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "state": "webhook",
                "webhook_url": "https://exemple.example/hook",
            }
        )
        found = self.look()
        self.assertEqual(
            set(found.mapped("connector")), {"mail_server", "api_key", "webhook"}
        )
        self.assertEqual(found.activity_ids.user_id, self.dpo)
        self.assertEqual(sheet.state, "to_review")
        mail = found.filtered(lambda drift: drift.connector == "mail_server")
        self.assertIn("Relais", mail.display_name)
        with self.assertRaises(UserError):
            mail.with_user(self.dpo).action_accept()
        mail.with_user(self.dpo).note = "Confirmations, by our host in France"
        mail.with_user(self.dpo).action_accept()
        self.assertEqual(mail.state, "done")
        self.assertFalse(self.look())
        action.unlink()
        server.unlink()
        self.look()
        hook = found.filtered(lambda drift: drift.connector == "webhook")
        self.assertEqual(hook.state, "done")
        key = found.filtered(lambda drift: drift.connector == "api_key")
        key.with_user(self.dpo).processing_ids = sheet
        self.assertIn("Tool", key.display_name)

    def test_each_new_connector_wakes_the_cron(self):
        triggers = self.env["ir.cron.trigger"]
        domain = [("cron_id", "=", self.cron.id)]
        user = new_test_user(self.env, "rgpd_key", groups="base.group_user")
        for make in (
            lambda: self.env["ir.mail_server"].create(
                {"name": "Relais", "smtp_host": "smtp.exemple.example"}
            ),
            lambda: (
                self.env["res.users.apikeys"]
                .with_user(user)
                ._generate("rpc", "Tool", fields.Datetime.now() + timedelta(days=1))
            ),
            lambda: self.env["ir.actions.server"].create(
                {
                    "name": "Tell",
                    "model_id": self.env["ir.model"]._get_id("res.partner"),
                    "state": "webhook",
                    "webhook_url": "https://exemple.example/hook",
                }
            ),
            lambda: self.add_field("x_any", "Any"),
        ):
            triggers.search(domain).unlink()
            make()
            self.assertEqual(triggers.search_count(domain), 1)

    # === REGISTRY === #

    def test_loading_a_registry_compares_and_triggers_and_writes_no_map(self):
        triggers = self.env["ir.cron.trigger"]
        domain = [("cron_id", "=", self.cron.id)]
        triggers.search(domain).unlink()
        data_map = self.env["rgpd.data.map"]
        data_map._register_hook()
        self.assertFalse(triggers.search(domain), "nothing changed")
        self.env["ir.config_parameter"].set_param(FINGERPRINT, "of an older registry")
        rows = self.env["rgpd.data.field"].search_count([])
        data_map._register_hook()
        data_map._register_hook()
        self.assertEqual(triggers.search_count(domain), 1, "each worker loads one")
        self.assertEqual(self.env["rgpd.data.field"].search_count([]), rows)
        self.look()
        self.assertNotEqual(
            self.env["ir.config_parameter"].get_param(FINGERPRINT),
            "of an older registry",
        )

    # === RIGHTS === #

    def test_only_the_dpo_decides(self):
        self.add_field("x_studio_char_1", "Téléphone du bureau")
        drift = self.look()
        for role in ("reader", "officer"):
            user = self.new_user(role)
            self.assertTrue(drift.with_user(user).has_access("read"))
            self.assertFalse(drift.with_user(user).has_access("write"))
            for call in (
                drift.with_user(user).action_accept,
                drift.line_ids.with_user(user).action_accept,
                drift.line_ids.with_user(user).action_not_personal,
            ):
                with self.assertRaises(AccessError):
                    call()
        for role in ("auditor", "archive"):
            self.assertFalse(drift.with_user(self.new_user(role)).has_access("read"))
        self.assertFalse(drift.with_user(self.dpo).has_access("create"))
        self.assertFalse(drift.with_user(self.dpo).has_access("unlink"))
