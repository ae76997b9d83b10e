from datetime import timedelta

from odoo import fields

from odoo.addons.rgpd_fichier_client.core.journal import chain

from .journal_common import JournalCase


class TestJournalTampering(JournalCase):
    """The owner of the tables gets round the triggers; the verification sees it."""

    def setUp(self):
        super().setUp()
        self.entries = self.record(6)
        self.first = self.Seal._seal(limit=3)
        self.second = self.Seal._seal(limit=3)
        self.assertFalse(self.Journal._verify())

    def assertBroken(self, code, entry):
        self.env.invalidate_all()
        self.assertEqual(self.fault().code, code)
        self.assertEqual(self.Journal._verify().id, entry.id)

    def test_a_payload_is_edited(self):
        entry = self.entries[3]
        self.tamper(
            "UPDATE rgpd_journal SET payload = '{\"rank\": 9}' WHERE id = %s", entry.id
        )
        self.assertBroken("altered", entry)

    def test_any_other_column_is_edited(self):
        entry = self.entries[1]
        for change in ("kind = 'test.other'", "actor = 0", "company = 9",
                       "moment = moment - interval '1 second'"):  # fmt: skip
            with self.subTest(change), self.env.cr.savepoint() as savepoint:
                self.tamper(f"UPDATE rgpd_journal SET {change} WHERE id = %s", entry.id)
                self.assertBroken("altered", entry)
                savepoint.rollback()

    def test_an_entry_is_edited_and_hashed_again(self):
        """Whoever has our code can hash again, but the entries after it tell."""
        entry = self.entries[1]
        self.tamper("UPDATE rgpd_journal SET payload = '{}' WHERE id = %s", entry.id)
        rows = {row.id: row for row in self.Journal._stream()}
        forged = chain.entry_hash(rows[entry.id], 2, rows[self.entries[0].id].hash)
        self.tamper("UPDATE rgpd_journal SET hash = %s WHERE id = %s", forged, entry.id)
        self.assertBroken("altered", self.entries[2])

    def test_a_row_is_deleted(self):
        self.tamper("DELETE FROM rgpd_journal WHERE id = %s", self.entries[1].id)
        self.assertBroken("missing", self.entries[2])

    def test_the_last_row_is_deleted(self):
        last = self.entries[-1]
        self.tamper("DELETE FROM rgpd_journal WHERE id = %s", last.id)
        self.assertBroken("missing", last)

    def test_a_row_is_inserted_into_the_chain(self):
        self.tamper(
            "INSERT INTO rgpd_journal (kind, moment, actor, company, seal_id, sequence,"
            " hash) SELECT 'test.false', moment, actor, company, seal_id, sequence,"
            " hash FROM rgpd_journal WHERE id = %s",
            self.entries[1].id,
        )
        false = self.Journal.search([("kind", "=", "test.false")])
        self.assertBroken("surplus", false)

    def test_a_row_is_inserted_after_the_chain(self):
        self.tamper(
            "INSERT INTO rgpd_journal (kind, moment, actor, company, seal_id, sequence,"
            " hash) SELECT 'test.false', moment, actor, company, seal_id, 7, hash"
            " FROM rgpd_journal WHERE id = %s",
            self.entries[-1].id,
        )
        false = self.Journal.search([("kind", "=", "test.false")])
        self.assertBroken("surplus", false)

    def test_two_rows_change_places(self):
        one, two = self.entries[0], self.entries[1]
        self.tamper(
            "UPDATE rgpd_journal SET sequence = CASE id WHEN %s THEN 2 ELSE 1 END"
            " WHERE id IN (%s, %s)",
            one.id,
            one.id,
            two.id,
        )
        self.assertBroken("altered", two)

    def test_a_seal_is_deleted_with_its_entries(self):
        with self.tampering():
            self.env.cr.execute(
                "DELETE FROM rgpd_journal WHERE seal_id = %s", [self.first.id]
            )
            self.env.cr.execute(
                "DELETE FROM rgpd_journal_seal WHERE id = %s", [self.first.id]
            )
        self.assertEqual(self.fault().code, "seal")
        self.assertEqual(self.fault().seal_id, self.second.id)

    def test_a_seal_is_made_by_somebody_else(self):
        self.tamper(
            "UPDATE rgpd_journal_seal SET signature = repeat('0', 128) WHERE id = %s",
            self.second.id,
        )
        self.assertEqual(self.fault().code, "signature")

    def test_the_tail_is_cut_after_a_head_was_mailed(self):
        head = self.second.hash
        with self.tampering():
            self.env.cr.execute(
                "DELETE FROM rgpd_journal WHERE seal_id = %s", [self.second.id]
            )
            self.env.cr.execute(
                "DELETE FROM rgpd_journal_seal WHERE id = %s", [self.second.id]
            )
        # Nothing inside the database can tell, the mail can
        self.assertFalse(self.Journal._verify())
        wizard = self.env["rgpd.journal.verify"].create({"expected_head": head})
        wizard.action_verify()
        self.assertEqual((wizard.state, wizard.fault), ("broken", "head"))

    def test_the_mailed_head_is_recognised(self):
        wizard = self.env["rgpd.journal.verify"].create(
            {"expected_head": f" {self.first.hash.upper()}\n"}
        )
        wizard.action_verify()
        self.assertEqual((wizard.state, wizard.entry_count), ("sound", 6))

    def test_the_wizard_names_the_entry(self):
        entry = self.entries[4]
        self.tamper("UPDATE rgpd_journal SET payload = NULL WHERE id = %s", entry.id)
        wizard = self.env["rgpd.journal.verify"].create({})
        wizard.action_verify()
        self.assertEqual((wizard.state, wizard.fault), ("broken", "altered"))
        self.assertEqual(wizard.broken_id, entry)


