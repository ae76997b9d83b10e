import base64

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests.common import new_test_user

from .consent_common import MAIL, ConsentCase


class TestOrderChoice(ConsentCase):
    """The customer's choices, taken by staff in the order's own form."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mail_notice = cls.env.ref("rgpd_fichier_client.rgpd_notice_email")
        cls.sms_notice = cls.env.ref("rgpd_fichier_client.rgpd_notice_sms")
        cls.soft_notice = cls.env.ref("rgpd_fichier_client.rgpd_notice_softoptin_email")
        cls.company.rgpd_sign_notice_ids = (
            cls.mail_notice | cls.sms_notice | cls.soft_notice
        )
        cls.seller = new_test_user(
            cls.env, "seller", groups="sales_team.group_sale_salesman_all_leads"
        )
        cls.officer = cls.new_user(
            "officer",
            login="order_officer",
            groups="sales_team.group_sale_salesman_all_leads",
        )
        product = cls.env["product.product"].create({"name": "Bench"})
        cls.order = cls.env["sale.order"].create(
            {
                "partner_id": cls.person.id,
                "order_line": [Command.create({"product_id": product.id})],
            }
        )

    def open(self, user=None, order=None):
        order = (order or self.order).with_user(user or self.officer)
        action = order.action_rgpd_choices()
        return order.env[action["res_model"]].browse(action["res_id"])

    def tick(self, wizard, *notices, **values):
        ids = [notice.id for notice in notices]
        for line in wizard.line_ids:
            line.is_ticked = line.notice_id.id in ids
        wizard.write({"is_read": True, **values})
        wizard.action_record()

    def events(self):
        subject = self.env["rgpd.subject"]._of(self.person)
        return self.Event.search([("subject_id", "=", subject.id)])

    def shown(self, place):
        subject = self.env["rgpd.subject"]._of(self.person)
        return self.env["rgpd.notice.shown"].search(
            [("subject_id", "=", subject.id), ("place", "=", place)]
        )

    # === WHAT IS SHOWN === #

    def test_the_boxes_are_unticked_and_opening_records_nothing(self):
        wizard = self.open()
        self.assertEqual(len(wizard.line_ids), 3)
        self.assertFalse(any(wizard.line_ids.mapped("is_ticked")))
        self.assertFalse(wizard.is_read)
        self.assertIn("You may complain to the CNIL", wizard.notice_text)
        self.assertEqual(
            wizard.line_ids.mapped("meaning"), ["consent", "consent", "objection"]
        )
        self.assertFalse(self.events())
        self.assertFalse(self.order.rgpd_objection_offered)

    def test_the_texts_are_in_the_language_of_the_customer(self):
        self.mail_notice.with_context(lang="fr_FR").text = "J'accepte les offres."
        self.person.lang = "fr_FR"
        wizard = self.open()
        self.assertEqual(wizard.line_ids[0].text, "J'accepte les offres.")
        self.assertIn("CNIL", wizard.notice_text)
        self.assertNotIn("complain", wizard.notice_text)
        self.tick(wizard, self.mail_notice)
        self.assertEqual(self.events().notice_text, "J'accepte les offres.")

    def test_nobody_is_asked_again(self):
        self.record("objected", None, "all")
        with self.assertRaises(UserError):
            self.open()

    def test_a_company_is_not_asked(self):
        company = self.env["res.partner"].create(
            {"name": "SARL Exemple", "is_company": True, "email": "a@sarl.example"}
        )
        order = self.env["sale.order"].create({"partner_id": company.id})
        with self.assertRaises(UserError):
            self.open(order=order)

    # === WHAT IS RECORDED === #

    def test_a_ticked_box_is_a_choice_entered_by_staff(self):
        self.company.rgpd_double_optin = "public"
        self.tick(self.open(), self.mail_notice, how="phone")
        event = self.events()
        self.assertEqual(
            (event.decision, event.collection_point, event.method, event.actor),
            ("given", "phone", "spoken", "staff"),
        )
        self.assertEqual(event.actor_uid, self.officer.id)
        self.assertEqual(
            (event.origin_model, event.origin_id), ("sale.order", self.order.id)
        )
        self.assertIn("by e-mail", event.notice_text)
        self.assertAllowed("consent")

    def test_the_way_to_object_was_offered_and_when(self):
        self.tick(self.open(), how="counter")
        self.assertFalse(self.events())
        self.assertTrue(self.order.rgpd_objection_offered)
        rows = self.shown("spoken")
        self.assertEqual(
            sorted(rows.version_id.notice_id.mapped("kind")),
            ["choice", "choice", "choice", "form"],
        )
        self.assertEqual(set(rows.mapped("origin_id")), {self.order.id})

    def test_an_objection_is_immediate(self):
        self.tick(self.open(self.seller), self.soft_notice, how="phone")
        self.assertEqual(self.events().decision, "objected")

    def test_the_texts_must_have_been_read(self):
        wizard = self.open()
        wizard.line_ids[0].is_ticked = True
        with self.assertRaises(UserError):
            wizard.action_record()
        self.assertFalse(self.order.rgpd_objection_offered)

    def test_a_second_click_adds_nothing(self):
        wizard = self.open()
        self.tick(wizard, self.mail_notice)
        wizard.action_record()
        self.assertEqual(len(self.events()), 1)

    def test_a_text_that_was_not_ours_is_not_recorded(self):
        wizard = self.open()
        wizard.line_ids[0].text = "Words nobody wrote."
        with self.assertRaises(UserError):
            self.tick(wizard, self.mail_notice)

    def test_a_seller_proves_a_consent(self):
        with self.assertRaises(UserError):
            self.tick(self.open(self.seller), self.mail_notice)
        self.tick(
            self.open(self.seller),
            self.mail_notice,
            how="paper",
            scan=base64.b64encode(b"signed"),
            scan_name="form.txt",
        )
        self.assertEqual(self.events().decision, "given")
        self.assertTrue(self.events().proof_commitment)

    def test_the_mailbox_answers_for_a_seller(self):
        self.company.rgpd_double_optin = "all"
        self.tick(self.open(self.seller), self.mail_notice)
        self.assertEqual(self.events().decision, "pending")
        self.assertDenied("consent_pending")
        with self.assertRaises(UserError):
            self.tick(self.open(self.seller), self.sms_notice)

    # === RIGHTS AND SCREEN === #

    def test_who_may_not_change_the_order_takes_no_choice(self):
        mine = new_test_user(
            self.env, "seller_own", groups="sales_team.group_sale_salesman"
        )
        self.order.user_id = self.seller
        with self.assertRaises(AccessError):
            self.open(mine)
        clerk = new_test_user(self.env, "clerk", groups="base.group_user")
        with self.assertRaises(AccessError):
            self.open(clerk)

    def test_the_order_says_what_the_customer_decided(self):
        self.assertFalse(self.order.rgpd_choice_summary)
        self.give()
        self.record("objected", "prospect_postal", "post")
        self.env.invalidate_all()
        summary = self.order.with_user(self.seller).rgpd_choice_summary
        self.assertIn("Consent given", summary)
        self.assertIn("Objection", summary)
        [page] = self.order.with_user(self.seller).rgpd_get_choices()
        self.assertEqual([row["value"] for row in page["rows"]], [summary])

    def test_the_choices_block_no_message_about_the_order(self):
        self.record("objected", None, "all")
        self.order.with_user(self.seller).action_quotation_sent()
        message = self.order.with_user(self.seller).message_post(
            body="Your order", partner_ids=self.person.ids
        )
        self.assertIn(self.person, message.notified_partner_ids)
        self.assertFalse(self.verdict(MAIL)["allowed"])
