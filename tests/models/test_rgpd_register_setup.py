from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form
from odoo.tools import convert_file

from odoo.addons.rgpd_fichier_client.core.register import activity

from ..common import RgpdCase


class TestRegisterSetup(RgpdCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dpo = cls.new_user("dpo")
        cls.setup = cls.env["rgpd.register.setup"].with_user(cls.dpo)
        cls.purposes = cls.env["rgpd.purpose"].with_user(cls.dpo)

    def run_setup(self, *activities, **values):
        with Form(self.setup) as form:
            for name in activities:
                form[f"is_{name}"] = True
            for name, value in values.items():
                form[name] = value
        form.record.action_apply()
        return form.record

    def codes(self, company=None):
        return set(self.purposes._get_purposes(company).mapped("code"))

    def test_every_code_of_an_activity_is_shipped(self):
        shipped = set(self.setup._get_shipped().mapped("code"))
        self.assertLessEqual(activity.get_purposes(activity.ACTIVITIES), shipped)
        self.assertGreaterEqual(len(shipped), 20)

    def test_opening_the_wizard_proposes_what_is_in_use(self):
        form = Form(self.setup)
        self.assertEqual(form.kept_count, len(self.setup._get_shipped()))
        form.is_b2b = True
        self.assertEqual(form.kept_count, len(activity.get_purposes(["b2b"])))

    def test_an_activity_keeps_its_purposes_and_puts_the_other_sheets_away(self):
        self.run_setup("b2b")
        self.assertEqual(self.codes(), activity.get_purposes(["b2b"]))
        sms = self.env.ref("rgpd_fichier_client.rgpd_processing_sms")
        self.assertEqual(sms.state, "archived")
        order = self.env.ref("rgpd_fichier_client.rgpd_processing_order")
        self.assertEqual(order.state, "draft")
        self.run_setup("shop")
        self.assertEqual(self.codes(), activity.get_purposes(["shop"]))
        self.assertEqual(sms.state, "draft")

    def test_nothing_is_imposed(self):
        form = Form(self.setup)
        form.is_shop = True
        for index, line in enumerate(form.line_ids._records):
            purpose = self.purposes.browse(line["purpose_id"])
            if purpose.code in ("invoice", "prospect_phone_b2c"):
                with form.line_ids.edit(index) as edited:
                    edited.is_kept = purpose.code != "invoice"
        form.save().action_apply()
        self.assertNotIn("invoice", self.codes())
        self.assertIn("prospect_phone_b2c", self.codes())

    def test_the_choice_survives_an_update(self):
        self.run_setup("association")
        kept = self.codes()
        order = self.env.ref("rgpd_fichier_client.rgpd_purpose_order")
        order.archive_delay = 6
        for name in ("rgpd_processing", "rgpd_purpose", "rgpd_retention_rule"):
            convert_file(
                self.env,
                "rgpd_fichier_client",
                f"data/register/{name}.xml",
                {},
                mode="update",
            )
        self.assertEqual(self.codes(), kept)
        self.assertEqual(order.archive_delay, 6)

    def test_what_would_come_back_is_put_away_and_not_deleted(self):
        sheet = self.env.ref("rgpd_fichier_client.rgpd_processing_sms")
        with self.assertRaises(ValidationError):
            sheet.purpose_ids.unlink()
        with self.assertRaises(UserError):
            sheet.unlink()
        own = self.env["rgpd.processing"].create({"name": "À nous"})
        own.unlink()

    def test_a_company_of_its_own_has_its_own_register(self):
        other = self.env["res.company"].create(
            {"name": "Autre SARL", "email": "autre@exemple.example"}
        )
        self.dpo.company_ids |= other
        before = self.codes()
        self.setup = self.setup.with_context(allowed_company_ids=[other.id])
        self.run_setup("ecommerce", scope="own", company_id=other)
        self.assertTrue(other.rgpd_has_own_register)
        self.assertEqual(self.codes(other), activity.get_purposes(["ecommerce"]))
        self.assertEqual(self.codes(), before, "the other companies change nothing")
        sheets = self.env["rgpd.processing"].search(
            self.env["rgpd.processing"]._get_register_domain(other)
        )
        self.assertEqual(sheets.company_id, other)
        order = sheets.filtered(lambda sheet: sheet.reference == "RT-001")
        self.assertEqual(order.name, "Orders and deliveries")
        self.assertEqual(
            order.with_context(lang="fr_FR").name, "Commandes et livraisons"
        )
        email = self.purposes._get_purpose("prospect_email_b2c", other)
        self.assertEqual(email.company_id, other)
        self.assertTrue(email._has_notice())
        # On screen as on paper: the common sheets are no part of this register.
        for companies, wanted in (
            (other, other),
            (self.company, self.env["res.company"]),
            (other | self.company, other),
        ):
            shown = self.env["rgpd.processing"].with_context(
                allowed_company_ids=companies.ids
            )
            found = shown.search([("is_in_register", "=", True)])
            self.assertTrue(found)
            self.assertEqual(found.company_id, wanted)
            self.assertTrue(all(found.mapped("is_in_register")))
            rest = shown.search([("is_in_register", "=", False)])
            self.assertFalse(rest & found)
            self.assertFalse(any(rest.mapped("is_in_register")))
            self.assertEqual(found | rest, shown.search([]))

    def test_a_register_of_its_own_is_set_up_again(self):
        other = self.env["res.company"].create({"name": "Autre SARL"})
        self.dpo.company_ids |= other
        self.setup = self.setup.with_context(allowed_company_ids=[other.id])
        self.assertEqual(Form(self.setup).scope, "common")
        self.run_setup("ecommerce", scope="own")
        common = self.codes()
        sheets = self.env["rgpd.processing"].with_context(active_test=False)
        count = sheets.search_count([("company_id", "=", other.id)])
        self.run_setup("ecommerce")
        again = sheets.search_count([("company_id", "=", other.id)])
        self.assertEqual(again, count, "a second time adds nothing")
        # Another activity: what it does not need is put away, and comes back
        self.run_setup("b2b")
        self.assertEqual(self.codes(other), activity.get_purposes(["b2b"]))
        self.assertEqual(self.codes(), common, "the other companies change nothing")
        form = Form(self.setup)
        self.assertEqual(form.scope, "own")
        self.assertEqual(form.kept_count, len(activity.get_purposes(["b2b"])))
        self.run_setup("ecommerce")
        self.assertEqual(self.codes(other), activity.get_purposes(["ecommerce"]))

    def test_only_the_dpo_sets_up(self):
        officer = self.new_user("officer")
        self.assertFalse(self.setup.with_user(officer).has_access("create"))
        wizard = self.setup.create({"is_shop": True})
        with self.assertRaises(AccessError):
            wizard.with_user(officer).sudo().with_user(officer).action_apply()
