from odoo.exceptions import UserError
from odoo.fields import Command

from .test_rgpd_first_contact import FirstContactCase


class TestMailRestriction(FirstContactCase):
    """Art. 18: a restricted person is written to about their rights alone."""

    def setUp(self):
        super().setUp()
        self.other = self.env["res.partner"].create(
            {"name": "Other Example", "email": "other@people.example"}
        )
        self.order = self.env["sale.order"].create({"partner_id": self.person.id})

    def restrict(self):
        self.env["rgpd.restriction"]._set(self.person, "accuracy")

    def receivers(self):
        return sorted(message["To"] for message in self.sent)

    def new_mail(self, **values):
        return self.env["mail.mail"].create(
            {
                "subject": "Your order",
                "body_html": "<p>It is ready</p>",
                "model": "sale.order",
                "res_id": self.order.id,
                **values,
            }
        )

    def test_a_message_on_an_order(self):
        self.write_to(self.person, record=self.order)
        self.assertEqual(len(self.sent), 1)
        self.restrict()
        self.assertEqual(self.write_to(self.person, record=self.order), [])
        notification = self.order.message_ids[0].notification_ids
        self.assertEqual(notification.notification_status, "canceled")
        self.assertIn("restricted", notification.failure_reason)
        email = self.env["mail.mail"].search(
            [("mail_message_id", "=", self.order.message_ids[0].id)]
        )
        self.assertEqual(
            (email.state, email.rgpd_verdict_code), ("cancel", "person_restricted")
        )

    def test_whoever_else_gets_the_message_gets_it(self):
        self.restrict()
        self.write_to(self.person, self.other, record=self.order)
        self.assertEqual(len(self.sent), 1)
        self.assertIn("other@people.example", self.receivers()[0])
        states = {
            row.res_partner_id: row.notification_status
            for row in self.order.message_ids[0].notification_ids
        }
        self.assertEqual(states, {self.person: "canceled", self.other: "sent"})

    def test_a_mail_that_waits(self):
        email = self.new_mail(recipient_ids=[Command.link(self.person.id)])
        self.restrict()
        email.send()
        self.assertFalse(self.sent)
        self.assertEqual(email.state, "cancel")
        # Sent again by hand it stays stopped
        email.mark_outgoing()
        email.send()
        self.assertFalse(self.sent)

    def test_an_address_that_was_typed(self):
        self.restrict()
        alone = self.new_mail(email_to=self.person.email)
        alone.send()
        self.assertEqual((self.sent, alone.state), ([], "cancel"))
        email = self.new_mail(
            email_to=self.person.email, recipient_ids=[Command.link(self.other.id)]
        )
        email.send()
        self.assertEqual(len(self.sent), 1)
        self.assertIn("other@people.example", self.receivers()[0])

    def test_an_address_among_others_and_in_copy(self):
        self.restrict()
        email = self.new_mail(
            email_to=f"{self.person.email}, third@people.example",
            email_cc=self.person.email,
        )
        email.send()
        self.assertEqual(len(self.sent), 1)
        self.assertEqual(self.receivers(), ["third@people.example"])
        self.assertFalse(self.sent[0]["Cc"])
        kept = self.new_mail(email_to="third@people.example, other@people.example")
        kept.send()
        self.assertEqual(kept.email_to, "third@people.example, other@people.example")

    def test_what_is_about_rights_leaves(self):
        self.restrict()
        request = self.env["rgpd.request"].search([], limit=1)
        email = self.new_mail(
            model="rgpd.request",
            res_id=request.id,
            recipient_ids=[Command.link(self.person.id)],
        )
        email.send()
        self.assertEqual(len(self.sent), 1)

    def test_another_company_is_not_bound(self):
        other = self.env["res.company"].create({"name": "Second"})
        self.env["rgpd.restriction"]._set(self.person, "accuracy", company=other)
        self.assertEqual(len(self.write_to(self.person, record=self.order)), 1)

    def test_the_composer_says_so_at_once(self):
        composer = self.env["mail.compose.message"].create(
            {
                "composition_mode": "comment",
                "model": "sale.order",
                "res_ids": repr(self.order.ids),
                "partner_ids": [Command.set((self.person | self.other).ids)],
                "subject": "Your order",
                "body": "<p>It is ready</p>",
            }
        )
        self.restrict()
        before = self.order.message_ids
        with self.assertRaisesRegex(UserError, self.person.name):
            composer._action_send_mail()
        self.assertEqual(self.order.message_ids, before)
        composer.partner_ids = self.other
        composer._action_send_mail()
        self.assertEqual(len(self.order.message_ids - before), 1)
