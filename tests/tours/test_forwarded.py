from ..common import RgpdHttpCase


class TestForwardedTour(RgpdHttpCase):
    def test_an_officer_sorts_out_a_forwarded_mail(self):
        officer = self.new_user("officer", login="forwarded_tour")
        request = self.env["rgpd.request"].create(
            {
                "officer_id": officer.id,
                "forwarded_by_id": officer.id,
                "proposed_name": "Jeanne Exemple",
                "proposed_email": "jeanne@client.example",
                "requester_kind": "agent",
                "identity_status": "doubt",
            }
        )
        self.env["ir.attachment"].create(
            {
                "name": "mandate.pdf",
                "raw": b"%PDF-1.7 mandate of the tour",
                "res_model": request._name,
                "res_id": request.id,
            }
        )
        self.start_tour(
            f"/odoo/rgpd-requests/{request.id}",
            "rgpd_forwarded_tour",
            login="forwarded_tour",
        )
        self.assertEqual(request.requester_email, "jeanne@client.example")
        self.assertEqual(request.proof_ids.kind, "mandate")
        self.assertFalse(request._get_sent_files())
