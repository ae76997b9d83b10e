from ..common import RgpdHttpCase


class TestIntakeTour(RgpdHttpCase):
    def test_an_officer_records_a_call(self):
        officer = self.new_user("officer", login="intake_tour")
        person = self.env["res.partner"].create(
            {"name": "Camille Exemple", "email": "camille@client.example"}
        )
        self.start_tour("/odoo/rgpd-requests", "rgpd_intake_tour", login="intake_tour")
        request = self.env["rgpd.request"].search([("partner_id", "=", person.id)])
        self.assertEqual(request.channel, "phone")
        self.assertEqual(request.officer_id, officer)
        self.assertEqual(request.candidate_ids.decided_by_id, officer)
