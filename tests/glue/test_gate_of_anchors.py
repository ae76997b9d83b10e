"""The gate answers about leads and mailing contacts, with or without a customer."""

from ..models.consent_common import MAIL, ConsentCase


class TestGateOfAnchors(ConsentCase):
    def lead(self, **values):
        return self.env["crm.lead"].create(
            {"name": "Kitchen", "email_from": "camille@client.example", **values}
        )

    def contact(self, **values):
        return self.env["mailing.contact"].create(
            {"name": "Camille Exemple", "email": "camille@client.example", **values}
        )

    def notes(self, record):
        return len(
            record.message_ids.filtered(
                lambda message: "objected to offers" in (message.body or "")
            )
        )

    def test_a_lead_without_customer_has_choices_of_its_own(self):
        lead = self.lead(email_from="lea@client.example", contact_name="Léa Essai")
        self.assertDenied("no_consent", person=lead)
        self.give(person=lead)
        self.assertAllowed("consent", person=lead)

    def test_a_mailing_contact_has_choices_of_its_own(self):
        contact = self.contact(email="lea@client.example", name="Léa Essai")
        self.give(person=contact)
        self.assertAllowed("consent", person=contact)
        self.record("withdrawn", person=contact)
        self.assertDenied("consent_withdrawn", person=contact)

    def test_the_filter_of_those_who_may_be_contacted(self):
        """The same words on contacts, mailing contacts and leads."""
        for make in (self.contact, self.lead):
            record = make(name="Léa Essai")
            name = "email_from" if "email_from" in record._fields else "email"
            record[name] = f"{record._name}@client.example"
            domain = [
                ("rgpd_may_contact", "=", f"{MAIL}.email"),
                ("id", "=", record.id),
            ]
            self.assertFalse(record.search(domain))
            self.give(person=record)
            self.assertEqual(record.search(domain), record)
            self.record("withdrawn", person=record)
            self.assertFalse(record.search(domain))

    def test_a_lead_is_found_through_its_customer(self):
        lead = self.lead(email_from=False, partner_id=self.person.id)
        self.give()
        domain = [("rgpd_may_contact", "=", f"{MAIL}.email"), ("id", "=", lead.id)]
        self.assertEqual(lead.search(domain), lead)

    def test_a_lead_with_a_customer_is_the_customer(self):
        lead = self.lead(partner_id=self.person.id)
        self.give()
        self.assertAllowed("consent", person=lead)
        self.record("objected", None, "all", person=lead)
        self.assertDenied("objected", person=lead)
        self.assertDenied("objected")

    def test_an_objection_by_any_of_them_closes_all(self):
        contact, lead = self.contact(), self.lead()
        self.give()
        self.record("objected", None, "email", person=contact)
        for record in (self.person, contact, lead):
            self.assertDenied("objected", person=record)

    def test_objectors_are_noticed_when_they_come_back(self):
        self.record("objected", None, "all")
        self.env["rgpd.eraser"]._erase(self.person, "request")
        contact, lead = self.contact(), self.lead(contact_name="C. Exemple")
        other = self.contact(email="lea@client.example", name="Léa")
        self.assertEqual([self.notes(r) for r in (contact, lead, other)], [1, 1, 0])
        self.assertDenied("suppressed", person=contact)
        self.assertDenied("suppressed", person=lead)
        other.email = "CAMILLE@client.example"
        self.assertEqual(self.notes(other), 1)

    def test_an_import_of_contacts_is_looked_at(self):
        self.record("objected", None, "all")
        result = self.env["mailing.contact"].load(
            ["name", "email"],
            [["A", "camille@client.example"], ["B", "b@client.example"]],
        )
        first, second = self.env["mailing.contact"].browse(result["ids"])
        self.assertEqual((self.notes(first), self.notes(second)), (1, 0))

    def test_the_order_of_an_objector_is_served(self):
        order = self.env["sale.order"].create({"partner_id": self.person.id})
        self.record("objected", None, "all")
        self.assertAllowed("service", "order", "email", person=order)
        self.assertDenied("objected", MAIL, "email", person=order)
