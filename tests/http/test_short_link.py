from datetime import timedelta

from freezegun import freeze_time

from odoo import fields

from .test_preference_unsubscribe import PreferenceHttpCase

SMS = "prospect_sms_b2c"


class TestShortLink(PreferenceHttpCase):
    """The way out of an SMS: short, for one act only, and telling nothing."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Link = cls.env["rgpd.short.link"]

    # === HELPERS === #

    def stop(self, person=None):
        person = person or self.person
        return self.path(self.Link._get_urls(person, self.company)[person.id])

    def post(self, path, **data):
        """Post as a phone that keeps no cookie does."""
        self.opener.cookies.clear()
        return self.url_open(path, data={"lang": "en_US", **data})

    # === THE LINK === #

    def test_it_is_short_and_says_nothing(self):
        path = self.stop()
        self.assertLessEqual(len(path), 60)
        self.assertRegex(path, r"^/stop/[a-z2-9]{16}$")
        sample = self.Link._get_sample_url(self.company)
        self.assertEqual(len(self.path(sample)), len(path))

    def test_a_person_has_one_link_per_company(self):
        self.assertEqual(self.stop(), self.stop())
        other = self.env["res.company"].create({"name": "Sister"})
        urls = self.Link._get_urls(self.person, other)
        self.assertNotEqual(self.path(urls[self.person.id]), self.stop())

    def test_asking_again_writes_no_row(self):
        """A row that is written is locked while the provider sends the SMS."""

        def read():
            self.env.cr.execute("SELECT ctid, code, date_expires FROM rgpd_short_link")
            return self.env.cr.fetchall()

        self.stop()
        [(place, code, end)] = read()
        with freeze_time(fields.Datetime.now() + timedelta(days=29)):
            self.stop()
        self.assertEqual(read(), [(place, code, end)])
        with freeze_time(fields.Datetime.now() + timedelta(days=31)):
            self.stop()
        [(_place, same_code, later)] = read()
        self.assertEqual(same_code, code)
        self.assertGreaterEqual(later - end, timedelta(days=30))

    def test_links_for_many_in_few_queries(self):
        people = self.env["res.partner"].create([{"name": f"P{n}"} for n in range(50)])
        self.env["rgpd.subject"]._of(people)
        self.env.invalidate_all()
        with self.assertQueryCount(8):
            urls = self.Link._get_urls(people, self.company)
        self.assertEqual(len(set(urls.values())), 50)

    # === GET SHOWS, POST ACTS === #

    def test_opening_it_changes_nothing(self):
        self.give(SMS, "sms")
        path = self.stop()
        for method in ("GET", "HEAD"):
            response = self.url_open(path, method=method)
            self.assertEqual(response.status_code, 200)
            self.assertEqual(response.headers["Referrer-Policy"], "no-referrer")
        page = self.url_open(path).text
        self.assertIn("No more offers by SMS", page)
        self.assertNotIn("Camille", page)
        self.assertNotIn("/privacy/preferences/", page, "it leads to no choice")
        self.assertEqual(self.events().mapped("decision"), ["given"])
        self.assertTrue(self.verdict(SMS, "sms")["allowed"])

    def test_one_click_objects_to_sms_alone(self):
        self.give(SMS, "sms")
        self.give()
        response = self.post(self.stop(), channel="sms")
        self.assertIn("We will not send you offers by SMS any more", response.text)
        event = self.events()[0]
        self.assertEqual(
            (event.decision, event.channel, event.actor), ("objected", "sms", "self")
        )
        self.assertEqual(self.verdict(SMS, "sms")["code"], "objected")
        self.assertTrue(self.verdict()["allowed"], "by e-mail nothing changed")

    def test_it_serves_no_other_purpose_than_to_object(self):
        path = self.stop()
        self.post(path, channel="email", decision="given")
        self.assertEqual(self.events().mapped("channel"), ["sms"])
        self.post(path, channel="all")
        self.assertEqual(self.events()[0].channel, "all")
        code = path.rsplit("/", 1)[1]
        for other in ("preferences", "unsubscribe", "confirm"):
            self.assertEqual(self.url_open(f"/privacy/{other}/{code}").status_code, 404)
        token = self.unsubscribe().rsplit("/", 1)[1]
        self.assertEqual(self.url_open(f"/stop/{token}").status_code, 404)

    # === REPLAYED, EXPIRED, FORGED === #

    def test_replayed_it_adds_nothing(self):
        path = self.stop()
        answers = [self.post(path) for _time in range(3)]
        for answer in answers:
            self.assertIn("We will not send you offers by SMS any more", answer.text)
        self.assertEqual(len(self.events()), 1)

    def test_it_ends_after_the_last_sms(self):
        start = fields.Datetime.now()
        with freeze_time(start - timedelta(days=1096)):
            path = self.stop()
        self.assertEqual(self.post(path).status_code, 404)
        self.assertFalse(self.events())
        later = self.stop()
        self.assertNotEqual(later, path, "a link that has ended does not come back")
        with freeze_time(start + timedelta(days=600)):
            self.assertEqual(self.stop(), later)
        with freeze_time(start + timedelta(days=1500)):
            self.assertEqual(self.post(later).status_code, 200)
        with freeze_time(start + timedelta(days=1700)):
            self.Link._gc_links()
        self.assertFalse(self.Link.sudo().search([]))

    def test_forged_ones_tell_nothing(self):
        path = self.stop()
        last = "3" if path[-1] == "2" else "2"
        answers = set()
        for forged in (path[:-1] + last, "/stop/x", "/stop/%25", path + "2", "/stop/1"):
            for method in ("GET", "POST"):
                response = self.url_open(forged, method=method)
                self.assertEqual(response.status_code, 404)
                answers.add(response.text.split("<main")[-1].count("e-mail"))
        self.assertEqual(len(answers), 1)
        self.assertFalse(self.events())

    def test_capitals_of_a_phone_are_forgiven(self):
        head, code = self.stop().rsplit("/", 1)
        self.assertEqual(self.post(f"{head}/{code.upper()}").status_code, 200)
        self.assertEqual(self.events().channel, "sms")

    def test_an_erased_person_is_nobody(self):
        path = self.stop()
        self.Link._forget(self.env["rgpd.subject"]._of(self.person))
        self.assertEqual(self.url_open(path).status_code, 404)
        path = self.stop()
        self.person.unlink()
        self.assertEqual(self.post(path).status_code, 404)

    def test_guessing_is_slowed_and_objecting_never(self):
        path = self.stop()
        with freeze_time(fields.Datetime.now().replace(second=5)):
            codes = {self.url_open("/stop/xx").status_code for _try in range(42)}
            self.assertEqual(codes, {404, 429})
            self.assertEqual(self.post("/stop/xx").status_code, 429)
            self.assertEqual(self.post(path).status_code, 200)

    # === WHAT AN SMS TOLD === #

    def test_the_page_of_a_notice_shows_it_and_changes_nothing(self):
        row = self.env["rgpd.information"]._add(
            self.person, "Fichier Exemple", "prospect_postal"
        )
        urls = self.Link._get_urls(self.person, self.company, "notice")
        path = self.path(urls[self.person.id])
        self.assertRegex(path, r"^/told/[a-z2-9]{16}$")
        page = self.url_open(path)
        self.assertIn("Fichier Exemple", page.text)
        self.assertNotIn("Camille", page.text)
        self.assertRegex(page.text, r'<a href="[^"]+/privacy/notice', "one click away")
        self.assertEqual(page.headers["Referrer-Policy"], "no-referrer")
        self.assertEqual(row.state, "waiting")
        self.assertFalse(self.events())
        # Each link serves its own purpose
        code = path.rsplit("/", 1)[1]
        self.assertEqual(self.post(f"/stop/{code}").status_code, 404)
        self.assertEqual(
            self.url_open(self.stop().replace("/stop/", "/told/")).status_code, 404
        )
        self.env["rgpd.information"]._forget(row.subject_id)
        self.assertEqual(self.url_open(path).status_code, 404)
