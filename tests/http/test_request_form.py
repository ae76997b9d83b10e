import re
from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import freeze_time

from odoo.addons.rgpd_fichier_client.models.request.rgpd_request_throttle import (
    LIMITS,
)

from .request_common import RequestHttpCase

URL = "/privacy/request"
LINK = re.compile(r"/privacy/request/confirm/([\w-]+)")


class TestPublicForm(RequestHttpCase):
    """The form of those without account: confirmed by mail, and telling nothing."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.person = cls.env["res.partner"].create(
            {"name": "Jeanne Exemple", "email": "jeanne@client.example"}
        )

    def send(self, email="jeanne@client.example", csrf=True, **values):
        data = {
            "requester_name": "Jeanne Exemple",
            "requester_email": email,
            "requester_kind": "person",
            "right": ["access"],
            **values,
        }
        return self.post(URL, data, csrf=csrf)

    def get_secret(self, email="jeanne@client.example"):
        """Return the secret of the last mail to an address."""
        mail = self.env["mail.mail"].search([("email_to", "=", email)], limit=1)
        return LINK.search(mail.body_html)[1] if mail else None

    def confirm(self, secret):
        page = f"{URL}/confirm/{secret}"
        return self.post(page)

    def strip(self, text):
        """Return a page without the address it was asked at and its CSRF token."""
        return re.sub(r'csrf_token: "[^"]+"', "", LINK.sub("", text))

    def requests(self):
        return self.env["rgpd.request"].search([("channel", "=", "form")])

    def demands(self):
        return self.env["rgpd.request.demand"].sudo().search([])

    # === THE SAME ANSWER === #

    def test_known_or_not_the_answer_is_the_same(self):
        known = self.send()
        unknown = self.send("nobody@client.example")
        self.assertEqual(known.status_code, 200)
        # The token of the session tells the second in which it was made
        self.assertEqual(self.strip(known.text), self.strip(unknown.text))
        self.assertEqual(
            known.headers["Content-Length"], unknown.headers["Content-Length"]
        )
        self.assertEqual(len(self.demands()), 2)
        bodies = [
            LINK.sub("", mail.body_html)
            for mail in self.env["mail.mail"].search(
                [("email_to", "in", ("jeanne@client.example", "nobody@client.example"))]
            )
        ]
        self.assertEqual(len(bodies), 2)
        self.assertEqual(bodies[0], bodies[1])

    def test_confirmed_or_not_known_the_page_is_the_same(self):
        texts = []
        for email in ("jeanne@client.example", "nobody@client.example"):
            self.send(email)
            texts.append(self.confirm(self.get_secret(email)).text)
        texts = [re.sub(r"DP/\d+/\d+", "", self.strip(text)) for text in texts]
        self.assertEqual(texts[0], texts[1])

    # === CONFIRMATION === #

    def test_nothing_is_a_request_before_it_is_confirmed(self):
        self.send(text="my words")
        self.assertFalse(self.requests())
        demand = self.demands()
        stored = str(demand.read(["content", "digest", "lang"]))
        for secret in ("jeanne", "my words", self.get_secret()):
            self.assertNotIn(secret, stored)
        self.assertNotIn(b"jeanne", bytes(demand.content))

    def test_get_shows_and_post_confirms(self):
        self.send(right=["access", "objection"], text="my words")
        secret = self.get_secret()
        for _time in range(2):
            page = self.url_open(f"{URL}/confirm/{secret}")
            self.assertEqual(page.status_code, 200)
            self.assertIn("my words", page.text)
            self.assertEqual(page.headers["Referrer-Policy"], "no-referrer")
        self.assertFalse(self.requests())
        response = self.confirm(secret)
        request = self.requests()
        self.assertIn(request.name, response.text)
        self.assertEqual(request.partner_id, self.person)
        self.assertEqual(request.identity_status, "known")
        self.assertEqual(request.identity_means, "email")
        self.assertEqual(request.item_ids.mapped("right"), ["access", "objection"])
        self.assertEqual(request.text, "my words")
        self.assertFalse(self.demands())

    def test_a_replayed_link_gives_nothing_away(self):
        self.send()
        secret = self.get_secret()
        self.confirm(secret)
        replayed = self.url_open(f"{URL}/confirm/{secret}")
        forged = self.url_open(f"{URL}/confirm/{'x' * 43}")
        self.assertEqual(replayed.status_code, 404)
        self.assertEqual(self.strip(replayed.text), self.strip(forged.text))
        self.assertEqual(len(self.requests()), 1)

    def test_an_expired_link_gives_nothing_away(self):
        self.send()
        secret = self.get_secret()
        self.demands().date_expires = fields.Datetime.now() - timedelta(minutes=1)
        expired = self.url_open(f"{URL}/confirm/{secret}")
        self.assertEqual(expired.status_code, 404)
        forged = self.url_open(f"{URL}/confirm/x")
        self.assertEqual(self.strip(expired.text), self.strip(forged.text))
        data = {"csrf_token": self.get_csrf()}
        response = self.url_open(f"{URL}/confirm/{secret}", data=data)
        self.assertEqual(response.status_code, 404)
        self.assertFalse(self.requests())
        self.env["rgpd.request.demand"]._gc_demands()
        self.assertFalse(self.demands())

    def get_csrf(self):
        text = self.url_open(URL).text
        return re.search(r'name="csrf_token" value="([^"]+)"', text)[1]

    def test_without_csrf_nothing_happens(self):
        self.assertEqual(self.send(csrf=False).status_code, 400)
        self.assertFalse(self.demands())

    def test_a_second_confirmed_demand_joins_the_first(self):
        for _time in range(2):
            self.send()
            self.confirm(self.get_secret())
        self.assertEqual(len(self.requests()), 1)

    # === WHO IS MEANT === #

    def test_a_shared_mailbox_is_for_the_officer(self):
        self.send(requester_name="Paul Autre")
        self.confirm(self.get_secret())
        request = self.requests()
        self.assertFalse(request.partner_id)
        self.assertEqual(request.identity_status, "doubt")
        candidate = request.candidate_ids
        self.assertEqual(candidate.subject_id.res_id, self.person.id)
        self.assertEqual(candidate.evidence, ["email", "name_differs"])

    def test_an_unknown_address_with_a_known_name_is_in_doubt(self):
        self.send("other@client.example")
        self.confirm(self.get_secret("other@client.example"))
        request = self.requests()
        self.assertFalse(request.partner_id)
        self.assertEqual(request.identity_status, "doubt")
        self.assertEqual(request.candidate_ids.evidence, ["name"])
        request.candidate_ids.action_same()
        self.assertEqual(request.partner_id, self.person)
        self.assertEqual(request.identity_status, "doubt")

    def test_an_agent_shows_a_mandate(self):
        response = self.send("agent@agency.example", requester_kind="agent")
        self.assertEqual(response.status_code, 400)
        self.send(
            "agent@agency.example",
            requester_name="Agence Exemple",
            requester_kind="agent",
            person_name="Jeanne Exemple",
            person_email="jeanne@client.example",
        )
        response = self.confirm(self.get_secret("agent@agency.example"))
        self.assertIn("Written mandate", response.text)
        request = self.requests()
        self.assertEqual(request.requester_kind, "agent")
        self.assertEqual(request.missing_proof, "Written mandate")
        self.assertEqual(request.candidate_ids.evidence, ["email", "name"])

    # === WHAT IS WRONG === #

    def test_what_is_missing_is_said_and_kept(self):
        response = self.send(email="not an address", right=[], text="my words")
        self.assertEqual(response.status_code, 400)
        self.assertIn("Tick at least one right", response.text)
        self.assertIn("my words", response.text)
        self.assertFalse(self.demands())

    def test_a_machine_that_fills_everything_gets_the_same_answer(self):
        answer = self.send()
        trapped = self.send("bot@client.example", company_website="https://x.example")
        self.assertEqual(self.strip(answer.text), self.strip(trapped.text))
        self.assertEqual(len(self.demands()), 1)

    # === THROTTLE === #

    def test_the_captcha_of_odoo_is_asked(self):
        def refuse(_http, action):
            raise UserError(f"Refused: {action}")

        self.patch(self.registry["ir.http"], "_verify_request_recaptcha_token", refuse)
        response = self.send(text="Thank you")
        self.assertEqual(response.status_code, 400)
        self.assertIn("Refused: rgpd_request", response.text)
        self.assertIn("Thank you", response.text, "what was typed is kept")
        self.assertFalse(self.demands())

    def test_no_address_is_flooded(self):
        answers = [self.strip(self.send().text) for _time in range(5)]
        self.assertEqual(len(set(answers)), 1, "nothing is said of it")
        self.assertEqual(len(self.demands()), 3)

    def test_a_visitor_who_sends_too_much_waits(self):
        codes = [
            self.send(f"one{number}@client.example").status_code for number in range(12)
        ]
        self.assertEqual(codes, [200] * 10 + [429] * 2)
        marks = self.env["rgpd.request.throttle"].sudo().search([])
        self.assertNotIn("127.0.0.1", str(marks.read()))
        with freeze_time(fields.Datetime.now() + timedelta(hours=1, minutes=1)):
            self.assertEqual(self.send("later@client.example").status_code, 200)
            self.env["rgpd.request.throttle"]._gc_counters()

    def test_links_are_not_tried_without_end(self):
        self.addCleanup(LIMITS.update, {"link": LIMITS["link"]})
        LIMITS["link"] = (2, 60)
        codes = [self.url_open(f"{URL}/confirm/x{n}").status_code for n in range(4)]
        self.assertEqual(codes, [404, 404, 429, 429])


class TestNoticeOfForm(RequestHttpCase):
    """What the form showed is recorded once its sender is confirmed (Art. 13)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.person = cls.env["res.partner"].create(
            {"name": "Jeanne Exemple", "email": "jeanne@client.example"}
        )

    # === HELPERS === #

    def send(self, email="jeanne@client.example", **values):
        """Send the form as a browser does, with the mark of the text it showed."""
        marks = re.findall(
            r'name="(rgpd_notice_\w+)" value="(\w+)"', self.url_open(URL).text
        )
        data = {
            "requester_name": "Jeanne Exemple",
            "requester_email": email,
            "requester_kind": "person",
            "right": ["access"],
            **dict(marks),
            **values,
        }
        self.assertEqual(self.post(URL, data).status_code, 200)
        mail = self.env["mail.mail"].search([("email_to", "=", email)], limit=1)
        return f"{URL}/confirm/{LINK.search(mail.body_html)[1]}"

    def shown(self):
        subject = self.env["rgpd.subject"]._of(self.person)
        return self.env["rgpd.notice.shown"].search([("subject_id", "=", subject.id)])

    def requests(self):
        return self.env["rgpd.request"].search([("channel", "=", "form")])

    # === TESTS === #

    def test_it_is_recorded_when_the_address_is_confirmed(self):
        with freeze_time("2026-03-05 10:00:00"):
            page = self.send()
        with freeze_time("2026-03-06 09:00:00"):
            self.url_open(page)
            self.assertFalse(self.shown(), "opening the link records nothing")
            self.assertEqual(self.post(page).status_code, 200)
        row = self.shown()
        self.assertEqual((row.place, row.kind), ("web_form", "form"))
        self.assertEqual(row.version_id.purpose_id.code, "rights")
        self.assertIn("only to answer your request", row.text)
        self.assertEqual(str(row.moment), "2026-03-05 10:00:00", "when it was shown")
        request = self.requests()
        self.assertEqual(request.notice_version_id, row.version_id)
        self.assertEqual((row.origin_model, row.origin_id), (request._name, request.id))

    def test_it_counts_for_a_person_the_officer_finds(self):
        self.post(self.send("other@client.example"))
        request = self.requests()
        self.assertTrue(request.notice_version_id)
        self.assertFalse(self.shown())
        request.candidate_ids.action_same()
        self.assertEqual(request.partner_id, self.person)
        self.assertEqual(self.shown().version_id, request.notice_version_id)

    def test_what_an_agent_read_tells_the_person_nothing(self):
        self.post(
            self.send(
                requester_kind="agent",
                person_name="Jeanne Exemple",
                person_email="jeanne@client.example",
            )
        )
        request = self.requests()
        self.assertTrue(request.notice_version_id)
        request.partner_id = self.person
        self.assertFalse(self.shown())

    def test_a_mark_of_another_page_counts_for_nothing(self):
        notice = self.env["rgpd.form.notice"]._get("account")
        self.post(self.send(**{notice["field"]: notice["digest"]}))
        self.assertEqual(self.shown().version_id.purpose_id.code, "rights")

    def test_a_forged_mark_records_nothing_and_stops_nothing(self):
        self.post(self.send(rgpd_notice_rights="0" * 64))
        self.assertFalse(self.requests().notice_version_id)
        self.assertFalse(self.shown())

    def test_a_text_that_changed_meanwhile_is_the_one_that_was_read(self):
        page = self.send()
        notice = self.env["rgpd.notice"].search([("kind", "=", "form")])
        notice.text = "Another text"
        self.assertEqual(self.post(page).status_code, 200)
        self.assertIn("only to answer your request", self.shown().text)
