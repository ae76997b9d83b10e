from dateutil.relativedelta import relativedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import freeze_time

from ..common import RgpdCase


class TestSheetParts(RgpdCase):
    """What a validated sheet quotes is changed from another form."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dpo = cls.new_user("dpo")
        cls.officer = cls.new_user("officer")
        cls.company.write(
            {
                "rgpd_contact_email": "dpo@exemple.example",
                "rgpd_referent_id": cls.dpo.partner_id.id,
            }
        )
        cls.today = fields.Date.context_today(cls.dpo)
        cls.sheet = cls.env.ref("rgpd_fichier_client.rgpd_processing_order")
        cls.other = cls.env.ref("rgpd_fichier_client.rgpd_processing_invoice")
        cls.host = cls.env["rgpd.processor"].create(
            {
                "name": "Hébergeur Exemple",
                "country_id": cls.env.ref("base.fr").id,
                "contract_date": cls.today,
            }
        )
        cls.below = cls.env["rgpd.processor"].create(
            {"name": "Sauvegarde Exemple", "parent_id": cls.host.id}
        )
        cls.recipient = cls.env["rgpd.recipient"].create({"name": "Transporteur"})
        cls.measure = cls.env["rgpd.measure"].create({"name": "Deux facteurs"})
        cls.rule = cls.env["rgpd.retention.rule"].create(
            {
                "name": "Cartes",
                "start_event": "order",
                "active_delay": 13,
                "active_unit": "month",
                "data_category_ids": cls.sheet.data_category_ids[:1].ids,
            }
        )
        cls.sheet.purpose_ids[:1].rule_ids += cls.rule
        cls.transfer = cls.env["rgpd.transfer"].create(
            {
                "name": "Exemple SA",
                "processing_id": cls.sheet.id,
                "country_id": cls.env.ref("base.ch").id,
                "safeguard": "adequacy",
            }
        )
        cls.sheet.write(
            {
                "processor_ids": [Command.link(cls.host.id)],
                "recipient_ids": [Command.link(cls.recipient.id)],
                "measure_ids": [Command.link(cls.measure.id)],
            }
        )
        (cls.sheet | cls.other).with_user(cls.dpo).action_validate()

    def assert_reopened(self, change, name):
        """Check that a change sends the sheet, and it alone, back, and says why."""
        (self.sheet | self.other).with_user(self.dpo).action_validate()
        self.assertEqual(self.sheet.state, "validated")
        change()
        self.assertEqual(self.sheet.state, "to_review", name)
        self.assertEqual(self.other.state, "validated", name)
        bodies = " ".join(self.sheet.message_ids[:2].mapped("body"))
        self.assertIn(f"what it says of {name} changed", bodies)

    def as_officer(self, record):
        return record.with_user(self.officer)

    # === A CHANGE FROM THE OTHER SIDE === #

    def test_an_officer_cannot_change_what_a_validated_sheet_says_silently(self):
        host, below = self.as_officer(self.host), self.as_officer(self.below)
        recipient, rule = self.as_officer(self.recipient), self.as_officer(self.rule)
        measure = self.as_officer(self.measure)
        for record, vals in (
            (host, {"service": "Sauvegarde"}),
            (host, {"hosting_country_ids": [Command.link(self.env.ref("base.de").id)]}),
            (below, {"country_id": self.env.ref("base.be").id}),
            (recipient, {"name": "Transporteurs"}),
            (recipient, {"kind": "partner"}),
            (measure, {"state": "applied"}),
            (rule, {"active_delay": 15}),
            (rule, {"name": "Numéros de carte"}),
        ):
            self.assert_reopened(
                lambda record=record, vals=vals: record.write(vals),
                vals.get("name") or record.name,
            )

    def test_a_contract_that_loses_its_date_is_said_by_the_sheet(self):
        host = self.as_officer(self.host)
        self.assert_reopened(
            lambda: host.write({"contract_end": self.today}), host.name
        )

    def test_the_dpo_is_told_too(self):
        transfer = self.transfer.with_user(self.dpo)
        country = self.env.ref("base.jp")
        self.assert_reopened(
            lambda: transfer.write({"country_id": country.id}), transfer.name
        )
        self.sheet.with_user(self.dpo).action_validate()
        with self.assertRaises(AccessError):
            self.as_officer(self.transfer).document_url = "https://exemple.example/a"

    def test_the_names_of_the_categories_count(self):
        persons = self.env["rgpd.person.category"].create(
            {"name": "Abonnés", "code": "subscriber"}
        )
        data = self.env["rgpd.data.category"].create(
            {"name": "Mensurations", "code": "measurements"}
        )
        self.sheet.person_category_ids += persons
        self.sheet.purpose_ids[:1].data_category_ids += data
        for record, vals in (
            (persons, {"name": "Abonnées et abonnés"}),
            (data, {"name": "Tailles"}),
        ):
            self.assert_reopened(
                lambda record=record, vals=vals: record.write(vals), vals["name"]
            )
        self.sheet.with_user(self.dpo).action_validate()
        persons.sequence = 99
        data.description = "Tour de taille"
        self.assertEqual(self.sheet.state, "validated")

    def test_links_made_from_the_other_side_count(self):
        for record in (self.host, self.recipient, self.measure):
            record = self.as_officer(record)
            for command in (Command.unlink, Command.link):
                self.assert_reopened(
                    lambda record=record, command=command: record.write(
                        {"processing_ids": [command(self.sheet.id)]}
                    ),
                    record.name,
                )
        rule, purpose = self.as_officer(self.rule), self.sheet.purpose_ids[:1]
        for command in (Command.unlink, Command.link):
            self.assert_reopened(
                lambda command=command: rule.write(
                    {"purpose_ids": [command(purpose.id)]}
                ),
                rule.name,
            )

    def test_a_new_part_an_archived_one_and_one_less_count(self):
        sheet = self.sheet
        self.assert_reopened(
            lambda: (
                self.env["rgpd.recipient"]
                .with_user(self.officer)
                .create({"name": "Banque", "processing_ids": [Command.link(sheet.id)]})
            ),
            "Banque",
        )
        self.assert_reopened(
            lambda: (
                self.env["rgpd.processor"]
                .with_user(self.officer)
                .create({"name": "Rang 3", "parent_id": self.below.id})
            ),
            "Rang 3",
        )
        self.assert_reopened(
            lambda: self.as_officer(self.measure).action_archive(), self.measure.name
        )
        self.assert_reopened(
            lambda: self.transfer.with_user(self.dpo).unlink(), "Exemple SA"
        )
        self.assert_reopened(
            lambda: self.as_officer(self.recipient).unlink(), "Transporteur"
        )

    def test_what_the_sheet_does_not_say_changes_nothing(self):
        self.as_officer(self.host).write(
            {"contact_email": "dpo@exemple.example", "service": self.host.service}
        )
        self.as_officer(self.measure).write(
            {"proof": "Note 12", "name": "Deux facteurs"}
        )
        self.as_officer(self.rule).source = "CNIL"
        self.as_officer(self.recipient).description = "Adresse et téléphone"
        self.assertEqual(self.sheet.state, "validated")

    def test_a_balancing_test_written_again_is_validated_again(self):
        purpose = self.sheet.purpose_ids[:1]
        purpose.balancing_result = "Other words"
        self.assertEqual(self.sheet.state, "to_review")

    # === TIME === #

    def refresh(self):
        with self.enter_registry_test_mode():
            cron = self.env.ref("rgpd_fichier_client.rgpd_processing_review_cron")
            cron.method_direct_trigger()
        self.env.invalidate_all()

    def test_a_contract_that_ends_makes_the_stored_completeness_fall(self):
        self.sheet.date_review = self.today + relativedelta(years=5)
        self.below.unlink()
        self.host.contract_end = self.today + relativedelta(months=1)
        self.env.flush_all()
        before = self.sheet.completeness
        domain = [("id", "=", self.sheet.id), ("completion", "=", "blocked")]
        self.assertFalse(self.sheet.search(domain))
        self.refresh()
        self.assertEqual(self.sheet.completeness, before)
        with freeze_time(self.today + relativedelta(months=2)):
            self.refresh()
            self.assertTrue(self.sheet.search(domain))
            self.assertLess(self.sheet.completeness, before)
            self.assertIn("has ended", self.sheet.gap_text)
            self.host.contract_end = self.today + relativedelta(years=1)
            self.assertFalse(self.sheet.search(domain), "signed again")

    def test_the_contact_of_the_company_counts_at_once_for_common_sheets(self):
        domain = [("id", "=", self.sheet.id), ("completion", "=", "blocked")]
        self.assertFalse(self.sheet.company_id)
        self.assertFalse(self.sheet.search(domain))
        self.company.write({"rgpd_contact_email": False, "email": False})
        self.assertTrue(self.sheet.search(domain))
        self.company.rgpd_contact_email = "dpo@exemple.example"
        self.assertFalse(self.sheet.search(domain))

    def test_a_company_outside_the_union_needs_a_representative(self):
        self.assertNotIn("Art. 27", self.sheet.gap_text)
        self.company.country_id = self.env.ref("base.ch")
        self.sheet.invalidate_recordset(["gap_text"])
        self.assertIn("Art. 27", self.sheet.gap_text)
        before = self.sheet.completeness
        self.company.rgpd_representative_id = self.env["res.partner"].create(
            {"name": "Mandataire Exemple"}
        )
        self.sheet.invalidate_recordset(["gap_text"])
        self.assertNotIn("Art. 27", self.sheet.gap_text)
        self.assertGreater(self.sheet.completeness, before)

    def test_a_certification_that_ages_makes_the_sheet_incomplete(self):
        self.transfer.write(
            {
                "country_id": self.env.ref("base.us").id,
                "certification_checked": self.today,
            }
        )
        self.env.flush_all()
        self.assertTrue(self.transfer.is_lawful)
        before = self.sheet.completeness
        with freeze_time(self.today + relativedelta(months=13)):
            self.refresh()
            self.assertLess(self.sheet.completeness, before)
            self.assertEqual(self.sheet.completion, "blocked")

    def run_crons(self, *names):
        """Let the night come: the sheet was validated before."""
        with self.enter_registry_test_mode():
            for name in names or ("processor", "transfer", "processing"):
                cron = f"rgpd_fichier_client.rgpd_{name}_review_cron"
                self.env.ref(cron).method_direct_trigger()
        self.env.invalidate_all()

    def assert_night_reopens(self, day, name, gap):
        """Check that a day sends the sheet back once, says why and what it lacks."""
        self.sheet.date_review = self.today + relativedelta(years=9)
        self.other.date_review = self.today + relativedelta(years=9)
        self.env.flush_all()
        before = self.sheet.completeness
        known = self.sheet.message_ids
        with freeze_time(day - relativedelta(days=1)):
            self.run_crons()
            self.assertEqual(self.sheet.state, "validated")
            self.assertEqual(self.sheet.completeness, before)
        with freeze_time(day):
            self.run_crons()
            self.assertEqual(self.sheet.state, "to_review")
            self.assertEqual(self.other.state, "validated")
            self.assertLess(self.sheet.completeness, before)
            self.assertIn(gap, self.sheet.gap_text)
            told = [name in (m.body or "") for m in self.sheet.message_ids - known]
            self.assertEqual(sum(told), 1)
            self.run_crons()
            told = [name in (m.body or "") for m in self.sheet.message_ids - known]
            self.assertEqual(sum(told), 1, "noticed once")

    def test_a_contract_that_ended_sends_the_sheet_back(self):
        self.host.contract_end = self.today + relativedelta(months=4)
        self.sheet.with_user(self.dpo).action_validate()
        self.assert_night_reopens(
            self.today + relativedelta(months=4, days=1),
            self.host.name,
            "the contract with this processor has ended",
        )

    def test_a_certificate_that_ended_sends_the_sheet_back_once(self):
        end = self.today + relativedelta(months=4)
        self.host.write({"certifications": "ISO 27001", "certification_end": end})
        self.sheet.with_user(self.dpo).action_validate()
        self.assertFalse(self.host._get_snapshot()["certificate"])
        day = end + relativedelta(days=1)
        self.assert_night_reopens(day, self.host.name, "certification has ended")
        with freeze_time(day):
            self.assertTrue(self.host._get_snapshot()["certificate"])
            self.sheet.with_user(self.dpo).action_validate()
            self.run_crons()
            self.assertEqual(self.sheet.state, "validated", "the DPO knows")

    def test_a_certificate_of_a_lower_rank_counts_for_the_sheet(self):
        self.below.certification_end = self.today + relativedelta(days=1)
        self.sheet.with_user(self.dpo).action_validate()
        self.env.flush_all()
        with freeze_time(self.today + relativedelta(days=2)):
            self.run_crons("processor")
            self.assertEqual(self.sheet.state, "to_review")

    def test_a_decision_that_ends_tonight_is_noticed(self):
        decision = self.adequacy("base.ch")
        decision.date_end = self.today + relativedelta(months=4)
        self.sheet.with_user(self.dpo).action_validate()
        self.assert_night_reopens(
            self.today + relativedelta(months=4, days=1),
            self.transfer.name,
            "no valid safeguard",
        )

    def test_a_decision_that_ends_while_clauses_take_over_is_told_too(self):
        self.transfer.write(
            {
                "fallback_safeguard": "bcr",
                "impact_assessment_date": self.today,
                "document_url": "https://exemple.example/bcr",
            }
        )
        self.adequacy("base.ch").date_end = self.today
        self.sheet.with_user(self.dpo).action_validate()
        self.env.flush_all()
        with freeze_time(self.today + relativedelta(days=1)):
            self.run_crons("transfer")
            self.assertEqual(self.transfer.verdict, "fallback")
            self.assertEqual(self.sheet.state, "to_review")

    # === THE LIST OF COUNTRIES === #

    def adequacy(self, country):
        return self.env["rgpd.adequacy"].search(
            [("country_id", "=", self.env.ref(country).id)]
        )

    def test_a_decision_struck_down_reaches_the_sheets_at_once(self):
        before = self.sheet.completeness
        self.assert_reopened(
            lambda: self.adequacy("base.ch").write({"active": False}),
            self.transfer.name,
        )
        self.assertEqual(self.transfer.verdict, "not_adequate")
        self.assertLess(self.sheet.completeness, before)
        self.assertTrue(self.sheet.has_transfer)

    def test_a_country_that_joins_or_leaves_the_area_is_followed(self):
        self.assertTrue(self.transfer.is_outside_eea)
        decision = self.adequacy("base.ch")
        self.assert_reopened(lambda: decision.write({"kind": "eea"}), "Exemple SA")
        self.assertFalse(self.transfer.is_outside_eea)
        self.assertFalse(self.sheet.has_transfer)
        domain = [("id", "=", self.sheet.id), ("has_transfer", "=", True)]
        self.assertFalse(self.sheet.search(domain))
        decision.kind = "adequacy"
        self.assertTrue(self.sheet.search(domain), "read from the database")
        decision.unlink()
        self.assertEqual(self.transfer.verdict, "not_adequate")

    def test_a_country_that_leaves_the_area_makes_its_processors_a_transfer(self):
        self.transfer.unlink()
        self.sheet.with_user(self.dpo).action_validate()
        before = self.sheet.completeness
        self.assert_reopened(
            lambda: self.adequacy("base.fr").write({"date_end": "2020-01-01"}),
            self.host.name,
        )
        self.assertLess(self.sheet.completeness, before)
        self.assertIn("works outside the EEA", self.sheet.gap_text)

    def test_a_note_about_a_decision_changes_nothing(self):
        self.adequacy("base.ch").write({"date_checked": self.today, "reference": "X"})
        self.assertEqual(self.sheet.state, "validated")

    # === TRANSLATIONS === #

    def test_the_translation_dialog_is_a_change_too(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        for record, text in (
            (self.measure, "Double facteur"),
            (self.rule, "Cartes bancaires"),
            (self.recipient, "Transporteurs"),
        ):
            self.assert_reopened(
                lambda record=record, text=text: record.with_user(
                    self.officer
                ).update_field_translations("name", {"fr_FR": text}),
                record.name,
            )
        purpose = self.sheet.purpose_ids[:1]
        for part in (self.sheet, purpose):
            self.sheet.with_user(self.dpo).action_validate()
            part.update_field_translations("name", {"fr_FR": "Autre nom"})
            self.assertEqual(self.sheet.state, "to_review", part._name)

    def test_a_translation_written_again_as_it_was_changes_nothing(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.measure.update_field_translations("name", {"fr_FR": "Double facteur"})
        self.sheet.with_user(self.dpo).action_validate()
        self.measure.update_field_translations("name", {"fr_FR": "Double facteur"})
        self.measure.update_field_translations("name", {"en_US": self.measure.name})
        self.assertEqual(self.sheet.state, "validated")

    # === KANBAN === #

    def test_the_bar_of_a_column_counts_its_sheets(self):
        colors = {"complete": "success", "improvable": "warning", "blocked": "danger"}
        domain = [("id", "in", (self.sheet | self.other).ids)]
        bars = self.env["rgpd.processing"].read_progress_bar(
            domain, "state", {"field": "completion", "colors": colors}
        )
        self.assertEqual(sum(bars["validated"].values()), 2)
        self.assertEqual(bars["validated"]["blocked"], 0)
