from datetime import date

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import SQL

from .consent_common import ConsentCase

SOURCE = "Fichier de Foire Exemple"


class TestInformation(ConsentCase):
    """Data that did not come from the person: told in time, and provably."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Information = cls.env["rgpd.information"]

    def add(self, *persons, day=date(2026, 3, 2), code="prospect_postal"):
        records = self.env["res.partner"].union(*(persons or [self.person]))
        return self.Information._add(records, SOURCE, code, obtained_on=day)

    def mails(self):
        return self.env["mail.mail"].search(
            [("email_to", "=", "camille@client.example")]
        )

    def run_cron(self):
        with self.enter_registry_test_mode():
            cron = self.env.ref("rgpd_fichier_client.rgpd_information_cron_inform")
            cron.method_direct_trigger()
        self.env.invalidate_all()

    def test_one_month_or_the_first_contact(self):
        row = self.add()
        self.assertEqual(row.due_on, date(2026, 4, 2))
        row.first_contact_on = date(2026, 3, 9)
        self.assertEqual(row.due_on, date(2026, 3, 9))

    def test_a_person_is_queued_once_and_a_company_never(self):
        company = self.env["res.partner"].create(
            {"name": "Exemple SARL", "is_company": True}
        )
        self.add()
        self.assertFalse(self.add(self.person, company))

    def test_no_date_in_the_future(self):
        with self.assertRaises(ValidationError):
            self.add(day=date(2099, 1, 1))

    @freeze_time("2026-03-30 08:00:00")
    def test_the_night_sends_what_falls_due(self):
        self.company.rgpd_inform_by_mail = True
        row = self.add()
        self.run_cron()
        self.assertIn(SOURCE, self.mails().body_html)
        self.assertEqual(row.state, "waiting", "queued is not sent")
        self.run_cron()
        self.assertEqual(len(self.mails()), 1)
        self.mails()._postprocess_sent_message([], ["camille@client.example"])
        self.assertEqual(row.state, "informed")
        self.assertEqual(row.shown_id.place, "first_mail")
        self.assertIn(SOURCE, row.shown_id.text)

    @freeze_time("2026-03-10 08:00:00")
    def test_nothing_leaves_too_early(self):
        self.company.rgpd_inform_by_mail = True
        row = self.add()
        self.run_cron()
        self.assertEqual(row.state, "waiting")

    @freeze_time("2026-03-30 08:00:00")
    def test_without_address_or_setting_a_task_is_made_once(self):
        self.new_user("dpo", login="inform_dpo")
        other = self.new_person("Dominique Essai", False)
        rows = self.add() | self.add(other)
        self.run_cron()
        self.run_cron()
        self.assertEqual(rows.mapped("state"), ["waiting", "waiting"])
        self.assertEqual([len(row.activity_ids) for row in rows], [1, 1])
        self.assertFalse(self.mails())

    def test_an_exception_is_justified(self):
        row = self.add()
        with self.assertRaises(UserError):
            row.action_exempt()
        row.write({"exemption": "known", "exemption_note": "Told by the fair."})
        row.action_exempt()
        self.assertEqual(row.state, "exempt")

    def test_the_first_offer_carries_the_notice(self):
        row = self.add()
        mail = self.env["mail.mail"].create(
            {
                "subject": "Offers",
                "body_html": "<p>Offers</p>",
                "model": "res.partner",
                "res_id": self.person.id,
                "email_to": "camille@client.example",
                "rgpd_purpose_code": "prospect_email_b2c",
                "rgpd_company_id": self.company.id,
            }
        )
        self.give()
        [email] = mail._prepare_outgoing_list()
        self.assertIn(SOURCE, email["body"])
        # prepared is not sent
        self.assertEqual(row.state, "waiting")
        mail._postprocess_sent_message([], [], failure_type="unknown")
        self.assertEqual(row.state, "waiting")
        mail._postprocess_sent_message([], [])
        self.assertEqual(row.state, "waiting", "it reached nobody")
        mail._postprocess_sent_message([], ["camille@client.example"])
        self.assertEqual(row.state, "informed")

    def test_the_wizard_on_a_list(self):
        officer = self.new_user("officer", login="inform_officer")
        purpose = self.env["rgpd.purpose"]._get_purpose("prospect_postal")
        wizard = (
            self.env["rgpd.information.wizard"]
            .with_user(officer)
            .with_context(active_model="res.partner", active_ids=self.person.ids)
            .create({"source": SOURCE, "purpose_id": purpose.id})
        )
        self.assertEqual(wizard.count, 1)
        action = wizard.action_add()
        row = self.Information.search(action["domain"])
        self.assertEqual(row.source, SOURCE)
        row.with_user(officer).action_send()
        self.assertTrue(row.with_user(officer).is_leaving)
        self.mails()._postprocess_sent_message([], ["camille@client.example"])
        self.assertEqual(row.state, "informed")

    def test_a_reader_sends_nothing(self):
        row = self.add()
        reader = self.new_user("reader", login="inform_reader")
        for action in ("action_send", "action_tell", "action_exempt"):
            with self.assertRaises(AccessError):
                getattr(row.with_user(reader), action)()

    def test_another_company_sees_nothing(self):
        row = self.add()
        other = self.env["res.company"].create({"name": "Autre Exemple"})
        user = self.new_user(
            "officer",
            login="inform_other",
            company_id=other.id,
            company_ids=[(6, 0, other.ids)],
        )
        self.assertFalse(self.Information.with_user(user).search([("id", "=", row.id)]))


@freeze_time("2026-03-10 08:00:00")
class TestToldByHand(ConsentCase):
    """The staff told the person: when, how, with which proof (Art. 14)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.officer = cls.new_user("officer", login="tell_officer")
        cls.row = cls.env["rgpd.information"]._add(
            cls.person, SOURCE, "prospect_postal", obtained_on=date(2026, 3, 2)
        )
        cls.notice = cls.env.ref("rgpd_fichier_client.rgpd_notice_indirect")
        cls.settle("2026-01-05 09:00:00")
        cls.write_notice_on("2026-01-05 09:00:00")

    @classmethod
    def settle(cls, moment, *records):
        """Move the day on which records, by default the register, were written."""
        cls.env.flush_all()
        for table in [record._table for record in records] or [
            *("rgpd_notice", "rgpd_purpose", "rgpd_processing", "rgpd_recipient"),
            *("rgpd_processor", "rgpd_transfer", "rgpd_data_category"),
            *("rgpd_retention_rule", "res_company", "res_partner"),
            *("ir_config_parameter", "rgpd_policy_version"),
        ]:
            cls.env.cr.execute(
                SQL(
                    "UPDATE %s SET write_date = %s %s",
                    SQL.identifier(table),
                    moment,
                    SQL(
                        "WHERE id IN %s",
                        tuple(i for r in records if r._table == table for i in r.ids),
                    )
                    if records
                    else SQL(),
                )
            )
        cls.env.invalidate_all()

    @classmethod
    def write_notice_on(cls, moment):
        """Move the day on which the notice was written."""
        cls.env.cr.execute(
            "UPDATE rgpd_notice SET create_date = %s, write_date = %s WHERE id = %s",
            [moment, moment, cls.notice.id],
        )
        cls.notice.invalidate_recordset()

    def keep(self, moment, row=None):
        """Show the text to somebody, so that it is kept as that of a moment."""
        with freeze_time(moment):
            version = (row or self.row)._get_version()
        self.env.cr.execute(
            "UPDATE rgpd_notice_version SET create_date = %s WHERE id = %s",
            [moment, version.id],
        )
        version.invalidate_recordset()
        return version

    def name_dpo(self, name, moment):
        """Designate another DPO at a moment."""
        self.company.write(
            {
                "rgpd_contact_kind": "dpo",
                "rgpd_dpo_id": self.new_person(name, "dpo@client.example").id,
            }
        )
        self.settle(moment)  # the sheets are judged again

    def change_notice(self, text, moment):
        """Change the words as a user does, with the trace of it."""
        with freeze_time(moment):
            self.notice.with_context(
                lang="en_US", tracking_disable=False
            ).text = f"{{company}}: {text} {{source}}"
            self.env.flush_all()
            self.env.cr.precommit.run()
        self.settle(moment, self.notice)

    def tell(self, way, rows=None, **values):
        rows = (rows or self.row).with_user(self.officer)
        context = rows.action_tell()["context"]
        wizard = (
            self.env["rgpd.information.tell"]
            .with_user(self.officer)
            .with_context(**context)
            .create({"way": way, "told_on": "2026-03-05 10:00:00", **values})
        )
        wizard.action_confirm()
        return wizard

    def test_each_way_is_a_place(self):
        for number, (way, place) in enumerate(
            [
                ("phone", "spoken"),
                ("counter", "spoken"),
                ("hand", "paper"),
                ("letter", "letter"),
            ]
        ):
            person = self.new_person(f"Essai {number}", False)
            row = self.env["rgpd.information"]._add(
                person, SOURCE, "prospect_postal", obtained_on=date(2026, 3, 2)
            )
            with self.subTest(way):
                wizard = self.tell(way, row)
                self.assertEqual(row.state, "informed")
                self.assertEqual(row.shown_id.place, place)
                self.assertEqual(str(row.informed_on), "2026-03-05 10:00:00")
                self.assertEqual(row.first_contact_on, date(2026, 3, 5))
                self.assertIn(SOURCE, row.shown_id.text)
                self.assertEqual(wizard.text, row.shown_id.text, "what was read aloud")

    def test_looking_at_the_text_stores_nothing(self):
        versions = self.env["rgpd.notice.version"].search_count([])
        self.assertIn(SOURCE, self.row._get_text())
        self.assertEqual(self.env["rgpd.notice.version"].search_count([]), versions)

    def test_an_earlier_contact_stays_the_first(self):
        self.row.first_contact_on = date(2026, 3, 3)
        self.tell("phone")
        self.assertEqual(self.row.first_contact_on, date(2026, 3, 3))

    def test_the_proof_is_erased_with_the_person(self):
        wizard = self.tell("letter", scan=b"JVBERi0xLjQ=", scan_name="letter.pdf")
        self.assertTrue(wizard.exists())
        files = self.env["ir.attachment"].search(
            [("res_model", "=", "rgpd.information"), ("res_id", "=", self.row.id)]
        )
        self.assertEqual(files.name, "letter.pdf")
        shown = self.row.shown_id
        self.env["rgpd.information"]._forget(self.env["rgpd.subject"]._of(self.person))
        self.assertFalse(files.exists())
        self.assertTrue(shown.exists(), "which text was told stays as proof")

    def test_several_at_once_and_those_told_already_are_left_alone(self):
        other = self.new_person("Dominique Essai", False)
        rows = self.row | self.env["rgpd.information"]._add(
            other, SOURCE, "prospect_postal", obtained_on=date(2026, 3, 2)
        )
        self.tell("letter")
        first = self.row.shown_id
        self.tell("phone", rows)
        self.assertEqual(rows.mapped("state"), ["informed", "informed"])
        self.assertEqual(self.row.shown_id, first)

    def test_not_before_the_data_came_in(self):
        with self.assertRaisesRegex(UserError, "before they came in"):
            self.tell("phone", told_on="2026-03-01 10:00:00")
        self.assertEqual(self.row.state, "waiting")
        self.tell("phone", told_on="2026-03-02 06:00:00")
        self.assertEqual(self.row.state, "informed")

    def test_not_before_the_notice_was_written(self):
        self.write_notice_on("2026-03-04 09:00:00")
        with self.assertRaisesRegex(UserError, "not certain"):
            self.tell("hand", told_on="2026-03-03 10:00:00")
        self.assertEqual(self.row.state, "waiting")
        self.assertFalse(self.row.first_contact_on)
        self.tell("hand", told_on="2026-03-04 10:00:00")
        self.assertEqual(self.row.state, "informed")

    def test_the_text_of_that_day_and_not_that_of_today(self):
        other = self.new_person("Dominique Essai", False)
        first = self.env["rgpd.information"]._add(
            other, SOURCE, "prospect_postal", obtained_on=date(2026, 3, 2)
        )
        self.change_notice("Words of March.", "2026-03-03 08:00:00")
        self.keep("2026-03-03 09:00:00", first)
        self.change_notice("Words of today.", "2026-03-07 08:00:00")
        wizard = self.tell("hand", told_on="2026-03-05 10:00:00")
        self.assertIn("Words of March.", self.row.shown_id.text)
        self.assertEqual(wizard.text, self.row.shown_id.text)
        self.tell("hand", first, told_on="2026-03-08 10:00:00")
        self.assertIn("Words of today.", first.shown_id.text)

    def test_a_text_nobody_kept_is_not_made_up(self):
        self.change_notice("Words of today.", "2026-03-07 08:00:00")
        with self.assertRaisesRegex(UserError, "not certain"):
            self.tell("hand", told_on="2026-03-05 10:00:00")
        self.assertEqual(self.row.state, "waiting")

    # === WHAT THE REGISTER SAYS CHANGES TOO === #

    def test_a_letter_does_not_name_the_dpo_of_later(self):
        self.name_dpo("Former Exemple", "2026-03-01 08:00:00")
        self.name_dpo("Later Exemple", "2026-03-07 08:00:00")
        with self.assertRaisesRegex(UserError, "not certain"):
            self.tell("letter", told_on="2026-03-05 10:00:00")
        self.assertEqual(self.row.state, "waiting")
        wizard = self.tell("letter", told_on="2026-03-08 10:00:00")
        self.assertIn("Later Exemple", self.row.shown_id.text)
        self.assertEqual(wizard.text, self.row.shown_id.text)

    def test_a_letter_names_the_dpo_of_its_day_where_the_text_was_kept(self):
        self.name_dpo("Former Exemple", "2026-03-01 08:00:00")
        self.keep("2026-03-03 09:00:00")
        self.name_dpo("Later Exemple", "2026-03-07 08:00:00")
        wizard = self.tell("letter", told_on="2026-03-08 10:00:00")
        self.assertIn("Later Exemple", wizard.text)

    def test_what_may_have_changed_in_between_is_not_guessed(self):
        self.name_dpo("Former Exemple", "2026-03-01 08:00:00")
        kept = self.keep("2026-03-03 09:00:00")
        self.name_dpo("Later Exemple", "2026-03-07 08:00:00")
        with self.assertRaisesRegex(UserError, "not certain"):
            self.tell("letter", told_on="2026-03-05 10:00:00")
        self.name_dpo("Former Exemple", "2026-03-09 08:00:00")
        self.tell("letter", told_on="2026-03-05 10:00:00")
        self.assertEqual(self.row.shown_id.version_id, kept, "the same ever since")

    def test_a_version_of_later_is_not_that_of_before(self):
        self.name_dpo("Former Exemple", "2026-03-01 08:00:00")
        self.name_dpo("Later Exemple", "2026-03-07 08:00:00")
        self.keep("2026-03-07 09:00:00")
        self.change_notice("Words of today.", "2026-03-09 08:00:00")
        with self.assertRaisesRegex(UserError, "not certain"):
            self.tell("letter", told_on="2026-03-05 10:00:00")

    def test_who_is_deleted_from_the_register_leaves_a_date(self):
        sheet = self.row.purpose_id.processing_id
        sheet.recipient_ids = self.env["rgpd.recipient"].create({"name": "Exemple"})
        self.settle("2026-01-05 09:00:00")
        sheet.recipient_ids.unlink()
        self.assertGreater(sheet.write_date.year, 2025)
        with self.assertRaisesRegex(UserError, "not certain"):
            self.tell("letter", told_on="2026-03-05 10:00:00")

    def test_a_text_changed_in_the_dialog_of_translations_leaves_a_date(self):
        self.keep("2026-03-03 09:00:00")
        with freeze_time("2026-03-04 08:00:00"):
            self.notice.update_field_translations(
                "text", {"en_US": "{company}: words of the dialog. {source}"}
            )
            self.env.flush_all()
        self.change_notice("Words of today.", "2026-03-07 08:00:00")
        with self.assertRaisesRegex(UserError, "not certain"):
            self.tell("hand", told_on="2026-03-05 10:00:00")

    def test_a_source_is_not_part_of_another(self):
        self.row.source = "Salon de la Maison"
        self.keep("2026-03-03 09:00:00")
        self.row.source = "Salon"
        self.change_notice("Words of today.", "2026-03-07 08:00:00")
        with self.assertRaisesRegex(UserError, "not certain"):
            self.tell("hand", told_on="2026-03-05 10:00:00")

    # === WHICH NOTICE === #

    def test_a_notice_of_later_hides_not_the_one_before(self):
        own = self.notice.copy({"company_id": self.company.id, "text": "Own {source}"})
        self.env.cr.execute(
            "UPDATE rgpd_notice SET create_date = %s WHERE id = %s",
            ["2026-03-07 08:00:00", own.id],
        )
        self.settle("2026-03-07 08:00:00", own)
        self.tell("letter", told_on="2026-03-05 10:00:00")
        self.assertEqual(self.row.shown_id.version_id.notice_id, self.notice)

    def test_a_notice_archived_later_was_in_force(self):
        kept = self.keep("2026-03-03 09:00:00")
        with freeze_time("2026-03-07 08:00:00"):
            self.notice.with_context(tracking_disable=False).active = False
            self.env.flush_all()
            self.env.cr.precommit.run()
        self.settle("2026-03-07 08:00:00", self.notice)
        self.tell("letter", told_on="2026-03-05 10:00:00")
        self.assertEqual(self.row.shown_id.version_id, kept)

    def test_one_whose_text_is_not_known_is_named_and_nobody_recorded(self):
        other = self.new_person("Dominique Essai", False)
        rows = self.row | self.env["rgpd.information"]._add(
            other, "Salon", "prospect_postal", obtained_on=date(2026, 3, 2)
        )
        self.keep("2026-03-03 09:00:00")
        self.change_notice("Words of today.", "2026-03-07 08:00:00")
        with self.assertRaisesRegex(
            UserError, rf"(?s)1 of.*{rows[1].display_name}"
        ) as error:
            self.tell("letter", rows, told_on="2026-03-05 10:00:00")
        self.assertNotIn(self.row.display_name, str(error.exception))
        self.assertEqual(rows.mapped("state"), ["waiting", "waiting"])

    def test_nobody_reads_the_proof_another_is_writing(self):
        wizard = self.tell("letter", note="Said by the neighbour")
        other = self.new_user("officer", login="tell_other")
        with self.assertRaises(AccessError):
            wizard.with_user(other).read(["note", "scan"])
        self.assertFalse(self.env["rgpd.information.tell"].with_user(other).search([]))

    def test_not_in_the_future_and_not_by_a_reader(self):
        with self.assertRaisesRegex(UserError, "future"):
            self.tell("phone", told_on="2026-03-11 10:00:00")
        self.assertEqual(self.row.state, "waiting")
        reader = self.new_user("reader", login="tell_reader")
        with self.assertRaises(AccessError):
            self.env["rgpd.information.tell"].with_user(reader).create({})
