from lxml import html

from odoo.fields import Command

from .choice_common import SIGNATURE, ChoiceCase
from .payment_common import leave_accounts_alone, new_provider


class TestPaymentChoices(ChoiceCase):
    """Consent beside the payment of a quotation, never a condition of it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.provider = new_provider(cls.env)
        cls.order = cls._create_quotation(
            cls.person,
            require_signature=False,
            require_payment=True,
            prepayment_percent=1.0,
        )

    def setUp(self):
        super().setUp()
        leave_accounts_alone(self)

    # === HELPERS === #

    def pay(self, boxes=None, name="Camille Exemple", notice=None, order=None):
        """Click on “Pay” and return the transaction."""
        order = order or self.order
        if boxes is not None:
            page = {"boxes": boxes, "name": name, "notice": notice}
            self.post("/choices", page, order=order)
        result = self.post(
            "/transaction",
            {
                "access_token": order.access_token,
                "provider_id": self.provider.id,
                "payment_method_id": self.provider.payment_method_ids[:1].id,
                "token_id": None,
                "amount": order.amount_total,
                "flow": "redirect",
                "tokenization_requested": False,
                "landing_route": order.get_portal_url(),
            },
            order=order,
        )["result"]
        reference = result["reference"]
        return self.env["payment.transaction"].search([("reference", "=", reference)])

    def accept(self, transaction, state="done"):
        """Say, as the bank does later, what has become of the payment."""
        getattr(transaction, f"_set_{state}")()
        transaction._post_process()
        self.env.invalidate_all()

    def names(self):
        page = html.fromstring(self.url_open(self.url()).text)
        return page.xpath("//input[@id='o_rgpd_choice_name']")

    # === WHAT IS SHOWN === #

    def test_boxes_are_shown_unticked_beside_the_payment(self):
        page = html.fromstring(self.url_open(self.url()).text)
        boxes = page.xpath("//*[@id='payment_method']//input[@data-digest]")
        self.assertEqual(len(boxes), 2)
        self.assertFalse(any("checked" in box.attrib for box in boxes))
        self.assertEqual(len(self.names()), 1)
        self.assertFalse(self.events())
        self.assertFalse(self.shown())

    def test_who_signed_is_not_asked_again(self):
        order = self._create_quotation(
            self.person, require_payment=True, prepayment_percent=1.0
        )
        self.assertTrue(self.has_boxes(order))
        order.write({"signature": SIGNATURE, "signed_by": "Camille Exemple"})
        self.assertFalse(self.has_boxes(order))

    # === WHAT IS RECORDED === #

    def test_a_consent_counts_once_the_payment_is_accepted(self):
        digest = self.digest_of_notice()
        transaction = self.pay(
            [self.box(self.mail_notice), self.box(self.soft_notice, False)],
            notice=digest,
        )
        clicked = transaction.create_date
        self.assertFalse(self.events())
        self.assertEqual(len(self.shown()), 3)
        self.accept(transaction)
        self.assertEqual(self.order.state, "sale")
        event = self.events()
        self.assertEqual(
            (event.decision, event.method, event.collection_point, event.actor),
            ("pending", "payment", "portal", "self"),
        )
        self.assertLess(abs((event.moment - clicked).total_seconds()), 5)
        self.assertEqual(event.origin_id, self.order.id)
        self.assertEqual(event.notice_sha256, self.box(self.mail_notice)["digest"])
        self.assertTrue(event._is_intact())
        self.assertTrue(self.order.rgpd_objection_offered)
        self.assertFalse(transaction.sudo().rgpd_choices)

    def test_a_payment_that_waits_for_the_bank_is_accepted(self):
        transaction = self.pay([self.box(self.mail_notice)])
        self.accept(transaction, "pending")
        self.assertEqual(len(self.events()), 1)
        self.accept(transaction)
        self.assertEqual(len(self.events()), 1)

    def test_a_failed_payment_gives_no_consent(self):
        for state in ("canceled", "error"):
            with self.subTest(state):
                transaction = self.pay([self.box(self.mail_notice)])
                if state == "error":
                    transaction._set_error("Refused")
                else:
                    transaction._set_canceled()
                transaction._post_process()
                self.assertFalse(self.events())
                self.assertFalse(transaction.sudo().rgpd_choices)

    def test_the_last_attempt_is_what_counts(self):
        first = self.pay([self.box(self.mail_notice)])
        first._set_canceled()
        first._post_process()
        self.accept(self.pay([self.box(self.mail_notice, False)]))
        self.assertFalse(self.events())

    def test_an_objection_does_not_wait_for_the_payment(self):
        self.pay([self.box(self.soft_notice)])
        self.assertEqual(self.events().decision, "objected")
        self.assertEqual(self.events().method, "payment")

    def test_who_objects_meanwhile_has_the_last_word(self):
        transaction = self.pay([self.box(self.mail_notice)])
        self.env["rgpd.consent"]._record(self.person, None, "all", "objected")
        self.accept(transaction)
        self.assertEqual(self.events().mapped("decision"), ["objected"])

    def test_a_text_changed_meanwhile_is_still_proved(self):
        transaction = self.pay([self.box(self.mail_notice)])
        self.mail_notice.text = "Brand new words about e-mail."
        self.accept(transaction)
        self.assertIn("I agree to receive", self.events().notice_text)

    def test_unticked_boxes_and_no_boxes(self):
        self.accept(self.pay([self.box(self.mail_notice, False)]))
        self.assertEqual(self.order.state, "sale")
        order = self._create_quotation(
            self.person, require_signature=False, require_payment=True
        )
        self.accept(self.pay(order=order))
        self.assertEqual(order.state, "sale")
        self.assertFalse(self.events())

    def test_another_name_gives_no_consent_for_the_contact(self):
        for name in ("Paul Autre", "", None, 7):
            with self.subTest(name):
                order = self._create_quotation(
                    self.person, require_signature=False, require_payment=True
                )
                boxes = [self.box(self.mail_notice), self.box(self.soft_notice)]
                self.accept(self.pay(boxes, name=name, order=order))
                self.assertEqual(order.state, "sale")
                self.assertFalse(self.events())
                self.assertTrue(
                    order.message_ids.filtered(lambda m: "Ask the person" in m.body)
                )

    def test_a_customer_of_the_order_changed_meanwhile_changes_nothing(self):
        transaction = self.pay([self.box(self.mail_notice)])
        other = self.person.copy({"name": "Luc Essai", "email": "luc@client.example"})
        self.order.partner_id = other
        self.accept(transaction)
        self.assertEqual(len(self.events()), 1)
        self.assertFalse(self.events(other))

    def test_a_portal_user_speaks_for_themselves(self):
        user = self.env["res.users"].create(
            {
                "name": "Dominique Essai",
                "login": "dominique@client.example",
                "password": "dominique-pass",
                "email": "dominique@client.example",
                "group_ids": [Command.set(self.env.ref("base.group_portal").ids)],
            }
        )
        order = self._create_quotation(
            user.partner_id, require_signature=False, require_payment=True
        )
        self.authenticate("dominique@client.example", "dominique-pass")
        self.accept(self.pay([self.box(self.mail_notice)], name=None, order=order))
        self.assertEqual(self.events(user.partner_id).decision, "given")
        self.assertFalse(self.events())

    def test_a_fault_here_leaves_the_payment_alone(self):
        def fail(*_args):
            raise ValueError

        self.patch(type(self.env["rgpd.signature.choice"]), "_get_offered", fail)
        with self.assertLogs("odoo.addons.rgpd_fichier_client", "WARNING") as logs:
            transaction = self.pay([self.box(self.mail_notice)])
        self.accept(transaction)
        self.assertEqual(self.order.state, "sale")
        self.assertFalse(self.events())
        self.assertNotIn("Camille", "".join(logs.output))

    def test_a_fault_when_recording_leaves_the_payment_alone(self):
        transaction = self.pay([self.box(self.mail_notice)])

        def fail(*_args, **_kwargs):
            raise ValueError

        self.patch(type(self.env["rgpd.signature.choice"]), "_record_one", fail)
        with self.assertLogs("odoo.addons.rgpd_fichier_client", "WARNING"):
            self.accept(transaction)
        self.assertEqual(self.order.state, "sale")
        self.assertFalse(self.events())

    def test_a_confirmed_order_that_is_paid_later_asks_nothing(self):
        self.order.action_confirm()
        self.accept(self.pay([self.box(self.mail_notice)]))
        self.assertFalse(self.events())
