from datetime import timedelta

from psycopg2.errors import CheckViolation

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command, Date
from odoo.tests import freeze_time
from odoo.tools import mute_logger

from .erasure_common import ErasureCase
from .request_common import RequestCase


class TestObjection(RequestCase):
    """An objection to prospecting is absolute; another one is weighed (Art. 21)."""

    def may_contact(self, purpose="prospect_email_b2c", channel="email"):
        gate = self.env["rgpd.contact.gate"]
        return gate._check(self.person, purpose, channel)[self.person.id]

    def test_prospecting_stops_at_once(self):
        self.env["rgpd.consent"]._record(
            self.person, "prospect_email_b2c", "email", "given"
        )
        self.assertTrue(self.may_contact()["allowed"])
        # A doubt about who asks does not delay it: stopping offers harms nobody
        request = self.request("objection", identity_status="doubt")
        request.item_ids.is_prospecting = True
        request.item_ids.action_do()
        self.assertEqual(self.may_contact()["code"], "objected")
        self.assertTrue(self.may_contact("invoice")["allowed"])
        self.assertTrue(request.item_ids.date_done)
        self.assertEqual(request.item_ids.decision, "granted")

    def test_a_second_click_records_nothing_more(self):
        request = self.request("objection")
        request.item_ids.is_prospecting = True
        events = self.env["rgpd.consent.event"]
        before = events.search_count([])
        request.item_ids.action_do()
        request.item_ids.action_do()
        self.assertEqual(events.search_count([]), before + 1)

    def test_another_objection_needs_its_balancing(self):
        request = self.request("objection")
        with self.assertRaisesRegex(UserError, "balancing"):
            request.item_ids.action_do()
        request.item_ids.write(
            {
                "balancing": "Works for a competitor; our interest is statistics only.",
                "decision": "granted",
            }
        )
        request.item_ids.action_do()
        text = self.send(self.draft(request, "objection"))
        self.assertIn("Works for a competitor", text)

    def test_an_automated_decision_needs_a_human_review(self):
        request = self.request("automated")
        with self.assertRaisesRegex(UserError, "Art. 22.3"):
            request.item_ids.action_do()
        request.item_ids.review_result = "Score set aside, order accepted."
        request.item_ids.action_do()
        self.assertEqual(request.item_ids.decision, "granted")
        self.assertEqual(request.item_ids.date_reviewed, Date.today())


