from datetime import date
from unittest.mock import ANY

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command, Date
from odoo.tests import Form, freeze_time
from odoo.tools import format_date

from ..common import RgpdCase
from .request_common import RequestCase

COMMON = (
    "Maison Exemple",
    "1 place du Test",
    "donnees@maison.example",
    "CNIL, 3 place de Fontenoy, TSA 80715, 75334 Paris Cedex 07",
    "www.cnil.fr/fr/plaintes",
)
COURT = "go to court"


class TestLetterElements(RequestCase):
    """Each letter says in its PDF what the law asks it to say, in English."""

    def day(self, day):
        return format_date(self.env, day, date_format="long")

    def check(self, request, text, *elements, court=False):
        self.assertTells(text, *COMMON, request.name, *elements)
        self.assertTells(text, f"received on {self.day(request.date_received)}")
        self.assertTells(text, *request.item_ids.mapped(lambda i: i._get_right_label()))
        self.assertEqual(COURT in text, court)

    def test_acknowledgement(self):
        request = self.request("access", "erasure")
        text = self.send(self.draft(request, "acknowledgement"))
        self.check(
            request,
            text,
            f"at the latest on {self.day(request.date_due)}",
            "extended by two months",
            "you before that day, with the reasons",
            "need not prove your identity",
            "free of charge",
            "3 rue des Essais",
        )

    def test_acknowledgement_announces_the_identity_step(self):
        request = self.request(identity_status="doubt")
        text = self.send(self.draft(request, "acknowledgement"))
        self.assertTells(text, "ask you for what is needed to be sure")

    def test_identity(self):
        request = self.request()
        text = self.send(self.draft(request, "identity"))
        self.check(
            request,
            text,
            "The address is not the one of the account.",
            "customer number",
            "a code that we send",
            "last order or invoice",
            "as a last resort",
            "hide everything on it",
            "for nothing else",
            "destroyed once the check is done",
            "runs again on the day we receive your answer",
            "no adverse consequence for you",
        )
        self.assertEqual(request.state, "identity")
        self.assertTrue(request.is_suspended)

    def test_clarification(self):
        request = self.request()
        text = self.send(self.draft(request, "clarification"))
        self.check(
            request,
            text,
            "The address is not the one of the account.",
            "need not give your reasons",
            "recital 63",
            f"at the latest on {self.day(request.date_due)}",
            "Your right is not refused",
        )
        self.assertEqual(request.state, "clarification")

    def test_extension(self):
        request = self.request()
        letter = self.draft(
            request,
            "extension",
            reason="Ten years of letters to look through.",
            done_text="your orders are collected.",
        )
        text = self.send(letter)
        due = Date.add(request.date_received, months=3)
        self.check(
            request,
            text,
            f"at the latest on {self.day(due)}",
            "Ten years of letters to look through.",
            "your orders are collected.",
            court=True,
        )
        self.assertTrue(request.is_extended)
        self.assertEqual(request.date_due, due)

    def test_refusal(self):
        request = self.request("access")
        request.item_ids.write(
            {
                "decision": "refused",
                "ground": "excessive",
                "note": "The twelfth request this year.",
            }
        )
        text = self.send(self.draft(request, "refusal"))
        self.check(
            request,
            text,
            "Decision: Refused",
            "The twelfth request this year.",
            "Art. 12.5 GDPR",
            "it must show that they are",
            "What remains possible",
            "against a reasonable fee",
            court=True,
        )
        self.assertEqual(request.state, "refused")

    def test_access(self):
        request = self.request("access")
        request.item_ids.decision = "granted"
        text = self.send(self.draft(request, "access", password_channel="phone"))
        self.check(
            request,
            text,
            "Do we process data about you? Yes",
            "Why we use your data",
            "Legal basis",
            "Which data",
            "Who receives them",
            "Outside the European Union",
            "Where they come from",
            "Automated decisions",
            "Your rights",
            "CSV",
            "JSON",
            "separately, by phone",
            "Art. 15.4",
        )
        self.assertEqual(request.state, "answered")
        self.assertEqual(request.item_ids.letter_id.kind, "access")

    def test_access_when_nothing_is_held(self):
        request = self.request("access")
        request.write({"partner_id": False, "requester_name": "J. Inconnue"})
        request.write({"requester_email": "inconnue@client.example"})
        request.item_ids.decision = "none"
        text = self.send(self.draft(request, "access"))
        self.check(request, text, "Do we process data about you? No")
        self.assertNotIn("encrypted archive", text)

    def test_portability(self):
        request = self.request("portability")
        request.item_ids.decision = "granted"
        text = self.send(self.draft(request, "portability"))
        self.check(
            request,
            text,
            "you provided to us",
            "with your consent or to perform a contract",
            "JSON and CSV",
            "send them directly to",
            "does not erase your data",
        )

    def test_rectification(self):
        request = self.request("rectification")
        mapped = self.env["rgpd.data.field"].search(
            [("model", "=", "res.partner"), ("name", "in", ("street", "function"))],
            order="name",
        )
        request.change_ids = [
            Command.create({"field_id": mapped[1].id, "after": "8 rue des Essais"}),
            Command.create(
                {"field_id": mapped[0].id, "after": "Nurse", "is_sensitive": True}
            ),
        ]
        request.action_apply_changes()
        self.assertEqual(self.person.street, "8 rue des Essais")
        text = self.send(self.draft(request, "rectification"))
        self.check(
            request,
            text,
            self.day(Date.today()),
            "3 rue des Essais",
            "8 rue des Essais",
            "not repeated here",
            "given to you on request (Art. 19",
        )
        self.assertNotIn("Nurse", text)

    def test_erasure(self):
        request = self.request("erasure", "objection")
        request.item_ids.filtered(lambda i: i.right == "erasure").decision = "granted"
        text = self.send(self.draft(request, "erasure"))
        self.check(
            request,
            text,
            f"erased from our files on {self.day(Date.today())}",
            "at most 45 days",
            "list of objectors",
            "Nothing else is kept",
            "recipient",
        )

    def test_erasure_in_part(self):
        request = self.request("erasure")
        request.item_ids.write({"decision": "partial", "ground": "legal_obligation"})
        text = self.send(self.draft(request, "erasure_partial"))
        self.check(
            request,
            text,
            "What is erased",
            "The data on your invoices",
            "Art. 17.3 b GDPR",
            "L123-22",
            "ten years",
            "no commercial purpose",
            "only the persons in charge of accounting",
            court=True,
        )

    def test_objection(self):
        request = self.request("objection")
        request.item_ids.is_prospecting = True
        request.item_ids.action_do()
        text = self.send(self.draft(request, "objection"))
        self.check(
            request,
            text,
            "takes effect at once",
            "You need not give any reason",
            "Channels concerned: All channels",
            "a few weeks at most",
            "at least three years",
            "fingerprint",
        )

    def test_restriction_and_its_end(self):
        request = self.request("restriction", restriction_ground="accuracy")
        request.item_ids.action_do()
        text = self.send(self.draft(request, "restriction"))
        self.check(
            request,
            text,
            f"from {self.day(Date.today())} on",
            "Accuracy contested (Art. 18.1 a)",
            "we only store them",
            "before this restriction is lifted (Art. 18.3",
        )
        lifting = self.draft(request, "restriction_lifting", reason="It was checked.")
        text = self.send(lifting)
        self.check(
            request,
            text,
            "before it happens",
            self.day(lifting.date_effect),
            "It was checked.",
            court=True,
        )

    def test_withdrawal(self):
        notice = self.env["rgpd.notice.version"]
        self.env["rgpd.consent"]._record(
            self.person, "prospect_email_b2c", "email", "given", version=notice
        )
        request = self.request("withdraw")
        request.item_ids.action_do()
        text = self.send(self.draft(request, "withdrawal"))
        self.check(
            request,
            text,
            "taken back your consent",
            self.day(Date.today()),
            "remains lawful",
            "changes nothing to your orders",
            "All channels",
        )

    def test_automated(self):
        request = self.request("automated")
        request.item_ids.review_result = "The refusal is withdrawn."
        request.item_ids.action_do()
        text = self.send(self.draft(request, "automated"))
        self.check(
            request,
            text,
            "A person has looked again",
            "The refusal is withdrawn.",
            "may contest",
        )
        self.assertEqual(request.item_ids.reviewer_id, self.env.user)

    def test_heir(self):
        request = self.request(
            "post_mortem",
            requester_kind="heir",
            requester_name="Paul Exemple",
            requester_email="paul@client.example",
        )
        request.item_ids.decision = "granted"
        text = self.send(self.draft(request, "heir"))
        self.check(
            request,
            text,
            "acte de notoriété",
            "livret de famille",
            "settle the estate",
            "the death to be recorded",
            "prevail",
        )

    def test_recipients(self):
        request = self.request("erasure")
        notice = self.env["rgpd.request.notice"].create(
            {
                "request_id": request.id,
                "operation": "erasure",
                "recipient_name": "Routeur Exemple",
                "recipient_email": "dpo@routeur.example",
                "date_wanted": "2026-12-24",
            }
        )
        text = self.send(self.draft(request, "recipients", notice_id=notice.id))
        self.assertTells(
            text,
            "Maison Exemple",
            request.name,
            "Jeanne Exemple, jeanne@client.example",
            "Erase the data",
            "December 24, 2026",
            "Please confirm it to us",
        )
        self.assertEqual(notice.state, "sent")
        self.assertFalse(request.is_done)

    def test_end_of_retention(self):
        subject = self.env["rgpd.subject"]._of(self.person)
        letter = self.env["rgpd.request.letter"]._prepare_for_subject(
            subject,
            "retention_end",
            self.company,
            date_effect="2027-01-15",
            last_contact="2024-01-10",
        )
        text = self.send(letter)
        self.assertTells(
            text,
            *COMMON,
            "January 10, 2024",
            "deleted on January 15, 2027",
            "Yes, let us stay in touch",
            "Without an answer from you, your data are deleted",
            "only message",
        )
        # The lines of a PDF break long links anywhere
        unbroken = text.replace(" ", "")
        self.assertTells(unbroken, "/stay)", "/object)")

    def test_inactive_account(self):
        subject = self.env["rgpd.subject"]._of(self.person)
        letter = self.env["rgpd.request.letter"]._prepare_for_subject(
            subject,
            "account_inactive",
            self.company,
            date_effect="2027-01-15",
            last_contact="2025-01-10",
        )
        text = self.send(letter)
        self.assertTells(
            text,
            *COMMON,
            "January 10, 2025",
            "January 15, 2027",
            "unless you log in",
            "/web/login",
            "invoices are kept",
            "a copy of your data before",
        )


