import psycopg2

from odoo.exceptions import AccessError
from odoo.tests.common import new_test_user
from odoo.tools import mute_logger

from odoo.addons.rgpd_fichier_client.core.errors import PersonalDataError

from .journal_common import JournalCase

EVIDENCE = ("rgpd.journal", "rgpd.journal.seal", "rgpd.key.fingerprint")


class TestJournalEvidence(JournalCase):
    """Entries are added to: neither SQL nor the ORM changes or removes them."""

    def setUp(self):
        super().setUp()
        self.entries = self.record()
        self.Seal._seal()

    def refused(self, query):
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(psycopg2.errors.RestrictViolation) as caught,
            self.env.cr.savepoint(),
        ):
            self.env.cr.execute(query)
        self.assertIn("evidence is only added to", str(caught.exception))

    def test_sql_update_is_refused(self):
        self.refused("UPDATE rgpd_journal SET payload = '{}'")
        self.refused("UPDATE rgpd_journal SET moment = now()")
        self.refused("UPDATE rgpd_journal_seal SET signature = ''")
        self.refused("UPDATE rgpd_key_fingerprint SET public_key = ''")

    def test_sql_delete_is_refused(self):
        for model in EVIDENCE:
            with self.subTest(model):
                self.refused(f"DELETE FROM {self.env[model]._table}")

    def test_sql_truncate_is_refused(self):
        for model in EVIDENCE:
            with self.subTest(model):
                self.refused(f"TRUNCATE {self.env[model]._table} CASCADE")

    def test_a_seal_is_not_taken_off_nor_replaced(self):
        self.refused("UPDATE rgpd_journal SET seal_id = NULL, sequence = NULL")
        self.refused("UPDATE rgpd_journal SET hash = 'x'")

    def test_a_salt_is_not_replaced(self):
        self.Journal._record("test.done", "some-uid")
        self.refused("UPDATE rgpd_journal SET subject_salt = 'x'")
        self.refused("UPDATE rgpd_journal SET subject_uid = 'x', subject_salt = 'x'")

    def test_the_orm_refuses_even_in_sudo(self):
        for model in EVIDENCE:
            row = self.env[model].sudo().search([], limit=1)
            with self.subTest(model):
                self.assertTrue(row)
                for act in (
                    lambda row=row: row.write({"id": row.id}),
                    lambda row=row: row.unlink(),
                    lambda row=row: row.copy(),
                    lambda row=row: row.create({}),
                ):
                    with self.assertRaises(AccessError):
                        act()

    def test_a_user_can_be_deleted(self):
        user = new_test_user(self.env, "rgpd_gone", groups="base.group_user")
        entry = self.Journal.with_user(user)._record("test.done")
        number = user.id
        user.unlink()
        self.assertFalse(user.exists())
        self.assertEqual(entry.sudo().actor, number)
        self.assertFalse(entry.sudo().actor_id)

    def test_a_company_can_be_deleted(self):
        company = self.env["res.company"].create({"name": "Gone"})
        entry = self.Journal._record("test.done", company=company)
        number = company.id
        company.unlink()
        self.assertFalse(company.exists())
        self.assertEqual(entry.company, number)
        self.assertFalse(entry.company_id)

    def test_a_partner_can_be_deleted(self):
        partner = self.env["res.partner"].create({"name": "Sylvie Exemple"})
        entry = self.Journal._record("test.done", partner)
        uid = entry.subject_uid
        self.assertTrue(uid)
        partner.unlink()
        self.assertEqual(entry.exists().subject_uid, uid)

    def test_entries_are_grouped_by_users_and_companies_that_may_be_gone(self):
        user = new_test_user(self.env, "rgpd_gone", groups="base.group_user")
        self.Journal.with_user(user)._record("test.other")
        user.unlink()
        domain = [("kind", "=", "test.other")]
        self.assertEqual(
            self.Journal._read_group(domain, ["actor_id"], ["__count"]),
            [(self.env["res.users"], 1)],
        )
        # The web client asks which fields can be sorted and grouped by
        fields = self.Journal.fields_get(["actor_id", "company_id"])
        self.assertTrue(fields["actor_id"]["groupable"])
        self.assertTrue(fields["company_id"]["groupable"])

    def test_no_personal_data_in_a_payload(self):
        count = self.Journal.search_count([])
        for payload in (
            {"note": "jean.exemple@example.com"},
            {"lines": [{"phone": "06 12 34 56 78"}]},
            {"phone": "+33612345678"},
            {"jean@example.com": 1},
        ):
            with self.subTest(payload), self.assertRaises(PersonalDataError) as caught:
                self.Journal._record("test.done", None, payload)
            self.assertNotIn("example.com", str(caught.exception))
            self.assertNotIn("612345678", str(caught.exception).replace(" ", ""))
        self.assertEqual(self.Journal.search_count([]), count)

    def test_what_is_written(self):
        partner = self.env["res.partner"].create({"name": "Sylvie Exemple"})
        entry = self.Journal._record("test.done", partner, {"count": 2})
        self.assertEqual(entry.kind, "test.done")
        self.assertEqual(entry.actor, self.env.uid)
        self.assertEqual(entry.company, self.env.company.id)
        self.assertEqual(entry.payload, {"count": 2})
        self.env.cr.execute(
            "SELECT to_jsonb(j)::text FROM rgpd_journal j WHERE id = %s", [entry.id]
        )
        self.assertNotIn("Sylvie", self.env.cr.fetchone()[0])

    def test_entries_about_many_persons_are_written_at_once(self):
        partners = self.env["res.partner"].create(
            [{"name": f"P {i}"} for i in range(9)]
        )
        subjects = self.env["rgpd.subject"]._of(partners)
        self.Journal._record("test.done", partners[0])  # the map is then in memory
        self.env.flush_all()
        self.env.invalidate_all()
        # Who they are, then one insertion
        with self.assertQueryCount(2):
            entries = self.Journal._record_many(
                "test.done", [(partner, None) for partner in partners], company=False
            )
        self.assertEqual(entries.mapped("subject_uid"), [
            subject.uid for subject in subjects.sorted("res_id")
        ])  # fmt: skip
        self.assertEqual(
            self.Journal._record("test.done", subjects[0]).subject_uid, subjects[0].uid
        )

    def test_a_kind_is_a_dotted_name(self):
        for kind in ("", "Consent", "consent given", "consent."):
            with self.subTest(kind), self.assertRaises(ValueError):
                self.Journal._record(kind)
