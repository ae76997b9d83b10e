import re

from ..common import RgpdHttpCase

LINK = re.compile(r"/privacy/request/confirm/[\w-]+")


class TestPrivacyTours(RgpdHttpCase):
    def new_account(self):
        return self.env["res.users"].create(
            {
                "name": "Camille Exemple",
                "login": "privacy_tour",
                "email": "camille@client.example",
                "password": "privacy_tour",
                "group_ids": [(6, 0, self.env.ref("base.group_portal").ids)],
            }
        )

    def test_an_agent_asks_and_joins_a_mandate(self):
        user = self.new_account()
        url = "/my/privacy/requests/new"
        self.start_tour(url, "rgpd_privacy_reply_tour", login="privacy_tour")
        request = self.env["rgpd.request"].search(
            [("asker_id", "=", user.partner_id.id)]
        )
        self.assertEqual(request.requester_kind, "agent")
        self.assertEqual(request.proof_ids.kind, "mandate")
        self.assertIn("in a hurry", request.message_ids[0].body)

    def test_a_customer_asks_and_gives_up(self):
        user = self.new_account()
        self.start_tour("/my", "rgpd_privacy_tour", login="privacy_tour")
        request = self.env["rgpd.request"].search(
            [("partner_id", "=", user.partner_id.id)]
        )
        self.assertEqual(request.item_ids.mapped("right"), ["access", "erasure"])
        self.assertEqual(request.state, "cancelled")

    def test_somebody_without_account_asks_and_confirms(self):
        person = self.env["res.partner"].create(
            {"name": "Camille Exemple", "email": "camille@client.example"}
        )
        self.start_tour("/privacy/request", "rgpd_public_form_tour")
        mail = self.env["mail.mail"].search([("email_to", "=", person.email)])
        link = LINK.search(mail.body_html)[0]
        self.start_tour(link, "rgpd_public_confirm_tour")
        request = self.env["rgpd.request"].search([("partner_id", "=", person.id)])
        self.assertEqual(request.channel, "form")
        self.assertEqual(request.state, "new")
