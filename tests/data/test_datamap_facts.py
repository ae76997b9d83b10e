from odoo.tests import tagged

from ..common import RgpdCase


@tagged("post_install", "-at_install")
class TestFactSources(RgpdCase):
    def test_every_source_of_an_installed_model_can_be_read(self):
        collector = self.env["rgpd.fact.collector"]
        read = []
        for source in self.env["rgpd.fact.source"].search([]):
            if source.model not in self.env:
                continue
            query = collector._get_source_query(source, None)
            self.assertIsNotNone(query, source.name)
            self.env.cr.execute(query)
            read.append(source.model)
        self.assertLessEqual(
            {
                "sale.order",
                "account.move",
                "account.move.line",
                "account.payment",
                "mail.message",
                "res.users.log",
                "crm.lead",
                "mailing.trace",
            },
            set(read),
        )

    def test_leads_and_mailing_contacts_without_customer_are_persons(self):
        lead = self.env["crm.lead"].create(
            {"name": "Devis", "contact_name": "Zoé Lien", "email_from": "z@x.example"}
        )
        company = self.env["crm.lead"].create(
            {"name": "Devis", "partner_name": "Société X", "partner_id": False}
        )
        partner = self.env["res.partner"].create({"name": "Zoé Lien"})
        known = self.env["crm.lead"].create({"name": "Suite", "partner_id": partner.id})
        contact = self.env["mailing.contact"].create(
            {"name": "Zoé Lien", "email": "z@x.example"}
        )
        subject = self.env["rgpd.subject"]
        self.assertTrue(subject._of(lead).is_natural)
        self.assertFalse(subject._of(company).is_natural)
        self.assertFalse(subject._of(known))
        self.assertTrue(subject._of(contact).is_natural)
        self.assertEqual(
            self.env["rgpd.journal"]._get_subject_uid(known), subject._of(partner).uid
        )
        subject._refresh()
        self.env["rgpd.reason"]._refresh()
        for person in (lead, contact):
            reasons = self.env["rgpd.reason"].search(
                [("subject_id", "=", subject._of(person).id)]
            )
            self.assertTrue(reasons, person._name)

    def test_a_lead_that_gets_a_customer_is_no_person_of_its_own(self):
        lead = self.env["crm.lead"].create({"name": "Devis", "contact_name": "Zoé"})
        own = self.env["rgpd.subject"]._of(lead)
        self.assertTrue(own.active)
        lead.partner_id = self.env["res.partner"].create({"name": "Zoé Lien"})
        self.env["rgpd.subject"]._refresh()
        self.assertFalse(own.active)
