from datetime import datetime, timedelta

from freezegun import freeze_time
from psycopg2 import DatabaseError

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tools import mute_logger

from .consent_common import MAIL, PHONE, SMS, ConsentCase


class TestRecord(ConsentCase):
    def test_a_consent_keeps_the_words_and_opens_the_gate(self):
        self.assertDenied("no_consent")
        event = self.give()
        self.assertAllowed("consent")
        self.assertIn("by e-mail", event.notice_text)
        self.assertTrue(event._is_intact())
        self.assertFalse(event.is_to_renew)
        self.assertEqual(self.rows(), {(MAIL, "email"): "given"})

    def test_the_words_stay_when_the_notice_changes(self):
        event = self.give()
        words = event.notice_text
        event.version_id.notice_id.sudo().text = "Other words"
        self.env.invalidate_all()
        self.assertEqual(event.notice_text, words)

    def test_a_consent_without_text_is_to_renew(self):
        self.assertTrue(self.record("given").is_to_renew)

    def test_one_purpose_and_channel_only(self):
        self.give()
        self.assertDenied("no_consent", SMS, "sms")
        self.assertDenied("no_consent", PHONE, "phone")

    def test_withdrawal(self):
        self.give()
        self.record("withdrawn")
        self.assertDenied("consent_withdrawn")
        self.assertEqual(self.rows(), {(MAIL, "email"): "withdrawn"})

    def test_the_journal_knows(self):
        event = self.give()
        entry = self.env["rgpd.journal"].search(
            [("kind", "=", "consent.given")], order="id desc", limit=1
        )
        self.assertEqual(entry.payload["digest"], event.digest)
        self.assertEqual(entry.subject_uid, event.subject_uid)

    def test_the_same_click_counts_once(self):
        first = self.give(request_key="a-click")
        second = self.give(request_key="a-click")
        self.assertEqual(first, second)

    def test_phone_consent_ends_within_a_year(self):
        moment = datetime(2026, 9, 1, 10)
        event = self.give(PHONE, "phone", moment=moment)
        self.assertEqual(event.expires_on, fields.Date.to_date("2027-08-31"))
        with freeze_time("2027-08-31 09:00:00"):
            self.assertAllowed("consent", PHONE, "phone")
        with freeze_time("2027-09-01 09:00:00"):
            self.assertDenied("consent_expired", PHONE, "phone")

    def test_the_cron_records_the_end(self):
        self.give(PHONE, "phone", moment=datetime(2025, 9, 1, 10))
        with self.enter_registry_test_mode():
            cron = self.env.ref("rgpd_fichier_client.rgpd_consent_cron_expire")
            cron.method_direct_trigger()
        self.assertEqual(self.rows(), {(PHONE, "phone"): "expired"})
        self.assertDenied("consent_expired", PHONE, "phone")


class TestRefusedInput(ConsentCase):
    def assertRefused(self, message, *args, **values):
        with self.assertRaisesRegex(UserError, message):
            self.record("given", *args, **values)

    def test_no_address(self):
        self.person.email = "camille chez client"
        self.assertRefused("e-mail address is missing or not valid")
        self.person.phone = "12"
        self.assertRefused("phone number is missing or not valid", SMS, "sms")

    def test_archived_partner(self):
        self.person.active = False
        self.assertRefused("archived")

    def test_deleted_partner(self):
        person = self.new_person("Bref Passage", "bref@client.example")
        self.env["rgpd.subject"]._of(person)
        person.unlink()
        self.assertRefused("deleted", person=person)

    def test_future_date(self):
        tomorrow = fields.Datetime.now() + timedelta(days=1)
        self.assertRefused("future", moment=tomorrow)

    def test_consent_to_everything(self):
        self.assertRefused("one purpose and one channel", None, "all")

    def test_purpose_without_consent(self):
        self.assertRefused("does not depend on consent", "invoice", "email")

    def test_unknown_purpose_and_channel(self):
        self.assertRefused("no active purpose", "made_up", "email")
        self.assertRefused("not used on this channel", MAIL, "phone")

    def test_an_objection_is_accepted_whatever_the_address(self):
        self.person.write({"email": False, "active": False})
        event = self.record("objected", None, "all")
        self.assertEqual(event.decision, "objected")


