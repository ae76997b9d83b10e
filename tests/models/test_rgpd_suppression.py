import base64
from datetime import datetime, timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import freeze_time

from .consent_common import MAIL, ConsentCase

PROOF = {"name": "letter.pdf", "content": base64.b64encode(b"I want your offers")}


class TestSuppression(ConsentCase):
    """An objection lasts, whatever happens to the record (art. 21.3 GDPR)."""

    def listed(self):
        self.env.flush_all()
        self.cr.execute("SELECT kind, channel, digest FROM rgpd_suppression")
        return self.cr.fetchall()

    def notes(self, record):
        bodies = record.message_ids.filtered(
            lambda message: "objected to offers" in (message.body or "")
        )
        return len(bodies)

    def erase(self, person):
        return self.env["rgpd.eraser"]._erase(person, "request")

    # === What is kept === #

    def test_only_digests_are_kept(self):
        self.record("objected", None, "all")
        rows = self.listed()
        self.assertTrue(rows)
        for _kind, _channel, digest in rows:
            self.assertRegex(digest, "^[0-9a-f]{64}$")
        names = {f.name for f in self.env["rgpd.suppression"]._fields.values()}
        self.assertFalse(names & {"name", "email", "phone", "partner_id"})

    def test_an_objection_on_one_channel_leaves_the_others(self):
        self.give("prospect_sms_b2c", "sms")
        self.give()
        with freeze_time(fields.Datetime.now() + timedelta(minutes=1)):
            self.record("objected", None, "sms")
            self.assertDenied("objected", "prospect_sms_b2c", "sms")
            self.assertAllowed("consent")
        self.assertEqual({row[1] for row in self.listed()}, {"sms"})

    def test_a_survey_is_no_prospecting_and_lists_nobody(self):
        self.record("objected", "survey", "email")
        self.assertFalse(self.listed())

    # === It lasts === #

    def test_it_survives_the_erasure_and_the_next_import(self):
        self.record("objected", None, "all")
        self.assertEqual(self.erase(self.person).state, "masked")
        result = self.env["res.partner"].load(
            ["name", "email", "phone"],
            [
                ["C. Exemple", "Camille@Client.example", ""],
                ["Somebody", "", "06 39 98 00 01"],
                ["Dominique Essai", "dominique@client.example", ""],
            ],
        )
        self.assertFalse(result["messages"])
        by_email, by_phone, other = self.env["res.partner"].browse(result["ids"])
        self.assertDenied("suppressed", person=by_email)
        self.assertDenied("suppressed", "prospect_phone_b2c", "phone", person=by_phone)
        self.assertDenied("no_consent", person=other)
        self.assertEqual(
            [self.notes(p) for p in (by_email, by_phone, other)], [1, 1, 0]
        )

    def test_invoices_and_orders_still_go_out(self):
        self.record("objected", None, "all")
        for purpose in ("order", "invoice", "after_sales", "rights"):
            self.assertAllowed("service", purpose, "email")

    def test_a_new_address_of_an_objector_is_listed_too(self):
        self.record("objected", None, "email")
        self.person.email = "other@client.example"
        self.erase(self.person)
        twin = self.new_person("C. Exemple", "other@client.example", phone=False)
        self.assertDenied("suppressed", person=twin)

    def test_it_is_per_company(self):
        other = self.env["res.company"].create({"name": "Sister"})
        self.record("objected", None, "all", company=other)
        self.give()
        self.assertAllowed("consent")
        self.assertDenied("objected", company=other)

    # === Only the person lifts it === #

    def test_staff_cannot_lift_it_without_a_proof(self):
        self.record("objected", None, "all")
        with self.assertRaises(UserError):
            self.give(actor="staff")
        with self.assertRaises(UserError):
            self.give(actor="system", method="unknown", collection_point="import")
        self.assertDenied("objected")

    def test_a_file_cannot_lift_the_objection_of_somebody_erased(self):
        self.record("objected", None, "email")
        self.erase(self.person)
        twin = self.new_person("C. Exemple", "camille@client.example", phone=False)
        with self.assertRaises(UserError):
            self.give(person=twin, actor="system", collection_point="import")
        self.assertDenied("suppressed", person=twin)

    def test_the_person_lifts_it_for_what_they_consent_to(self):
        self.record("objected", None, "all")
        with freeze_time(fields.Datetime.now() + timedelta(minutes=1)):
            self.give(actor="self", is_mailbox_proved=True)
            self.assertAllowed("consent")
            self.assertDenied("objected", "softoptin", "email")
            self.assertDenied("objected", "prospect_phone_b2c", "phone")

    def test_staff_lifts_it_with_a_proof(self):
        self.record("objected", None, "all")
        with freeze_time(fields.Datetime.now() + timedelta(minutes=1)):
            self.give(actor="staff", proof=PROOF)
            self.assertAllowed("consent")

    def test_an_older_consent_is_history_and_lifts_nothing(self):
        self.record("objected", None, "email")
        rows = self.listed()
        self.give(moment=datetime(2024, 1, 5, 10), actor="system")
        self.assertEqual(self.listed(), rows)
        self.assertDenied("objected")

    def test_a_consent_to_be_tracked_lifts_nothing(self):
        self.record("objected", None, "all")
        rows = self.listed()
        with freeze_time(fields.Datetime.now() + timedelta(minutes=1)):
            self.give("mail_tracking", "tracking", actor="self")
        self.assertEqual(self.listed(), rows)

    # === It costs nothing and blocks nobody === #

    def test_no_query_when_no_address_changes(self):
        self.record("objected", None, "all")
        self.env.flush_all()
        welcomed = []
        self.patch(
            type(self.env["rgpd.suppression"]),
            "_welcome",
            lambda _self, records: welcomed.append(records),
        )
        self.person.write({"name": "Camille E.", "email": False, "city": "Lyon"})
        self.env["res.partner"].create({"name": "Nobody"})
        self.assertFalse(welcomed)

    def test_one_query_for_a_batch_when_nobody_is_listed(self):
        self.patch(
            type(self.env["rgpd.suppression"]), "_has_ever_held", lambda _self: True
        )
        people = self.env["res.partner"].create(
            [{"name": f"P{n}", "email": f"p{n}@client.example"} for n in range(50)]
        )
        self.env.flush_all()
        with self.assertQueryCount(1):
            self.env["rgpd.suppression"]._welcome(people)

    def test_a_few_queries_for_a_batch_without_objector(self):
        self.record("objected", None, "all")
        people = self.env["res.partner"].create(
            [{"name": f"P{n}", "email": f"p{n}@client.example"} for n in range(200)]
        )
        self.env.flush_all()
        with self.assertQueryCount(6):
            # List empty? savepoint, key, digests, own objections, release
            self.env["rgpd.suppression"]._welcome(people)

    def test_a_missing_key_blocks_no_create(self):
        self.record("objected", None, "all")

        def fail(*_args):
            raise UserError("no key")

        self.patch(type(self.env["rgpd.key"]), "_get", fail)
        with self.assertLogs("odoo.addons.rgpd_fichier_client", "WARNING") as logs:
            person = self.new_person("C. Exemple", "camille@client.example")
        self.assertTrue(person.exists())
        self.assertNotIn("camille", "".join(logs.output))

    def test_a_seller_may_enter_an_objector(self):
        self.record("objected", None, "all")
        seller = self.new_user(
            "reader", login="seller_s", groups="base.group_partner_manager"
        )
        person = (
            self.env["res.partner"]
            .with_user(seller)
            .create({"name": "C", "email": "camille@client.example"})
        )
        self.assertEqual(self.notes(person), 1)
        self.assertFalse(self.verdict(MAIL, "email", person)["allowed"])