class TestRestriction(RequestCase):
    """Restricted data are stored and nothing else (Art. 18)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.officer = cls.new_user("officer")
        cls.env["rgpd.consent"]._record(
            cls.person, "prospect_email_b2c", "email", "given"
        )

    def restrict(self):
        request = self.request("restriction", restriction_ground="accuracy")
        request.item_ids.action_do()
        return request

    def check(self, purpose, company=None):
        gate = self.env["rgpd.contact.gate"]
        return gate._check(self.person, purpose, "email", company)[self.person.id]

    def test_the_gate_denies_but_what_the_law_allows(self):
        self.restrict()
        for purpose in ("prospect_email_b2c", "survey", "order"):
            self.assertEqual(self.check(purpose)["code"], "person_restricted")
            self.assertIn("18", self.check(purpose)["article"])
        for purpose in ("rights", "breach", "litigation"):
            self.assertTrue(self.check(purpose)["allowed"], purpose)

    def test_what_belongs_to_the_person_is_denied_too(self):
        self.restrict()
        order = self.env["sale.order"].search([("partner_id", "=", self.person.id)])
        verdict = self.env["rgpd.contact.gate"]._check(order, "survey", "email")
        self.assertEqual(verdict[order.id]["code"], "person_restricted")

    def test_another_company_is_not_bound(self):
        other = self.env["res.company"].create({"name": "Autre Maison"})
        self.restrict()
        self.assertNotEqual(self.check("order", other)["code"], "person_restricted")

    def test_whoever_writes_is_stopped_and_told_why(self):
        self.restrict()
        person = self.person.with_user(self.officer)
        self.assertTrue(person.rgpd_is_restricted)
        with self.assertRaisesRegex(UserError, "Art. 18"):
            person.write({"street": "9 rue des Essais"})
        with self.assertRaisesRegex(UserError, "Art. 18"):
            person.export_data(["name"])
        # What is no personal datum does not stand in the way of work
        person.write({"color": 3})
        found = self.env["res.partner"].search([("rgpd_is_restricted", "=", True)])
        self.assertEqual(found, self.person)

    def test_a_correction_asked_for_goes_through(self):
        self.restrict()
        request = self.request("rectification")
        mapped = self.env["rgpd.data.field"].search(
            [("model", "=", "res.partner"), ("name", "=", "street")]
        )
        request.change_ids = [
            Command.create({"field_id": mapped.id, "after": "8 rue des Essais"})
        ]
        request.with_user(self.officer).action_apply_changes()
        self.assertEqual(self.person.street, "8 rue des Essais")

    def test_it_is_lifted_only_after_the_person_was_told(self):
        request = self.restrict()
        restriction = request.restriction_ids
        with self.assertRaisesRegex(UserError, "Tell the person first"):
            request.action_lift_restriction()
        letter = self.draft(request, "restriction_lifting", reason="It was checked.")
        letter.action_send()
        self.assertEqual(restriction.date_told, Date.today())
        self.env["res.lang"]._lang_get("en_US").date_format = "%d.%m.%Y"
        day = letter.date_effect.strftime("%d.%m.%Y")
        with self.assertRaisesRegex(UserError, f"{day}: wait for it"):
            request.action_lift_restriction()
        with freeze_time(letter.date_effect + timedelta(hours=12)):
            request.action_lift_restriction()
        self.assertEqual(restriction.state, "lifted")
        self.assertTrue(self.check("order")["allowed"])
        self.person.with_user(self.officer).street = "9 rue des Essais"

    def test_the_letter_that_was_begun_is_taken_up_again(self):
        request = self.restrict()
        letters = self.env["rgpd.request.letter"]
        begun = letters.browse(request.action_tell_lifting()["res_id"])
        self.assertEqual(begun.date_effect, Date.add(Date.today(), days=8))
        begun.reason = "It was checked."
        self.assertEqual(request.action_tell_lifting()["res_id"], begun.id)
        with freeze_time(begun.date_effect + timedelta(days=1, hours=12)):
            self.assertEqual(request.action_tell_lifting()["res_id"], begun.id)
            self.assertGreater(begun.date_effect, Date.today())
        self.assertEqual(begun.reason, "It was checked.")
        begun.action_send()
        self.assertNotEqual(request.action_tell_lifting()["res_id"], begun.id)

    def test_set_twice_changes_nothing(self):
        first = self.restrict().restriction_ids
        again = self.env["rgpd.restriction"]._set(self.person, "claims")
        self.assertEqual(again, first)
        with self.assertRaises(UserError):
            first.unlink()

    def test_a_reader_cannot_lift_it(self):
        restriction = self.restrict().restriction_ids
        with self.assertRaises(AccessError):
            restriction.with_user(self.new_user("reader")).action_lift()


class TestRectification(RequestCase):
    """Before and after, through the ORM, recipients told (Art. 16 and 19)."""

    def change(self, request, name, after, **values):
        mapped = self.env["rgpd.data.field"].search(
            [("model", "=", "res.partner"), ("name", "=", name)]
        )
        return self.env["rgpd.request.change"].create(
            {"request_id": request.id, "field_id": mapped.id, "after": after, **values}
        )

    def test_before_is_read_when_it_is_applied(self):
        request = self.request("rectification")
        change = self.change(request, "street", "8 rue des Essais")
        self.assertEqual(change.before, "3 rue des Essais")
        self.person.street = "4 rue des Essais"
        request.action_apply_changes()
        self.assertEqual(change.before, "4 rue des Essais")
        self.assertTrue(change.date_applied)
        entry = self.env["rgpd.journal"].search(
            [("kind", "=", "request.rectified")], order="id desc", limit=1
        )
        self.assertEqual(entry.payload["fields"], ["street"])
        self.assertNotIn("Essais", str(entry.payload))

    def test_kinds_of_fields(self):
        request = self.request("rectification")
        country = self.env.ref("base.be")
        self.change(request, "lang", "French / Français")
        rows = self.env["rgpd.data.field"].search(
            [("model", "=", "res.partner"), ("name", "=", "country_id")]
        )
        self.assertTrue(rows)
        self.change(request, "country_id", country.name)
        request.action_apply_changes()
        self.assertEqual(self.person.lang, "fr_FR")
        self.assertEqual(self.person.country_id, country)

    def test_a_value_that_does_not_fit(self):
        request = self.request("rectification")
        self.change(request, "lang", "Klingon")
        with self.assertRaisesRegex(UserError, "cannot take this value"):
            request.action_apply_changes()

    def test_only_fields_a_person_can_correct(self):
        allowed = self.change(
            self.request("rectification"), "street", "x"
        ).allowed_field_ids
        names = set(allowed.mapped("name"))
        self.assertLessEqual({"name", "email", "phone", "street"}, names)
        self.assertFalse(names & {"signup_token", "image_1920", "email_normalized"})

    def test_the_rights_of_the_officer_count(self):
        request = self.request("rectification")
        self.change(request, "street", "8 rue des Essais")
        officer = self.new_user("officer")
        officer.group_ids -= self.env.ref("base.group_partner_manager")
        with self.assertRaises(AccessError):
            request.with_user(officer).action_apply_changes()
        self.assertEqual(self.person.street, "3 rue des Essais")

    def test_recipients_are_listed_from_the_register_and_answer(self):
        processor = self.env["rgpd.processor"].create(
            {"name": "Routeur Exemple", "contact_email": "dpo@routeur.example"}
        )
        order = self.env.ref("rgpd_fichier_client.rgpd_purpose_order")
        order.processing_id.processor_ids |= processor
        request = self.request("rectification")
        self.change(request, "street", "8 rue des Essais")
        request.action_apply_changes()
        notice = request.notice_ids.filtered(lambda n: n.processor_id == processor)
        self.assertEqual(notice.state, "todo")
        letter = self.draft(request, "recipients", notice_id=notice.id)
        text = self.send(letter)
        self.assertTells(text, "8 rue des Essais", "Correct the data")
        self.assertIn("dpo@routeur.example", letter.mail_id.email_to)
        notice.state = "done"
        self.assertEqual(notice.date_answered, Date.today())
        text = self.send(self.draft(request, "rectification"))
        self.assertTells(text, "told the recipients", "Routeur Exemple")

    def test_an_applied_correction_is_evidence(self):
        request = self.request("rectification")
        change = self.change(request, "street", "8 rue des Essais")
        request.action_apply_changes()
        with self.assertRaises(UserError):
            change.unlink()
        with self.assertRaises(UserError):
            change.with_user(self.new_user("officer")).after = "other"


class TestErasureOfRequest(ErasureCase):
    """From the request to the certificate, at once or after the days of grace."""

    def request(self, person):
        request = self.env["rgpd.request"].create(
            {
                "partner_id": person.id,
                "item_ids": [Command.create({"right": "erasure"})],
            }
        )
        request.action_start()
        return request

    def wizard(self, request, user=None, word="ERASE"):
        action = request.with_user(user or self.dpo).item_ids.action_do()
        wizards = self.env["rgpd.erasure.wizard"].with_user(user or self.dpo)
        return wizards.with_context(**action["context"]).create({"confirmation": word})

    def test_the_preview_says_what_goes_what_stays_and_why(self):
        wizard = self.wizard(self.request(self.customer))
        self.assertIn("Contact", wizard.erased_text)
        self.assertIn("L123-22", wizard.kept_text)
        self.assertEqual(wizard.ground, "request")

    def test_an_officer_does_not_erase(self):
        with self.assertRaises(AccessError):
            self.wizard(self.request(self.prospect), self.new_user("officer"))

    def test_a_whole_erasure_and_its_answer(self):
        request = self.request(self.prospect)
        self.wizard(request)._erase_confirmed()
        self.assertEqual(request.erasure_ids.ground, "request")
        self.assertEqual(request.erasure_ids.motive, request.name)
        self.assertEqual(request.item_ids.decision, "granted")
        self.assertTrue(request.item_ids.date_done)
        self.assertNotIn("Zoé", self.prospect.name)
        letter = self.env["rgpd.request.letter"]._prepare(request, "erasure")
        self.assertEqual(letter.recipient_email, "zoe.lienard@courriel.example")
        self.assertIn("Zoé", letter.recipient_name)
        self.assertIn("impasse du Test", letter.recipient_address)
        self.assertIn(request.erasure_ids.reference, letter.body_html)

    def test_invoices_stay_and_the_letter_says_until_when(self):
        request = self.request(self.customer)
        self.wizard(request)._erase_confirmed()
        self.assertTrue(request.erasure_ids.is_partial)
        item = request.item_ids
        self.assertEqual((item.decision, item.ground), ("partial", "legal_obligation"))
        letter = self.env["rgpd.request.letter"]._prepare(
            request, item._get_letter_kind()
        )
        self.assertEqual(letter.kind, "erasure_partial")
        self.assertIn("L123-22", letter.body_html)
        year = str(request.erasure_ids.kept_until.year)
        self.assertIn(year, letter.body_html)

    def test_the_letter_does_not_keep_the_certificate_open(self):
        request = self.request(self.prospect)
        self.wizard(request)._erase_confirmed()
        letter = self.env["rgpd.request.letter"]._prepare(request, "erasure")
        letter.action_send()
        letter.mail_id.unlink()
        erasure = request.erasure_ids
        for _night in range(2):
            self.env["ir.attachment"]._gc_file_store_unsafe()
            erasure._sweep_and_close()
        self.assertEqual(erasure.state, "closed", erasure.error)
        self.assertTrue(letter.is_intact)

    def test_not_confirmed(self):
        with self.assertRaises(UserError):
            self.wizard(self.request(self.prospect), word="yes")._erase_confirmed()
        self.assertEqual(self.prospect.name, "Zoé Liénard")

    def test_a_doubt_about_who_asks(self):
        request = self.request(self.prospect)
        request.identity_status = "doubt"
        with self.assertRaisesRegex(UserError, "identity"):
            self.wizard(request)

    # === GRACE === #

    def plan(self, days=10):
        self.env.company.rgpd_erasure_grace_days = days
        request = self.request(self.prospect)
        wizard = self.wizard(request)
        self.assertEqual(wizard.grace_days, days)
        wizard._plan_confirmed()
        return request

    def trigger(self):
        with self.enter_registry_test_mode():
            self.env.ref(
                "rgpd_fichier_client.rgpd_request_erase_cron"
            ).method_direct_trigger()
        self.env.invalidate_all()

    def test_the_erasure_waits_for_its_day(self):
        request = self.plan()
        self.assertEqual(request.date_erase_planned, Date.today() + timedelta(days=10))
        mail = self.env["mail.mail"].search([], order="id desc", limit=1)
        self.assertIn("/rgpd/erasure/", mail.body_html)
        self.trigger()
        self.assertEqual(self.prospect.name, "Zoé Liénard")
        with freeze_time(request.date_erase_planned + timedelta(hours=12)):
            self.trigger()
        self.assertNotEqual(self.prospect.name, "Zoé Liénard")
        self.assertEqual(request.item_ids.decision, "granted")
        self.assertFalse(request.date_erase_planned)
        self.assertEqual(request._get_answer_email(), "zoe.lienard@courriel.example")

    def test_the_person_changes_their_mind(self):
        request = self.plan()
        day = request.date_erase_planned
        request.action_cancel_erasure()
        with freeze_time(day + timedelta(hours=12)):
            self.trigger()
        self.assertEqual(self.prospect.name, "Zoé Liénard")

    def test_a_hold_stops_it_and_the_officer_is_told(self):
        request = self.plan()
        self.env["rgpd.hold"].create(
            {"name": "Dispute", "kind": "dispute", "partner_id": self.prospect.id}
        )
        with freeze_time(request.date_erase_planned + timedelta(hours=12)):
            self.trigger()
        self.assertEqual(self.prospect.name, "Zoé Liénard")
        self.assertFalse(request.date_erase_planned)
        self.assertTrue(request.activity_ids)

    def test_the_grace_never_exceeds_the_month(self):
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(CheckViolation),
            self.env.cr.savepoint(),
        ):
            self.env.company.rgpd_erasure_grace_days = 60
            self.env.flush_all()


class TestDirective(ErasureCase):
    """What a person wants done after their death is stored and obeyed (LIL 85)."""

    def directive(self, wish, **values):
        return self.env["rgpd.directive"].create(
            {"partner_id": self.prospect.id, "wish": wish, **values}
        )

    def test_the_death_stops_prospecting(self):
        directive = self.directive("keep")
        directive.action_record_death()
        objection = self.env["rgpd.consent"].search(
            [("subject_id.res_id", "=", self.prospect.id), ("status", "=", "objected")]
        )
        self.assertTrue(objection)
        self.assertEqual(directive.state, "due")
        directive.action_obey()
        self.assertEqual(directive.state, "done")

    def test_erased_as_they_wished(self):
        directive = self.directive("erase").with_user(self.dpo)
        directive.action_record_death()
        action = directive.action_obey()
        wizards = self.env["rgpd.erasure.wizard"].with_user(self.dpo)
        wizard = wizards.with_context(**action["context"]).create(
            {"confirmation": "ERASE", "motive": "directives"}
        )
        wizard._erase_confirmed()
        self.assertNotEqual(self.prospect.name, "Zoé Liénard")
        self.assertEqual(directive.state, "done")

    def test_handed_over_to_whom_they_named(self):
        directive = self.directive(
            "hand_over", heir_name="Paul Liénard", heir_email="paul@courriel.example"
        )
        directive.action_record_death()
        action = directive.action_obey()
        request = self.env["rgpd.request"].browse(action["res_id"])
        self.assertEqual(request.requester_name, "Paul Liénard")
        self.assertEqual(request.requester_kind, "heir")
        self.assertIn("access", request.item_ids.mapped("right"))

    def test_they_prevail_in_the_letter_to_the_heir(self):
        self.directive("keep")
        request = self.env["rgpd.request"].create(
            {
                "partner_id": self.prospect.id,
                "requester_kind": "heir",
                "item_ids": [Command.create({"right": "post_mortem"})],
            }
        )
        letter = self.env["rgpd.request.letter"]._prepare(request, "heir")
        self.assertIn("left directives with us", letter.body_html)

    def test_revoked_by_the_person(self):
        directive = self.directive("erase")
        directive.action_revoke()
        with self.assertRaises(UserError):
            directive.action_record_death()
        with self.assertRaises(UserError):
            self.directive("erase").unlink()
