from datetime import date

from odoo.tests import freeze_time

from .request_common import RequestHttpCase

PAGES = (
    "/my/privacy",
    "/my/privacy/data",
    "/my/privacy/requests",
    "/my/privacy/requests/new",
    "/my/privacy/correct",
)


class TestPrivacyPages(RequestHttpCase):
    """A person sees, asks and gives up on their account; nobody else's."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.officer = cls.new_user("officer", login="portal_officer")
        cls.company.rgpd_request_officer_id = cls.officer
        cls.user = cls.new_account("jeanne", name="Jeanne Exemple")
        cls.other = cls.new_account("paul", name="Paul Autre")

    def ask(self, user=None, rights=("access",), text=""):
        user = user or self.user
        request, _repeated = (
            self.env["rgpd.request"]
            .with_user(user)
            ._ask_from_account(user, rights, text)
        )
        return request

    # === SEEING === #

    def test_every_page_opens_and_changes_nothing(self):
        self.ask()
        count = self.env["rgpd.request"].search_count([])
        self.login(self.user)
        for url in PAGES:
            with self.subTest(url=url):
                response = self.url_open(url)
                self.assertEqual(response.status_code, 200)
                self.assertIn("no-store", response.headers["Cache-Control"])
        self.assertEqual(self.env["rgpd.request"].search_count([]), count)

    def test_a_large_copy_shows_how_far_it_is(self):
        request = self.ask()
        self.login(self.user)
        url = f"/my/privacy/requests/{request.id}"
        self.assertNotIn("rgpd_copy_progress", self.url_open(url).text)
        copy = self.env["rgpd.request.copy"].create(
            {
                "request_id": request.id,
                "right": "access",
                "user_id": self.officer.id,
                "state": "build",
                "is_big": True,
                "record_done": 1200,
                "record_total": 50000,
            }
        )
        page = self.url_open(url).text
        self.assertIn("rgpd_copy_progress", page)
        self.assertIn("1,200 of 50,000 records", page)
        copy.state = "ready"
        self.assertNotIn("rgpd_copy_progress", self.url_open(url).text)

    def test_without_account_the_login_is_asked(self):
        for url in PAGES:
            response = self.url_open(url, allow_redirects=False)
            self.assertEqual(response.status_code, 303, url)
            self.assertIn("/web/login", response.headers["Location"])

    def test_my_data_shows_mine_and_nobody_elses(self):
        self.login(self.user)
        text = self.url_open("/my/privacy/data").text
        self.assertIn("Jeanne Exemple", text)
        self.assertIn("jeanne@client.example", text)
        self.assertIn("cnil.fr", text)
        self.assertNotIn("Paul Autre", text)

    def test_the_home_of_the_account_leads_there(self):
        self.login(self.user)
        self.assertIn('href="/my/privacy"', self.url_open("/my").text)

    def test_another_customers_request_is_not_found(self):
        request = self.ask(self.other, text="secret of Paul")
        self.login(self.user)
        for request_id in (request.id, 10**8):
            response = self.url_open(f"/my/privacy/requests/{request_id}")
            self.assertEqual(response.status_code, 404)
            self.assertNotIn("secret of Paul", response.text)
            response = self.post(
                f"/my/privacy/requests/{request_id}/cancel",
                page="/my/privacy/requests/new",
            )
            self.assertEqual(response.status_code, 404)
        self.assertEqual(request.state, "new")
        self.assertNotIn(request.name, self.url_open("/my/privacy/requests").text)

    def test_what_somebody_else_asked_for_me_is_not_shown(self):
        request = self.ask(text="words of an agent")
        request.write({"requester_kind": "agent", "asker_id": self.other.partner_id.id})
        self.login(self.user)
        response = self.url_open(f"/my/privacy/requests/{request.id}")
        self.assertEqual(response.status_code, 404)

    # === ASKING === #

    def test_several_rights_make_one_request(self):
        self.login(self.user)
        response = self.post(
            "/my/privacy/requests/new",
            {"right": ["access", "erasure", "nonsense"], "text": "  Please  "},
        )
        request = self.requests_of(self.user)
        self.assertEqual(
            response.headers["Location"].split("?")[0].split("/")[-1], str(request.id)
        )
        self.assertEqual(request.item_ids.mapped("right"), ["access", "erasure"])
        self.assertEqual(request.text, "Please")
        self.assertEqual(request.channel, "portal")
        self.assertEqual(request.identity_status, "known")
        self.assertEqual(request.identity_means, "account")
        self.assertEqual(request.officer_id, self.officer)
        self.assertEqual(request.activity_ids.user_id, self.officer)
        page = self.url_open(f"/my/privacy/requests/{request.id}").text
        self.assertIn(request.name, page)
        entry = self.env["rgpd.journal"].search(
            [("kind", "=", "request.received")], order="id desc", limit=1
        )
        self.assertEqual(entry.payload["rights"], ["access", "erasure"])

    def test_a_request_without_a_right_is_told_so(self):
        self.login(self.user)
        for data in ({}, {"right": ["nonsense"]}):
            response = self.post("/my/privacy/requests/new", {**data, "text": "Hi"})
            self.assertEqual(response.status_code, 400)
            self.assertIn("Choose at least one right", response.text)
            self.assertIn("Hi", response.text)
        self.assertFalse(self.requests_of(self.user))

    def test_get_and_a_missing_token_change_nothing(self):
        self.login(self.user)
        self.url_open("/my/privacy/requests/new?right=access&text=x")
        url = "/my/privacy/requests/new"
        response = self.post(url, {"right": ["access"]}, csrf=False)
        self.assertEqual(response.status_code, 400)
        self.assertFalse(self.requests_of(self.user))

    def test_asked_twice_is_one_request(self):
        self.login(self.user)
        url = "/my/privacy/requests/new"
        self.post(url, {"right": ["access"], "text": "first"})
        request = self.requests_of(self.user)
        response = self.post(url, {"right": ["access"], "text": "second"})
        self.assertIn("done=repeated", response.headers["Location"])
        self.assertEqual(self.requests_of(self.user), request)
        self.assertIn("second", "".join(request.message_ids.mapped("body")))
        self.post(url, {"right": ["access", "erasure"]})
        fresh = self.requests_of(self.user) - request
        self.assertEqual(fresh.item_ids.mapped("right"), ["erasure"])

    def test_markup_is_only_text(self):
        self.login(self.user)
        url = "/my/privacy/requests/new"
        self.post(url, {"right": ["access"], "text": "<script>alert(1)</script>"})
        self.post(url, {"right": ["access"], "text": "<img src=x onerror=alert(2)>"})
        request = self.requests_of(self.user)
        page = self.url_open(f"/my/privacy/requests/{request.id}").text
        self.assertNotIn("<script>alert(1)", page)
        self.assertNotIn("<img src=x", "".join(request.message_ids.mapped("body")))

    # === GIVING UP === #

    def test_giving_up(self):
        request = self.ask()
        self.login(self.user)
        page = f"/my/privacy/requests/{request.id}"
        self.assertIn(self.url_open(f"{page}/cancel").status_code, (404, 405))
        self.assertEqual(request.state, "new")
        response = self.post(f"{page}/cancel", page=page)
        self.assertIn("done=cancelled", response.headers["Location"])
        self.assertEqual(request.state, "cancelled")

    def test_an_answered_request_cannot_be_given_up(self):
        request = self.ask()
        request.action_start()
        request.item_ids.decision = "granted"
        request.action_answer()
        self.login(self.user)
        response = self.post(
            f"/my/privacy/requests/{request.id}/cancel", page="/my/privacy/correct"
        )
        self.assertIn("done=over", response.headers["Location"])
        self.assertEqual(request.state, "answered")

    # === CORRECTING === #

    def test_a_correction_is_a_request(self):
        self.login(self.user)
        response = self.post(
            "/my/privacy/correct", {"city": "Lyon", "name": "Jeanne Exemple"}
        )
        self.assertEqual(response.status_code, 303)
        request = self.requests_of(self.user)
        self.assertEqual(request.item_ids.mapped("right"), ["rectification"])
        self.assertIn("Lyon", request.text)
        self.assertNotIn("Jeanne", request.text)
        self.assertFalse(self.user.partner_id.city, "the officer decides")
        change = request.change_ids
        self.assertEqual(change.field_id.name, "city")
        self.assertEqual(change.after, "Lyon")
        self.post("/my/privacy/correct", {"city": "Nantes"})
        self.assertEqual(request.change_ids, change, "the last value counts")
        self.assertEqual(change.after, "Nantes")
        request.action_apply_changes()
        self.assertEqual(self.user.partner_id.city, "Nantes")

    def test_nothing_to_correct(self):
        self.login(self.user)
        response = self.post("/my/privacy/correct", {"name": "Jeanne Exemple"})
        self.assertEqual(response.status_code, 400)
        self.assertFalse(self.requests_of(self.user))

    def test_no_other_field_is_taken(self):
        self.login(self.user)
        self.post("/my/privacy/correct", {"comment": "x", "user_id": "1"})
        self.assertFalse(self.requests_of(self.user))

    # === CLOCK === #

    def test_the_clock_starts_today(self):
        with freeze_time("2026-11-02 10:00:00"):
            request = self.ask()
        self.assertEqual(request.date_received, date(2026, 11, 2))
        self.assertEqual(request.date_due, date(2026, 12, 2))
