from ast import literal_eval

from odoo.exceptions import AccessError
from odoo.tests import Form, new_test_user

from ..common import RgpdCase, new_rgpd_user


class TestDataMapScreens(RgpdCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Field = cls.env["rgpd.data.field"]

    def field(self, name, model="res.partner"):
        return self.Field.search([("model", "=", model), ("name", "=", name)])

    def test_values_are_counted(self):
        with_phone = [{"name": "A", "phone": "0123456789"}, {"name": "B"}]
        self.env["res.partner"].create(with_phone)
        fields = self.field("phone") | self.field("category_id") | self.field("lang")
        fields.action_count()
        partners = self.env["res.partner"].with_context(active_test=False)
        phone = self.field("phone")
        self.assertEqual(phone.record_count, partners.search_count([]))
        self.assertEqual(
            phone.filled_count,
            partners.search_count([("phone", "not in", (False, ""))]),
        )
        self.assertTrue(phone.count_date)

    def test_records_of_a_model_are_added_up_once(self):
        self.env["rgpd.data.map"]._discover()
        models = ("res.partner", "sale.order")
        fields = self.Field.search([("model", "in", models), ("is_present", "=", True)])
        fields.action_count()
        totals = {
            model: self.env[model].with_context(active_test=False).search_count([])
            for model in models
        }
        domain = [("id", "in", fields.ids)]
        rows = self.Field._read_group(domain, ["model_id"], ["record_count:sum"])
        self.assertEqual({model.model: n for model, n in rows}, totals)
        ((total, filled),) = self.Field._read_group(
            domain, [], ["record_count:sum", "filled_count:sum"]
        )
        self.assertEqual(total, sum(totals.values()))
        self.assertEqual(filled, sum(fields.mapped("filled_count")))
        nothing = self.Field._read_group([("id", "=", 0)], [], ["record_count:sum"])
        self.assertFalse(nothing[0][0])
        rows = self.Field.with_user(new_rgpd_user(self.env, "reader")).web_read_group(
            domain, ["model_id"], ["record_count:sum"]
        )
        self.assertIn("Contact", [g["model_id"][1] for g in rows["groups"]])

    def test_no_two_kinds_of_record_bear_one_name(self):
        """In French an entry and its lines are called the same; others by chance."""
        models = self.env["ir.model"]._get("res.partner.bank")
        models |= self.env["ir.model"]._get("mail.message")
        models.name = "Same name"
        action = self.env.ref("rgpd_fichier_client.rgpd_data_field_action")
        context = literal_eval(action.context)
        self.assertTrue(context["rgpd_model_labels"])
        fields = self.Field.with_user(new_rgpd_user(self.env, "reader"))
        domain = [("model_id", "!=", False)]
        fields = fields.with_context(**context)
        groups = fields.web_read_group(domain, ["model_id"], [])
        labels = [group["model_id"][1] for group in groups["groups"]]
        self.assertIn("Line of an invoice or journal entry", labels)
        self.assertIn("Same name (res.partner.bank)", labels)
        self.assertEqual(len(labels), len(set(labels)))
        self.assertEqual(models[0].display_name, "Same name")

    def test_the_picture_holds_every_model_and_no_data(self):
        self.env["res.partner"].create({"name": "Sylvie Exemple"})
        self.field("name").action_count()
        data_map = self.env["rgpd.data.map"]
        drawn = data_map.with_user(new_rgpd_user(self.env, "reader")).get_picture()
        nodes = {node["model"]: node for node in drawn["nodes"]}
        self.assertEqual(set(nodes), data_map._get_mapped_models())
        partner = nodes["res.partner"]
        self.assertEqual(partner["column"], "person")
        self.assertEqual(partner["records"], self.field("name").record_count)
        self.assertIn("res.partner", nodes["sale.order"]["parents"])
        self.assertEqual(nodes["ir.attachment"]["column"], "any")
        labels = [node["label"] for node in drawn["nodes"]]
        self.assertEqual(len(labels), len(set(labels)))
        contact = self.env["rgpd.data.category"].search([("code", "=", "contact")])
        (category,) = (c for c in drawn["categories"] if c["id"] == contact.id)
        self.assertIn("res.partner", [item["model"] for item in category["models"]])
        self.assertNotIn("Sylvie", str(drawn))
        plain = new_test_user(self.env, "rgpd_plain_map", groups="base.group_user")
        with self.assertRaises(AccessError):
            data_map.with_user(plain).get_picture()

    def test_files_are_counted(self):
        self.env["res.partner"].create({"name": "A", "image_1920": PIXEL})
        image = self.field("image_1920")
        self.assertTrue(image)
        image.action_count()
        self.assertGreaterEqual(image.filled_count, 1)

    def test_the_whole_map_is_counted(self):
        action = self.Field.action_count()
        self.assertEqual(action["params"]["type"], "success", action)
        present = self.Field.search([("is_present", "=", True)])
        self.assertTrue(all(present.mapped("count_date")))

    def test_a_model_that_is_gone_is_left_out(self):
        gone = self.Field.create({"model": "no.such.model", "name": "x"})
        action = gone.action_count()
        self.assertEqual(action["params"]["type"], "warning")

    def test_a_decision_is_evidence_and_survives_a_discovery(self):
        field = self.field("phone")
        shipped = field.effective_strategy
        with Form(field) as form:
            form.strategy_override = "keep"
            form.note = "Needed"
        self.assertTrue(field.is_decided)
        entry = self.env["rgpd.journal"].search([("kind", "=", "map.decided")], limit=1)
        self.assertEqual(entry.payload["field"], "res.partner.phone")
        self.assertEqual(entry.payload["before"]["masking"], None)
        self.assertEqual(entry.payload["after"]["masking"], "keep")
        self.env["rgpd.data.map"]._discover()
        self.assertEqual(field.effective_strategy, "keep")
        field.strategy_override = False
        self.assertFalse(field.is_decided)
        self.assertEqual(field.effective_strategy, shipped)

    def test_a_decision_needs_its_reason(self):
        form = Form(self.field("phone"))
        form.strategy_override = "keep"
        with self.assertRaisesRegex(AssertionError, "note is a required field"):
            form.save()

    def test_the_dpo_disables_a_source_and_adds_one(self):
        sources = self.env["rgpd.fact.source"].with_user(new_rgpd_user(self.env, "dpo"))
        shipped = self.env.ref("rgpd_fichier_client.fact_sale_order")
        self.assertTrue(shipped.is_shipped)
        shipped.with_user(sources.env.user).active = False
        with Form(sources) as form:
            form.name = "Visits"
            form.kind = "contact"
            form.model = "calendar.event"
            form.person_path = "partner_id"
            form.date_path = "start"
        own = form.record
        self.assertTrue(own.is_present)
        self.assertFalse(own.is_shipped)
        own.unlink()

    def test_gaps_are_the_screen_of_what_is_to_classify(self):
        action = self.env.ref("rgpd_fichier_client.rgpd_data_field_gap_action")
        gap = self.field("phone")
        gap.write({"status": "unclassified"})
        domain = [("effective_status", "=", "unclassified"), ("is_present", "=", True)]
        self.assertIn("unclassified", action.domain)
        found = self.Field.search(domain)
        self.assertIn(gap, found)
        self.assertEqual(len(self.env["rgpd.data.map"]._check()), len(found))


PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAA"
    "AABJRU5ErkJggg=="
)
