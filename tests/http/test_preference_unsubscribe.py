from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields

from ..common import RgpdHttpCase

MAIL = "prospect_email_b2c"


class PreferenceHttpCase(RgpdHttpCase):
    """A person, and the links they receive."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Token = cls.env["rgpd.preference.token"]
        cls.Consent = cls.env["rgpd.consent"]
        cls.person = cls.env["res.partner"].create(
            {
                "name": "Camille Exemple",
                "email": "camille@client.example",
                "phone": "+33 6 39 98 00 33",
            }
        )

    # === HELPERS === #

    def path(self, url):
        """Return the path of a URL of a mail, as opened on the test server."""
        return "/" + url.split("/", 3)[3]

    def preferences(self, person=None):
        return self.path(self.Token._get_url(person or self.person))

    def unsubscribe(self, person=None, channel="email"):
        url = self.Token._get_unsubscribe_url(person or self.person, channel=channel)
        return self.path(url)

    def one_click(self, url):
        """Post as a mail provider does: no cookie, no CSRF token."""
        self.opener.cookies.clear()
        return self.url_open(url, data={"List-Unsubscribe": "One-Click"})

    def events(self, person=None):
        subject = self.env["rgpd.subject"]._of(person or self.person)
        self.env.invalidate_all()
        return self.env["rgpd.consent.event"].search([("subject_id", "=", subject.id)])

    def verdict(self, purpose=MAIL, channel="email"):
        gate = self.env["rgpd.contact.gate"]
        return gate._check(self.person, purpose, channel)[self.person.id]

    def give(self, purpose=MAIL, channel="email", **values):
        version = self.env["rgpd.notice"]._get_version(purpose, channel)
        return self.Consent._record(
            self.person, purpose, channel, "given", version=version, **values
        )


class TestUnsubscribe(PreferenceHttpCase):
    """One click stops the offers; nothing else does it, and nothing undoes it."""

    def test_opening_the_link_changes_nothing(self):
        self.give()
        for method in ("GET", "HEAD"):
            response = self.url_open(self.unsubscribe(), method=method)
            self.assertEqual(response.status_code, 200)
            self.assertEqual(response.headers["Referrer-Policy"], "no-referrer")
        self.assertEqual(self.events().mapped("decision"), ["given"])
        self.assertTrue(self.verdict()["allowed"])

    def test_one_click_without_session(self):
        self.give()
        response = self.one_click(self.unsubscribe())
        self.assertEqual(response.status_code, 200)
        self.assertFalse(response.history)
        event = self.events()[0]
        self.assertEqual(
            (event.decision, event.channel, event.actor, event.collection_point),
            ("objected", "email", "self", "preferences"),
        )
        self.assertFalse(event.purpose_id)
        self.assertEqual(self.verdict()["code"], "objected")
        # the order still goes out
        self.assertTrue(self.verdict("order")["allowed"])

    def test_the_token_of_the_preferences_unsubscribes_too(self):
        url = self.preferences().replace("/preferences/", "/unsubscribe/")
        self.assertEqual(self.one_click(url).status_code, 200)
        self.assertEqual(self.events().decision, "objected")

    def test_a_second_click_adds_nothing(self):
        url = self.unsubscribe()
        self.one_click(url)
        self.one_click(url)
        self.assertEqual(len(self.events()), 1)

    def test_other_channels(self):
        self.one_click(self.unsubscribe(channel="sms"))
        self.assertEqual(self.events().channel, "sms")
        self.one_click(self.unsubscribe(channel="all"))
        self.assertEqual(self.events()[0].channel, "all")
        self.one_click(self.unsubscribe() + "?channel=rubbish")
        self.assertEqual(len(self.events()), 2)

    def test_an_old_link_still_objects(self):
        """A message found a year later must let the person object (L. 34-5 CPCE)."""
        with freeze_time(fields.Datetime.now() - timedelta(days=400)):
            url = self.unsubscribe()
        self.one_click(url)
        self.assertEqual(self.events().decision, "objected")

    def test_a_link_ends(self):
        with freeze_time(fields.Datetime.now() - timedelta(days=1096)):
            url = self.unsubscribe()
        self.assertEqual(self.one_click(url).status_code, 404)
        self.assertFalse(self.events())

    def test_forged_links(self):
        url = self.unsubscribe()
        head, token = url.rsplit("/", 1)
        middle = len(token) // 2
        changed = token[:middle] + ("A" if token[middle] != "A" else "B")
        for forged in (
            changed + token[middle + 1 :],
            token[:-8],
            "x",
            "1",
            "é",
            "A" * 5000,
            self.env["rgpd.subject"]._of(self.person).uid,
        ):
            for method in ("GET", "POST"):
                with self.subTest(token=forged[:20], method=method):
                    response = self.url_open(f"{head}/{forged}", method=method)
                    self.assertEqual(response.status_code, 404)
        self.assertFalse(self.events())

    def test_a_token_of_something_else_is_refused(self):
        from odoo.tools import hash_sign

        uid = self.env["rgpd.subject"]._of(self.person).uid
        other = hash_sign(self.env, "other", [uid, self.company.id, 0, 0, ""])
        self.assertIsNone(self.Token._read(other))

    def test_a_deleted_person_is_nobody(self):
        url = self.unsubscribe()
        known = self.url_open(url.replace(url[-20:], "x" * 20))
        self.person.unlink()
        gone = self.one_click(url)
        self.assertEqual(gone.status_code, known.status_code)

    def test_the_link_says_nothing_about_the_person(self):
        url = self.preferences()
        for secret in ("camille", "client.example", "639980033", str(self.person.id)):
            self.assertNotIn(f"/{secret}", url)
        page = self.url_open(self.unsubscribe()).text
        self.assertNotIn("Camille", page)
        self.assertNotIn("camille", page)

    def test_the_page_speaks_the_language_of_the_person(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.person.lang = "fr_FR"
        page = self.url_open(self.unsubscribe()).text
        self.assertIn('<html lang="fr-FR"', page)
        self.assertIn("<title>", page)
        self.assertNotIn("<title>Odoo", page)

    def test_links_for_many_in_few_queries(self):
        people = self.env["res.partner"].create(
            [{"name": f"P{n}", "email": f"p{n}@client.example"} for n in range(50)]
        )
        self.env["rgpd.subject"]._of(people)
        self.env.invalidate_all()
        self.Token._get_urls(people[:1])
        self.env.invalidate_all()
        with self.assertQueryCount(12):
            urls = self.Token._get_urls(people)
        self.assertEqual(len(set(urls.values())), 50)


class TestThrottle(PreferenceHttpCase):
    def test_the_forty_first_request_waits(self):
        url = self.unsubscribe()
        now = fields.Datetime.now().replace(second=5)
        with (
            freeze_time(now),
            patch(
                "odoo.addons.rgpd_fichier_client.models.consent.rgpd_preference_throttle"
                ".LIMIT",
                3,
            ),
        ):
            codes = [self.url_open(url).status_code for _n in range(4)]
            self.assertEqual(codes, [200, 200, 200, 429])
            # a one-click objection is never slowed
            self.assertEqual(self.one_click(url).status_code, 200)
            # but trying links is
            self.assertEqual(self.one_click(url + "x" * 9).status_code, 429)
        with freeze_time(now + timedelta(minutes=1)):
            self.assertEqual(self.url_open(url).status_code, 200)

    def test_no_address_is_kept(self):
        Throttle = self.env["rgpd.preference.throttle"]
        self.assertFalse(Throttle._is_too_fast("192.0.2.7"))
        self.env.cr.execute("SELECT mark FROM rgpd_preference_throttle")
        self.assertNotIn("192", "".join(mark for (mark,) in self.env.cr.fetchall())[:3])
        with freeze_time(fields.Datetime.now() + timedelta(minutes=6)):
            Throttle._gc_marks()
        self.assertFalse(Throttle.sudo().search([]))

    def test_the_limit_is_forty(self):
        Throttle = self.env["rgpd.preference.throttle"]
        with freeze_time(fields.Datetime.now().replace(second=5)):
            answers = [Throttle._is_too_fast("192.0.2.7") for _n in range(42)]
            self.assertFalse(Throttle._is_too_fast("192.0.2.8"))
        self.assertEqual(answers, [False] * 40 + [True] * 2)
