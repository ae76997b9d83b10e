from dateutil.relativedelta import relativedelta

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import Form, freeze_time

from odoo.addons.rgpd_fichier_client.models.register.rgpd_processor import (
    ARRANGEMENT,
    CLAUSES,
)

from ..common import RgpdCase


class TestProcessor(RgpdCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dpo = cls.new_user("dpo")
        cls.company.write(
            {
                "rgpd_contact_email": "dpo@exemple.example",
                "rgpd_referent_id": cls.dpo.partner_id.id,
            }
        )
        cls.today = fields.Date.context_today(cls.dpo)
        cls.sheet = cls.env.ref("rgpd_fichier_client.rgpd_processing_order")
        cls.host = cls.env["rgpd.processor"].create(
            {
                "name": "Hébergeur Exemple",
                "country_id": cls.env.ref("base.fr").id,
                "contract_date": cls.today,
            }
        )

    def run_cron(self, model):
        with self.enter_registry_test_mode():
            name = f"rgpd_fichier_client.{model}_review_cron"
            self.env.ref(name).method_direct_trigger()

    def days(self, **delta):
        return self.today + relativedelta(**delta)

    def tasks(self, record):
        record.invalidate_recordset(["activity_ids"])
        return sorted(record.activity_ids.mapped("summary"))

    # === CONTRACT === #

    def test_a_contract_is_read_clause_by_clause(self):
        officer = self.new_user("officer")
        host = self.host.with_user(officer)
        action = host.action_check_clauses()
        wizard = self.env["rgpd.processor.checklist"].browse(action["res_id"])
        with Form(wizard.with_user(officer)) as form:
            self.assertEqual(len(form.line_ids._records), len(CLAUSES))
            for index in range(len(CLAUSES) - 1):
                with form.line_ids.edit(index) as line:
                    self.assertTrue(line.explanation and line.article)
                    line.is_present = True
                    line.place = f"Article {index + 1}"
        wizard.with_user(officer).action_save()
        self.assertEqual(host.missing_clause_count, 1)
        self.assertFalse(host.has_alert)
        self.assertEqual(host.date_clauses, self.today)
        self.assertEqual(host.contract_state, "incomplete")
        self.assertIn("Article 3", host.message_ids[0].body)
        entry = self.env["rgpd.journal"].search([], limit=1)
        self.assertEqual(entry.kind, "register.contract_read")
        self.assertEqual(entry.payload["missing"], ["has_alert"])

    def test_a_joint_controller_has_an_arrangement_and_no_clauses(self):
        joint = self.env["rgpd.processor"].create(
            {
                "name": "Partenaire Exemple",
                "role": "joint",
                "country_id": self.env.ref("base.fr").id,
            }
        )
        self.sheet.processor_ids = joint
        self.assertEqual(joint.contract_state, "no_arrangement")
        self.assertIn("arrangement with this joint controller", self.sheet.gap_text)
        self.assertNotIn("Art. 28", self.sheet.gap_text)
        joint.contract_date = self.today
        self.assertEqual(
            (joint.contract_state, joint.missing_clause_count), ("open", 2)
        )
        self.assertIn("essence", self.sheet.gap_text)
        with Form(joint) as form:
            form.has_duties = form.has_essence = True
        self.assertEqual(joint.contract_state, "complete")
        self.assertNotIn("Partenaire", self.sheet.gap_text or "")
        joint.contract_end = self.days(days=-1)
        self.assertEqual(joint.contract_state, "expired")
        self.assertIn("arrangement with this joint controller has", self.sheet.gap_text)
        self.run_cron("rgpd_processor")
        self.assertIn("Renew the arrangement", self.tasks(joint))
        joint.role = "separate"
        self.assertEqual(
            (joint.contract_state, joint.missing_clause_count), ("none", 0)
        )
        self.assertNotIn("Partenaire", self.sheet.gap_text or "")

    def test_every_state_of_a_contract_is_found_by_its_filter(self):
        processors = self.env["rgpd.processor"]
        past, today = self.days(days=-1), self.today
        for role in ("processor", "joint", "separate"):
            for date, end in ((False, False), (today, False), (past, past)):
                for held in (False, True):
                    processors |= processors.create(
                        {
                            "name": "X",
                            "role": role,
                            "contract_date": date,
                            "contract_end": end,
                            **dict.fromkeys((*CLAUSES, *ARRANGEMENT), held),
                        }
                    )
        states = dict(processors._fields["contract_state"].selection)
        for state in states:
            found = processors.search(
                [("contract_state", "=", state), ("id", "in", processors.ids)]
            )
            wanted = processors.filtered(lambda p, s=state: p.contract_state == s)
            self.assertTrue(wanted, state)
            self.assertEqual(found, wanted, state)

    def test_the_review_comes_every_year_and_the_end_two_months_before(self):
        self.assertEqual(self.host.date_review, self.days(years=1))
        self.run_cron("rgpd_processor")
        self.assertFalse(self.tasks(self.host))
        self.host.write(
            {
                "contract_end": self.days(months=2),
                "certifications": "ISO 27001",
                "certification_end": self.days(days=-1),
                "date_review": self.today,
            }
        )
        self.run_cron("rgpd_processor")
        self.run_cron("rgpd_processor")
        self.assertEqual(
            self.tasks(self.host),
            [
                "Ask for the new certificate",
                "Renew the contract",
                "Yearly review of this processor",
            ],
        )
        self.assertEqual(self.host.activity_ids.user_id, self.dpo)
        self.host.with_user(self.dpo).action_reviewed()
        self.assertEqual(self.host.date_review, self.days(years=1))
        self.assertFalse(self.tasks(self.host))

    def test_ranks_do_not_turn_in_a_circle(self):
        below = self.env["rgpd.processor"].create(
            {"name": "Sous-traitant 2", "parent_id": self.host.id}
        )
        with self.assertRaises(ValidationError):
            self.host.parent_id = below

    # === TRANSFERS === #

    def test_a_country_outside_the_area_at_any_rank_asks_for_a_transfer(self):
        states, swiss = self.env.ref("base.us"), self.env.ref("base.ch")
        below = self.env["rgpd.processor"].create(
            {"name": "Sauvegarde", "parent_id": self.host.id, "country_id": swiss.id}
        )
        self.sheet.processor_ids = self.host
        self.assertTrue(self.sheet.has_missing_transfer)
        self.assertIn("works outside the EEA", self.sheet.gap_text)
        below.access_country_ids = states
        self.sheet.with_user(self.new_user("officer")).action_add_transfers()
        lines = {t.country_id: t.verdict for t in self.sheet.transfer_ids}
        self.assertEqual(lines, {swiss: "adequate", states: "certification_unchecked"})
        proposed = {t.country_id: t.safeguard for t in self.sheet.transfer_ids}
        self.assertEqual(proposed, {swiss: "adequacy", states: False})
        self.assertFalse(self.sheet.has_missing_transfer)
        self.assertNotIn("works outside the EEA", self.sheet.gap_text)
        self.assertIn("no valid safeguard", self.sheet.gap_text)

    def test_within_the_area_nothing_is_asked(self):
        self.host.hosting_country_ids = self.env.ref("base.de")
        self.host.access_country_ids = self.env.ref("base.no")
        self.sheet.processor_ids = self.host
        self.assertFalse(self.sheet.has_missing_transfer)

    def make_transfer(self, **values):
        return self.env["rgpd.transfer"].create(
            {
                "name": "Exemple Inc.",
                "processing_id": self.sheet.id,
                "country_id": self.env.ref("base.us").id,
                "safeguard": "adequacy",
                **values,
            }
        )

    def test_a_certification_is_checked_again_before_it_is_a_year_old(self):
        transfer = self.make_transfer(certification_checked=self.days(months=-10))
        self.sheet.with_user(self.dpo).action_validate()
        self.run_cron("rgpd_transfer")
        self.assertFalse(self.tasks(self.sheet))
        transfer.certification_checked = self.days(months=-11)
        self.sheet.with_user(self.dpo).action_validate()
        self.run_cron("rgpd_transfer")
        self.assertEqual(self.tasks(self.sheet), ["Exemple Inc.: check the transfer"])
        self.assertEqual(self.sheet.state, "validated", "it still holds")

    def test_a_certification_that_lapsed_sends_the_sheet_back(self):
        self.make_transfer(certification_checked=self.days(months=-1))
        self.sheet.with_user(self.dpo).action_validate()
        with freeze_time(self.days(months=13)):
            self.env.invalidate_all()
            self.run_cron("rgpd_transfer")
            self.assertEqual(self.sheet.state, "to_review")
            self.assertTrue(self.tasks(self.sheet))

    def test_what_was_signed_takes_over(self):
        transfer = self.make_transfer()
        self.assertFalse(transfer.is_lawful)
        transfer.write(
            {
                "fallback_safeguard": "scc",
                "scc_module": "2",
                "impact_assessment_date": self.today,
                "document_url": "https://exemple.example/scc",
            }
        )
        self.assertEqual((transfer.verdict, transfer.is_lawful), ("fallback", True))