class TestEvidence(ConsentCase):
    @mute_logger("odoo.sql_db")
    def test_nothing_changes_an_event(self):
        event = self.give()
        with self.assertRaises(AccessError):
            event.sudo().write({"decision": "refused"})
        with self.assertRaises(AccessError):
            event.sudo().unlink()
        with self.assertRaises(UserError):
            event.sudo().copy()
        for statement in (
            "UPDATE rgpd_consent_event SET decision = 'refused'",
            "DELETE FROM rgpd_consent_event",
            "TRUNCATE rgpd_consent_event CASCADE",
        ):
            with self.assertRaises(DatabaseError), self.cr.savepoint():
                self.cr.execute(statement)

    def test_nobody_forges_an_event(self):
        with self.assertRaises(UserError):
            self.Event.sudo().create({"channel": "email"})

    def test_a_changed_event_is_named(self):
        events = self.give() | self.give(SMS, "sms")
        self.assertFalse(self.Event._verify())
        self.cr.execute("ALTER TABLE rgpd_consent_event DISABLE TRIGGER USER")
        self.cr.execute(
            "UPDATE rgpd_consent_event SET notice_text = 'x' WHERE id = %s",
            [events[1].id],
        )
        self.env.invalidate_all()
        self.assertEqual(self.Event._verify(), events[1])
        wizard = self.env["rgpd.journal.verify"].create({})
        wizard.action_verify()
        self.assertEqual((wizard.state, wizard.fault), ("broken", "event"))
        self.assertEqual(wizard.broken_event_id, events[1])
        self.assertEqual(wizard.broken_event_uid, events[1].uid)

    def test_an_event_outlives_the_journal_entry_that_vouches_for_it(self):
        """The entry is repeated before it expires, with what the journal knew."""
        old, changed = self.give(), self.give(SMS, "sms")
        journal = self.env["rgpd.journal"]
        self.env["rgpd.journal.seal"]._seal()
        later = fields.Datetime.now() + timedelta(seconds=5)
        self.cr.execute("ALTER TABLE rgpd_consent_event DISABLE TRIGGER USER")
        self.cr.execute(
            "UPDATE rgpd_consent_event SET digest = 'x' WHERE id = %s", [changed.id]
        )
        self.env.invalidate_all()
        self.assertTrue(journal._expire(later))
        self.assertFalse(journal.search([("kind", "=", "consent.given")]))
        kept = journal.search([("kind", "=", "consent.kept")])
        self.assertIn(old.uid, [entry.payload["event"] for entry in kept])
        self.assertEqual(self.Event._verify(), changed)
        # A second round repeats nothing twice
        self.env["rgpd.journal.seal"]._seal()
        self.assertTrue(journal._expire(fields.Datetime.now() + timedelta(seconds=9)))
        self.assertEqual(
            len(journal.search([("kind", "=", "consent.kept")])), len(kept)
        )
        self.assertEqual(self.Event._verify(), changed)

    def test_each_column_that_counts_is_noticed_when_sql_changes_it(self):
        event = self.give()
        self.cr.execute("ALTER TABLE rgpd_consent_event DISABLE TRIGGER USER")
        for change in (
            "decision = 'refused'",
            "channel = 'sms'",
            "purpose_code = 'survey'",
            "moment = moment - interval '1 second'",
            "expires_on = '2030-01-01'",
            "actor = 'parent'",
            "subject_uid = 'somebody'",
            "collection_point = 'web_form'",
            "proof_commitment = 'x'",
            "notice_sha256 = 'x'",
        ):
            with self.subTest(change), self.cr.savepoint() as savepoint:
                self.cr.execute(
                    f"UPDATE rgpd_consent_event SET {change} WHERE id = %s", [event.id]
                )
                self.env.invalidate_all()
                self.assertEqual(self.Event._verify(), event)
                savepoint.rollback()
        self.env.invalidate_all()
        self.assertFalse(self.Event._verify())

    def test_an_event_added_without_trace_is_noticed(self):
        event = self.give()
        self.cr.execute(
            """
            INSERT INTO rgpd_consent_event (uid, digest, subject_uid, company_id,
                   purpose_code, channel, decision, moment, recorded_on,
                   collection_point, method, actor, actor_uid)
            SELECT 'forged', digest, subject_uid, company_id, purpose_code, channel,
                   decision, moment, recorded_on, collection_point, method, actor,
                   actor_uid
              FROM rgpd_consent_event WHERE id = %s RETURNING id
            """,
            [event.id],
        )
        [forged] = self.cr.fetchone()
        self.env.invalidate_all()
        self.assertEqual(self.Event._verify().id, forged)

    def test_a_proof_goes_and_its_commitment_stays(self):
        proof = {"name": "form.pdf", "content": b"JVBERi0xLjQ="}
        event = self.give(proof=proof)
        self.assertTrue(event.proof_ids.is_intact)
        self.assertTrue(event.proof_commitment)
        event.sudo().proof_ids.unlink()
        self.env.invalidate_all()
        self.assertTrue(event.proof_commitment)
        self.assertTrue(event._is_intact())

    def test_no_address_in_evidence(self):
        event = self.give()
        self.cr.execute(
            "SELECT row_to_json(e)::text FROM rgpd_consent_event e WHERE id = %s",
            [event.id],
        )
        text = self.cr.fetchone()[0]
        self.assertNotIn("camille", text.lower())
        self.assertNotIn("639980001", text)


