from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form

from ..common import RgpdCase


class TestRequestWizard(RgpdCase):
    """Received by phone or post: recorded from a contact, a lead, an order, nothing."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.officer = cls.new_user("officer", login="wizard_officer")
        cls.person = cls.env["res.partner"].create(
            {
                "name": "Jeanne Exemple",
                "email": "jeanne@client.example",
                "phone": "+33639980001",
            }
        )
        cls.wizards = cls.env["rgpd.request.intake"].with_user(cls.officer)

    def open(self, person):
        action = self.wizards._open_for(person.with_user(self.officer))
        return self.wizards.browse(action["res_id"])

    def receive(self, wizard):
        action = wizard.action_receive()
        return self.env["rgpd.request"].browse(action["res_id"])

    def test_from_a_contact(self):
        wizard = self.open(self.person)
        self.assertEqual(wizard.requester_phone, "+33639980001")
        wizard.write({"channel": "post", "date_received": date(2026, 11, 2)})
        wizard.right_ids.filtered(lambda line: line.right == "erasure").is_asked = True
        request = self.receive(wizard)
        self.assertEqual(request.partner_id, self.person)
        self.assertEqual(request.item_ids.mapped("right"), ["access", "erasure"])
        self.assertEqual(request.date_due, date(2026, 12, 2))
        self.assertEqual(request.officer_id, self.officer)
        self.assertEqual(request.identity_status, "doubt")
        self.assertIn("opened", request.candidate_ids.mapped("evidence")[0])
        self.assertEqual(request.candidate_ids.decided_by_id, self.officer)

    def test_identity_known_at_the_counter(self):
        wizard = self.open(self.person)
        wizard.write({"channel": "person", "identity_means": "details"})
        self.assertEqual(self.receive(wizard).identity_status, "known")

    def test_from_nothing_the_person_is_looked_for(self):
        with Form(self.wizards) as form:
            form.requester_name = "Jeanne Exemple"
            form.requester_phone = "06 39 98 00 01"
            form.text = "Wants to know what we hold."
        request = self.receive(form.record)
        self.assertFalse(request.partner_id)
        self.assertEqual(request.candidate_ids.evidence, ["phone", "name"])

    def test_from_a_lead(self):
        lead = self.env["crm.lead"].create(
            {"name": "Interested", "contact_name": "Jean Essai"}
        )
        self.officer.group_ids |= self.env.ref("sales_team.group_sale_salesman")
        lead.user_id = self.officer
        action = lead.with_user(self.officer).action_rgpd_request()
        request = self.receive(self.wizards.browse(action["res_id"]))
        self.assertEqual(request.subject_id.res_model, "crm.lead")
        self.assertEqual(request.subject_id.res_id, lead.id)
        lead.partner_id = self.person
        action = lead.with_user(self.officer).action_rgpd_request()
        wizard = self.wizards.browse(action["res_id"])
        self.assertEqual(wizard.partner_id, self.person)

    def test_the_order_leads_to_its_customer(self):
        order = self.env["sale.order"].create({"partner_id": self.person.id})
        action = self.env.ref("rgpd_fichier_client.rgpd_request_intake_order_action")
        result = action.with_context(
            active_model="sale.order", active_id=order.id, active_ids=order.ids
        ).run()
        wizard = self.env["rgpd.request.intake"].browse(result["res_id"])
        self.assertEqual(wizard.partner_id, self.person)

    def test_asked_twice_is_said_and_joined(self):
        first = self.receive(self.open(self.person))
        wizard = self.open(self.person)
        self.assertEqual(wizard.repeated_id, first)
        wizard.text = "Called again"
        self.assertEqual(self.receive(wizard), first)
        self.assertIn("Called again", first.message_ids[0].body)

    def test_the_letter_goes_into_the_request(self):
        wizard = self.open(self.person)
        attachments = self.env["ir.attachment"].with_user(self.officer)
        letter = attachments.create(
            {
                "name": "letter.pdf",
                "raw": b"%PDF-1.7",
                "res_model": "rgpd.request.intake",
                "res_id": wizard.id,
            }
        )
        wizard.attachment_ids = letter
        request = self.receive(wizard)
        kept = self.env["ir.attachment"].search(
            [("res_model", "=", "rgpd.request"), ("res_id", "=", request.id)]
        )
        self.assertEqual(kept.mapped("name"), ["letter.pdf"])

    def test_at_least_one_right(self):
        wizard = self.open(self.person)
        wizard.right_ids.is_asked = False
        with self.assertRaises(UserError):
            wizard.action_receive()

    def test_only_officers(self):
        reader = self.new_user("reader", login="wizard_reader")
        with self.assertRaises(AccessError):
            self.env["rgpd.request.intake"].with_user(reader)._open_for(self.person)
        with self.assertRaises(AccessError):
            self.open(self.person).with_user(self.new_user("dpo")).read(["text"])

    def test_one_at_a_time(self):
        with self.assertRaises(UserError):
            self.open(self.person | self.person.copy())
