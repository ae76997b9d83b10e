from lxml import html

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests.common import new_test_user

from .choice_common import ChoiceCase


class TestSignatureChoices(ChoiceCase):
    """Consent beside the signature of a quotation, never a condition of it."""

    # === WHAT IS SHOWN === #

    def test_a_child_is_asked_for_no_consent(self):
        """Objecting stays possible, consenting waits for a parent (art. 8 GDPR)."""
        choices = self.env["rgpd.signature.choice"]
        offered = choices._get_offered(self.order, self.person)
        self.assertEqual(offered, self.mail_notice | self.soft_notice)
        self.env["rgpd.subject"]._of(self.person).is_minor = True
        offered = choices._get_offered(self.order, self.person)
        self.assertEqual(offered, self.soft_notice)
        result = self.sign([self.box(self.mail_notice)])
        self.assertNotIn("error", result)
        self.assertEqual(self.order.state, "sale")
        subject = self.env["rgpd.subject"]._of(self.person)
        self.assertFalse(
            self.env["rgpd.consent.event"].search([("subject_id", "=", subject.id)])
        )

    def test_boxes_are_shown_unticked_and_reading_writes_nothing(self):
        versions = self.env["rgpd.notice.version"].search_count([])
        page = html.fromstring(self.url_open(self.url()).text)
        boxes = page.xpath("//fieldset[contains(@class, 'o_rgpd_signature')]//input")
        self.assertEqual(len(boxes), 2)
        self.assertFalse(any("checked" in box.attrib for box in boxes))
        self.assertIn("receive the offers of", boxes[0].getparent().text_content())
        self.assertEqual(self.env["rgpd.notice.version"].search_count([]), versions)
        self.assertFalse(self.events())

    def test_nothing_is_shown_without_setting(self):
        self.company.rgpd_sign_notice_ids = False
        self.assertFalse(self.has_boxes())

    def test_nobody_is_asked_again_after_a_no(self):
        self.env["rgpd.consent"]._record(self.person, None, "all", "objected")
        self.assertFalse(self.has_boxes())

    def test_a_channel_without_address_is_not_offered(self):
        self.company.rgpd_sign_notice_ids = self.sms_notice
        self.assertFalse(self.has_boxes())
        self.person.phone = "+33 6 39 98 00 33"
        self.assertTrue(self.has_boxes())

    def test_a_company_is_not_asked(self):
        company = self.env["res.partner"].create(
            {"name": "SARL Exemple", "is_company": True, "email": "a@sarl.example"}
        )
        order = self._create_quotation(company)
        self.assertFalse(self.has_boxes(order))

    def test_staff_do_not_choose_for_the_customer(self):
        self.new_user("officer", login="staff", groups="sales_team.group_sale_manager")
        self.authenticate("staff", "staff")
        self.assertFalse(self.has_boxes())
        self.sign([self.box(self.mail_notice)])
        self.assertFalse(self.events())

    def test_a_fault_here_leaves_the_page_alone(self):
        def fail(*_args):
            raise ValueError

        self.patch(type(self.env["rgpd.signature.choice"]), "_get_offered", fail)
        with self.assertLogs("odoo.addons.rgpd_fichier_client", "WARNING") as logs:
            page = self.url_open(self.url())
            result = self.sign([self.box(self.mail_notice)])
        self.assertEqual(page.status_code, 200)
        self.assertSigned(result)
        self.assertNotIn("Camille", "".join(logs.output))

    # === WHAT IS RECORDED === #

    def test_a_ticked_box_is_a_consent_with_its_proof(self):
        self.assertSigned(
            self.sign([self.box(self.mail_notice), self.box(self.soft_notice, False)])
        )
        event = self.events()
        self.assertEqual(len(event), 1)
        self.assertEqual(
            (event.decision, event.method, event.collection_point, event.actor),
            # The link of a quotation is passed on: the mailbox has to answer first.
            ("pending", "signature", "portal", "self"),
        )
        self.assertEqual(
            (event.origin_model, event.origin_id), ("sale.order", self.order.id)
        )
        self.assertIn("by e-mail", event.notice_text)
        self.assertTrue(event.version_id)
        self.assertTrue(event._is_intact())
        self.assertTrue(self.order.rgpd_objection_offered)
        gate = self.env["rgpd.contact.gate"]
        verdict = gate._check(self.person, "prospect_email_b2c", "email")
        self.assertEqual(verdict[self.person.id]["code"], "consent_pending")
        url = self.env["rgpd.consent.confirmation"]._get_url(event)
        state = self.env["rgpd.consent.confirmation"]._confirm(url.rsplit("/", 1)[1])
        self.assertEqual(state, "done")
        verdict = gate._check(self.person, "prospect_email_b2c", "email")
        self.assertTrue(verdict[self.person.id]["allowed"])
        given = self.events().filtered(lambda e: e.decision == "given")
        self.assertEqual(given.method, "double_optin")
        self.assertEqual(given.origin_id, self.order.id)

    def test_the_company_may_do_without_the_mail(self):
        self.company.rgpd_double_optin = "none"
        self.assertSigned(self.sign([self.box(self.mail_notice)]))
        self.assertEqual(self.events().decision, "given")

    def test_the_box_of_a_legitimate_interest_is_an_objection(self):
        self.assertSigned(self.sign([self.box(self.soft_notice)]))
        self.assertEqual(self.events().decision, "objected")

    def test_unticked_boxes_are_no_refusal(self):
        self.assertSigned(
            self.sign(
                [self.box(self.mail_notice, False), self.box(self.soft_notice, False)]
            )
        )
        self.assertFalse(self.events())

    def test_signing_without_boxes(self):
        self.assertSigned(self.sign())
        self.assertFalse(self.events())
        self.assertFalse(self.order.rgpd_objection_offered)

    def test_rubbish_does_not_stop_the_signature(self):
        rubbish = [
            "x",
            None,
            7,
            {"id": "1", "digest": 5, "ticked": "yes"},
            {"id": True, "digest": "x", "ticked": True},
            {"id": self.mail_notice.id, "digest": "0" * 64, "ticked": True},
            {"id": 10**12, "digest": "x" * 10000, "ticked": True},
        ]
        self.assertSigned(self.sign(rubbish))
        self.assertFalse(self.events())

    def test_rubbish_instead_of_a_list(self):
        self.assertSigned(self.sign({"id": 1}))
        self.assertFalse(self.events())

    def test_a_purpose_that_was_not_offered_is_ignored(self):
        self.person.phone = "+33 6 39 98 00 33"
        self.assertSigned(self.sign([self.box(self.sms_notice)]))
        self.assertFalse(self.events())

    def test_true_and_nothing_else_is_a_tick(self):
        box = {**self.box(self.mail_notice), "ticked": "true"}
        self.assertSigned(self.sign([box]))
        self.assertFalse(self.events())

    def test_without_the_token_nothing_happens(self):
        box = self.box(self.mail_notice)
        result = self.sign([box], token="wrong")
        self.assertTrue(result["error"])
        self.assertFalse(self.events())
        self.assertEqual(self.order.state, "sent")
        # nor do the boxes wait for somebody else's signature
        self.assertSigned(self.sign())
        self.assertFalse(self.events())

    def test_a_refused_signature_records_nothing(self):
        self.post("/choices", {"boxes": [self.box(self.mail_notice)]})
        result = self.post("/accept", {"name": "Camille Exemple"})["result"]
        self.assertTrue(result["error"])
        self.assertFalse(self.events())

    def test_a_second_signature_adds_nothing(self):
        box = self.box(self.mail_notice)
        self.assertSigned(self.sign([box]))
        self.assertTrue(self.sign([box])["error"])
        self.assertEqual(len(self.events()), 1)

    def test_boxes_of_one_quotation_do_not_count_for_another(self):
        other = self._create_quotation(self.person)
        self.post("/choices", {"boxes": [self.box(self.mail_notice)]})
        self.assertSigned(self.sign(order=other), other)
        self.assertFalse(self.events())

    def test_the_text_that_was_shown_is_the_proof(self):
        box = self.box(self.mail_notice)
        self.env["rgpd.notice"]._get_version("prospect_email_b2c", "email")
        self.mail_notice.text = "Brand new words about e-mail."
        self.assertSigned(self.sign([box]))
        self.assertIn("I agree to receive", self.events().notice_text)

    def test_a_text_nobody_can_prove_is_not_recorded(self):
        box = self.box(self.mail_notice)
        self.mail_notice.text = "Brand new words about e-mail."
        self.assertSigned(self.sign([box]))
        self.assertFalse(self.events())

    def test_the_page_in_french_records_the_french_text(self):
        self.mail_notice.with_context(lang="fr_FR").text = "J'accepte les offres."
        french = self.env["rgpd.signature.choice"]._prepare(
            self.mail_notice, self.order, "fr_FR"
        )
        self.assertSigned(
            self.sign(
                [{"id": french["id"], "digest": french["digest"], "ticked": True}]
            )
        )
        self.assertEqual(self.events().notice_text, "J'accepte les offres.")

    # === WHOSE CHOICE === #

    def test_another_signatory_gives_no_consent_for_the_contact(self):
        self.assertSigned(self.sign([self.box(self.mail_notice)], name="Paul Autre"))
        self.assertFalse(self.events())
        note = self.order.message_ids.filtered(lambda m: "Ask the person" in m.body)
        self.assertTrue(note)
        self.assertTrue(note.subtype_id.internal)

    def test_a_portal_user_speaks_for_themselves(self):
        user = self.env["res.users"].create(
            {
                "name": "Dominique Essai",
                "login": "dominique@client.example",
                "password": "dominique-pass",
                "email": "dominique@client.example",
                "group_ids": [Command.set(self.env.ref("base.group_portal").ids)],
            }
        )
        self.authenticate("dominique@client.example", "dominique-pass")
        self.assertSigned(
            self.sign([self.box(self.mail_notice)], name="Dominique Essai")
        )
        self.assertFalse(self.events())
        self.assertEqual(self.events(user.partner_id).decision, "given")

    # === WHAT WAS SHOWN === #

    def test_the_texts_beside_the_signature_are_kept(self):
        digest = self.digest_of_notice()
        self.assertSigned(
            self.sign(
                [self.box(self.mail_notice), self.box(self.soft_notice, False)],
                notice=digest,
            )
        )
        rows = self.shown()
        self.assertEqual(set(rows.mapped("place")), {"portal"})
        self.assertEqual(
            sorted(rows.version_id.notice_id.mapped("kind")),
            ["choice", "choice", "form"],
        )
        self.assertEqual(set(rows.mapped("origin_id")), {self.order.id})
        notice = rows.filtered(lambda row: row.kind == "form")
        self.assertEqual(notice.version_id.sha256, digest)

    def test_a_french_page_keeps_the_french_notice(self):
        text = self.order.with_context(lang="fr_FR")._get_rgpd_notice_text()
        digest = self.order._get_rgpd_notice_digest(text)
        self.assertSigned(self.sign([], notice=digest))
        self.assertEqual(self.shown().version_id.lang, "fr_FR")
        self.assertEqual(self.shown().text, text)

    def test_a_notice_that_is_not_ours_was_not_shown(self):
        for notice in ("0" * 64, 7, None, ["x"]):
            with self.subTest(notice):
                order = self._create_quotation(self.person)
                self.assertSigned(self.sign([], notice=notice, order=order), order)
                self.assertFalse(self.shown())

    def test_reading_or_a_refused_signature_shows_nothing(self):
        digest = self.digest_of_notice()
        self.post("/choices", {"boxes": [], "notice": digest})
        result = self.post("/accept", {"name": "Camille Exemple"})["result"]
        self.assertTrue(result["error"])
        self.assertFalse(self.shown())

    def test_that_one_could_object_is_not_written_by_hand(self):
        user = new_test_user(
            self.env, "seller", groups="sales_team.group_sale_salesman_all_leads"
        )
        order = self.order.with_user(user)
        with self.assertRaises(AccessError):
            order.rgpd_objection_offered = True
        with self.assertRaises(AccessError):
            order.create({"partner_id": self.person.id, "rgpd_objection_offered": True})
        order.write({"client_order_ref": "Mine"})

    def test_get_is_refused(self):
        response = self.url_open(self.url("/choices"), method="GET")
        self.assertGreaterEqual(response.status_code, 400)
