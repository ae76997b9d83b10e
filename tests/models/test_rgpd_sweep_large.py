"""A value too large to be read with its row is read in pieces."""

import json
from unittest.mock import patch

import psycopg2.errors

from odoo.tools import mute_logger

from odoo.addons.rgpd_fichier_client.core.datamap import pieces
from odoo.addons.rgpd_fichier_client.core.datamap.scan import Scanner
from odoo.addons.rgpd_fichier_client.core.datamap.schema import Identifier

from ..common import RgpdCase

EMAIL = Identifier("email", "zoe.sweep@post.example")
PHONE = Identifier("phone", "+33639980012")
OTHER = Identifier("email", "other@post.example")
CROWD = [Identifier("email", f"filler{n}@crowd.example") for n in range(60)]


class TestSweepLarge(RgpdCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sweep = cls.env["rgpd.sweep"]
        # What varies cannot be made small, and is stored beside the row
        cls.env.cr.execute(
            """CREATE TABLE large (
                   id int, line text, doc jsonb, more text[], mail varchar
               ) PARTITION BY LIST (id);
               CREATE TABLE large_1 PARTITION OF large FOR VALUES IN (1, 2);
               CREATE TABLE large_3 PARTITION OF large FOR VALUES IN (3, 4)"""
        )
        cls.env.cr.execute(
            """SELECT string_agg(md5(n::text) || ' é€ ', ' ')
                 FROM generate_series(1, 300) n"""
        )
        cls.filler = cls.env.cr.fetchone()[0]
        tables = {
            "large": {
                "id": "int4",
                "line": "text",
                "doc": "jsonb",
                "more": "_text",
                "mail": "varchar",
            }
        }
        cls.startClassPatcher(
            patch.object(type(cls.sweep), "_get_text_columns", lambda _self: tables)
        )
        cls.startClassPatcher(
            patch.multiple(pieces, LARGEST_WHOLE=5000, PIECE=1000, OVERLAP=200)
        )

    def add(self, res_id, line="", doc=None, more=(), mail=""):
        self.env.cr.execute(
            "INSERT INTO large VALUES (%s, %s, %s, %s, %s)",
            [res_id, line, json.dumps(doc), list(more), mail],
        )

    def places(self, *identifiers):
        """What is found, and the longest text that was looked at."""
        lengths, call = [0], Scanner.__call__

        def record(this, text):
            lengths.append(len(text or ""))
            return call(this, text)

        with patch.object(Scanner, "__call__", record):
            hits = self.sweep._sweep(list(identifiers))
        found = {(hit["id"], hit["column"], hit["kind"]) for hit in hits}
        self.assertLess(max(lengths), 5000)
        return found

    def test_each_type_of_value(self):
        text = f"{self.filler} zoe.sweep@post.example {self.filler} 06 39 98 00 12"
        self.add(1, line=text, mail="other@post.example")
        self.add(2, line=self.filler)
        self.add(3, doc={"fr_FR": text}, line="06 39 98 00 12")
        self.add(4, more=["a", text])
        expected = {
            (1, "line", "email"),
            (1, "line", "phone"),
            (3, "doc", "email"),
            (3, "doc", "phone"),
            (3, "line", "phone"),
            (4, "more", "email"),
            (4, "more", "phone"),
        }
        self.assertEqual(self.places(EMAIL, PHONE), expected)
        self.assertEqual(self.places(EMAIL, PHONE, *CROWD), expected)
        # What is short in the same row is read with it
        self.assertEqual(self.places(OTHER), {(1, "mail", "email")})
        self.assertEqual(self.places(OTHER, *CROWD), {(1, "mail", "email")})

    def test_wherever_it_stands(self):
        for shift in range(0, 1000, 37):
            self.env.cr.execute("DELETE FROM large")
            before = self.filler[: 6000 + shift]
            self.add(1, line=f"{before} 06.39.98.00.12 {self.filler[:shift]}")
            self.assertEqual(self.places(PHONE), {(1, "line", "phone")}, shift)

    def test_a_text_too_large_to_be_changed_is_left_for_the_officer(self):
        hits = [
            {
                "table": "large",
                "column": "line",
                "type": "text",
                "id": 1,
                "kind": "phone",
                "strength": "strong",
                "identifier": PHONE,
            }
        ]
        rows = type(self.env["rgpd.eraser.rows"])
        logger = "odoo.addons.rgpd_fichier_client.models.retention.rgpd_erasure_sweep"
        for error in (MemoryError, psycopg2.errors.ProgramLimitExceeded):
            with (
                patch.object(rows, "_redact_column", side_effect=error),
                mute_logger(logger),
            ):
                self.env["rgpd.erasure"]._settle_residues(hits, [PHONE])
            self.assertEqual(hits[0]["decision"], "unknown")
