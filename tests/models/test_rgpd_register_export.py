import base64
import json

from odoo.exceptions import AccessError, UserError
from odoo.models import MAGIC_COLUMNS

from odoo.addons.rgpd_fichier_client.core.register.exchange import document

from .exchange_common import ExchangeCase

# Stored fields that do not leave with the register, each with its reason.
STAYS = {
    "rgpd.processing": {
        # Another register has its own.
        "company_id",
        "active",
        "state",
        "date_validated",
        "date_closed",
        # Computed from what leaves.
        "has_sensitive",
        "has_transfer",
        "dpia_count",
        "is_dpia_needed",
        "completeness",
        "is_complete",
        "version_ids",
        # What this database holds.
        "data_line_ids",
    },
    "rgpd.purpose": {
        "company_id",
        "active",
        "processing_id",
        # Evidence of a test done here.
        "balancing_date",
        "balancing_user_id",
    },
    "rgpd.transfer": {"company_id", "processing_id", "is_outside_eea"},
    "rgpd.recipient": {"company_id", "active", "partner_id", "processing_ids"},
    "rgpd.measure": {"company_id", "active", "owner_id", "processing_ids"},
    "rgpd.processor": {
        "company_id",
        "active",
        "partner_id",
        "processing_ids",
        "parent_id",
        "missing_clause_count",
        # Evidence of a reading done here.
        "date_clauses",
        # A file, kept beside the register.
        "contract_file",
        "contract_filename",
    },
    "rgpd.retention.rule": {"company_id", "active", "purpose_ids"},
    "rgpd.notice": {"company_id", "active", "purpose_id", "version_ids"},
}
# Field → where the exchanged values hold it, when the names differ.
ELSEWHERE = {
    "purpose_ids": "purposes",
    "joint_controller_ids": "joint_controllers",
    "served_controller_ids": "served_controllers",
    "person_category_ids": "persons",
    "recipient_ids": "recipients",
    "processor_ids": "processors",
    "transfer_ids": "transfers",
    "measure_ids": "measures",
    "responsible_id": "responsible",
    "sensitive_exception": "sensitive",
    "sensitive_reason": "sensitive",
    "dpia_conclusion": "dpia",
    "data_category_ids": "data",
    "rule_ids": "rules",
    "notice_ids": "notices",
    "active_delay": "active",
    "active_unit": "active",
    "archive_delay": "archive",
    "archive_unit": "archive",
    "country_id": "country",
    "hosting_country_ids": "hosting",
    "access_country_ids": "access",
    "processor_id": "processor",
    "child_ids": "subprocessors",
}
PREFIXES = {
    "dpia_": "dpia",
    "balancing_": "balancing",
    "channel_": "channels",
    "has_": "clauses",
}
AUTOMATIC = (*MAGIC_COLUMNS, "display_name")
TECHNICAL = ("message_", "activity_", "website_message", "rating_", "my_activity")