class TestJournalLink(JournalCase):
    """The link to the person moves with a merge and is cut by an erasure."""

    def setUp(self):
        super().setUp()
        self.source, self.target = self.env["res.partner"].create(
            [{"name": "Sylvie Exemple"}, {"name": "Sylvie E."}]
        )
        self.entry = self.Journal._record("test.done", self.source, {"rank": 1})
        self.Seal._seal()

    def merge(self):
        self.env["base.partner.merge.automatic.wizard"]._merge(
            (self.source | self.target).ids, self.target
        )

    def test_a_merge_loses_no_link(self):
        uid = self.entry.subject_uid
        target = self.env["rgpd.subject"]._of(self.target)
        self.merge()
        self.assertFalse(self.source.exists())
        merged = (
            self.env["rgpd.subject"]
            .with_context(active_test=False)
            .search([("uid", "=", uid)])
        )
        self.assertEqual(merged._get_survivor(), target)
        self.assertFalse(self.Journal._verify())
        # The journal of the one that stays shows what was written about the other
        self.assertIn(uid, target.action_open_journal()["domain"][0][2])
        # What is written from now on is about the one that stays
        self.assertEqual(
            self.Journal._record("test.done", self.target).subject_uid, target.uid
        )

    def test_a_moved_link_needs_a_merge(self):
        old, new = self.entry.subject_uid, "f" * 32
        with self.env.cr.savepoint() as savepoint:
            self.tamper(
                "UPDATE rgpd_journal SET subject_uid = %s WHERE id = %s",
                new,
                self.entry.id,
            )
            self.assertEqual(self.fault().code, "link")
            savepoint.rollback()
        self.env.invalidate_all()
        self.Journal._move_subject(old, new)
        self.Seal._seal()
        self.assertEqual(self.entry.subject_uid, new)
        self.assertFalse(self.Journal._verify())

    def test_a_cut_link_still_verifies(self):
        self.Journal._cut_subjects([self.entry.subject_uid])
        self.assertFalse(self.entry.subject_uid)
        report = self.Journal._verify_report()
        self.assertTrue(report.is_sound)
        self.assertEqual(report.cut, 1)

    def test_old_segments_expire_behind_a_checkpoint(self):
        later = fields.Datetime.now() + timedelta(seconds=5)
        self.assertEqual(self.Journal._expire(later), 1)
        self.assertFalse(self.entry.exists())
        report = self.Journal._verify_report()
        self.assertTrue(report.is_sound)
        self.assertEqual(report.expired, 1)
