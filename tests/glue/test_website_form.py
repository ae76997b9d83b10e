from lxml import html

from odoo.fields import Command

from .website_common import MAIL, SMS, WebsiteFormCase


class TestWebsiteForm(WebsiteFormCase):
    """Forms of the website builder: what they showed, and what was ticked in them."""

    # === WHAT IS SHOWN === #

    def test_the_notice_and_unticked_boxes(self):
        versions = self.env["rgpd.notice.version"].search_count([])
        page = html.fromstring(self.ask())
        self.assertIn("to answer your request", page.text_content())
        self.assertIn("L223-2", page.text_content())
        boxes = page.xpath("//input[@type='checkbox']")
        self.assertEqual(len(boxes), len(self.company.rgpd_website_notice_ids))
        self.assertFalse([box for box in boxes if box.get("checked") is not None])
        for box in boxes:
            self.assertTrue(page.xpath(f"//label[@for='{box.get('id')}']"))
        # the whole notice is one click away
        [link] = page.xpath("//p[contains(@class, 'o_rgpd_form_notice')]//a")
        self.assertIn("/privacy/notice", link.get("href"))
        # reading writes nothing
        self.assertEqual(self.env["rgpd.notice.version"].search_count([]), versions)

    def test_a_box_only_where_its_address_is_asked_for(self):
        page = html.fromstring(self.ask(names=["email_from"]))
        names = {box.get("name") for box in page.xpath("//input[@type='checkbox']")}
        self.assertEqual(names, {f"rgpd_choice_{self.box(MAIL).id}"})
        self.assertNotIn("L223-2", page.text_content())

    def test_no_box_where_no_person_is_kept(self):
        page = html.fromstring(self.ask("mail.mail", ["email_from"]))
        self.assertFalse(page.xpath("//input[@type='checkbox']"))
        self.assertIn("to answer your request", page.text_content())
        self.assertTrue(self.ask("no.such.model", ["email_from"]))

    def test_a_company_may_leave_it_out(self):
        self.company.rgpd_website_notice = False
        self.company.rgpd_website_notice_ids = [Command.clear()]
        self.assertEqual(self.ask(), "")

    def test_rubbish_is_no_error(self):
        self.assertTrue(self.ask(names=[{"a": 1}, None, "email_from"]))

    # === WHAT IS RECORDED === #

    def test_what_was_shown_and_ticked(self):
        marks = self.read(self.ask())
        ticked = {f"rgpd_choice_{self.box(SMS).id}": "1"}
        lead = self.lead(self.send(**marks, **ticked))
        rows = self.shown(lead)
        self.assertEqual(set(rows.mapped("place")), {"web_form"})
        self.assertEqual(
            set(rows.version_id.mapped("sha256")), set(marks.values()), "word for word"
        )
        event = self.events(lead)
        self.assertEqual(
            (event.purpose_id.code, event.channel, event.decision),
            (SMS, "sms", "pending"),
        )
        self.assertEqual((event.method, event.actor), ("box", "self"))
        self.assertEqual(event.collection_point, "web_form")
        self.assertIn("by SMS", event.notice_text)
        # Odoo copies what it does not know into the description
        self.assertNotIn("rgpd_", str(lead.description))

    def test_a_text_that_others_were_shown_before(self):
        """The versions are there already: a visitor may not read them."""
        marks = self.read(self.ask())
        for email in ("camille@client.example", "luc@client.example"):
            lead = self.lead(self.send(**marks, email_from=email))
            self.env.flush_all()
            self.assertEqual(len(self.shown(lead)), len(marks))

    def test_nothing_ticked_is_no_choice(self):
        lead = self.lead(self.send(**self.read(self.ask())))
        self.assertTrue(self.shown(lead))
        self.assertFalse(self.events(lead))

    def test_a_consent_to_mail_waits_for_the_owner_of_the_mailbox(self):
        ticked = {f"rgpd_choice_{self.box(MAIL).id}": "1"}
        lead = self.lead(self.send(**self.read(self.ask()), **ticked))
        self.assertEqual(self.events(lead).mapped("decision"), ["pending"])
        verdict = self.env["rgpd.contact.gate"]._check(lead, MAIL, "email")[lead.id]
        self.assertFalse(verdict["allowed"])

    def test_a_box_nobody_showed_counts_for_nothing(self):
        other = self.env["rgpd.notice"].search(
            [("kind", "=", "choice"), ("id", "not in", self.box(MAIL).ids)], limit=1
        )
        for values in (
            {f"rgpd_choice_{self.box(SMS).id}": "1"},
            {
                f"rgpd_choice_{self.box(SMS).id}": "1",
                f"rgpd_shown_{self.box(SMS).id}": "0" * 64,
            },
            {f"rgpd_choice_{other.id}": "1", f"rgpd_shown_{other.id}": "0" * 64},
            {"rgpd_choice_x": "1", "rgpd_shown_-1": "x", "rgpd_notice_contact": "x"},
        ):
            lead = self.lead(self.send(**values))
            with self.subTest(values):
                self.assertTrue(lead)
                self.assertFalse(self.events(lead))
                self.assertFalse(self.shown(lead))
                self.assertNotIn("rgpd_", str(lead.description))

    def test_a_fault_here_leaves_the_form_alone(self):
        def fail(*_args, **_kwargs):
            raise ValueError

        marks = self.read(self.ask())
        forms = type(self.env["rgpd.website.form"])
        self.patch(forms, "_record", fail)
        self.patch(forms, "_get_notices", fail)
        with self.assertLogs(
            "odoo.addons.rgpd_fichier_client_website", "WARNING"
        ) as logs:
            self.assertEqual(self.ask(), "")
            self.assertTrue(self.lead(self.send(**marks)).exists())
        self.assertNotIn("Camille", "".join(logs.output))
