from ..common import RgpdHttpCase, new_rgpd_user

MAIL = "prospect_email_b2c"


class TestMailingTour(RgpdHttpCase):
    def test_a_marketer_sees_who_is_left_out(self):
        new_rgpd_user(
            self.env,
            "reader",
            login="mailing_tour",
            groups="mass_mailing.group_mass_mailing_user,base.group_partner_manager",
        )
        people = self.env["res.partner"].create(
            [
                {"name": "Camille Exemple", "email": "camille@client.example"},
                {"name": "Luc Essai", "email": "luc@client.example"},
            ]
        )
        self.env["rgpd.consent"]._record(people[0], MAIL, "email", "given")
        mailing = self.env["mailing.mailing"].create(
            {
                "subject": "Autumn",
                "body_arch": "<p>Hello</p>",
                "body_html": "<p>Hello</p>",
                "mailing_model_id": self.env["ir.model"]._get_id("res.partner"),
                "mailing_domain": repr([("id", "in", people.ids)]),
                "email_from": "shop@shop.example",
            }
        )
        self.start_tour(
            f"/odoo/mailing.mailing/{mailing.id}",
            "rgpd_mailing_tour",
            login="mailing_tour",
        )
        self.assertEqual(len(mailing.rgpd_purpose_ids), 2)
