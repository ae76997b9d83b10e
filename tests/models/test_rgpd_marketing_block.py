from unittest.mock import Mock

from odoo.tests import new_test_user

from .consent_common import MAIL
from .test_rgpd_first_contact import FirstContactCase

BODY = """<p>Your order is on its way.</p>
<div class="o_rgpd_marketing %s"><p>Ten percent off</p></div>
<p>See you soon.</p>"""
LOGGER = "odoo.addons.rgpd_fichier_client.models.consent.rgpd_marketing_block"
FOR_MAIL = f"o_rgpd_for_{MAIL}"


class TestMarketingBlock(FirstContactCase):
    """Offers inside the mail of an order reach those whom the gate allows (L. 34-5)."""

    def setUp(self):
        super().setUp()
        self.order = self.env["sale.order"].create({"partner_id": self.person.id})

    def send(self, purposes=FOR_MAIL, **values):
        """Send the mail of an order made with a template; return what left."""
        template = self.env["mail.template"].create(
            {
                "name": "Sent",
                "model_id": self.env["ir.model"]._get_id("sale.order"),
                "subject": "Order",
                "body_html": BODY % purposes,
                "partner_to": "{{ object.partner_id.id }}",
                "use_default_to": False,
                **values,
            }
        )
        self.sent.clear()
        if values:
            template.send_mail(self.order.id, force_send=True)
        else:
            order = self.order.with_context(mail_notify_force_send=True)
            order.message_post_with_source(template, subtype_xmlid="mail.mt_comment")
        return [m.get_body(("html",)).get_content() for m in self.sent]

    def assertWithout(self, bodies):
        for body in bodies:
            self.assertIn("on its way", body)
            self.assertIn("See you soon", body)
            self.assertNotIn("Ten percent", body)
            self.assertNotIn("o_rgpd_footer", body)
        self.assertTrue(bodies)

    def test_without_consent_the_order_mail_leaves_without_the_offer(self):
        self.assertWithout(self.send())

    def test_with_consent_the_offer_says_why_and_how_to_stop_it(self):
        self.give()
        [body] = self.send()
        self.assertIn("Ten percent", body)
        self.assertIn("See you soon", body)
        self.assertIn("because you agreed", body)
        self.assertIn("/privacy/", body)
        [text] = [m.get_body(("plain",)).get_content() for m in self.sent]
        self.assertIn("Ten percent", text)

    def test_an_objector_gets_the_order_mail_alone(self):
        self.give()
        self.record("objected", None, "all")
        self.assertWithout(self.send())
        text = self.sent[0].get_body(("plain",)).get_content()
        self.assertNotIn("Ten percent", text)

    def test_the_first_purpose_that_allows_it_counts(self):
        self.give()
        [body] = self.send(f"o_rgpd_for_softoptin {FOR_MAIL}")
        self.assertIn("Ten percent", body)

    def test_without_purpose_or_with_an_unknown_one_nothing_is_offered(self):
        self.give()
        self.assertWithout(self.send(""))
        self.assertWithout(self.send("o_rgpd_for_nothing"))

    def test_when_the_gate_breaks_the_order_mail_leaves_without_the_offer(self):
        self.give()
        self.patch(type(self.Gate), "_check", Mock(side_effect=ValueError))
        with self.assertLogs(LOGGER, "WARNING"):
            self.assertWithout(self.send())

    def test_each_recipient_is_judged_apart(self):
        self.give()
        other = self.new_person("Dominique Exemple", "dominique@client.example")
        to = f"{self.person.id},{other.id}"
        bodies = self.send(partner_to=to)
        with_offer = [body for body in bodies if "Ten percent" in body]
        self.assertEqual((len(bodies), len(with_offer)), (2, 1))

    def test_a_copy_to_others_holds_no_offer(self):
        self.give()
        copy = {"email_cc": "somebody@else.example"}
        bodies = self.send(**copy)
        self.assertEqual(len(bodies), 2)
        self.assertEqual(sum("Ten percent" in body for body in bodies), 1)
        self.assertWithout(self.send(partner_to="", email_to=self.person.email, **copy))

    def test_an_address_of_the_person_is_the_person(self):
        self.give()
        [body] = self.send(partner_to="", email_to=self.person.email)
        self.assertIn("Ten percent", body)
        self.assertWithout(self.send(partner_to="", email_to="new@else.example"))

    def test_a_seller_who_sends_it_changes_nothing(self):
        seller = new_test_user(
            self.env, "seller_block", "sales_team.group_sale_salesman_all_leads"
        )
        self.give()
        self.order = self.order.with_user(seller)
        [body] = self.send_as(seller)
        self.assertIn("Ten percent", body)

    def send_as(self, user):
        body = BODY % FOR_MAIL
        self.sent.clear()
        self.env["mail.mail"].create(
            {
                "subject": "Order",
                "body_html": body,
                "recipient_ids": [(4, self.person.id)],
                "model": "sale.order",
                "res_id": self.order.id,
            }
        ).with_user(user).sudo().send()
        return [m.get_body(("html",)).get_content() for m in self.sent]
