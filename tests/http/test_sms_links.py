"""Odoo's own links in SMS sent before: a GET changes nothing, a guess tells nothing."""

from ..common import RgpdHttpCase

NUMBER = "+33199001501"


class TestSmsLinks(RgpdHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.person = cls.env["res.partner"].create(
            {"name": "Camille Exemple", "phone": NUMBER}
        )
        cls.mailing = cls.env["mailing.mailing"].create(
            {
                "mailing_type": "sms",
                "subject": "Autumn",
                "sms_subject": "Autumn",
                "body_plaintext": "Autumn",
                "mailing_model_id": cls.env["ir.model"]._get_id("res.partner"),
            }
        )
        cls.trace = cls.new_trace()
        cls.subject = cls.env["rgpd.subject"]._of(cls.person)

    @classmethod
    def new_trace(cls, **values):
        return cls.env["mailing.trace"].create(
            {
                "trace_type": "sms",
                "mass_mailing_id": cls.mailing.id,
                "model": "res.partner",
                "res_id": cls.person.id,
                "sms_number": NUMBER,
                "trace_status": "sent",
                **values,
            }
        )

    def link(self, trace=None, path=""):
        trace = trace or self.trace
        return f"/sms/{self.mailing.id}/{path}{trace.sms_code}"

    def post(self, number, link=None):
        return self.url_open(
            link or self.link(),
            data={"sms_number": number, "csrf_token": self.csrf_token()},
        )

    def csrf_token(self):
        self.authenticate(None, None)
        page = self.url_open(self.link()).text
        return page.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]

    def events(self):
        self.env.invalidate_all()
        return self.env["rgpd.consent.event"].search(
            [("subject_id", "=", self.subject.id)]
        )

    def test_opening_a_link_changes_nothing(self):
        page = self.url_open(self.link())
        self.assertEqual(page.status_code, 200)
        self.assertEqual(page.headers["Referrer-Policy"], "no-referrer")
        self.url_open(self.link() + f"?sms_number=%2B{NUMBER[1:]}")
        old = self.url_open(
            self.link(path="unsubscribe/") + f"?sms_number=%2B{NUMBER[1:]}",
            allow_redirects=False,
        )
        self.assertEqual(old.status_code, 303)
        self.assertTrue(old.headers["Location"].endswith(self.link()))
        self.assertFalse(self.events())
        self.assertFalse(self.env["phone.blacklist"].search([]))

    def test_the_person_objects_with_their_number(self):
        answer = self.post("01 99 00 15 01")
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(
            (self.events().decision, self.events().channel), ("objected", "sms")
        )
        self.assertFalse(self.env["phone.blacklist"].search([]))

    def test_a_guess_tells_nothing_and_does_nothing(self):
        right = self.post(NUMBER).text
        pages = {
            self.post("+33199001502").text,
            self.post("nonsense").text,
            self.post(NUMBER, f"/sms/{self.mailing.id}/zzzz").text,
            self.post(NUMBER, f"/sms/{self.mailing.id + 999}/zzzz").text,
        }
        self.assertEqual(len({page.count("It is done") for page in pages}), 1)
        self.assertEqual(right.count("It is done"), 1)
        self.assertEqual(len(self.events()), 1)
        for page in pages:
            self.assertNotIn("99001", page)

    def test_without_csrf_token_nothing_happens(self):
        self.assertEqual(
            self.url_open(self.link(), data={"sms_number": NUMBER}).status_code, 400
        )
        self.assertFalse(self.events())

    def test_a_test_sms_objects_for_nobody(self):
        trace = self.new_trace(is_test_trace=True)
        self.post(NUMBER, self.link(trace))
        self.assertFalse(self.events())

    def test_a_record_that_is_gone_leaves_its_number_on_the_blacklist(self):
        trace = self.new_trace(res_id=self.person.copy().id, sms_number="+33199001509")
        self.env["res.partner"].browse(trace.res_id).unlink()
        self.post("+33199001509", self.link(trace))
        self.env.invalidate_all()
        blocked = self.env["phone.blacklist"].search([]).mapped("number")
        self.assertEqual(blocked, ["+33199001509"])

    def test_many_tries_are_slowed(self):
        token = self.csrf_token()
        for _try in range(41):
            answer = self.url_open(
                self.link(), data={"sms_number": "1", "csrf_token": token}
            )
        self.assertEqual(answer.status_code, 429)
