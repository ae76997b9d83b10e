import re
from datetime import timedelta

from odoo.fields import Command, Date
from odoo.tests import freeze_time
from odoo.tools import hash_sign

from ..common import RgpdHttpCase


class TestLetterLinks(RgpdHttpCase):
    """GET shows, POST acts; forged, expired and used links give nothing away."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.person = cls.env["res.partner"].create(
            {"name": "Jeanne Exemple", "email": "jeanne@client.example"}
        )
        subject = cls.env["rgpd.subject"]._of(cls.person)
        cls.letter = cls.env["rgpd.request.letter"]._prepare_for_subject(
            subject, "retention_end", cls.company, date_effect=Date.today()
        )
        cls.letter.action_send()
        sent = cls.letter.body_html
        # of the letter as sent: a link made a second later ends a second later
        cls.stay, cls.object, cls.erase = (
            re.search(rf'href="[^"]*(/rgpd/letter/[^"]+/{name})"', sent).group(1)
            for name in ("stay", "object", "erase")
        )

    def post(self, url, page=None, **data):
        page = page or self.url_open(url).text
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)
        return self.url_open(url, data={"csrf_token": token.group(1), **data})

    def get_requests(self):
        self.env.invalidate_all()
        return self.env["rgpd.request"].search([("partner_id", "=", self.person.id)])

    def choice(self):
        gate = self.env["rgpd.contact.gate"]
        self.env.invalidate_all()
        verdict = gate._check(self.person, "prospect_email_b2c", "email")
        return verdict[self.person.id]["code"]

    def test_a_scanner_opens_both_links(self):
        for url in (self.stay, self.object, self.erase):
            for method in ("GET", "HEAD"):
                response = self.url_open(url, method=method)
                self.assertEqual(response.status_code, 200)
                self.assertEqual(response.headers["Referrer-Policy"], "no-referrer")
                self.assertNotIn("Jeanne", response.text)
        self.env.invalidate_all()
        self.assertFalse(self.letter.date_stay)
        self.assertFalse(self.get_requests())
        self.assertNotEqual(self.choice(), "objected")

    def test_what_officers_see_leads_nowhere(self):
        shown = self.letter.preview_html
        for url in (self.stay, self.object, self.erase):
            self.assertIn(url, self.letter.body_html)
            self.assertNotIn(url, shown)
        self.assertNotIn("href", shown)
        for words in re.findall(r"<a [^>]*>([^<]+)</a>", self.letter.body_html):
            self.assertIn(" ".join(words.split()), " ".join(shown.split()))

    def test_the_person_stays(self):
        self.assertEqual(self.post(self.stay).status_code, 200)
        self.env.invalidate_all()
        self.assertTrue(self.letter.date_stay)
        self.env["rgpd.reason"]._refresh(self.person)
        subject = self.env["rgpd.subject"]._of(self.person)
        self.assertEqual(
            subject.date_last_contact, self.env["rgpd.reason"]._get_today()
        )

    def test_the_person_objects(self):
        self.assertEqual(self.post(self.object).status_code, 200)
        self.assertEqual(self.choice(), "objected")
        # A second click adds nothing
        events = self.env["rgpd.consent.event"].search_count([])
        self.post(self.object)
        self.assertEqual(self.env["rgpd.consent.event"].search_count([]), events)

    def test_the_person_asks_to_be_erased_at_once(self):
        """A request like any other: the officer sees what goes and what stays."""
        self.assertIn("cannot be undone", self.url_open(self.erase).text)
        page = self.url_open(self.erase).text
        for _n in range(2):
            self.assertIn("recorded", self.post(self.erase, page).text)
        request = self.get_requests()
        self.assertEqual(len(request), 1)
        self.assertEqual(request.item_ids.mapped("right"), ["erasure"])
        self.assertEqual(
            (request.identity_status, request.identity_means), ("known", "email")
        )
        self.assertEqual(self.person.name, "Jeanne Exemple")

    def test_a_link_serves_one_choice(self):
        token = self.object.split("/")[3]
        for choice in ("stay", "erase"):
            response = self.url_open(f"/rgpd/letter/{token}/{choice}")
            self.assertEqual(response.status_code, 404, choice)

    def test_the_links_of_who_is_there_end_with_the_data(self):
        """To object is possible a month longer."""
        old = {}
        self.letter._sentinel().date_effect = Date.today() - timedelta(days=3)
        with freeze_time(Date.today() - timedelta(days=3)):
            for name, url in self.letter._get_links().items():
                old[name] = "/rgpd" + url.split("/rgpd")[1]
        codes = {name: self.url_open(url).status_code for name, url in old.items()}
        self.assertEqual(codes, {"stay": 404, "erase": 404, "object": 200})

    def test_a_former_address_decides_nothing(self):
        self.person.email = "jeanne.nouvelle@client.example"
        for url in (self.stay, self.erase):
            self.assertEqual(self.url_open(url).status_code, 404)
        self.assertEqual(self.url_open(self.object).status_code, 200)

    def test_who_is_erased_cannot_come_back_by_the_link(self):
        self.env["rgpd.eraser"]._erase(self.person, "request")
        for url in (self.stay, self.erase):
            self.assertEqual(self.url_open(url).status_code, 404)
        self.assertFalse(self.letter.date_stay)

    def test_without_csrf_token(self):
        for url in (self.object, self.stay, self.erase):
            response = self.url_open(url, data={"csrf_token": ""})
            self.assertEqual(response.status_code, 400)
        self.assertFalse(self.get_requests())
        self.assertNotEqual(self.choice(), "objected")

    def test_forged_and_foreign_tokens(self):
        other = hash_sign(
            self.env, "another.scope", [self.letter.id, "stay"], expiration_hours=24
        )
        token = self.stay.split("/")[3]
        for bad in ("x", token[:-2] + "AA", other):
            response = self.url_open(f"/rgpd/letter/{bad}/stay")
            self.assertEqual(response.status_code, 404, bad)
        self.assertEqual(self.url_open(f"/rgpd/letter/{token}/delete").status_code, 404)

    def test_an_expired_link(self):
        with freeze_time(Date.today() - timedelta(days=90)):
            old = hash_sign(
                self.env,
                "rgpd.request.letter",
                [self.letter.id, "stay"],
                expiration_hours=24,
            )
        self.assertEqual(self.url_open(f"/rgpd/letter/{old}/stay").status_code, 404)


class TestPlannedErasure(RgpdHttpCase):
    """The person changes their mind by a link, once, until the day."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.rgpd_erasure_grace_days = 5
        cls.person = cls.env["res.partner"].create(
            {"name": "Jeanne Exemple", "email": "jeanne@client.example"}
        )
        cls.request = cls.env["rgpd.request"].create(
            {
                "partner_id": cls.person.id,
                "item_ids": [Command.create({"right": "erasure"})],
            }
        )
        cls.request._plan_erasure()
        cls.url = "/rgpd" + cls.request._get_cancel_link().split("/rgpd")[1]

    def test_get_then_post_then_nothing(self):
        page = self.url_open(self.url)
        self.assertEqual(page.status_code, 200)
        self.assertNotIn("Jeanne", page.text)
        self.env.invalidate_all()
        self.assertTrue(self.request.date_erase_planned)
        token = re.search(r'name="csrf_token" value="([^"]+)"', page.text).group(1)
        done = self.url_open(self.url, data={"csrf_token": token})
        self.assertEqual(done.status_code, 200)
        self.env.invalidate_all()
        self.assertFalse(self.request.date_erase_planned)
        entry = self.env["rgpd.journal"].search(
            [("kind", "=", "request.erasure_cancelled")], limit=1
        )
        self.assertEqual(entry.payload["by"], "self")
        self.assertEqual(self.url_open(self.url).status_code, 404)

    def test_forged(self):
        self.assertEqual(self.url_open("/rgpd/erasure/x").status_code, 404)
        self.assertEqual(self.url_open(self.url[:-2] + "AA").status_code, 404)


