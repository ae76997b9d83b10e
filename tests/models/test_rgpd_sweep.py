import base64
import io
import json
import os
import zipfile
from email.message import EmailMessage
from time import monotonic
from unittest.mock import patch

import psycopg2
from reportlab.pdfgen.canvas import Canvas

from odoo.tools import SQL, mute_logger

from odoo.addons.rgpd_fichier_client.core.datamap import filetext, pieces
from odoo.addons.rgpd_fichier_client.core.datamap.redaction import redactor
from odoo.addons.rgpd_fichier_client.core.datamap.schema import Identifier

from ..common import RgpdCase

EMAIL = Identifier("email", "zoe.sweep@post.example")
PHONE = Identifier("phone", "+33639980012")
IBAN = Identifier("iban", "FR7630006000011234567890189")
VAT = Identifier("vat", "FR40303265045")
ADDRESS = Identifier("address", "12 rue des exemples|75002|paris")
NAME = Identifier("name", "zoe lienard", "weak")
EVERYTHING = [EMAIL, PHONE, IBAN, VAT, ADDRESS, NAME]


class TestSweep(RgpdCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sweep = cls.env["rgpd.sweep"]
        # Large tables of the program: read once below, they only cost time here
        skipped = {*cls.sweep._get_skipped_tables(), "ir_ui_view", "ir_model_data"}
        cls.startClassPatcher(
            patch.object(type(cls.sweep), "_get_skipped_tables", lambda self: skipped)
        )
        cls.partner = cls.env["res.partner"].create({"name": "Somebody else"})

    def _places(self, *identifiers):
        return {
            (hit["table"], hit["column"], hit["id"], hit["kind"])
            for hit in self.sweep._sweep(identifiers or EVERYTHING)
        }

    def _write(self, text, table="res_partner", column="comment", row=None):
        row = row or self.partner
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE %s SET %s = %s WHERE id = %s",
                SQL.identifier(table),
                SQL.identifier(column),
                text,
                row.id,
            )
        )
        return (table, column, row.id)

    def test_nothing_is_found_of_somebody_unknown(self):
        self.assertFalse(self._places())

    def test_every_writing_in_a_text(self):
        expected = set()
        for identifier, writings in {
            EMAIL: [
                "ZOE.Sweep@POST.example",
                "<zoe.sweep+x@post.example>",
                "zoe.sweep<wbr>@post.example",
                "zoe.\u200bsweep@post.exa\u00admple",
            ],
            PHONE: [
                "06 39 98 00 12",
                "+33 (0)6.39.98.00.12",
                "06&nbsp;39 98 00 12",
                "06–39–98–00–12",
                "06 <b class='a1'>39</b> 98 <wbr>00 12",
            ],
            IBAN: ["FR76 3000 6000 0112 3456 7890 189"],
            VAT: ["fr 40 303 265 045"],
            ADDRESS: [
                "12, RUE des Exemples - 75002",
                "12 rue des exe\u0301mples 75002",
                "?street=12%20rue+des%20exemples&zip=75002",
            ],
            NAME: [
                "Liénard Zoé",
                "ZOE LIENARD",
                "Zoe\u0301 Lie\u0301nard",
                "https://x.example/?name=Zo%C3%A9%20Li%C3%A9nard",
            ],
        }.items():
            for written in writings:
                row = self.env["res.partner"].create({"name": "Somebody else"})
                place = self._write(f"<p>Appeler {written}</p>", row=row)
                expected.add((*place, identifier.kind))
        self._write("<p>Zoé, 06 39 98 00 13, rue des exemples</p>")
        self.assertEqual(self._places(), expected)
        for identifier in EVERYTHING:
            with self.subTest(identifier.kind):
                self.assertEqual(
                    self._places(identifier),
                    {place for place in expected if place[3] == identifier.kind},
                )

    def test_json_translated_and_wizard_columns(self):
        category = self.env["res.partner.category"].create({"name": "A"})
        places = {
            self._write(
                json.dumps({"en_US": "A", "fr_FR": "Ami de Zoé Liénard"}),
                "res_partner_category",
                "name",
                category,
            ),
            self._write(
                json.dumps({"1": "06 39 98 00 12"}), "res_partner", "properties"
            )
            if "properties" in self.env["res.partner"]._fields
            else None,
        } - {None}
        wizard = self.env["mail.compose.message"].create(
            {"body": "<p>zoe.sweep@post.example</p>"}
        )
        wizard.flush_recordset()
        found = {place[:3] for place in self._places()}
        self.assertLessEqual(places, found)
        self.assertIn(("mail_compose_message", "body", wizard.id), found)

    def test_tables_and_columns_without_model(self):
        cr = self.env.cr
        cr.execute("CREATE TABLE left_behind (code varchar, more text[])")
        cr.execute("INSERT INTO left_behind VALUES ('x', '{a,zoe.sweep@post.example}')")
        cr.execute("ALTER TABLE res_partner ADD COLUMN x_old_phone varchar")
        place = self._write("06.39.98.00.12", column="x_old_phone")
        # Another program gives other names than Odoo
        cr.execute("""CREATE TABLE "Old stock 100%" (id int, "E-mail" text)""")
        cr.execute("""INSERT INTO "Old stock 100%" VALUES (7, '0639980012')""")
        found = self._places()
        self.assertIn(("Old stock 100%", "E-mail", 7, "phone"), found)
        self.env["rgpd.eraser.rows"]._redact_column(
            "Old stock 100%", "E-mail", 7, redactor([PHONE])
        )
        self.assertNotIn("Old stock 100%", {place[0] for place in self._places()})
        self.assertIn(("left_behind", "more", None, "email"), found)
        self.assertIn((*place, "phone"), found)

    def test_logs_queue_tracking_and_index_of_files(self):
        self.env["mail.mail"].create({"email_to": "Z <zoe.sweep@post.example>"})
        self.env["bus.bus"].create(
            {"channel": "c", "message": "zoe.sweep@post.example"}
        )
        self.env["ir.logging"].create(
            {
                "name": "x",
                "type": "server",
                "path": "p",
                "func": "f",
                "line": "1",
                "message": "0639980012",
            }
        )
        file = self.env["ir.attachment"].create(
            {
                "name": "a.txt",
                "raw": b"to zoe.sweep@post.example",
                "mimetype": "text/plain",
            }
        )
        found = {place[:2] for place in self._places()}
        self.assertLessEqual(
            {
                ("mail_mail", "email_to"),
                ("bus_bus", "message"),
                ("ir_logging", "message"),
            },
            found,
        )
        if file.index_content:
            self.assertIn(("ir_attachment", "index_content"), found)

    def test_thousand_persons_in_one_reading_find_the_same(self):
        crowd = [
            Identifier("email", f"person{n}@crowd.example") for n in range(300)
        ] + [Identifier("phone", f"+3363998{n:04}") for n in range(20, 320)]
        crowd += [
            Identifier("address", f"{n} allee des tests {n}|75002|paris")
            for n in range(300)
        ]
        place = self._write(
            "<p>person7@crowd.example 06 39 98 00 12 et 12 rue des exemples 75002</p>"
        )
        found = {hit["kind"] for hit in self.sweep._sweep([*crowd, *EVERYTHING])}
        self.assertEqual(found, {"email", "phone", "address"})
        names = [Identifier("name", f"prenom{n} nom{n}") for n in range(100)]
        self._write("<p>NOM7 Prénom7</p>")
        self.assertIn((*place, "name"), self._places(*names))

    def test_one_of_a_crowd_is_found_however_it_is_written(self):
        crowd = [Identifier("email", f"person{n}@crowd.example") for n in range(300)]
        crowd += [Identifier("email", f"o'neil{n}@crowd.example") for n in range(3)]
        others = " ".join(f"other{n}@crowd.example" for n in range(7))
        expected = set()
        for written in (
            "PERSON7@Crowd.example",
            "<person7@crowd.example>",
            "person7+news@crowd.example",
            "person7+a=b@crowd.example",
            "=person7%40crowd.example",
            "mailto:person7&#64;crowd.example",
            "other@crowd.example, person7@crowd.example",
            f"{others[:70]} person7@crowd.example",
            f"{others} person7@crowd.example",
            "person7@crowd.example other@crowd.example +33 1 99 00",
            "O'Neil2@crowd.example",
        ):
            row = self.env["res.partner"].create({"name": "Somebody else"})
            expected.add((*self._write(f"<p>{written}</p>", row=row), "email"))
        for written in (others, "xperson7@crowd.example", "person7@other.example"):
            row = self.env["res.partner"].create({"name": "Somebody else"})
            self._write(f"<p>{written}</p>", row=row)
        self.assertEqual(self._places(*crowd), expected)

    def test_more_rows_than_a_list_of_places_holds(self):
        path = "odoo.addons.rgpd_fichier_client.models.datamap.rgpd_sweep"
        expected = set()
        for _count in range(5):
            row = self.env["res.partner"].create({"name": "Somebody else"})
            expected.add((*self._write("zoe.sweep@post.example", row=row), "email"))
        for most in (2, 100):
            with (
                patch(f"{path}.MOST_PLACES", most),
                patch(f"{path}.ROWS_AT_ONCE", 2),
            ):
                self.assertEqual(self._places(EMAIL), expected)

    def test_partitions_of_a_table(self):
        self.env.cr.execute(
            """CREATE TABLE log_parts (id int, line text) PARTITION BY LIST (id);
            CREATE TABLE log_parts_1 PARTITION OF log_parts FOR VALUES IN (1);
            CREATE TABLE log_parts_2 PARTITION OF log_parts FOR VALUES IN (2);
            INSERT INTO log_parts VALUES (1, 'nobody'), (2, 'zoe.sweep@post.example')"""
        )
        self.assertEqual(self._places(EMAIL), {("log_parts", "line", 2, "email")})

    def test_a_value_of_many_megabytes(self):
        self.env.cr.execute(
            SQL(
                "UPDATE res_partner SET comment = repeat(%s, 700000) || %s"
                " WHERE id = %s",
                "Bonjour, voici la suite du rapport",
                " zoe.sweep@post.example",
                self.partner.id,
            )
        )
        place = ("res_partner", "comment", self.partner.id, "email")
        self.assertEqual(self._places(EMAIL), {place})

    def test_a_table_dropped_after_it_was_listed(self):
        place = self._write("zoe.sweep@post.example")
        listed = type(self.sweep)._get_text_columns
        gone = {"table_of_a_removed_addon": {"id": "int4", "name": "varchar"}}
        with (
            patch.object(
                type(self.sweep),
                "_get_text_columns",
                lambda this: gone | listed(this),
            ),
            mute_logger("odoo.sql_db", "odoo.addons.rgpd_fichier_client"),
        ):
            found = self._places()
        self.assertIn(("table_of_a_removed_addon", None, None, "unread"), found)
        self.assertIn((*place, "email"), found)

    def test_a_table_that_cannot_be_read_is_reported_and_the_rest_is_read(self):
        place = self._write("zoe.sweep@post.example")
        read = type(self.sweep)._read_table

        def fail(this, table, *args):
            if table == "res_country":
                this.env.cr.execute("SELECT 1 FROM no_such_table")
            return read(this, table, *args)

        logger = "odoo.addons.rgpd_fichier_client.models.datamap.rgpd_sweep"
        with (
            patch.object(type(self.sweep), "_read_table", fail),
            mute_logger("odoo.sql_db"),
            self.assertLogs(logger, "WARNING") as logs,
        ):
            found = self._places()
        self.assertIn(("res_country", None, None, "unread"), found)
        self.assertIn((*place, "email"), found)
        self.assertNotIn("zoe", "".join(logs.output))

    def test_a_value_too_large_for_the_memory_does_not_hold_up_the_others(self):
        place = self._write("zoe.sweep@post.example")
        read = type(self.sweep)._read_table

        def fail(this, table, *args):
            if table == "res_country":
                raise MemoryError
            return read(this, table, *args)

        logger = "odoo.addons.rgpd_fichier_client.models.datamap.rgpd_sweep"
        with (
            patch.object(type(self.sweep), "_read_table", fail),
            mute_logger(logger),
        ):
            found = self._places()
        self.assertIn(("res_country", None, None, "unread"), found)
        self.assertIn((*place, "email"), found)

    def test_a_slow_table_does_not_hold_up_the_others(self):
        path = "odoo.addons.rgpd_fichier_client.models.datamap.rgpd_sweep"
        with (
            patch(f"{path}.SECONDS_PER_TABLE", 0.001),
            mute_logger("odoo.sql_db", path),
        ):
            found = self._places()
        self.assertTrue(any(kind == "unread" for *_place, kind in found))
        self.env.cr.execute("SHOW statement_timeout")
        self.assertEqual(self.env.cr.fetchone()[0], "0")

    def test_a_table_somebody_works_in_is_left_and_the_rest_is_read(self):
        """A sweep waits a moment for a lock, says so, and holds nobody up."""
        place = self._write("zoe.sweep@post.example")
        path = "odoo.addons.rgpd_fichier_client.models.datamap.rgpd_sweep"
        with (
            self.registry.cursor() as other,
            patch(f"{path}.SECONDS_FOR_LOCK", 0.2),
            mute_logger("odoo.sql_db"),
            self.assertLogs(path, "WARNING") as logs,
        ):
            # A table this transaction has not read
            other.execute("SET LOCAL lock_timeout = '5s'")
            other.execute("LOCK TABLE report_paperformat IN ACCESS EXCLUSIVE MODE")
            started = monotonic()
            found = self._places()
            self.assertLess(monotonic() - started, 60)
            other.rollback()
        unread = {table for table, *_rest, kind in found if kind == "unread"}
        self.assertEqual(unread, {"report_paperformat"})
        self.assertIn((*place, "email"), found)
        self.assertIn("55P03", "".join(logs.output))
        self.env.cr.execute("SHOW lock_timeout")
        self.assertEqual(self.env.cr.fetchone()[0], "0")

    def test_cursor_left_usable_after_a_failure(self):
        with self.assertRaises(psycopg2.Error), self.env.cr.savepoint():
            self.env.cr.execute("SELECT 1 FROM no_such_table")
        self.assertFalse(self._places())

    # === FILES === #

    def _file(self, name, data, mimetype):
        return self.env["ir.attachment"].create(
            {"name": name, "datas": base64.b64encode(data), "mimetype": mimetype}
        )

    def test_files_by_type(self):
        docx = io.BytesIO()
        with zipfile.ZipFile(docx, "w") as archive:
            archive.writestr("word/document.xml", "<w><t>Zoé</t> <t>Liénard</t></w>")
        word = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
        files = [
            self._file("a.csv", b"a;zoe.sweep@post.example", "text/csv"),
            self._file("a.docx", docx.getvalue(), word),
        ]
        other = self._file("b.csv", b"a;other@post.example", "text/csv")
        broken = self._file("c.docx", b"PK\x03\x04 broken", word)
        hits = self.sweep._sweep_filestore(EVERYTHING)
        found = {hit["id"] for hit in hits}
        self.assertLessEqual({file.id for file in files}, found)
        self.assertFalse({other.id, broken.id} & found)

    def test_every_writing_in_a_pdf_and_in_files_inside_files(self):
        writings = {
            "email": "ecrire a ZOE.Sweep@POST.example svp",
            "phone": "tel. 06.39.98.00.12",
            "iban": "IBAN FR76 3000 6000 0112 3456 7890 189",
            "address": "12, rue des Exemples - 75002 Paris",
            "name": "Madame LIENARD Zoe",
        }
        pdfs = {kind: self._print(text) for kind, text in writings.items()}
        files = {
            self._file(f"{kind}.pdf", data, "application/pdf").id: kind
            for kind, data in pdfs.items()
        }
        mail = EmailMessage()
        mail["Subject"] = "letter"
        mail.set_content("see the file")
        mail.add_attachment(
            pdfs["phone"], maintype="application", subtype="pdf", filename="a.pdf"
        )
        files[self._file("a.eml", mail.as_bytes(), "message/rfc822").id] = "phone"
        inner, outer = io.BytesIO(), io.BytesIO()
        with zipfile.ZipFile(inner, "w") as archive:
            archive.writestr("letter.pdf", pdfs["email"])
        with zipfile.ZipFile(outer, "w") as archive:
            archive.writestr("inner.zip", inner.getvalue())
        files[self._file("a.zip", outer.getvalue(), "application/zip").id] = "email"
        self._file("other.pdf", self._print("06 39 98 00 13"), "application/pdf")
        hits = self.sweep._sweep_filestore(EVERYTHING)
        found = {(h["id"], h["kind"]) for h in hits if h["table"] == "ir_attachment"}
        self.assertEqual(found, set(files.items()))
        by_kind = {hit["kind"]: hit["strength"] for hit in hits}
        self.assertEqual(by_kind, dict.fromkeys(writings, "strong") | {"name": "weak"})

    def _print(self, text):
        stream = io.BytesIO()
        page = Canvas(stream)
        page.drawString(72, 700, text)
        page.save()
        return stream.getvalue()

    def test_same_content_of_several_files_and_a_missing_file(self):
        one = self._file("a.txt", b"zoe.sweep@post.example", "text/plain")
        two = self._file("b.txt", b"zoe.sweep@post.example", "text/plain")
        gone = self._file("c.txt", b"will be gone", "text/plain")
        os.unlink(gone._full_path(gone.store_fname))
        with mute_logger("odoo.addons.base.models.ir_attachment"):
            found = {hit["id"] for hit in self.sweep._sweep_filestore([EMAIL])}
        self.assertLessEqual({one.id, two.id}, found)

    def test_file_without_attachment(self):
        attachments = self.env["ir.attachment"]
        folder = os.path.join(attachments._filestore(), "zz")
        os.makedirs(folder, exist_ok=True)
        path = os.path.join(folder, "zz-orphan")
        with open(path, "wb") as stream:
            stream.write(b"zoe.sweep@post.example")
        self.addCleanup(os.unlink, path)
        hits = self.sweep._sweep_filestore([EMAIL])
        self.assertIn("filestore", {hit["table"] for hit in hits})

    def test_the_text_of_a_file_is_read_once_and_kept_sealed(self):
        docx = io.BytesIO()
        with zipfile.ZipFile(docx, "w") as archive:
            archive.writestr("a.txt", "zoe.sweep@post.example")
        file = self._file("a.zip", docx.getvalue(), "application/zip")
        plain = self._file("a.txt", b"zoe.sweep@post.example", "text/plain")
        texts = self.env["rgpd.file.text"].sudo()
        first = self.sweep._sweep_filestore([EMAIL])
        self.assertLessEqual({file.id, plain.id}, {hit["id"] for hit in first})
        kept = texts.search([("fname", "in", (file | plain).mapped("store_fname"))])
        self.assertEqual(kept.fname, file.store_fname)
        self.assertNotIn(b"zoe", base64.b64decode(kept.sealed))
        with patch.object(filetext, "read", side_effect=AssertionError):
            again = texts._read(file.store_fname, "application/zip")
        self.assertIn("zoe.sweep@post.example", again)
        self.assertEqual(texts._forget(), 0)
        file.unlink()
        self.assertEqual(texts._forget(), 1)
        self.assertFalse(kept.exists())

    def test_files_after_another(self):
        for number in range(3):
            content = f"zoe.sweep@post.example {number}".encode()
            self._file(f"{number}.txt", content, "text/plain")
        places = list(self.sweep._sweep_by_file([EMAIL]))
        names = [fname for fname, _hits in places]
        self.assertEqual(names, sorted(set(names)))
        middle = names[len(names) // 2]
        self.assertEqual(
            list(self.sweep._sweep_by_file([EMAIL], middle)),
            places[names.index(middle) + 1 :],
        )

    def test_a_large_text_is_read_in_pieces(self):
        data = "Été chaud, ".encode() * 500
        file = self._file(
            "a.txt", data + b"zoe.sweep@post.example 0639980012", "text/csv"
        )
        clean = self._file("b.txt", data, "text/csv")
        unknown = self._file("c", data + b"\nzoe.sweep@post.example", None)
        unknown.mimetype = "application/octet-stream"
        orphan = os.path.join(self.env["ir.attachment"]._filestore(), "zz-large")
        with open(orphan, "wb") as stream:
            stream.write(data + b"+33639980012 svp")
        self.addCleanup(os.unlink, orphan)
        with (
            patch.multiple(pieces, LARGEST_WHOLE=5000, PIECE=1000, OVERLAP=200),
            patch.object(filetext, "LARGEST_TOTAL", 4000),
        ):
            hits = self.sweep._sweep_filestore([EMAIL, PHONE])
        found = {(hit["id"] or hit["table"], hit["kind"]) for hit in hits}
        self.assertLessEqual(
            {
                (file.id, "email"),
                (file.id, "phone"),
                (unknown.id, "email"),
                ("filestore", "phone"),
            },
            found,
        )
        self.assertNotIn(clean.id, {hit["id"] for hit in hits})

    def test_a_file_too_large_to_be_read_is_told_each_time(self):
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as stream:
            stream.writestr("a.txt", "zoe.sweep@post.example")
            stream.writestr("b.txt", "x" * 9000)
        file = self._file("a.zip", archive.getvalue(), "application/zip")
        found = {(file.id, "unread"), (file.id, "email")}
        for _night in range(2):
            with patch.object(filetext, "LARGEST_PART", 5000):
                hits = self.sweep._sweep_filestore([EMAIL])
            self.assertLessEqual(found, {(hit["id"], hit["kind"]) for hit in hits})
        with patch.object(filetext, "LARGEST_TOTAL", 5000):
            hits = self.sweep._sweep_filestore([EMAIL])
        self.assertIn((file.id, "unread"), {(hit["id"], hit["kind"]) for hit in hits})
        hits = self.sweep._sweep_filestore([EMAIL])
        self.assertIn((file.id, "email"), {(hit["id"], hit["kind"]) for hit in hits})
        self.assertNotIn("unread", {hit["kind"] for hit in hits})