class TestLetterEvidence(RequestCase):
    """What was sent is kept as it was, once, and only for who may see it."""

    def test_its_reasons_are_written_in_its_form(self):
        """The form asks for the text again at each field that changes it."""
        letter = self.draft(self.request(), "extension", reason=False)
        with Form(letter) as form:
            form.reason = "Ten years of letters to look through."
        self.assertIn("Ten years of letters", letter.body_html)

    def test_the_evidence_of_a_letter(self):
        request = self.request()
        letter = self.draft(request, "acknowledgement")
        letter.action_send()
        self.assertTrue(letter.is_intact)
        self.assertEqual(letter.pdf_id.res_model, "rgpd.request")
        self.assertEqual(letter.pdf_id.res_id, request.id)
        self.assertNotIn("Jeanne", letter.pdf_id.name)
        entry = self.env["rgpd.journal"].search(
            [("kind", "=", "request.letter")], order="id desc", limit=1
        )
        self.assertEqual(entry.payload["sha256"], letter.sha256)
        self.assertEqual(entry.payload["request"], request.name)
        self.assertNotIn("Jeanne", str(entry.payload))
        mail = letter.mail_id
        self.assertIn("jeanne@client.example", mail.email_to)
        self.assertIn("free of charge", mail.body_html)
        self.assertIn("www.cnil.fr", mail.body_html)
        self.assertEqual(mail.attachment_ids, letter.pdf_id)
        note = request.message_ids[0]
        self.assertNotIn("Jeanne", note.body)

    def test_a_letter_that_was_sent_does_not_change(self):
        letter = self.draft(self.request(), "acknowledgement")
        letter.action_send()
        for values in ({"note": "x"}, {"state": "draft"}, {"sha256": "0"}):
            with self.assertRaises(UserError):
                letter.write(values)
        with self.assertRaises(UserError):
            letter.unlink()
        with self.assertRaises(UserError):
            letter.pdf_id.unlink()
        with self.assertRaises(UserError):
            letter.action_send()

    def test_a_changed_file_is_seen(self):
        letter = self.draft(self.request(), "acknowledgement")
        letter.action_send()
        letter.pdf_id.sudo().raw = b"%PDF forged"
        letter.invalidate_recordset()
        self.assertFalse(letter.is_intact)

    def test_nobody_forges_a_sent_letter(self):
        officer = self.new_user("officer")
        letters = self.env["rgpd.request.letter"].with_user(officer)
        request = self.request()
        values = {
            "kind": "refusal",
            "request_id": request.id,
            "company_id": self.company.id,
        }
        with self.assertRaises(AccessError):
            letters.create(values)
        draft = self.draft(request, "acknowledgement").with_user(officer)
        for forged in ({"state": "sent"}, {"sha256": "0"}, {"kind": "refusal"}):
            with self.assertRaises(AccessError):
                draft.write(forged)
        draft.note = "A word of ours."
        draft.action_send()
        self.assertIn("A word of ours.", draft.body_html)

    def test_the_preview_is_what_is_sent(self):
        letter = self.draft(self.request(), "acknowledgement", note="See you soon.")
        preview, subject = letter.body_html, letter.subject
        letter.action_send()
        self.assertEqual(letter.body_html, preview)
        self.assertEqual(letter.sent_subject, subject)

    def test_what_is_missing_is_named(self):
        request = self.request()
        letter = self.draft(request, "identity", reason=" ")
        self.assertIn("Reasons", letter.missing_text)
        with self.assertRaisesRegex(UserError, "Reasons"):
            letter.action_send()
        self.assertEqual(request.state, "in_progress")
        self.assertFalse(letter.pdf_id)

    def test_an_address_that_cannot_be_written_to(self):
        letter = self.draft(self.request(), "acknowledgement")
        letter.recipient_email = "no address"
        with self.assertRaisesRegex(UserError, "E-mail"):
            letter.action_send()
        letter.write({"channel": "post", "recipient_address": ""})
        with self.assertRaisesRegex(UserError, "Postal address"):
            letter.action_send()

    def test_a_letter_by_post_is_printed_and_not_mailed(self):
        letter = self.draft(self.request(channel="post"), "acknowledgement")
        self.assertEqual(letter.channel, "post")
        action = letter.action_send()
        self.assertIn(f"/web/content/{letter.pdf_id.id}", action["url"])
        self.assertFalse(letter.mail_id)

    def test_a_letter_on_the_portal_is_announced_without_its_content(self):
        self.env["res.users"].create(
            {
                "partner_id": self.person.id,
                "login": "jeanne@client.example",
                "group_ids": [Command.set(self.env.ref("base.group_portal").ids)],
            }
        )
        letter = self.draft(self.request(channel="portal"), "acknowledgement")
        self.assertEqual(letter.channel, "portal")
        letter.action_send()
        self.assertIn("/my/privacy/letters", letter.mail_id.body_html)
        self.assertNotIn("free of charge", letter.mail_id.body_html)
        self.assertFalse(letter.mail_id.attachment_ids)

    def test_several_rights_several_letters(self):
        request = self.request("access", "objection")
        access, objection = request.item_ids
        access.decision = "granted"
        objection.is_prospecting = True
        objection.action_do()
        self.draft(request, "objection").action_send()
        self.assertEqual(request.state, "in_progress")
        self.assertFalse(access.letter_id)
        self.draft(request, "access").action_send()
        self.assertEqual(request.state, "answered")
        with self.assertRaises(UserError):
            access.with_user(self.new_user("officer")).note = "changed afterwards"

    def test_two_drafts_one_answer(self):
        request = self.request("access", "portability")
        request.item_ids[0].decision = "granted"
        first, second = (self.draft(request, "access") for _n in range(2))
        first.action_send()
        with self.assertRaisesRegex(UserError, "colleague has answered"):
            second.action_send()

    def test_no_answer_before_the_decision(self):
        letter = self.draft(self.request("access"), "access")
        with self.assertRaisesRegex(UserError, "decision"):
            letter.action_send()

    def test_no_copy_while_there_is_a_doubt(self):
        request = self.request("access", identity_status="doubt")
        request.item_ids.decision = "granted"
        with self.assertRaisesRegex(UserError, "identity"):
            self.draft(request, "access").action_send()

    def test_no_extension_after_the_first_month(self):
        with freeze_time("2026-10-01 09:00:00"):
            request = self.request(date_received=date(2026, 10, 1))
        with freeze_time("2026-11-20 09:00:00"):
            letter = self.draft(request, "extension")
            with self.assertRaisesRegex(UserError, "first month is over"):
                letter.action_send()
        self.assertEqual(letter.state, "draft")

    def test_old_drafts_go(self):
        with freeze_time("2026-01-01 09:00:00"):
            draft = self.draft(self.request(), "acknowledgement")
        self.env.cr.execute(
            "UPDATE rgpd_request_letter SET write_date = '2026-01-01' WHERE id = %s",
            (draft.id,),
        )
        self.env["rgpd.request.letter"]._gc_drafts()
        self.assertFalse(draft.exists())

    def test_the_erased_person_is_still_answered(self):
        request = self.request("erasure")
        request._keep_contact()
        self.person.with_context(rgpd_rights=True).write(
            {"name": "Erased", "email": False, "street": False, "city": False}
        )
        request.item_ids.decision = "granted"
        letter = self.draft(request, "erasure")
        self.assertEqual(letter.recipient_email, "jeanne@client.example")
        self.assertIn("3 rue des Essais", letter.recipient_address)


