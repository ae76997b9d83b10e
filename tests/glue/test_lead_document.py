"""A lead of somebody who stays leaves them on the day its own last reason ends."""

from odoo import fields
from odoo.tools import mute_logger

from .lead_common import LeadCase

PERSON = ("Kervella", "courriel.example", "39 98 30 01", "639983001")
ERASER = "odoo.addons.rgpd_fichier_client.models.retention.rgpd_eraser_document"


class TestLeadDocument(LeadCase):
    def erase(self, lead):
        return self.env["rgpd.eraser"]._erase_documents(lead)

    def is_erased(self, lead):
        return not self.get_lead_traces(lead, *PERSON)

    def test_the_person_leaves_the_old_lead_and_stays_in_the_file(self):
        stage, revenue = self.lead.stage_id, self.lead.expected_revenue
        erasure = self.erase(self.lead)
        self.assertFalse(self.document(self.lead).error)
        self.assertEqual(self.get_lead_traces(self.lead, *PERSON), [])
        self.assertEqual(self.lead.stage_id, stage)
        self.assertEqual(self.lead.expected_revenue, revenue)
        self.assertEqual(self.lead.user_id, self.seller)
        self.assertTrue(self.lead.active)
        self.assertEqual(self.customer.name, "Inès Kervella")
        self.assertTrue(self.get_lead_traces(self.recent_lead, "Kervella"))
        self.assertTrue(self.get_traces(self.recent, "Kervella"))
        self.assertFalse(self.lead.rgpd_phase)
        self.assertIn(erasure.reference, self.lead.rgpd_leaving)

    def test_no_link_leads_to_the_person_and_the_lead_stands_for_nobody(self):
        """Without any contact it would become a person of its own."""
        self.erase(self.lead)
        stand_in = self.lead.partner_id
        self.assertTrue(stand_in)
        self.assertNotEqual(stand_in, self.customer)
        self.assertFalse(self.env["rgpd.subject"]._of(stand_in).is_natural)
        found = self.env["rgpd.person.finder"]._find(self.customer)
        self.assertNotIn(self.lead.id, found["crm.lead"])
        self.assertNotIn(self.customer, self.lead.message_partner_ids)
        self.refresh()
        subjects = self.env["rgpd.subject"].with_context(active_test=False)
        own = subjects.search(
            [("res_model", "=", "crm.lead"), ("res_id", "=", self.lead.id)]
        )
        self.assertFalse(own.filtered("active"))
        self.assertTrue(self.document(self.lead).erased_on)

    def test_a_recomputation_changes_nothing(self):
        self.recompute()
        self.erase(self.lead)
        before = self.lead.read()[0]
        self.recompute()
        after = self.lead.read()[0]
        for key in before.keys() - {"write_date", "write_uid", "__last_update"}:
            self.assertEqual(before[key], after[key], key)
        self.assertEqual(self.get_lead_traces(self.lead, *PERSON), [])

    def recompute(self):
        for field in self.lead._fields.values():
            if field.store and field.compute and field.readonly:
                self.env.add_to_compute(field, self.lead)
        self.env.flush_all()
        self.env.invalidate_all()

    def test_the_certificate_says_what_went_and_what_stays(self):
        erasure = self.erase(self.lead)
        erased = erasure.line_ids.filtered(lambda line: line.kind == "erased")
        self.assertLessEqual({"crm.lead", "mail.message"}, set(erased.mapped("model")))
        kept = erasure.line_ids.filtered(lambda line: line.kind == "kept")
        self.assertEqual(
            kept.filtered(lambda line: line.model == "crm.lead").note, "aggregate"
        )
        self.assertEqual((erasure.scope, erasure.document_count), ("documents", 1))

    def test_an_order_made_from_it_keeps_its_own_names(self):
        """The order has a life of its own: ten years of accounts, a dispute."""
        if "opportunity_id" not in self.env["sale.order"]._fields:
            self.skipTest("sale_crm is not installed")
        self.recent.opportunity_id = self.lead
        self.erase(self.lead)
        self.assertEqual(self.recent.partner_id, self.customer)
        self.assertTrue(self.get_traces(self.recent, "Kervella"))

    def test_the_employer_stays(self):
        company = self.env["res.partner"].create(
            {"name": "Atelier Test", "is_company": True}
        )
        employee = self.new_customer("Tudal Morvan", 3, parent_id=company.id)
        lead = self.new_lead(employee, years=5)
        self.erase(lead)
        self.assertFalse(self.document(lead).error)
        self.assertEqual(lead.partner_id, company)
        self.assertEqual(self.get_lead_traces(lead, "Morvan"), [])