class TestPortalLetters(RgpdHttpCase):
    """Letters on the portal: one's own, as sent; another id gives 404."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.letters = {}
        for name in ("jeanne", "paul"):
            partner = cls.env["res.partner"].create(
                {"name": name.title(), "email": f"{name}@client.example"}
            )
            cls.env["res.users"].create(
                {
                    "partner_id": partner.id,
                    "login": f"letters_{name}",
                    "password": f"letters_{name}",
                    "group_ids": [Command.set(cls.env.ref("base.group_portal").ids)],
                }
            )
            request = cls.env["rgpd.request"].create(
                {
                    "partner_id": partner.id,
                    "channel": "portal",
                    "item_ids": [Command.create({"right": "access"})],
                }
            )
            request.action_start()
            letter = cls.env["rgpd.request.letter"]._prepare(request, "acknowledgement")
            letter.action_send()
            cls.letters[name] = letter

    def test_the_own_letter(self):
        self.authenticate("letters_jeanne", "letters_jeanne")
        page = self.url_open("/my/privacy/letters")
        self.assertIn(self.letters["jeanne"].reference, page.text)
        self.assertNotIn(self.letters["paul"].reference, page.text)
        file = self.url_open(f"/my/privacy/letters/{self.letters['jeanne'].id}")
        self.assertEqual(file.status_code, 200)
        self.assertEqual(file.content, self.letters["jeanne"].pdf_id.raw)
        self.assertNotIn("Jeanne", file.headers["Content-Disposition"])

    def test_the_privacy_page_names_them(self):
        self.authenticate("letters_jeanne", "letters_jeanne")
        self.assertIn("/my/privacy/letters", self.url_open("/my/privacy").text)

    def test_the_letter_of_somebody_else(self):
        self.authenticate("letters_jeanne", "letters_jeanne")
        for other in (self.letters["paul"].id, 10**7):
            response = self.url_open(f"/my/privacy/letters/{other}")
            self.assertEqual(response.status_code, 404)

    def test_nobody_without_an_account(self):
        url = f"/my/privacy/letters/{self.letters['jeanne'].id}"
        response = self.url_open(url, allow_redirects=False)
        self.assertEqual(response.status_code, 303)
        self.assertIn("/web/login", response.headers["Location"])