class TestGround(RgpdCase):
    """A refusal rests on a ground of the law that fits the right."""

    def item(self, right, **values):
        request = self.env["rgpd.request"].create(
            {"item_ids": [Command.create({"right": right, **values})]}
        )
        return request.item_ids

    def test_each_ground_has_its_text(self):
        field = self.env["rgpd.request.item"]._fields["ground"]
        for code, _label in field.selection:
            ground = self.env["rgpd.request.ground"]._of(code)
            self.assertTrue(ground.text and ground.remains and ground.source, code)

    def test_a_ground_of_another_right(self):
        item = self.item("access")
        with self.assertRaises(ValidationError):
            item.ground = "legal_obligation"
        item.ground = "others"
        self.assertIn("Art. 15.4", item.ground_text)

    def test_prospecting_cannot_be_weighed(self):
        item = self.item("objection", is_prospecting=True)
        with self.assertRaises(ValidationError):
            item.ground = "compelling"
        item.write({"is_prospecting": False, "ground": "compelling"})

    def test_a_proposal_for_what_comes_next(self):
        request = self.item("access").request_id
        self.assertEqual(request._get_next_letter(), "acknowledgement")
        request.item_ids.decision = "granted"
        self.assertEqual(request._get_next_letter(), "access")
        wizard = self.env["rgpd.letter.wizard"].create({"request_id": request.id})
        self.assertEqual(wizard.kind, "access")
        self.assertEqual(wizard.action_prepare()["res_id"], ANY)


