"""Choices that other software reports by JSON-2, with the API key of an officer."""

import json
from datetime import datetime, timedelta

from odoo.tests.common import new_test_user

from ..common import RgpdHttpCase

URL = "/json/2/rgpd.consent/record_choice"


class TestConsentRemote(RgpdHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.officer = cls.new_user("officer", groups="sales_team.group_sale_manager")
        cls.person = cls.env["res.partner"].create(
            {"name": "Jeanne Exemple", "email": "jeanne@client.example"}
        )
        cls.env.company.rgpd_double_optin = "none"
        cls.choice = {
            "res_model": "res.partner",
            "res_id": cls.person.id,
            "purpose_code": "prospect_email_b2c",
            "channel": "email",
            "decision": "given",
        }

    def call(self, user=None, **named):
        """Return the status and the answer of one call, as an integrator makes it."""
        key = (
            self.env["res.users.apikeys"]
            .with_user(user or self.officer)
            ._generate("rpc", "key of the test", datetime.now() + timedelta(days=1))
        )
        response = self.url_open(
            URL,
            data=json.dumps({**self.choice, **named}),
            headers={
                "Authorization": f"bearer {key}",
                "Content-Type": "application/json",
            },
        )
        self.env.invalidate_all()
        return response.status_code, response.json()

    def check(self):
        gate = self.env["rgpd.contact.gate"]
        return gate._check(self.person, "prospect_email_b2c", "email")[self.person.id]

    def test_a_choice_is_recorded_with_where_it_came_from(self):
        self.env.company.rgpd_keep_technical_proof = True
        status, answer = self.call(
            moment="2026-01-05 10:00:00",
            request_key="till-7-2231",
            proof={"name": "form.txt", "content": "WW91IHNhaWQgeWVz", "salt": "x"},
        )
        self.assertEqual(status, 200, answer)
        self.assertEqual(answer["decision"], "given")
        event = self.env["rgpd.consent.event"].browse(answer["event"])
        self.assertEqual(event.collection_point, "api")
        self.assertEqual(event.actor, "self")
        self.assertEqual(str(event.moment), "2026-01-05 10:00:00")
        self.assertTrue(self.check()["allowed"])
        proof = self.env["rgpd.consent.proof"].search([("event_id", "=", event.id)])
        self.assertTrue(proof.is_intact)
        self.assertFalse(proof.ip, "the network of the other software")
        # The other software did not hear the answer and asks again
        self.assertEqual(self.call(request_key="till-7-2231")[1]["event"], event.id)

    def test_a_consent_to_mail_waits_where_the_company_wants_it(self):
        self.env.company.rgpd_double_optin = "public"
        status, answer = self.call()
        self.assertEqual((status, answer["decision"]), (200, "pending"), answer)
        self.assertFalse(self.check()["allowed"])

    def test_an_objection_takes_effect_at_once(self):
        self.call()
        self.assertTrue(self.check()["allowed"])
        status, _answer = self.call(
            decision="objected", purpose_code=None, channel="all"
        )
        self.assertEqual(status, 200)
        self.assertEqual(self.check()["code"], "objected")

    def test_nobody_ends_an_objection_by_saying_so(self):
        """Art. 21.3 GDPR: an API key says that somebody consented, no more."""
        no = {"decision": "objected", "purpose_code": None, "channel": "all"}
        # Of two acts in the same second the objection counts
        no["moment"] = "2026-11-01 10:00:00"
        self.call(**no)
        # A mail was asked for, by which whoever has the mailbox decides
        status, answer = self.call()
        self.assertEqual((status, answer["decision"]), (200, "pending"), answer)
        self.assertEqual(self.check()["code"], "objected")
        confirmation = self.env["rgpd.consent.confirmation"]
        event = self.env["rgpd.consent.event"].browse(answer["event"])
        token = confirmation._get_url(event).rpartition("/")[2]
        self.assertEqual(confirmation._confirm(token), "done")
        self.assertTrue(self.check()["allowed"])
        no["moment"] = None
        self.call(**no)
        # No mail proves who has a number
        self.person.phone = "+33 6 39 98 00 01"
        by_sms = {"purpose_code": "prospect_sms_b2c", "channel": "sms"}
        for proof in (None, {"text": " "}):
            status, answer = self.call(**by_sms, proof=proof)
            self.assertEqual(status, 422, answer)
        status, answer = self.call(proof={"text": "She signed in the shop."})
        self.assertEqual((status, answer["decision"]), (200, "given"), answer)

    def test_an_address_of_the_list_stays_there_without_proof(self):
        self.call(decision="objected", purpose_code=None, channel="all")
        self.person.email = False
        other = self.env["res.partner"].create(
            {"name": "Jeanne Bis", "email": "jeanne@client.example"}
        )
        status, answer = self.call(res_id=other.id)
        self.assertEqual((status, answer["decision"]), (200, "pending"), answer)
        domain = [("channel", "=", "email"), ("kind", "=", "email")]
        self.assertTrue(self.env["rgpd.suppression"].search(domain))

    def test_an_older_consent_is_history(self):
        self.call(decision="objected", purpose_code=None, channel="all")
        status, answer = self.call(moment="2026-01-05 10:00:00")
        self.assertEqual((status, answer["decision"]), (200, "given"), answer)
        self.assertEqual(self.check()["code"], "objected")

    def test_a_key_is_of_one_choice(self):
        """Another choice with it is not lost without a word."""
        self.person.phone = "+33 6 39 98 00 01"
        other = self.person.copy({"email": "other@client.example"})
        first = self.call(request_key="till-7")[1]["event"]
        for another in (
            {"res_id": other.id},
            {"decision": "objected"},
            {"purpose_code": None, "channel": "all", "decision": "objected"},
            {"purpose_code": "prospect_sms_b2c", "channel": "sms"},
        ):
            status, answer = self.call(request_key="till-7", **another)
            self.assertEqual(status, 422, (another, answer))
            self.assertIn("another choice", answer["message"])
        for wrong in ("x" * 201, ["till"]):
            status, answer = self.call(request_key=wrong)
            self.assertEqual(status, 422, answer)
        # Other software may count its choices in the same way
        colleague = self.new_user("officer", login="till_user")
        company = self.env["res.company"].create({"name": "Autre Maison"})
        self.officer.company_ids |= company
        for user, named in ((colleague, {}), (None, {"company_id": company.id})):
            status, answer = self.call(user, request_key="till-7", **named)
            self.assertEqual(status, 200, answer)
            self.assertNotEqual(answer["event"], first)

    def test_a_key_made_here_keeps_no_choice_out(self):
        key = "rgpd.request,1,objection"
        self.env["rgpd.consent"]._record(
            self.person, None, "all", "objected", request_key=key
        )
        answer = self.call(decision="withdrawn", request_key=key)[1]
        self.assertEqual(answer["decision"], "withdrawn")

    def test_the_words_are_those_of_the_choice(self):
        notices = self.env["rgpd.notice"]
        words = notices._get_version("prospect_email_b2c", "email", self.env.company)
        status, answer = self.call(version_id=words.id)
        self.assertEqual(status, 200, answer)
        event = self.env["rgpd.consent.event"].browse(answer["event"])
        self.assertEqual(event.notice_text, words.text)
        company = self.env["res.company"].create({"name": "Autre Maison"})
        theirs = notices._get_version("prospect_email_b2c", "email", company)
        others = notices._get_version("prospect_sms_b2c", "sms", self.env.company)
        self.assertTrue(theirs and others)
        for status, wrong in (
            (403, {"version_id": theirs.id}),
            (422, {"version_id": others.id}),
            (422, {"version_id": words.id, "moment": "2026-01-05 10:00:00"}),
        ):
            found, answer = self.call(**wrong)
            self.assertEqual(found, status, (wrong, answer))
        self.officer.company_ids |= company
        self.assertEqual(self.call(version_id=theirs.id)[0], 422)

    def test_a_record_of_one_company_is_of_no_other(self):
        company = self.env["res.company"].create({"name": "Autre Maison"})
        self.officer.company_ids |= company
        self.person.company_id = self.env.company
        status, answer = self.call(company_id=company.id)
        self.assertEqual(status, 422, answer)
        self.assertIn("another company", answer["message"])
        # Its own needs not be named
        self.officer.company_id = company
        status, answer = self.call(decision="objected")
        self.assertEqual(status, 200, answer)
        event = self.env["rgpd.consent.event"].browse(answer["event"])
        self.assertEqual(event.company_id, self.env.company)

    def test_what_is_wrong_is_told_in_plain_words(self):
        for wrong, words in (
            ({"purpose_code": "nothing"}, "nothing"),
            ({"purpose_code": "order"}, "does not depend on consent"),
            ({"channel": "pigeon"}, "channel does not exist"),
            ({"channel": "all"}, "one purpose and one channel"),
            ({"moment": "2099-01-01 00:00:00"}, "future"),
            ({"moment": "yesterday"}, "in UTC"),
            ({"proof": {"note": "nothing"}}, "base64"),
            ({"proof": {"content": "not base64!"}}, "base64"),
            ({"proof": ["x"]}, "base64"),
            ({"res_id": 999999999}, "deleted"),
            ({"res_model": "res.country"}, "nobody"),
            *(
                ({"decision": decision}, "given, refused, withdrawn, objected")
                for decision in ("pending", "expired", "unreachable", "reachable", "x")
            ),
            ({"version_id": 999999999}, "does not exist"),
        ):
            status, answer = self.call(**wrong)
            self.assertEqual(status, 422, (wrong, answer))
            self.assertIn(words, answer["message"])
        self.assertFalse(self.check()["allowed"])

    def test_only_officers_and_only_in_their_companies(self):
        plain = new_test_user(
            self.env, "plain_remote", groups="sales_team.group_sale_manager"
        )
        other = self.env["res.company"].create({"name": "Autre Maison"})
        for user, named in ((plain, {}), (None, {"company_id": other.id})):
            status, answer = self.call(user, **named)
            self.assertEqual(status, 403, answer)
        self.assertFalse(self.check()["allowed"])
