from odoo.fields import Command

from ..common import RgpdHttpCase


class TestSignatureTour(RgpdHttpCase):
    def test_a_customer_signs_and_ticks_one_box(self):
        notice = self.env.ref("rgpd_fichier_client.rgpd_notice_email")
        self.company.rgpd_sign_notice_ids = notice
        person = self.env["res.partner"].create(
            {"name": "Camille Exemple", "email": "camille@client.example"}
        )
        product = self.env["product.product"].create({"name": "Bench"})
        order = self.env["sale.order"].create(
            {
                "partner_id": person.id,
                "require_signature": True,
                "require_payment": False,
                "order_line": [Command.create({"product_id": product.id})],
            }
        )
        order.state = "sent"
        self.start_tour(order.get_portal_url(), "rgpd_signature_tour")
        self.assertEqual(order.state, "sale")
        subject = self.env["rgpd.subject"]._of(person)
        event = self.env["rgpd.consent.event"].search([("subject_id", "=", subject.id)])
        self.assertEqual((event.decision, event.method), ("pending", "signature"))


class TestConsentTour(RgpdHttpCase):
    def test_an_officer_records_a_consent_from_the_contact(self):
        self.new_user("officer", login="consent_tour")
        person = self.env["res.partner"].create(
            {"name": "Camille Exemple", "email": "camille@client.example"}
        )
        self.start_tour(
            f"/odoo/res.partner/{person.id}", "rgpd_consent_tour", login="consent_tour"
        )
        event = person.rgpd_consent_event_ids
        self.assertEqual(event.decision, "given")
        self.assertIn("I agree to receive", event.notice_text)
