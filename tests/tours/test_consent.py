from datetime import timedelta

from odoo import fields
from odoo.fields import Command

from ..common import RgpdHttpCase, new_rgpd_user
from ..http.payment_common import leave_accounts_alone, new_provider


class TestPaymentTour(RgpdHttpCase):
    def test_a_customer_pays_and_ticks_one_box(self):
        notice = self.env.ref("rgpd_fichier_client.rgpd_notice_email")
        self.company.rgpd_sign_notice_ids = notice
        person = self.env["res.partner"].create(
            {"name": "Camille Exemple", "email": "camille@client.example"}
        )
        product = self.env["product.product"].create({"name": "Bench"})
        order = self.env["sale.order"].create(
            {
                "partner_id": person.id,
                "require_signature": False,
                "require_payment": True,
                "prepayment_percent": 1.0,
                "order_line": [Command.create({"product_id": product.id})],
            }
        )
        order.state = "sent"
        new_provider(self.env, order.get_portal_url())
        text = notice._render_text(
            notice.purpose_id, self.company, "en_US", notice.channel
        )
        self.start_tour(order.get_portal_url(), "rgpd_payment_tour")
        transaction = order.transaction_ids
        leave_accounts_alone(self)
        transaction._set_done()
        transaction._post_process()
        self.assertEqual(order.state, "sale")
        subject = self.env["rgpd.subject"]._of(person)
        event = self.env["rgpd.consent.event"].search([("subject_id", "=", subject.id)])
        self.assertEqual((event.decision, event.method), ("pending", "payment"))
        self.assertEqual(event.notice_text, text)
        self.assertEqual(event.notice_sha256, event.version_id.sha256)
        shown = self.env["rgpd.notice.shown"].search(
            [("subject_id", "=", subject.id), ("place", "=", "portal")]
        )
        kinds = shown.version_id.notice_id.mapped("kind")
        self.assertEqual(sorted(kinds), ["choice", "form"])


class TestInformationTour(RgpdHttpCase):
    def test_an_officer_tells_a_person_where_the_data_come_from(self):
        self.new_user("officer", login="information_tour")
        person = self.env["res.partner"].create(
            {"name": "Camille Exemple", "email": "camille@client.example"}
        )
        row = self.env["rgpd.information"]._add(
            person, "Foire Exemple", "prospect_postal"
        )
        row._note_first_contact()
        self.start_tour(
            "/odoo/action-rgpd_fichier_client.rgpd_information_action",
            "rgpd_information_tour",
            login="information_tour",
        )
        self.assertEqual(row.state, "waiting")
        mail = self.env["mail.mail"].search([("rgpd_information_id", "=", row.id)])
        mail._postprocess_sent_message([], ["camille@client.example"])
        self.assertEqual(row.state, "informed")
        self.assertIn("Foire Exemple", row.shown_id.text)


class TestOrderChoiceTour(RgpdHttpCase):
    def test_a_seller_takes_the_choices_with_the_order(self):
        notice = self.env.ref("rgpd_fichier_client.rgpd_notice_softoptin_email")
        self.company.rgpd_sign_notice_ids = notice
        person = self.env["res.partner"].create(
            {"name": "Camille Exemple", "email": "camille@client.example"}
        )
        order = self.env["sale.order"].create({"partner_id": person.id})
        new_rgpd_user(
            self.env,
            "reader",
            login="order_tour",
            groups="sales_team.group_sale_salesman_all_leads",
        )
        self.start_tour(
            f"/odoo/sales/{order.id}", "rgpd_order_choice_tour", login="order_tour"
        )
        event = person.rgpd_consent_event_ids
        self.assertEqual((event.decision, event.actor), ("objected", "staff"))


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


class TestRenewalTour(RgpdHttpCase):
    def test_an_officer_asks_those_whose_consents_end(self):
        self.new_user("officer", login="renewal_tour")
        for name, mail in (("Camille", True), ("Dominique", False)):
            person = self.env["res.partner"].create(
                {
                    "name": f"{name} Exemple",
                    "email": f"{name.lower()}@client.example",
                    "phone": f"+3363998006{len(name)}",
                }
            )
            record = self.env["rgpd.consent"]._record
            moment = fields.Datetime.now() - timedelta(days=340)
            record(person, "prospect_phone_b2c", "phone", "given", moment=moment)
            if mail:
                record(person, "prospect_email_b2c", "email", "given", moment=moment)
        self.start_tour(
            "/odoo/rgpd-renewals", "rgpd_renewal_tour", login="renewal_tour"
        )
        renewal = self.env["rgpd.renewal"].search([], limit=1)
        self.assertEqual(renewal.state, "running")
        self.assertEqual(renewal.line_ids.mapped("state").count("waiting"), 1)