class TestRegisterExport(ExchangeCase):
    def test_every_field_of_the_register_leaves_or_says_why_not(self):
        records = {
            "rgpd.processing": self.sheet,
            "rgpd.purpose": self.sheet.purpose_ids[:1],
            "rgpd.transfer": self.sheet.transfer_ids[:1],
            "rgpd.recipient": self.sheet.recipient_ids[:1],
            "rgpd.measure": self.sheet.measure_ids[:1],
            "rgpd.processor": self.sheet.processor_ids[:1],
            "rgpd.retention.rule": self.sheet.purpose_ids.rule_ids[:1],
            "rgpd.notice": self.sheet.purpose_ids.notice_ids[:1],
        }
        for model, record in records.items():
            keys = set(record._get_exchange())
            copied = set(record._get_exchange_fields().values())
            for name, field in record._fields.items():
                is_stored = field.store or field.type in ("one2many", "many2many")
                if not is_stored or name in AUTOMATIC or name.startswith(TECHNICAL):
                    continue
                if field.compute and field.readonly:
                    continue
                place = ELSEWHERE.get(name) or next(
                    (key for start, key in PREFIXES.items() if name.startswith(start)),
                    name,
                )
                self.assertTrue(
                    name in STAYS[model] or name in copied or place in keys,
                    f"{model}.{name} neither leaves nor says why it stays",
                )

    def test_the_json_follows_its_published_schema(self):
        sheets = self.env["rgpd.processing"].search([])
        content = json.loads(self.export("json", sheets))
        schema = json.loads(document.SCHEMA_PATH.read_text(encoding="utf-8"))
        self.assertEqual(list(document.check(content, schema, "", schema)), [])
        self.assertEqual(len(content["sheets"]), len(sheets))
        described = schema["$defs"]["sheet"]["properties"]
        for sheet in content["sheets"]:
            self.assertLessEqual(set(sheet), set(described))
            for purpose in sheet["purposes"]:
                known = schema["$defs"]["purpose"]["properties"]
                self.assertLessEqual(set(purpose), set(known))

    def test_every_format_is_made_of_the_whole_shipped_register(self):
        sheets = self.env["rgpd.processing"].search([])
        for kind in ("ods", "xlsx", "json", "madis", "ciso"):
            with self.subTest(kind):
                found = self.read(kind, sheets)
                self.assertEqual(
                    sorted(sheet["reference"] for sheet in found),
                    sorted(sheets.mapped("reference")),
                )

    def test_french_formats_are_written_in_french(self):
        self.sheet.with_context(lang="fr_FR").name = "Commandes"
        self.sheet.with_context(lang="en_US").name = "Orders"
        self.assertEqual(self.read("ods", self.sheet)[0]["name"], "Commandes")
        self.assertEqual(self.read("ciso", self.sheet)[0]["name"], "Orders")

    # === WHOSE === #

    def test_the_reader_exports_what_they_see(self):
        foreign = self.env["rgpd.processing"].create(
            {"name": "Ailleurs", "company_id": self.other.id}
        )
        found = self.read("json", self.env["rgpd.processing"], self.reader)
        names = [sheet["name"] for sheet in found]
        self.assertIn(self.sheet.name, names)
        self.assertNotIn("Ailleurs", names)
        with self.assertRaises(AccessError):
            self.export("json", foreign, self.reader)

    def test_whoever_does_not_read_the_register_does_not_export_it(self):
        for role in ("auditor", "archive"):
            with self.assertRaises(AccessError):
                self.export("json", self.sheet, self.new_user(role))

    def test_the_file_is_for_its_author_alone_and_never_an_attachment(self):
        before = self.env["ir.attachment"].search_count([])
        wizard = (
            self.env["rgpd.register.export"]
            .with_user(self.reader)
            .create({"format": "json"})
        )
        action = wizard.action_export()
        self.assertIn(f"/rgpd.register.export/{wizard.id}/", action["url"])
        self.assertEqual(self.env["ir.attachment"].search_count([]), before)
        with self.assertRaises(AccessError):
            wizard.with_user(self.dpo).read(["file"])
        # The name of the file names nobody.
        self.assertRegex(wizard.filename, r"^registre-\d{4}-\d\d-\d\d\.json$")

    def test_the_selected_sheets_are_proposed(self):
        wizard = self.env["rgpd.register.export"].with_context(
            active_model="rgpd.processing", active_ids=self.sheet.ids
        )
        self.assertEqual(wizard.new({}).processing_ids.ids, self.sheet.ids)

    def test_an_empty_register_is_told(self):
        self.env["rgpd.processing"].search([]).write({"company_id": self.company.id})
        with self.assertRaises(UserError):
            self.export("json", self.env["rgpd.processing"], self.stranger)

    def test_the_referent_is_never_called_dpo(self):
        self.company.rgpd_dpo_id = False
        self.company.rgpd_referent_id = self.env["res.partner"].create(
            {"name": "Référent Exemple"}
        )
        data = base64.b64encode(self.export("json", self.sheet))
        actors = json.loads(base64.b64decode(data))["sheets"][0]["actors"]
        self.assertEqual(actors["dpo"]["name"], "")
