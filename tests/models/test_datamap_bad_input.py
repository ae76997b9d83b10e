"""What people really type, and databases that changed under us: find and export.

The sweep has its own in `test_rgpd_sweep.py`, redaction and matching in `core/`.
"""

import io
import json
import os
import zipfile
from unittest.mock import patch

from odoo.tools import mute_logger

from odoo.addons.rgpd_fichier_client.core.datamap.schema import Identifier

from .exporter_common import ExporterCase

FINDER = "odoo.addons.rgpd_fichier_client.models.datamap.rgpd_person_finder_query"
NAMES = (
    "Lead",
    "100% _'\"\\ \U0001f600",
    'O\'Neil & "Fils" <b>Zoé</b>',
    "e\u0301lodie ÉLÈVE-Œdipe",
    "\u202eאבג דהו\u202c",
    "'); DROP TABLE res_partner; --",
    "../../etc/passwd",
    'Jean "Jeannot" (Essai)',
    "{{7*7}} ${7*7} %(name)s",
)
# Two words or more that nothing but marks of a name stands between
FULL_NAMES = (NAMES[4], "e\u0301lodie ÉLÈVE-Œdipe", NAMES[5], 'Jean "Jeannot" (Essai)')


class BadInputCase(ExporterCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["rgpd.data.map"]._discover()
        cls.finder = cls.env["rgpd.person.finder"]

    def find(self, model, person=None, **options):
        return set(self.finder._find(person or self.person, **options).get(model, ()))


class TestAddresses(BadInputCase):
    """E-mails and phones in the spellings of the world."""

    def mail(self, to):
        return self.env["mail.mail"].create({"email_to": to}).id

    def test_an_email_in_any_spelling_is_found(self):
        self.person.email = "Jeanne <jeanne@exämple.example>, JEANNE.2@client.example"
        ascii_form = "jeanne@xn--exmple-cua.example"
        expected = {
            self.mail(written)
            for written in (
                ascii_form,
                "JEANNE@exämple.example",
                "Jeanne Élève <jeanne@EXÄMPLE.example>",
                '"Exemple, Jeanne" <jeanne@exämple.example>; x@y.example',
                "'jeanne.2@client.example'",
                "x@y.example,jeanne.2@client.example",
                "(jeanne.2@client.example)",
            )
        }
        for other in (
            "anne.2@client.example",
            "jeanne.2@client.example.org",
            "jeanne_2@client.example",
            "jeannex2@client.example",
            "jeanne.2+tag@client.example",
            "%@client.example",
        ):
            self.mail(other)
        self.assertEqual(self.find("mail.mail"), expected)

    def test_an_address_with_a_tag_or_an_apostrophe_is_found(self):
        self.person.email = "o'neil+shop@client.example"
        mails = {
            self.mail("O'Neil+Shop@client.example"),
            self.mail("\"O'Neil\" <o'neil+shop@client.example>"),
        }
        self.mail("o'neil@client.example")
        self.assertEqual(self.find("mail.mail"), mails)

    def test_a_phone_in_any_spelling_is_found(self):
        lead = self.env["crm.lead"]
        for own in (
            "06 39 98 00 31",
            "06.39.98.00.31",
            "+33 (0)6-39-98-00-31",
            "0033639980031",
            "0639980031",
        ):
            with self.subTest(own):
                self.person.phone = own
                other = lead.create({"name": "Demande", "phone": "06.39 98-00.31"})
                self.env.flush_all()
                # As an import or an older version leaves it
                self.env.cr.execute(
                    "UPDATE crm_lead SET phone_sanitized = NULL WHERE id = %s",
                    [other.id],
                )
                self.assertIn(other.id, self.find("crm.lead", same_human=True))

    def test_a_number_without_country_is_that_of_the_country_of_the_contact(self):
        self.person.write(
            {"country_id": self.env.ref("base.be").id, "phone": "0470 12 34 56"}
        )
        values = self.finder._get_addresses({"res.partner": self.person.ids})
        self.assertEqual(values["phone"], ["+32470123456"])

    def test_own_addresses_in_any_spelling_are_no_third_parties(self):
        self.person.email = "Jeanne <jeanne@client.example>, jeanne.2@client.example"
        self.person.message_post(
            body="JEANNE.2@client.example, 06.39.98.00.11, +33 (0)6 39 98 00 11;"
            " autre@tiers.example, 06 39 98 00 99",
            message_type="comment",
        )
        _manifest, archive, _data = self.export()
        text = self.everything(archive)
        self.assertIn("JEANNE.2@client.example", text)
        self.assertIn("06.39.98.00.11", text)
        self.assertIn("+33 (0)6 39 98 00 11", text)
        self.assertNotIn("autre@tiers.example", text)
        self.assertNotIn("06 39 98 00 99", text)


class TestNames(BadInputCase):
    """A name is never a pattern, a path, a formula or a piece of a page."""

    def test_strange_names_are_found_exported_and_swept(self):
        sweep = self.env["rgpd.sweep"]
        tables = type(sweep)._get_text_columns(sweep)
        only = {"res_partner": tables["res_partner"]}
        for name in NAMES:
            with self.subTest(name):
                self.person.name = name
                self.assertIn(self.person.id, self.find("res.partner"))
                _manifest, archive, data = self.export()
                shown = self.values(data, "res.partner")[0]["name"]
                self.assertEqual(shown, name)
                self.assertNotIn("<b>Zoé", archive.read("index.html").decode())
                self.assertFalse([n for n in archive.namelist() if "passwd" in n])
                identifiers = self.finder._get_identifiers(self.person)[self.person.id]
                with patch.object(type(sweep), "_get_text_columns", lambda _self: only):
                    hits = sweep._sweep(identifiers)
                found = {hit["id"] for hit in hits if hit["kind"] == "email"}
                self.assertEqual(found, {self.person.id})
                weak = {hit["id"] for hit in hits if hit["strength"] == "weak"}
                self.assertEqual(self.person.id in weak, name in FULL_NAMES)

    def test_the_word_lead_alone_is_nobody(self):
        self.person.name = "Lead"
        self.person.message_post(body="Lead from the fair", message_type="comment")
        _manifest, _archive, data = self.export()
        bodies = [value.get("body") for value in self.values(data, "mail.message")]
        self.assertIn("Lead from the fair", bodies)
        sweep = self.env["rgpd.sweep"]
        self.assertFalse(sweep._sweep([Identifier("name", "lead", "weak")]))
        found = self.finder._find(self.person, same_human=True)
        self.assertNotIn("crm.lead", found)


class TestFiles(BadInputCase):
    def test_a_broken_file_leaves_as_it_is(self):
        files = {
            "broken.pdf": (b"%PDF-1.7 nothing follows", "application/pdf"),
            "broken.zip": (b"PK\x03\x04 no directory", "application/zip"),
            "broken.docx": (
                b"PK\x03\x04",
                "application/vnd.openxmlformats-officedocument"
                ".wordprocessingml.document",
            ),
            "\u202egpj.exe": (b"\x00\xff\xfe", "image/jpeg"),
        }
        for name, (raw, mimetype) in files.items():
            self.env["ir.attachment"].create(
                {
                    "name": name,
                    "raw": raw,
                    "mimetype": mimetype,
                    "res_model": "res.partner",
                    "res_id": self.person.id,
                }
            )
        _manifest, archive, data = self.export()
        items = {item["name"]: item for item in data["files"]}
        for name, (raw, _mimetype) in files.items():
            self.assertEqual(archive.read(items[name]["path"]), raw)

    def test_a_file_that_the_disk_has_lost_stops_nothing(self):
        files = self.env["ir.attachment"]
        for name in ("lost.txt", "there.txt"):
            files |= files.create(
                {
                    "name": name,
                    "raw": f"Only in {name}".encode(),
                    "mimetype": "text/plain",
                    "res_model": "res.partner",
                    "res_id": self.person.id,
                }
            )
        os.remove(files._full_path(files[0].store_fname))
        self.env.invalidate_all()
        with mute_logger("odoo.addons.base.models.ir_attachment"):
            _manifest, archive, data = self.export()
        items = {item["name"]: item for item in data["files"]}
        path = items["there.txt"]["path"]
        self.assertEqual(archive.read(path), b"Only in there.txt")
        self.assertIn("lost.txt", items)

    def test_a_large_value(self):
        """Eight million characters; more: see `export_large`."""
        self.env.cr.execute(
            "UPDATE res_partner SET comment = '<p>'"
            " || repeat('Bonjour, suite. ', 500000) || 'fin</p>' WHERE id = %s",
            [self.person.id],
        )
        self.env.invalidate_all()
        _manifest, _archive, data = self.export()
        self.assertIn("fin", self.values(data, "res.partner")[0]["comment"][-10:])


class TestChangedDatabase(BadInputCase):
    """The map is of last night; the database is of now."""

    def find_quietly(self):
        # Odoo would log the statement, with the addresses in it
        with (
            self.assertNoLogs("odoo.sql_db", "ERROR"),
            self.assertLogs(FINDER, "WARNING") as logs,
        ):
            found = self.finder._find(self.person, same_human=True)
        self.assertNotIn("anne", "".join(logs.output))
        return found

    def sms(self):
        values = {"number": "+33639980011", "body": "x", "partner_id": self.person.id}
        return self.env["sms.sms"].create(values)

    def test_a_table_dropped_since_the_map_was_drawn(self):
        self.sms().flush_recordset()
        self.assertIn("sms.sms", self.finder._find(self.person))
        self.env.cr.execute("SET CONSTRAINTS ALL IMMEDIATE")
        self.env.cr.execute("DROP TABLE sms_sms CASCADE")
        found = self.finder._find(self.person, same_human=True)
        self.assertIn(self.order.id, found["sale.order"])
        self.assertNotIn("sms.sms", found)
        _manifest, _archive, data = self.export()
        self.assertTrue(self.values(data, "sale.order"))

    def test_a_column_dropped_since_the_map_was_drawn(self):
        self.sms().flush_recordset()
        self.env.cr.execute("SET CONSTRAINTS ALL IMMEDIATE")
        self.env.cr.execute("ALTER TABLE sms_sms DROP COLUMN partner_id")
        found = self.find_quietly()
        self.assertIn(self.order.id, found["sale.order"])
        # It is still found by what is left
        self.assertTrue(found["sms.sms"])
        self.env.cr.execute("SHOW jit")
        before = self.env.cr.fetchone()
        self.finder._find(self.person)
        self.env.cr.execute("SHOW jit")
        self.assertEqual(self.env.cr.fetchone(), before)

    def test_a_kind_of_data_whose_addon_went_while_the_copy_is_made(self):
        """Found when the copy began; it goes on a day later without that add-on."""
        self.sms()
        exporter = self.env["rgpd.person.exporter"]
        find = type(exporter)._find_records

        def find_more(this, records, portability):
            return {"x.gone.model": [1, 2], **find(this, records, portability)}

        self.patch(type(exporter), "_get_document_reports", lambda _self: {})
        self.patch(type(exporter), "_find_records", find_more)
        self.patch(type(exporter), "_label", lambda _self, model: model)
        stream = io.BytesIO()
        exporter._export(self.person, stream)
        data = json.loads(zipfile.ZipFile(stream).read("data.json"))
        names = [part["model"] for part in data["models"]]
        self.assertIn("sale.order", names)
        self.assertNotIn("x.gone.model", names)
