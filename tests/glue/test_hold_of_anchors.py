from odoo.exceptions import UserError, ValidationError

from ..common import RgpdCase


class TestHoldOfAnchors(RgpdCase):
    """A dispute with somebody who is no contact suspends their erasure too."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dpo = cls.new_user("dpo")
        cls.lead = cls.env["crm.lead"].create(
            {
                "name": "Interested in a bench",
                "contact_name": "Camille Prospect",
                "email_from": "camille@prospect.example",
            }
        )
        cls.listed = cls.env["mailing.contact"].create(
            {"name": "Dominique Liste", "email": "dominique@liste.example"}
        )

    def hold(self, record, **values):
        subject = self.env["rgpd.subject"]._of(record)
        values = {"name": "Dispute 114", "subject_id": subject.id, **values}
        return self.env["rgpd.hold"].create(values)

    def erase(self, record):
        return self.env["rgpd.eraser"].with_user(self.dpo)._erase(record, "request")

    def get_reasons(self, subject):
        return self.env["rgpd.reason"].search(
            [("subject_id", "=", subject.id), ("hold_id", "!=", False)]
        )

    def test_a_hold_suspends_until_lifted(self):
        for record, name in ((self.lead, "contact_name"), (self.listed, "name")):
            with self.subTest(model=record._name):
                before = record[name]
                hold = self.hold(record)
                self.assertEqual(self.get_reasons(hold.subject_id).hold_id, hold)
                self.assertEqual(self.erase(record).state, "failed")
                self.assertEqual(record[name], before)
                hold.lift_reason = "Judgment"
                hold.action_lift()
                self.assertFalse(self.get_reasons(hold.subject_id))
                self.assertIn(self.erase(record).state, ("masked", "done", "deleted"))

    def test_a_hold_concerns_only_its_person(self):
        hold = self.hold(self.lead)
        other = self.env["rgpd.subject"]._of(self.listed)
        active = self.env["rgpd.hold"]._get_active(hold.subject_id | other)
        self.assertEqual(active, {hold.subject_id.id: [hold.id]})
        self.assertFalse(self.get_reasons(other))

    def test_a_hold_over_suspends_nothing(self):
        hold = self.hold(self.lead, date_start="2020-01-01", date_end="2020-02-01")
        self.assertEqual(self.env["rgpd.hold"]._get_active(hold.subject_id), {})

    def test_a_hold_goes_with_the_customer_of_the_lead(self):
        hold = self.hold(self.lead)
        customer = self.env["res.partner"].create({"name": "Camille Prospect"})
        self.lead.partner_id = customer
        subject = self.env["rgpd.subject"]._of(customer)
        self.assertEqual(
            self.env["rgpd.hold"]._get_active(subject), {subject.id: [hold.id]}
        )
        self.env["rgpd.reason"]._refresh(customer)
        self.assertEqual(self.get_reasons(subject).hold_id, hold)
        self.assertEqual(self.erase(customer).state, "failed")

    def test_a_hold_goes_with_the_merge_of_leads(self):
        hold = self.hold(self.lead)
        head = self.env["crm.lead"].create(
            {"name": "Wants a table", "contact_name": "Camille Prospect"}
        )
        head.probability = 90
        merged = (head | self.lead).merge_opportunity()
        self.assertTrue(merged.exists())
        subject = self.env["rgpd.subject"]._of(merged)
        self.assertEqual(
            self.env["rgpd.hold"]._get_active(subject), {subject.id: [hold.id]}
        )
        self.assertEqual(self.get_reasons(subject).hold_id, hold)
        self.assertEqual(self.erase(merged).state, "failed")

    def test_a_lead_that_is_held_is_not_deleted(self):
        hold = self.hold(self.lead)
        with self.assertRaisesRegex(UserError, "lift it first"):
            self.lead.unlink()
        customer = self.env["res.partner"].create({"name": "Camille Prospect"})
        self.lead.partner_id = customer
        self.lead.unlink()
        self.assertEqual(hold.partner_id, customer)
        subject = self.env["rgpd.subject"]._of(customer)
        self.assertEqual(
            self.env["rgpd.hold"]._get_active(subject), {subject.id: [hold.id]}
        )

    def test_a_contact_is_held_as_a_contact(self):
        customer = self.env["res.partner"].create({"name": "Camille Prospect"})
        with self.assertRaisesRegex(ValidationError, "is a contact"):
            self.hold(customer)

    def test_the_action_of_each_record(self):
        officer = self.new_user(
            "officer",
            groups="sales_team.group_sale_manager,mass_mailing.group_mass_mailing_user",
        )
        actions = {
            self.lead: "rgpd_fichier_client_crm.rgpd_hold_crm_lead_action",
            self.listed: "rgpd_fichier_client_mass_mailing"
            ".rgpd_hold_mailing_contact_action",
        }
        for record, xmlid in actions.items():
            with self.subTest(model=record._name):
                action = self.env.ref(xmlid).with_user(officer)
                action = action.with_context(
                    active_model=record._name,
                    active_id=record.id,
                    active_ids=record.ids,
                )
                opened = action.run()
                subject = self.env["rgpd.subject"]._of(record)
                self.assertEqual(opened["context"], {"default_subject_id": subject.id})
                holds = self.env["rgpd.hold"].with_user(officer)
                hold = holds.with_context(**opened["context"]).create({"name": "X"})
                self.assertEqual(hold.search(opened["domain"]), hold)
        customer = self.env["res.partner"].create({"name": "Camille Prospect"})
        self.lead.partner_id = customer
        opened = self.env["rgpd.hold"]._open_for(self.lead)
        self.assertEqual(opened["context"], {"default_partner_id": customer.id})
        with self.assertRaisesRegex(UserError, "one person"):
            self.env["rgpd.hold"]._open_for(self.lead + self.lead.copy())
