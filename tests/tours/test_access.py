from ..common import RgpdHttpCase


class TestAccessTour(RgpdHttpCase):
    def test_an_officer_hands_the_copy_over(self):
        officer = self.new_user("officer", login="access_tour")
        person = self.env["res.partner"].create(
            {"name": "Camille Exemple", "email": "camille@client.example"}
        )
        self.start_tour(
            f"/odoo/res.partner/{person.id}", "rgpd_access_tour", login="access_tour"
        )
        request = self.env["rgpd.request"].search([("partner_id", "=", person.id)])
        self.assertEqual(request.state, "in_progress")
        self.assertEqual(request.delivery_ids.user_id, officer)
        self.assertTrue(request.delivery_ids.date_used)
