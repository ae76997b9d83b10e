from ..common import RgpdHttpCase


class TestPreferenceTour(RgpdHttpCase):
    def test_a_person_without_account_decides(self):
        person = self.env["res.partner"].create(
            {"name": "Camille Exemple", "email": "camille@client.example"}
        )
        url = self.env["rgpd.preference.token"]._get_url(person)
        self.start_tour("/" + url.split("/", 3)[3], "rgpd_preference_tour")
        subject = self.env["rgpd.subject"]._of(person)
        events = self.env["rgpd.consent.event"].search(
            [("subject_id", "=", subject.id)], order="id"
        )
        self.assertEqual(events.mapped("decision"), ["given", "withdrawn", "objected"])
        preference = self.env["rgpd.preference"]._get(subject, self.company)
        self.assertEqual(preference, ("month", None))