class TestLetterFrench(RequestCase):
    """The same elements in French, for a person whose language it is."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.person.lang = "fr_FR"

    def check(self, text, *elements):
        self.assertTells(
            text,
            "Madame, Monsieur",
            "Responsable du traitement : Maison Exemple",
            "Notre référence",
            "Droits exercés",
            "réclamation à l'autorité française",
            *elements,
        )
        for english in ("Dear Sir", "You may", "Our reference", "We have"):
            self.assertNotIn(english, text)

    def test_steps(self):
        with freeze_time("2026-11-10 10:00:00"):
            request = self.request(date_received=date(2026, 11, 2))
            text = self.send(self.draft(request, "acknowledgement"))
            self.check(
                text,
                "bien reçu votre demande le 2 novembre 2026",
                "au plus tard le 2 décembre 2026",
                "prolongé de deux mois",
                "gratuit",
            )
            text = self.send(self.draft(request, "extension", reason="Trop de pièces."))
            self.check(text, "2 février 2027", "Trop de pièces.", "recours")
        request = self.request()
        text = self.send(self.draft(request, "identity", reason="Autre adresse."))
        self.check(
            text, "en dernier recours", "détruisons", "il reprend", "aucune conséquence"
        )

    def test_refusal(self):
        request = self.request("objection")
        request.item_ids.write(
            {"decision": "refused", "ground": "compelling", "note": "Fraude établie."}
        )
        text = self.send(self.draft(request, "refusal"))
        self.check(
            text,
            "Fraude établie.",
            "Motifs légitimes et impérieux",
            "Art. 21.1 RGPD",
            "Ce qui reste possible",
            "recours juridictionnel",
        )

    def test_answers(self):
        request = self.request("erasure")
        request.item_ids.write({"decision": "partial", "ground": "legal_obligation"})
        text = self.send(self.draft(request, "erasure_partial"))
        self.check(text, "L123-22 du code de commerce", "usage commercial", "recours")
        request = self.request("access")
        request.item_ids.decision = "granted"
        text = self.send(self.draft(request, "access"))
        self.check(text, "Traitons-nous des données", "par téléphone", "Vos droits")


class TestObjectionLetter(RequestCase):
    """An objection that was weighed is not told to be one to prospecting."""

    def test_an_objection_to_something_else(self):
        request = self.request("objection")
        request.item_ids.write(
            {"decision": "granted", "balancing": "Her safety weighs more."}
        )
        text = self.send(self.draft(request, "objection"))
        self.assertTells(
            text,
            "Your objection is granted",
            "Art. 21.1 GDPR",
            "Her safety weighs more.",
        )
        self.assertNotIn("prospecting.", text)
        self.assertNotIn("Letters already printed", text)
