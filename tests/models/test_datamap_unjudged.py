import base64
from unittest.mock import patch

from .club_common import new_model
from .erasure_common import ErasureCase

CLASSIFY = "odoo.addons.rgpd_fichier_client.core.datamap.classify"


class TestUnjudged(ErasureCase):
    """Fields that no rule knows and nobody judged."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        new_model(
            cls.env,
            "x_visit",
            "Visit",
            x_partner_id="many2one:res.partner",
            x_scan="binary",
            x_remark="text",
            x_level="char",
        )
        # In the table itself: as a file of the record it goes in any case
        scan = cls.env["x_visit"]._fields["x_scan"]
        cls.classPatch(scan, "attachment", False)
        cls.classPatch(scan, "column_type", ("bytea", "bytea"))
        cls.env.cr.execute("ALTER TABLE x_visit ADD COLUMN x_scan bytea")
        cls.rows = cls.env["rgpd.data.field"].search([("model", "=", "x_visit")])
        cls.visit = cls.env["x_visit"].create(
            {
                "x_partner_id": cls.prospect.id,
                "x_scan": base64.b64encode(b"scan of Z. L."),
                "x_level": "Zo\u00e9 Li\u00e9nard, high",
            }
        )
        cls.other = cls.env["x_visit"].create(
            {
                "x_partner_id": cls.customer.id,
                "x_scan": base64.b64encode(b"scan of H. P."),
            }
        )
        cls.env.flush_all()

    def row(self, name):
        return self.rows.filtered(lambda row: row.name == name)

    def test_a_file_goes_with_the_person(self):
        """No name can be taken out of it: it does not stay (Art. 17)."""
        self.assertEqual(self.row("x_scan").effective_status, "unclassified")
        self.env["rgpd.eraser"]._erase(self.prospect, "request")
        self.env.invalidate_all()
        self.assertFalse(self.visit.x_scan)
        self.assertEqual(self.visit.x_level, "[effac\u00e9], high")
        self.assertTrue(self.other.x_scan)

    def test_it_stays_in_its_row_while_the_person_is_archived(self):
        """It may be the voucher of a document that stays, and large."""
        subject = self.env["rgpd.subject"]._of(self.prospect)
        vault = self.env["rgpd.vault"]._archive(subject)
        self.env.invalidate_all()
        self.assertTrue(self.visit.x_scan)
        self.assertNotIn("x_scan", str(vault._unseal()))
        # Its texts have left
        self.assertEqual(self.visit.x_level, "[archiv\u00e9], high")
        self.env["rgpd.eraser"]._erase(self.prospect, "retention")
        self.env.invalidate_all()
        self.assertFalse(self.visit.x_scan)

    def test_one_that_was_judged_stays(self):
        self.row("x_scan").status_override = "not_personal"
        self.env["rgpd.eraser"]._erase(self.prospect, "request")
        self.env.invalidate_all()
        self.assertTrue(self.visit.x_scan)

    def test_a_field_is_ruled_again_when_the_rules_know_more(self):
        level, scan, remark = map(self.row, ("x_level", "x_scan", "x_remark"))
        (level | scan | remark).invalidate_recordset()
        level_before = level.effective_status
        self.assertEqual(level_before, "unclassified")
        scan.write({"status_override": "not_personal", "note": "Blank forms"})
        from odoo.addons.rgpd_fichier_client.core.datamap import classify

        by_name = classify.classify

        def know_more(name, *args, **options):
            if name in ("x_level", "x_scan"):
                return classify.personal("note", "redact", "weak")
            return by_name(name, *args, **options)

        with patch(f"{CLASSIFY}.classify", know_more):
            self.env["rgpd.data.map"]._discover()
        self.assertEqual(level.effective_status, "classified")
        self.assertEqual(level.effective_category_id.code, "note")
        self.assertEqual(level.effective_strategy, "redact")
        self.assertTrue(level.is_identifier)
        # What the company decided counts, whatever the rules say
        self.assertEqual(scan.status, "classified")
        self.assertEqual(scan.effective_status, "not_personal")
        self.assertEqual(scan.effective_strategy, "keep")
        self.assertFalse(scan.effective_category_id)
        self.assertEqual(scan.status_override, "not_personal")
        # A rule that forgets takes nothing back
        self.env["rgpd.data.map"]._discover()
        self.assertEqual(level.effective_status, "classified")