class TestLeadNight(LeadCase):
    def is_erased(self, lead):
        return not self.get_lead_traces(lead, *PERSON)

    def get_lines(self, simulation):
        return {
            line.decision: line.count
            for line in simulation.document_ids.filtered(
                lambda line: (
                    line.res_model == "crm.lead"
                    and (not line.month or line.month <= fields.Date.today())
                )
            )
        }

    def test_nothing_goes_before_the_approval(self):
        self.simulate()
        self.run_night()
        self.assertFalse(self.is_erased(self.lead))

    def test_the_night_does_what_the_simulation_said(self):
        simulation = self.approve()
        self.assertTrue(self.get_lines(simulation).get("erase"))
        self.run_night()
        self.assertEqual(simulation.run_ids.state, "done")
        self.assertEqual(simulation.run_ids.document_count, simulation.document_count)
        self.assertTrue(self.is_erased(self.lead))
        self.assertFalse(self.is_erased(self.recent_lead))
        self.assertEqual(self.simulate().document_count, 0)

    def test_an_approval_that_knew_no_leads_does_not_cover_them(self):
        simulation = self.approve()
        self.env.cr.execute(
            "UPDATE rgpd_simulation SET fingerprint = left(fingerprint, -2) || '04'"
            " WHERE id = %s",
            (simulation.id,),
        )
        simulation.invalidate_recordset()
        self.run_night()
        self.assertFalse(self.is_erased(self.lead))

    def test_work_that_is_planned_keeps_an_open_lead(self):
        day = fields.Date.add(fields.Date.today(), days=3)
        activity = self.lead.activity_schedule(
            "mail.mail_activity_data_todo", date_deadline=day, user_id=self.seller.id
        )
        self.approve()
        self.run_night()
        self.assertFalse(self.is_erased(self.lead))
        activity.unlink()
        self.refresh()
        self.run_night()
        self.assertTrue(self.is_erased(self.lead))

    def test_a_hold_and_a_restriction_keep_it(self):
        hold = self.env["rgpd.hold"].create(
            {
                "name": "Litige",
                "partner_id": self.customer.id,
                "lift_reason": "Jugé",
            }
        )
        self.approve()
        self.run_night()
        self.assertFalse(self.is_erased(self.lead))
        with mute_logger(ERASER):
            self.assertFalse(self.env["rgpd.eraser"]._erase_documents(self.lead))
        hold.action_lift()
        self.env["rgpd.restriction"]._set(self.customer, "accuracy")
        self.run_night()
        self.assertFalse(self.is_erased(self.lead))

    def test_a_purpose_that_ends_in_a_review_erases_nothing(self):
        self.env.ref("rgpd_fichier_client.rgpd_purpose_quote").end_action = "review"
        simulation = self.approve()
        self.assertTrue(self.get_lines(simulation).get("review"))
        self.run_night()
        self.assertFalse(self.is_erased(self.lead))

    def test_a_review_of_quotations_keeps_what_came_by_referral(self):
        """Its own rule ended after a month and asks nobody; that of quotations does."""
        self.lead.rgpd_origin = "referral"
        self.env.ref("rgpd_fichier_client.rgpd_purpose_quote").end_action = "review"
        self.assertNotEqual(
            self.env.ref("rgpd_fichier_client.rgpd_purpose_referral").end_action,
            "review",
        )
        simulation = self.approve()
        self.assertTrue(self.get_lines(simulation).get("review"))
        self.run_night()
        self.assertFalse(self.is_erased(self.lead))

    def test_a_lead_that_is_a_person_is_none_of_the_documents(self):
        """It ends with the person it stands for, and is counted once."""
        alone = self.env["crm.lead"].create(
            {"name": "Armoire", "contact_name": "Ronan Kervella"}
        )
        self.date_lead(alone, 5)
        organisation = self.env["res.partner"].create(
            {"name": "Atelier Test", "is_company": True}
        )
        of_company = self.new_lead(organisation, years=5)
        named = self.new_lead(organisation, years=5, contact_name="Ronan Kervella")
        self.refresh()
        rows = self.env["rgpd.document"].search([("res_model", "=", "crm.lead")])
        self.assertNotIn(alone.id, rows.mapped("res_id"))
        self.assertNotIn(of_company.id, rows.mapped("res_id"))
        self.assertFalse(of_company.rgpd_leaving, "nothing that no night does")
        self.assertIn(named.id, rows.mapped("res_id"), "somebody is named there")
        self.assertTrue(named.rgpd_leaving)
        self.assertTrue(self.lead.rgpd_leaving)
        simulation = self.approve()
        persons = simulation.line_ids.subject_id.filtered(
            lambda s: s.res_model == "crm.lead" and s.res_id in (alone + self.lead).ids
        )
        self.assertEqual(persons.mapped("res_id"), alone.ids)

    def test_a_lead_that_gets_a_contact_becomes_a_document(self):
        alone = self.env["crm.lead"].create(
            {"name": "Armoire", "contact_name": "Inès Kervella"}
        )
        self.date_lead(alone, 5)
        self.refresh()
        subject = self.env["rgpd.subject"]._of(alone)
        self.assertTrue(subject.active)
        alone.partner_id = self.customer
        self.env["rgpd.subject"]._refresh()
        self.refresh()
        self.assertFalse(subject.exists() and subject.active and subject.phase)
        self.assertTrue(self.document(alone).date_next)

    def test_a_referral_under_negotiation_stays(self):
        """Its purpose lasts a month; who is spoken with asked for an offer (R07)."""
        lead = self.new_lead(self.customer, years=0, referred="Une amie",
                             rgpd_origin="referral")  # fmt: skip
        self.env["mail.message"].search(
            [("model", "=", "crm.lead"), ("res_id", "=", lead.id)]
        ).unlink()
        self.env.cr.execute(
            "UPDATE crm_lead SET create_date = create_date - interval '5 weeks'"
            " WHERE id = %s",
            (lead.id,),
        )
        self.env.invalidate_all()
        self.assertEqual(lead.rgpd_phase, "active")
        self.approve()
        self.run_night()
        self.assertFalse(self.is_erased(lead))
        lead.action_archive()
        self.assertEqual(lead.rgpd_phase, "expired")

    def test_a_lead_the_person_counts_from_waits(self):
        """Nobody else tells that they came back: they would leave too early."""
        newcomer = self.new_customer("Malo Kervella", 7)
        lead = self.new_lead(newcomer, years=2, rgpd_origin="bought")
        self.env["mail.message"].search(
            [("model", "=", "crm.lead"), ("res_id", "=", lead.id)]
        ).unlink()
        # By the form of the website: what staff enter is no contact from the person
        self.env.cr.execute(
            "UPDATE crm_lead SET create_uid = %s WHERE id = %s",
            (self.env.ref("base.public_user").id, lead.id),
        )
        lead.action_archive()
        purpose = self.env.ref("rgpd_fichier_client.rgpd_purpose_prospect_email_b2c")
        lead.rgpd_purpose_id = self.env.ref(
            "rgpd_fichier_client.rgpd_purpose_mail_tracking"
        )
        self.env.cr.execute(
            "UPDATE res_partner SET create_date = create_date - interval '9 years'"
            " WHERE id = %s",
            (newcomer.id,),
        )
        self.env.invalidate_all()
        self.assertTrue(purpose.active_delay)
        self.approve()
        self.run_night()
        self.assertFalse(self.is_erased(lead))
        counts = self.env["rgpd.document"]._count_by_decision(self.env.company)
        self.assertIn("counted", {key[2] for key in counts if key[0] == "crm.lead"})
