"""The copy against the schema that is shipped in the same archive."""

import copy
import json
import os

from jsonschema import Draft202012Validator

from odoo.fields import Command

from .exporter_common import ExporterCase


class TestBundleSchema(ExporterCase):
    """Whoever reads `data.json` by a program can rely on `schema.json` (Art. 20.1)."""

    def get_validator(self, archive):
        schema = json.loads(archive.read("schema.json"))
        Draft202012Validator.check_schema(schema)
        return Draft202012Validator(schema)

    def assert_valid(self, archive, data):
        errors = [
            f"{'/'.join(map(str, error.absolute_path))}: {error.validator}"
            for error in self.get_validator(archive).iter_errors(data)
        ]
        self.assertFalse(errors)
        for part in data["models"]:
            names = {field["name"] for field in part["fields"]}
            for record in part["records"]:
                self.assertLessEqual(record["values"].keys(), names, part["model"])

    def add_odd_files(self):
        """Add a link, a lost file, an empty file and one whose name says nothing."""
        own = {"res_model": "res.partner", "res_id": self.person.id}
        create = self.env["ir.attachment"].create
        create({**own, "name": "site", "type": "url", "url": "https://shop.example"})
        create({**own, "name": "empty.txt", "raw": b""})
        lost = create({**own, "name": "lost.bin", "raw": os.urandom(40)})
        os.unlink(lost._full_path(lost.store_fname))

    def test_the_copy_follows_its_schema(self):
        self.add_odd_files()
        self.env["rgpd.request"]._open_for(self.person, "access")
        self.order.action_confirm()
        for portability in (False, True):
            _manifest, archive, data = self.export(portability=portability)
            self.assert_valid(archive, data)
            self.assertTrue(data["models"])
        self.assertFalse([item for item in data["files"] if item.get("missing")])

    def test_odd_files_follow_the_schema(self):
        self.add_odd_files()
        _manifest, archive, data = self.export()
        self.assert_valid(archive, data)
        items = {item["name"]: item for item in data["files"]}
        self.assertTrue(items["lost.bin"]["missing"])
        self.assertEqual(items["site"]["url"], "https://shop.example")
        self.assertEqual(archive.read(items["empty.txt"]["path"]), b"")

    def test_every_kind_of_column_follows_the_schema(self):
        """Numbers, dates, choices, tags, properties and custom fields."""
        self.addCleanup(self.registry.reset_changes)
        self.addCleanup(self.registry.clear_all_caches)
        tag = self.env["res.partner.category"].create({"name": "Garden"})
        self.env["ir.model.fields"].create(
            [
                {
                    "model_id": self.env["ir.model"]._get_id("res.partner"),
                    "name": f"x_{ttype}",
                    "field_description": ttype,
                    "ttype": ttype,
                }
                for ttype in ("float", "date", "datetime", "boolean", "html", "text")
            ]
        )
        self.person.write(
            {
                "category_id": [Command.link(tag.id)],
                "x_float": 1.5,
                "x_date": "2026-02-28",
                "x_datetime": "2026-02-28 10:00:00",
                "x_boolean": True,
                "x_html": "<p>one<br/>two</p>",
                "x_text": 'quotes " and \x07 bells, \u202e right to left',
            }
        )
        self.env["rgpd.data.map"]._discover()
        _manifest, archive, data = self.export()
        self.assert_valid(archive, data)
        self.assertEqual(self.values(data, "res.partner")[0]["category_id"], ["Garden"])

    def test_a_broken_document_does_not_follow_it(self):
        _manifest, archive, data = self.export()
        validator = self.get_validator(archive)
        self.assertTrue(validator.is_valid(data))
        for what, break_it in self.get_breaks().items():
            broken = copy.deepcopy(data)
            break_it(broken)
            self.assertFalse(validator.is_valid(broken), what)

    @staticmethod
    def get_breaks():
        """Return `{what: function that breaks a document}`."""

        def record(data):
            return data["models"][0]["records"][0]

        return {
            "another format": lambda d: d.update(format="rgpd-bundle/0"),
            "no format": lambda d: d.pop("format"),
            "no records at all": lambda d: d.pop("models"),
            "a right that does not exist": lambda d: d.update(right="erasure"),
            "a moment that is none": lambda d: d.update(generated="yesterday"),
            "a language that is none": lambda d: d.update(language=""),
            "nobody answers": lambda d: d["controller"].pop("name"),
            "something nobody expects": lambda d: d.update(internal=1),
            "a model without label": lambda d: d["models"][0].pop("label"),
            "a table for a model": lambda d: d["models"][0].update(model="a b; --"),
            "a field without name": lambda d: d["models"][0]["fields"][0].pop("name"),
            "a reference in words": lambda d: record(d).update(reference="1"),
            "a record without values": lambda d: record(d).pop("values"),
            "an id in place of a name": lambda d: record(d)["values"].update(
                x=[1, "a"]
            ),
            "a value within a value": lambda d: record(d)["values"].update(x={"a": 1}),
            "a file elsewhere": lambda d: d["files"][0].update(path="../etc/passwd"),
            "a file of nobody": lambda d: d["files"][0].pop("attached_to"),
            "a note that is none": lambda d: d["notes"].append(None),
        }


class TestLanguage(ExporterCase):
    """The language of the person when Odoo has it, else that of the company."""

    def assert_language(self, code, records=None):
        _manifest, archive, data = self.export(records)
        self.assertEqual(data["language"], code)
        label = {
            "en_US": "Your orders and quotations",
            "fr_FR": "Vos commandes et devis",
        }
        labels = [part["label"] for part in data["models"]]
        page = archive.read("index.html").decode()
        self.assertIn(f'<html lang="{code[:2]}"', page)
        if "sale.order" in [part["model"] for part in data["models"]]:
            self.assertIn(label[code], labels)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("fr_FR")
        cls.company.partner_id.lang = "fr_FR"

    def test_an_english_person_of_a_french_company(self):
        self.assert_language("en_US")

    def test_who_answers_plays_no_part(self):
        person = self.person.with_context(lang="fr_FR")
        self.assert_language("en_US", person)
        self.person.lang = "fr_FR"
        self.assert_language("fr_FR", self.person.with_context(lang="en_US"))

    def test_a_person_without_language_gets_that_of_the_company(self):
        self.person.lang = False
        self.assert_language("fr_FR")
        self.company.partner_id.lang = "en_US"
        self.assert_language("en_US")

    def test_a_company_without_language_is_not_french(self):
        self.person.lang = False
        self.company.partner_id.lang = False
        self.assert_language("en_US", self.person.with_context(lang="en_US"))

    def test_english_of_another_country_stays_english(self):
        # As it stays when a language is removed while the contact is archived
        self.person.active = False
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_partner SET lang = 'en_GB' WHERE id = %s", [self.person.id]
        )
        self.env.invalidate_all()
        self.assert_language("en_US")

    def test_a_lead_in_english(self):
        lead = self.env["crm.lead"].create(
            {
                "name": "Bench",
                "email_from": "lead@client.example",
                "lang_id": self.env.ref("base.lang_en").id,
            }
        )
        self.assert_language("en_US", lead)
