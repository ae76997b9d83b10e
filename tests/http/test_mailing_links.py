"""Odoo's own links of mailings: a GET changes nothing, old mails included."""

from werkzeug.urls import url_encode

from ..common import RgpdHttpCase


class TestMailingLinks(RgpdHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.person = cls.env["res.partner"].create(
            {"name": "Camille Exemple", "email": "camille@client.example"}
        )
        cls.mailing = cls.env["mailing.mailing"].create(
            {
                "subject": "Autumn",
                "body_html": '<p>Hello <a href="/unsubscribe_from_list">Leave</a></p>',
                "mailing_model_id": cls.env["ir.model"]._get_id("res.partner"),
                "email_from": "shop@shop.example",
            }
        )
        cls.subject = cls.env["rgpd.subject"]._of(cls.person)

    def old_link(self, path, email="camille@client.example"):
        token = self.mailing._generate_mailing_recipient_token(self.person.id, email)
        values = {"document_id": self.person.id, "email": email, "hash_token": token}
        return f"/mailing/{self.mailing.id}/{path}?{url_encode(values)}"

    def decisions(self):
        self.env.invalidate_all()
        return (
            self.env["rgpd.consent.event"]
            .search([("subject_id", "=", self.subject.id)])
            .mapped("decision")
        )

    def test_opening_an_old_link_changes_nothing(self):
        for path in ("unsubscribe", "confirm_unsubscribe"):
            response = self.url_open(self.old_link(path), allow_redirects=False)
            self.assertEqual(response.status_code, 303)
            self.assertIn("/privacy/unsubscribe/", response.headers["Location"])
            self.assertNotIn("camille", response.headers["Location"])
            self.assertEqual(self.url_open(self.old_link(path)).status_code, 200)
        self.assertFalse(self.decisions())
        self.assertFalse(self.env["mail.blacklist"].search([]))

    def test_one_click_of_an_old_mail_objects(self):
        link = self.old_link("unsubscribe_oneclick")
        self.assertEqual(self.url_open(link, data={"x": 1}).status_code, 200)
        self.assertEqual(self.decisions(), ["objected"])

    def test_a_forged_link_is_refused(self):
        link = self.old_link("unsubscribe_oneclick")
        link = link.replace("hash_token=", "hash_token=0")
        self.assertEqual(self.url_open(link, data={"x": 1}).status_code, 401)
        self.assertFalse(self.decisions())

    def test_the_page_of_a_mail_has_no_address_and_no_state(self):
        url = self.mailing._get_view_url("camille@client.example", self.person.id)
        self.assertNotIn("camille", url)
        path = url.replace(self.mailing.get_base_url(), "")
        response = self.url_open(path)
        self.assertEqual(response.status_code, 200)
        self.assertIn("Hello", response.text)
        self.assertIn("/privacy/unsubscribe/", response.text)
        self.assertEqual(self.url_open(path[:-3] + "AAA").status_code, 404)
        self.assertFalse(self.decisions())

    def test_an_opening_is_not_kept_without_consent(self):
        mail = self.env["mail.mail"].create(
            {
                "mailing_id": self.mailing.id,
                "model": "res.partner",
                "res_id": self.person.id,
            }
        )
        trace = self.env["mailing.trace"].create(
            {
                "mail_mail_id": mail.id,
                "mass_mailing_id": self.mailing.id,
                "model": "res.partner",
                "res_id": self.person.id,
                "trace_status": "sent",
            }
        )
        token = mail._generate_mail_recipient_token(mail.id)
        url = f"/mail/track/{mail.id}/{token}/blank.gif"
        self.assertEqual(self.url_open(url).headers["Content-Type"], "image/gif")
        trace.invalidate_recordset()
        self.assertEqual(trace.trace_status, "sent")
        consent = self.env["rgpd.consent"]
        consent._record(self.person, "mail_tracking", "tracking", "given")
        self.url_open(url)
        trace.invalidate_recordset()
        self.assertEqual(trace.trace_status, "open")
