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

    # === WHAT IS NO HTML === #

    def filter(self, body):
        """Return a body as it leaves to the person."""
        outgoing = {
            "body": body,
            "body_alternative": "",
            "partner_id": self.person,
            "email_to_normalized": [self.person.email],
        }
        email = self.env["mail.mail"].create({"subject": "Order", "body_html": "x"})
        self.env["rgpd.marketing.block"]._filter(email, [outgoing])
        return outgoing["body"]

    def test_a_declaration_or_a_control_character_is_no_obstacle(self):
        self.give()
        for start in ('<?xml version="1.0" encoding="utf-8"?>', "\x00\x0b", ""):
            with self.subTest(start):
                body = self.filter(start + BODY % FOR_MAIL)
                self.assertIn("Ten percent", body)
                self.assertIn("See you soon", body)
        self.record("objected", None, "all")
        body = self.filter('<?xml version="1.0" encoding="utf-8"?>' + BODY % FOR_MAIL)
        self.assertNotIn("Ten percent", body)
        self.assertIn("See you soon", body)

    def test_a_body_that_is_no_html_stops_no_mail(self):
        text = "Read about o_rgpd_marketing, a < b & c"
        self.assertIn("Read about o_rgpd_marketing", self.filter(text))
        self.assertIn("on its way", self.filter(f"<p>on its way</p><{text}"))

    def test_what_nobody_can_read_is_cut_at_the_offer(self):
        self.give()
        blocks = type(self.env["rgpd.marketing.block"])
        self.patch(blocks, "_parse", Mock(return_value=None))
        with self.assertLogs(LOGGER, "WARNING") as logs:
            body = self.filter(BODY % FOR_MAIL)
        self.assertIn("on its way", body)
        self.assertNotIn("Ten percent", body)
        self.assertNotIn("<div", body)
        self.assertNotIn("Camille", "".join(logs.output))
        self.assertNotIn("Ten", self.env["rgpd.marketing.block"]._strip(BODY))

    # === WHOEVER WRITES THE TEMPLATE === #

    def test_the_template_says_which_offers_are_never_sent(self):
        template = self.env["mail.template"].create(
            {"name": "T", "model_id": self.env["ir.model"]._get_id("sale.order")}
        )
        self.assertFalse(template.rgpd_block_warning)
        template.body_html = BODY % FOR_MAIL
        self.assertFalse(template.rgpd_block_warning)
        template.body_html = BODY % ""
        self.assertIn("without purpose", template.rgpd_block_warning)
        template.body_html = BODY % "o_rgpd_for_nothing"
        self.assertIn("nothing", template.rgpd_block_warning)
