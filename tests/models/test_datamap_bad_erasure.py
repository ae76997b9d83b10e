"""What people really type, and databases that changed under us: erasure."""

import os
from unittest.mock import patch

from odoo.tools import mute_logger

from odoo.addons.rgpd_fichier_client.core.datamap.redaction import MARK

from .erasure_common import ErasureCase
from .test_datamap_bad_input import FULL_NAMES, NAMES


class TestBadErasure(ErasureCase):
    """Whatever was typed, the person goes and nobody else does (Art. 17)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.person = cls.prospect
        cls.bystander = cls.env["res.partner"].create({"name": "Paul Autrui"})

    def write_text(self, text):
        """Put a text in a message of somebody else about a third person."""
        return self.bystander.message_post(body=text, message_type="comment")

    def erase(self):
        self.env.flush_all()
        # A third person's text about them is swept afterwards
        erasure = self.env["rgpd.eraser"]._erase(self.person, "request")
        self.assertEqual(erasure.mapped("state"), ["masked"])
        self.sweep(erasure)
        self.env.invalidate_all()
        return erasure

    def sweep(self, erasure):
        """Read only where this test writes: the whole database takes a minute."""
        sweep = type(self.env["rgpd.sweep"])
        tables = self.env["rgpd.sweep"]._get_text_columns()
        only = {name: tables[name] for name in ("mail_message", "res_partner")}
        with patch.object(sweep, "_get_text_columns", lambda _self: only):
            erasure._sweep_and_close()

    def test_emails_of_any_writing(self):
        self.person.email = "Zoé <Zoe+Shop@exämple.example>, ZOE.2@client.example"
        kept = "zoe.3@client.example, anna.zoe.2@client.example"
        message = self.write_text(
            "zoe+shop@xn--exmple-cua.example; ZOE+SHOP@EXÄMPLE.example;"
            f" 'Zoe.2'@x; zoe.2+news@client.example, {kept}"
        )
        self.erase()
        body = str(message.body)
        self.assertNotIn("mple.example", body)
        self.assertNotIn("zoe.2+news", body)
        self.assertIn(kept, body)
        self.assertNotIn("@", self.person.email or "")

    def test_phones_of_any_writing(self):
        for number, own in enumerate(("06.39.98.00.31", "0033 6 39 98 00 31")):
            with self.subTest(own):
                self.person = self.new_person("Zoé Liénard", 10 + number)
                self.person.phone = own
                message = self.write_text(
                    "06 39 98 00 31, +33 (0)6-39-98-00-31, 0639980031, 06 39 98 00 32"
                )
                self.erase()
                self.assertEqual(str(message.body).count(MARK), 3)
                self.assertIn("06 39 98 00 32", message.body)
                self.assertFalse(self.person.phone)

    def test_names_that_are_patterns_pages_and_statements(self):
        for number, name in enumerate(NAMES):
            with self.subTest(name):
                self.person = self.new_person("Zoé Liénard", 30 + number)
                self.person.name = name
                # Of a page the text is escaped, as everybody writes it
                message = self.write_text(f"Vu {name} hier")
                before = str(message.body)
                erasure = self.erase()
                self.assertFalse(erasure.error)
                self.assertNotEqual(self.person.name, name)
                self.assertNotIn(name, self.get_row_texts(self.person))
                is_full = name in FULL_NAMES
                self.assertEqual(self.bystander.name, "Paul Autrui")
                if is_full:
                    # A name alone proves nothing: the officer is asked about it
                    self.assertIn(str(message.body), (before, f"<p>Vu {MARK} hier</p>"))
                else:
                    self.assertEqual(str(message.body), before)
        self.env.cr.execute("SELECT count(*) FROM res_partner")
        self.assertTrue(self.env.cr.fetchone()[0])

    def get_row_texts(self, record):
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT to_jsonb(t) FROM res_partner t WHERE id = %s", [record.id]
        )
        values = self.env.cr.fetchone()[0].values()
        return [value for value in values if isinstance(value, str)]

    def test_somebody_called_lead_takes_no_lead_along(self):
        self.person.name = "Lead"
        lead = self.env["crm.lead"].create(
            {"name": "Lead", "contact_name": "Anna Lead"}
        )
        message = self.write_text("Lead from the fair")
        self.erase()
        self.assertEqual(lead.name, "Lead")
        self.assertEqual(lead.contact_name, "Anna Lead")
        self.assertIn("Lead from the fair", message.body)

    def test_files_that_are_broken_or_missing(self):
        files = self.env["ir.attachment"]
        for name, raw, mimetype in (
            ("broken.pdf", b"%PDF-1.7 nothing follows", "application/pdf"),
            ("broken.zip", b"PK\x03\x04 no directory", "application/zip"),
            ("gone.txt", b"to be lost soon", "text/plain"),
        ):
            files |= files.create(
                {
                    "name": name,
                    "raw": raw,
                    "mimetype": mimetype,
                    "res_model": "res.partner",
                    "res_id": self.person.id,
                }
            )
        os.remove(files._full_path(files[2].store_fname))
        self.erase()
        self.assertFalse(files.exists())

    def test_a_table_dropped_since_the_map_was_drawn(self):
        values = {"number": self.person.phone, "partner_id": self.person.id}
        self.env["sms.sms"].create(values).flush_recordset()
        self.env.cr.execute("SET CONSTRAINTS ALL IMMEDIATE")
        self.env.cr.execute("DROP TABLE sms_sms CASCADE")
        with mute_logger("odoo.sql_db"):
            self.erase()
        self.assertNotIn("Zo", self.person.name)