class TestProjection(ConsentCase):
    def test_a_rebuild_changes_nothing(self):
        other = self.new_person("Dominique Essai", "dominique@client.example")
        self.give()
        self.give(SMS, "sms")
        self.record("objected", None, "all")
        self.give(moment=fields.Datetime.now(), actor="self", is_mailbox_proved=True)
        self.give(PHONE, "phone", person=other, actor="self")
        self.record("withdrawn", PHONE, "phone", person=other)

        def read_all():
            self.env.flush_all()
            self.cr.execute(
                "SELECT subject_id, company_id, purpose_code, channel, status, moment,"
                " expires_on, event_id FROM rgpd_consent ORDER BY 1, 2, 3, 4"
            )
            return self.cr.fetchall()

        before = read_all()
        self.cr.execute("DELETE FROM rgpd_consent")
        self.env.invalidate_all()
        self.Consent._rebuild()
        self.assertEqual(read_all(), before)

    def test_the_button_says_what_did_not_match(self):
        self.give()
        dpo = self.new_user("dpo", login="rebuild_dpo")
        Consent = self.Consent.with_user(dpo)
        self.assertEqual(Consent.action_rebuild()["params"]["type"], "success")
        self.cr.execute("UPDATE rgpd_consent SET status = 'refused'")
        self.env.invalidate_all()
        self.assertEqual(Consent.action_rebuild()["params"]["type"], "warning")
        self.assertEqual(self.rows(), {(MAIL, "email"): "given"})
        officer = self.new_user("officer", login="rebuild_officer")
        with self.assertRaises(AccessError):
            self.Consent.with_user(officer).action_rebuild()

    def test_a_global_objection_shows_everywhere(self):
        self.give(moment=datetime(2026, 1, 5, 10))
        self.record("objected", None, "all")
        self.assertEqual(
            self.rows(), {(MAIL, "email"): "objected", ("", "all"): "objected"}
        )

    def test_search_on_valid_consents(self):
        self.give()
        valid = self.Consent.search([("is_valid", "=", True)])
        self.assertIn(MAIL, valid.mapped("purpose_code"))
        self.assertFalse(valid & self.Consent.search([("is_valid", "=", False)]))


class TestMerge(ConsentCase):
    def merge(self, *partners):
        partners = self.env["res.partner"].browse([p.id for p in partners])
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge(partners.ids, partners[0])

    def test_the_stricter_choice_holds_until_the_person_speaks(self):
        twin = self.new_person("Camille Exemple", "camille@client.example")
        self.record("withdrawn", moment=datetime(2026, 1, 5, 10))
        self.give(person=twin, moment=datetime(2026, 6, 5, 10))
        self.merge(self.person, twin)
        self.assertDenied("consent_withdrawn")
        events = self.person.rgpd_consent_event_ids
        self.assertEqual(len(events), 3)
        with freeze_time(fields.Datetime.now() + timedelta(minutes=1)):
            self.give()
            self.assertAllowed("consent")

    def test_a_consent_survives_the_merge_with_a_silent_twin(self):
        twin = self.new_person("Camille Exemple", "camille@client.example")
        self.give(person=twin)
        self.merge(self.person, twin)
        self.assertAllowed("consent")
        self.assertEqual(len(self.person.rgpd_consent_event_ids), 1)
