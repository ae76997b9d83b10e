from odoo.tools import SQL

from ..common import RgpdCase


class TestMinimisation(RgpdCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["rgpd.data.map"]._discover()
        cls.sheet = cls.env.ref("rgpd_fichier_client.rgpd_processing_order")
        cls.purpose = cls.env.ref("rgpd_fichier_client.rgpd_purpose_order")
        cls.report = cls.env["rgpd.minimisation"]
        cls.image = cls.category("image")

    @classmethod
    def category(cls, code):
        return cls.env["rgpd.data.category"].search([("code", "=", code)])

    def count(self, *names, model="res.partner"):
        rows = self.env["rgpd.data.field"].search(
            [("model", "=", model), ("name", "in", names)]
        )
        self.assertEqual(len(rows), len(names))
        rows._count_values(model)
        return rows

    def findings(self, kind, **where):
        domain = [("kind", "=", kind), *((k, "=", v.id) for k, v in where.items())]
        return self.report.search(domain)

    def line(self, code, sheet=None):
        self.env.invalidate_all()
        lines = (sheet or self.sheet).data_line_ids
        return lines.filtered(lambda line: line.category_id.code == code)

    def reset_counts(self):
        self.env.cr.execute(
            "UPDATE rgpd_data_field SET count_date = NULL, filled_count = NULL,"
            " record_count = NULL"
        )
        self.env.invalidate_all()

    # === THE SHEET === #

    def test_a_sheet_shows_what_is_held_of_each_of_its_categories(self):
        self.reset_counts()
        line = self.line("contact")
        self.assertEqual(line.state, "unknown")
        self.assertGreater(line.field_count, 1)
        self.assertGreater(line.model_count, 1)
        self.env["res.partner"].create({"name": "A", "email": "a@exemple.example"})
        field = self.count("email")
        line = self.line("contact")
        self.assertEqual(line.state, "held")
        self.assertEqual(line.record_count, field.filled_count)
        action = line.action_open_fields()
        found = self.env["rgpd.data.field"].search(action["domain"])
        self.assertIn(field, found)

    def test_a_category_without_field_or_without_value_says_so(self):
        self.reset_counts()
        self.purpose.data_category_ids = self.category("loyalty")
        self.assertEqual(self.line("loyalty").state, "none")
        self.purpose.data_category_ids |= self.image
        images = self.env["rgpd.data.field"].search(
            [("effective_category_id", "=", self.image.id), ("is_present", "=", True)]
        )
        for model, rows in images.grouped("model").items():
            rows._count_values(model)
        self.env.cr.execute("UPDATE rgpd_data_field SET filled_count = 0")
        self.env.invalidate_all()
        self.assertEqual(self.line("image").state, "empty")

    def test_the_count_of_the_night(self):
        self.reset_counts()
        with self.enter_registry_test_mode():
            self.env.ref(
                "rgpd_fichier_client.rgpd_data_count_cron"
            ).method_direct_trigger()
        fields = self.env["rgpd.data.field"].search([("is_present", "=", True)])
        self.assertTrue(all(fields.mapped("count_date")))
        self.assertEqual(self.line("identity").state, "held")

    # === THE REPORT === #

    def test_data_without_purpose(self):
        self.env["res.partner"].create({"name": "A", "vat": "FR23334175221"})
        self.count("vat")
        vat = self.category("company_identity")
        self.assertFalse(self.findings("no_purpose", category_id=vat))
        purposes = self.env["rgpd.purpose"].search(
            [("data_category_ids", "in", vat.id)]
        )
        sheet = purposes[0].processing_id
        (purposes - purposes[0]).write({"data_category_ids": [(3, vat.id)]})
        self.assertFalse(self.findings("no_purpose", category_id=vat))
        sheet.action_archive_sheet()
        found = self.findings("no_purpose", category_id=vat)
        self.assertEqual(len(found), 1)
        self.assertGreater(found.record_count, 0)
        self.assertIn("Add a purpose", found.advice)

    def test_purpose_without_data(self):
        loyalty = self.category("loyalty")
        self.purpose.data_category_ids |= loyalty
        found = self.findings("no_data", category_id=loyalty, purpose_id=self.purpose)
        self.assertEqual(found.processing_id, self.sheet)
        self.assertEqual(found.action_open()["res_id"], self.purpose.id)
        self.sheet.action_archive_sheet()
        self.assertFalse(
            self.findings("no_data", category_id=loyalty, purpose_id=self.purpose)
        )

    def test_fields_never_filled_and_optional_ones_always_filled(self):
        partners = self.env["res.partner"].with_context(active_test=False).search([])
        fields = self.count("city", "website")
        city = fields.filtered(lambda field: field.name == "city")
        self.assertTrue(city.is_optional)
        self.assertFalse(self.findings("always", field_id=city))
        self.env.cr.execute("UPDATE res_partner SET city = 'Lyon'")
        self.count("city")
        found = self.findings("always", field_id=city)
        self.assertEqual(found.record_count, len(partners))
        self.env.cr.execute("UPDATE res_partner SET city = NULL")
        self.count("city")
        self.assertFalse(self.findings("always", field_id=city))
        self.assertTrue(self.findings("never", field_id=city))

    def test_a_required_or_computed_field_is_not_optional(self):
        fields = self.env["rgpd.data.field"]
        for model, name in (
            ("sale.order", "partner_id"),
            ("res.partner", "email_normalized"),
            ("res.partner", "lang"),
        ):
            field = fields.search([("model", "=", model), ("name", "=", name)])
            self.assertTrue(field)
            self.assertFalse(field.is_optional, name)

    # === WHO RECEIVES WHAT === #

    def flows(self, **values):
        self.env.invalidate_all()
        values["processing_id"] = self.sheet.id
        return self.env["rgpd.processing.flow"].search(
            [(name, "=", value) for name, value in values.items()]
        )

    def test_who_receives_what_goes_down_every_rank_and_names_the_country(self):
        france, states = self.env.ref("base.fr"), self.env.ref("base.us")
        host = self.env["rgpd.processor"].create(
            {"name": "Hébergeur Exemple", "country_id": france.id}
        )
        below = self.env["rgpd.processor"].create(
            {"name": "Sauvegarde Exemple", "parent_id": host.id}
        )
        self.env["rgpd.processor"].create(
            {
                "name": "Support Exemple",
                "parent_id": below.id,
                "country_id": france.id,
                "access_country_ids": [(4, states.id)],
            }
        )
        self.sheet.processor_ids = host
        flows = self.flows(purpose_id=self.purpose.id)
        self.assertEqual(
            flows.category_id, self.purpose.data_category_ids, "every category"
        )
        inside = self.flows(recipient="Hébergeur Exemple")
        self.assertEqual(set(inside.mapped("recipient_kind")), {"processor"})
        self.assertFalse(any(inside.mapped("is_outside_eea")))
        outside = self.flows(recipient="Support Exemple", is_outside_eea=True)
        self.assertEqual(set(outside.mapped("recipient_kind")), {"subprocessor"})
        self.assertEqual(outside.country_id, states)
        names = set(self.flows().mapped("recipient"))
        self.assertLessEqual(set(self.sheet.recipient_ids.mapped("name")), names)
        self.sheet.action_archive_sheet()
        self.assertFalse(self.flows())

    def test_who_receives_what_is_not_compiled_at_each_look(self):
        query = self.env["rgpd.processing.flow"]._table_query
        self.env.cr.execute(SQL("EXPLAIN %s", query))
        plan = "\n".join(line for (line,) in self.env.cr.fetchall())
        self.assertIn("rgpd_processing", plan)
        self.assertNotIn("JIT", plan)

    def test_what_is_read_in_french_is_in_french(self):
        flows = self.env["rgpd.processing.flow"].with_context(lang="fr_FR")
        recipient = self.sheet.recipient_ids[0].with_context(lang="fr_FR")
        self.assertTrue(flows.search_count([("recipient", "=", recipient.name)]))

    # === RIGHTS === #

    def test_readers_read_and_companies_keep_apart(self):
        other = self.env["res.company"].create({"name": "Autre SARL"})
        foreign = self.env["rgpd.processing"].create(
            {"name": "Ailleurs", "company_id": other.id}
        )
        self.env["rgpd.purpose"].create(
            {
                "name": "Ailleurs",
                "code": "elsewhere",
                "legal_basis": "contract",
                "processing_id": foreign.id,
                "data_category_ids": [(4, self.category("loyalty").id)],
            }
        )
        foreign.recipient_ids = self.env["rgpd.recipient"].search([], limit=1)
        reader, auditor = self.new_user("reader"), self.new_user("auditor")
        for model in ("rgpd.processing.data", "rgpd.processing.flow"):
            rows = self.env[model]
            self.assertTrue(rows.search([("processing_id", "=", foreign.id)]), model)
            seen = rows.with_user(reader).search([("processing_id", "!=", False)])
            self.assertTrue(seen, model)
            self.assertNotIn(foreign.id, seen.sudo().processing_id.ids, model)
            self.assertFalse(rows.with_user(auditor).has_access("read"), model)
        self.assertFalse(
            self.report.with_user(reader).search([("company_id", "=", other.id)])
        )
        self.assertFalse(self.report.with_user(auditor).has_access("read"))
