"""A lead of an organisation that names a natural person ends on its own day."""

from odoo import Command, fields
from odoo.tools import SQL, email_normalize, mute_logger

from ..core.lead_cases import NAMED
from .lead_common import LeadCase

ERASER = "odoo.addons.rgpd_fichier_client.models.retention.rgpd_eraser_document"
PERSON = ("Dupré", "jeanne.dupre", "39 98 30 77", "639983077")


class OrganisationCase(LeadCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.acme = cls.env["res.partner"].create(
            {
                "name": "Acme Test",
                "is_company": True,
                "email": "contact@acme.example",
                "phone": "+33 1 99 00 10 10",
                "street": "1 rue des Essais",
                "zip": "29000",
                "city": "Quimper",
                "country_id": cls.env.ref("base.fr").id,
            }
        )
        cls.business = cls.new_business_lead(5)

    @classmethod
    def put(cls, record, **vals):
        """Write details as they are: Odoo copies those of a lead to its customer."""
        cls.env.flush_all()
        if "phone" in vals:
            phone = vals["phone"] or None
            vals["phone_sanitized"] = phone and record._phone_format(number=phone)
        for name in {"email", "email_from"} & vals.keys():
            vals["email_normalized"] = email_normalize(vals[name] or "") or None
        for name, value in vals.items():
            cls.env.cr.execute(
                SQL(
                    "UPDATE %s SET %s = %s WHERE id = %s",
                    SQL.identifier(record._table),
                    SQL.identifier(name),
                    value or None,
                    record.id,
                )
            )
        cls.env.invalidate_all()

    @classmethod
    def new_business_lead(cls, years, **vals):
        """Make a lead of the company that names somebody, so many years ago."""
        lead = cls.env["crm.lead"].create(
            {
                "name": "Bureaux, demande de Jeanne Dupré",
                "type": "opportunity",
                "partner_id": cls.acme.id,
                "contact_name": "Jeanne Dupré",
                "email_from": "jeanne.dupre@acme.example",
                "phone": "+33 6 39 98 30 77",
                "description": "<p>Rappeler Jeanne Dupré au +33 6 39 98 30 77</p>",
                "expected_revenue": 900.0,
                "user_id": cls.seller.id,
                "company_id": cls.env.company.id,
                "rgpd_origin": "asked",
                **vals,
            }
        )
        cls.put(cls.acme, email="contact@acme.example", phone="+33 1 99 00 10 10")
        lead.message_post(
            body="Rappelé Jeanne Dupré, jeanne.dupre@acme.example, pour Acme Test"
        )
        cls.date_lead(lead, years)
        return lead

    def is_erased(self, lead):
        return not self.get_lead_traces(lead, *PERSON)

    def erase(self, lead):
        return self.env["rgpd.eraser"]._erase_documents(lead)


class TestLeadOfOrganisation(OrganisationCase):
    def is_named(self, lead):
        self.env.flush_all()
        [[found]] = self.env.execute_query(
            SQL(
                "SELECT %s FROM crm_lead o WHERE o.id = %s",
                lead._rgpd_get_named_sql("o"),
                lead.id,
            )
        )
        return found

    def test_the_database_says_what_the_core_says(self):
        """The table of cases of ``tests/core/lead_cases.py``."""
        for customer, (name, email, phone, company), expected in NAMED:
            with self.subTest(customer=customer, lead=(name, email, phone, company)):
                names = ("name", "email", "phone")
                self.put(self.acme, **dict(zip(names, customer, strict=True)))
                self.put(
                    self.business, contact_name=name, email_from=email, phone=phone,
                    partner_name=company,
                )  # fmt: skip
                self.assertIs(self.is_named(self.business), expected)

    def test_an_address_of_the_organisation_names_nobody(self):
        address = self.env["res.partner"].create(
            {
                "parent_id": self.acme.id,
                "type": "delivery",
                "phone": "+33 1 99 00 10 11",
            }
        )
        self.put(
            self.business, partner_id=address.id, contact_name="Acme Test",
            email_from=self.acme.email, phone=address.phone,
        )  # fmt: skip
        self.assertFalse(self.is_named(self.business))

    def test_the_form_says_the_day(self):
        self.refresh()
        recent = self.new_business_lead(1)
        day = fields.Date.add(recent.rgpd_date_last_contact, years=3)
        self.assertEqual(recent.rgpd_date_retention, day)
        self.assertIn("DPO", recent.rgpd_leaving)
        self.approve()
        self.env.invalidate_all()
        self.assertTrue(recent.rgpd_leaving)
        self.assertNotIn("DPO", recent.rgpd_leaving)
        self.assertEqual(self.business.rgpd_phase, "expired")
        self.put(self.business, contact_name="", email_from=self.acme.email, phone="")
        self.assertFalse(self.business.rgpd_leaving, "it names nobody")

    def test_the_person_leaves_and_the_organisation_stays(self):
        erasure = self.erase(self.business)
        self.assertFalse(self.document(self.business).error)
        self.assertEqual(self.get_lead_traces(self.business, *PERSON), [])
        self.assertEqual(self.business.partner_id, self.acme)
        self.assertEqual(self.business.expected_revenue, 900.0)
        self.assertEqual(self.acme.email, "contact@acme.example")
        self.assertTrue(self.get_lead_traces(self.business, "pour Acme Test"))
        self.assertIn(erasure.reference, self.business.rgpd_leaving)
        self.assertEqual((erasure.scope, erasure.document_count), ("documents", 1))

    def test_what_was_erased_comes_back_by_nothing_but_a_name(self):
        """The name that stands there instead is nobody's, or each night would erase."""
        self.refresh()
        self.erase(self.business)
        self.refresh()
        self.assertTrue(self.document(self.business).erased_on)
        # A lead of an erased customer is one of an organisation as well
        self.erase(self.lead)
        self.refresh()
        self.assertTrue(self.document(self.lead).erased_on)
        self.business.contact_name = "Paul Martin"
        self.refresh()
        row = self.document(self.business)
        self.assertFalse(row.erased_on)
        self.assertTrue(row.date_next)

    def get_companies(self, lead):
        self.env.flush_all()
        [row] = self.env.execute_query(
            SQL(
                "SELECT %s, %s FROM crm_lead o WHERE o.id = %s",
                lead._rgpd_get_company_sql("o"),
                lead._rgpd_get_companies_sql("o"),
                lead.id,
            )
        )
        return row

    def test_a_lead_of_no_company_goes_by_that_of_the_organisation(self):
        """Not by the first one, whose DPO knows nothing of it (invariant 3)."""
        branch = self.env["res.company"].create({"name": "Agence Test"})
        self.put(self.business, company_id=False, user_id=False)
        self.put(self.acme, create_uid=self.env.user.id)
        own = self.env.user.company_id
        self.assertEqual(self.get_companies(self.business), (own.id, [own.id]))
        worker = self.new_user(
            "auditor",
            login="branch_test",
            company_id=branch.id,
            company_ids=[Command.set(branch.ids)],
        )
        self.put(self.acme, create_uid=worker.id)
        self.assertEqual(self.get_companies(self.business)[0], branch.id, "who made it")
        self.put(self.acme, create_uid=self.env.user.id)
        self.acme.company_id = branch
        self.env["rgpd.subject"]._refresh()
        self.assertEqual(self.get_companies(self.business), (branch.id, [branch.id]))

    def test_whoever_keeps_a_contact_of_the_organisation_is_asked(self):
        branch = self.env["res.company"].create({"name": "Agence Test"})
        jeanne = self.new_contact("Jeanne Dupré", "jeanne.dupre@acme.example")
        self.put(self.business, company_id=False, user_id=False)
        self.new_order(jeanne, years=1)
        self.env["rgpd.subject"]._of(self.acme)
        subject = self.env["rgpd.subject"]._of(jeanne)
        self.env["rgpd.reason"]._refresh(jeanne)
        reason = self.env["rgpd.reason"].search([("subject_id", "=", subject.id)])
        self.assertTrue(reason)
        self.put(reason[:1], company_id=branch.id)
        self.assertIn(branch.id, self.get_companies(self.business)[1])

    def test_whatever_masking_the_dpo_chose_it_is_erased_once(self):
        fields_ = self.env["rgpd.data.field"].search(
            [
                ("model", "=", "crm.lead"),
                ("name", "in", ["contact_name", "email_from", "phone"]),
            ]
        )
        self.assertEqual(len(fields_), 3)
        for strategy in ("pseudonym", "label", "redact", "random_unique", "empty"):
            with self.subTest(strategy):
                fields_.strategy_override = strategy
                lead = self.new_business_lead(5)
                self.refresh()
                self.assertTrue(self.document(lead).date_next)
                self.erase(lead)
                self.refresh()
                self.assertTrue(self.document(lead).erased_on)
                self.assertFalse(self.document(lead).error)

    def test_what_the_dpo_keeps_makes_no_lead_due_again(self):
        name = self.env["rgpd.data.field"].search(
            [("model", "=", "crm.lead"), ("name", "=", "contact_name")]
        )
        name.strategy_override = "keep"
        self.refresh()
        self.erase(self.business)
        self.assertEqual(self.business.contact_name, "Jeanne Dupré")
        self.assertFalse(self.business.email_from)
        self.refresh()
        self.assertTrue(self.document(self.business).erased_on)
        self.put(self.business, email_from="paul.martin@acme.example")
        self.refresh()
        self.assertFalse(self.document(self.business).erased_on, "somebody new")

    def write_on_lead(self, author, body):
        message = self.business.message_post(
            body=body, author_id=author.id, email_from=author.email or False,
            message_type="comment",
        )  # fmt: skip
        self.date_lead(self.business, 5)
        return message

    def new_contact(self, name, email):
        return self.env["res.partner"].create(
            {"name": name, "email": email, "parent_id": self.acme.id}
        )

    def test_a_contact_of_the_organisation_that_it_does_not_name_stays(self):
        paul = self.new_contact("Paul Martin", "paul@acme.example")
        message = self.write_on_lead(paul, "Voyez avec Jeanne Dupré, je suis absent")
        self.erase(self.business)
        self.assertFalse(self.document(self.business).error)
        self.assertEqual(message.author_id, paul)
        self.assertIn("je suis absent", message.body)
        self.assertNotIn("Dupré", message.body)
        self.assertEqual(paul.name, "Paul Martin")

    def test_the_contact_that_it_names_leaves_the_lead_and_stays_in_the_file(self):
        jeanne = self.new_contact("Jeanne Dupré", "jeanne.dupre@acme.example")
        message = self.write_on_lead(jeanne, "Nous prenons les bureaux gris")
        self.business.message_subscribe(jeanne.ids)
        self.erase(self.business)
        self.assertFalse(self.document(self.business).error)
        self.assertEqual(message.author_id, self.acme)
        self.assertNotIn("gris", message.body or "")
        self.assertNotIn(jeanne, self.business.message_partner_ids)
        self.assertEqual(self.get_lead_traces(self.business, *PERSON), [])
        self.assertEqual(jeanne.name, "Jeanne Dupré")

    def test_a_restored_backup_that_brings_it_back_is_seen(self):
        self.refresh()
        created, _erased = self.env["rgpd.erasure.outbox"]._get_creations_not_erased(
            "crm.lead", "partner_id"
        )
        self.assertIn(self.business.id, created)
        self.put(self.business, contact_name="", email_from="", phone="")
        created, _erased = self.env["rgpd.erasure.outbox"]._get_creations_not_erased(
            "crm.lead", "partner_id"
        )
        self.assertNotIn(self.business.id, created)


class TestLeadOfOrganisationNight(OrganisationCase):
    def test_the_simulation_counts_it_and_the_night_erases_it(self):
        recent = self.new_business_lead(1)
        nobody = self.new_business_lead(
            5, contact_name=False, email_from=self.acme.email, phone=False
        )
        simulation = self.approve()
        ends = simulation.document_ids.filtered(
            lambda line: line.res_model == "crm.lead" and line.decision == "erase"
        )
        # That of the customer of the case as well
        self.assertEqual(sum(ends.mapped("count")), 2)
        self.run_night()
        self.assertTrue(self.is_erased(self.business))
        self.assertFalse(self.is_erased(recent))
        self.assertTrue(self.get_lead_traces(nobody, "Dupré"), "nothing says who it is")
        self.assertEqual(simulation.run_ids.document_count, simulation.document_count)
        self.assertEqual(self.simulate().document_count, 0)

    def test_an_approval_that_knew_none_of_them_does_not_cover_them(self):
        simulation = self.approve()
        self.env.cr.execute(
            "UPDATE rgpd_simulation SET fingerprint = left(fingerprint, -2) || '06'"
            " WHERE id = %s",
            (simulation.id,),
        )
        simulation.invalidate_recordset()
        self.run_night()
        self.assertFalse(self.is_erased(self.business))

    def hold_back(self, make):
        """Let a contact that the lead names be held: it waits, whoever tries."""
        jeanne = self.env["res.partner"].create(
            {
                "name": "J. Dupré",
                "email": "Jeanne.Dupre@acme.example",
                "parent_id": self.acme.id,
            }
        )
        make(jeanne)
        self.approve()
        self.run_night()
        self.assertFalse(self.is_erased(self.business))
        self.assertTrue(self.is_erased(self.lead) or self.document(self.lead).erased_on)
        return jeanne

    @mute_logger(ERASER)
    def test_a_hold_on_its_contact_keeps_it(self):
        self.hold_back(
            lambda jeanne: self.env["rgpd.hold"].create(
                {"name": "Litige", "partner_id": jeanne.id}
            )
        )
        self.assertFalse(self.erase(self.business))

    @mute_logger(ERASER)
    def test_a_restriction_of_its_contact_keeps_it(self):
        self.hold_back(
            lambda jeanne: self.env["rgpd.restriction"]._set(jeanne, "accuracy")
        )
        self.assertFalse(self.erase(self.business))

    def test_a_request_of_its_contact_keeps_it(self):
        self.hold_back(
            lambda jeanne: self.env["rgpd.request"].create(
                {
                    "partner_id": jeanne.id,
                    "item_ids": [Command.create({"right": "access"})],
                }
            )
        )

    def test_what_another_contact_wrote_keeps_it_as_long(self):
        paul = self.env["res.partner"].create(
            {"name": "Paul Martin", "parent_id": self.acme.id}
        )
        message = self.business.message_post(
            body="Toujours intéressés", author_id=paul.id, message_type="comment"
        )
        self.env.flush_all()
        self.assertTrue(message.date)
        self.assertEqual(self.business.rgpd_phase, "active")
        self.approve()
        self.run_night()
        self.assertFalse(self.is_erased(self.business))
