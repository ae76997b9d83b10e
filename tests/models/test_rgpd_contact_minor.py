from datetime import date, datetime

from odoo import fields
from odoo.exceptions import AccessError, UserError

from .consent_common import MAIL, SMS, ConsentCase
from .erasure_common import ErasureCase

SPRING = datetime(2026, 4, 1, 9)
PARENT = {"actor": "parent", "guardian": "Paul Exemple"}


class MinorCase(ConsentCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.subject = cls.env["rgpd.subject"]._of(cls.person)

    def tick(self, until=False):
        self.subject.write({"is_minor": True, "minor_until": until})


class TestConsentOfAChild(MinorCase):
    """Nothing is recorded for a child but what the parent says (art. 8 GDPR)."""

    def test_the_child_and_the_staff_are_refused(self):
        self.tick()
        for actor in ("self", "staff", "system"):
            with self.assertRaisesRegex(UserError, "holder of parental authority"):
                self.give(actor=actor)
        self.assertFalse(self.Event.search([("subject_id", "=", self.subject.id)]))

    def test_the_parent_gives_their_name_and_it_can_be_erased(self):
        self.tick()
        with self.assertRaisesRegex(UserError, "Write the name"):
            self.give(actor="parent", guardian="  ")
        event = self.give(**PARENT)
        self.assertEqual(event.actor, "parent")
        self.assertAllowed("consent")
        proof = event.sudo().proof_ids
        self.assertEqual(proof.guardian, "Paul Exemple")
        self.assertTrue(proof.is_intact)
        self.cr.execute(
            "SELECT row_to_json(e)::text FROM rgpd_consent_event e WHERE id = %s",
            [event.id],
        )
        self.assertNotIn("Paul", self.cr.fetchone()[0])
        proof.sudo().guardian = "Somebody Else"
        self.assertFalse(proof.is_intact)

    def test_the_scan_and_the_name_are_one_proof(self):
        self.tick()
        scan = {"name": "form.pdf", "content": b"JVBERi0xLjQ="}
        event = self.give(proof=scan, **PARENT)
        proof = event.sudo().proof_ids
        self.assertEqual((len(proof), proof.is_intact), (1, True))
        proof.content = b"JVBERi0xLjU="
        self.assertFalse(proof.is_intact)

    def test_who_speaks_as_a_parent_tells_that_it_is_a_child(self):
        self.give(**PARENT)
        self.assertTrue(self.subject.is_minor)
        with self.assertRaises(UserError):
            self.give(SMS, "sms", actor="self")

    def test_a_no_needs_nobody(self):
        self.tick()
        self.give(moment=SPRING, **PARENT)
        self.record("withdrawn", actor="self")
        self.assertDenied("consent_withdrawn")
        self.record("objected", None, "all", actor="self")
        self.assertDenied("objected")

    def test_what_a_child_gave_before_the_tick_does_not_count(self):
        self.give(moment=SPRING)
        self.assertAllowed("consent")
        self.tick()
        self.assertDenied("person_minor")
        self.assertDenied("person_minor", person=self.new_twin())

    def test_no_offers_to_a_customer_who_is_a_child(self):
        self.company.write(
            {"rgpd_softoptin_similar": True, "rgpd_messages_unsubscribe": True}
        )
        product = self.env["product.product"].create({"name": "Bench"})
        order = self.env["sale.order"].create(
            {
                "partner_id": self.person.id,
                "order_line": [fields.Command.create({"product_id": product.id})],
            }
        )
        order.action_confirm()
        order.sudo().rgpd_objection_offered = True
        self.assertAllowed("softoptin", "softoptin")
        self.tick()
        self.assertDenied("softoptin_minor", "softoptin")
        self.give(**PARENT)
        self.assertAllowed("softoptin", "softoptin")
        self.record("withdrawn", actor="parent", guardian="Paul Exemple")
        self.assertDenied("consent_withdrawn", "softoptin")

    def test_the_birthday(self):
        """What was void stays void; what the parent gave stays."""
        self.give(moment=SPRING)
        self.give(SMS, "sms", moment=SPRING, **PARENT)
        self.tick(until=date(2026, 9, 1))
        self.assertDenied("person_minor")
        self.assertAllowed("consent", SMS, "sms")
        self.give(actor="self", moment=datetime(2026, 9, 2, 8), is_mailbox_proved=True)
        self.assertAllowed("consent")

    def new_twin(self):
        twin = self.new_person("EXEMPLE Camille", "camille@client.example", False)
        self.give(person=twin, moment=SPRING, **PARENT)
        # given to the other record by nobody with authority, as an import once did
        self.env["rgpd.consent.event"].flush_model()
        self.cr.execute("ALTER TABLE rgpd_consent_event DISABLE TRIGGER USER")
        self.cr.execute(
            "UPDATE rgpd_consent_event SET actor = 'staff' WHERE subject_id = %s",
            [self.env["rgpd.subject"]._of(twin).id],
        )
        self.env.invalidate_all()
        return twin

    def test_a_parent_in_the_same_mailbox_is_no_child(self):
        self.tick()
        parent = self.new_person("Paul Exemple", "camille@client.example")
        self.give(person=parent, actor="self", is_mailbox_proved=True)
        self.assertAllowed("consent", person=parent)

    def test_a_file_of_consents(self):
        self.tick()
        recorder = self.env["rgpd.consent.recorder"]
        partners = self.env["res.partner"]
        for actor, guardian, expected in (
            ("staff", None, {1: "person_minor"}),
            ("parent", "Paul Exemple", {}),
        ):
            act = recorder._prepare_act(
                purpose_code=MAIL,
                channel="email",
                decision="given",
                version=None,
                method="file",
                collection_point="import",
                company=self.company,
                moment=SPRING,
                request_key=None,
                origin=None,
                actor=actor,
                guardian=guardian,
            )
            row = type("Row", (), {"res_id": self.person.id, "act": act})
            refused = recorder._check_many(partners, {1: row}, self.company)
            self.assertEqual(refused, expected)

    def test_a_merge_keeps_the_protection(self):
        twin = self.new_person("Camille Exemple", "camille@client.example")
        self.env["rgpd.subject"]._of(twin).is_minor = True
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((self.person | twin).ids, self.person)
        self.assertTrue(self.subject.is_minor)


class TestDateOfBirth(MinorCase):
    """A date of birth that the data map knows is enough."""

    def setUp(self):
        super().setUp()
        self.env["ir.model.fields"].create(
            {
                "name": "x_birthdate",
                "model_id": self.env.ref("base.model_res_partner").id,
                "field_description": "Date of birth",
                "ttype": "date",
            }
        )
        self.env["rgpd.data.map"]._discover()
        self.addCleanup(self.env.registry.clear_cache)

    def test_the_age_on_the_day_of_the_consent(self):
        self.assertEqual(
            self.env["rgpd.contact.minor"]._get_birth_fields(self.person),
            ["x_birthdate"],
        )
        self.person.x_birthdate = date(2011, 9, 1)
        with self.assertRaises(UserError):
            self.give(moment=SPRING)
        self.give(moment=datetime(2026, 9, 2, 9))
        self.assertAllowed("consent")
        self.person.x_birthdate = date(2012, 9, 1)
        self.assertDenied("person_minor")
        self.assertFalse(self.subject.is_minor)


class TestTheTick(MinorCase):
    def test_an_officer_ticks_and_the_journal_keeps_it(self):
        officer = self.new_user("officer", login="minor_officer")
        partner = self.person.with_user(officer)
        partner.rgpd_is_minor = True
        self.assertTrue(self.subject.is_minor)
        entry = self.env["rgpd.journal"].search(
            [("kind", "=", "subject.minor")], order="id desc", limit=1
        )
        self.assertEqual(entry.payload["is_minor"], True)
        self.subject.minor_until = fields.Date.today()
        partner.rgpd_is_minor = False
        self.assertFalse(self.subject.minor_until)

    def test_a_reader_does_not(self):
        reader = self.new_user("reader", login="minor_reader")
        with self.assertRaises(AccessError):
            self.subject.with_user(reader).write({"is_minor": True})
        with self.assertRaises(AccessError):
            self.person.with_user(reader).rgpd_is_minor = True

    def test_the_wizard_asks_who_decides(self):
        self.tick()
        officer = self.new_user("officer", login="minor_wizard")
        purpose = self.env.ref("rgpd_fichier_client.rgpd_purpose_prospect_email_b2c")
        wizard = (
            self.env["rgpd.consent.wizard"]
            .with_user(officer)
            .create(
                {
                    "res_model": "res.partner",
                    "res_id": self.person.id,
                    "purpose_id": purpose.id,
                }
            )
        )
        self.assertEqual((wizard.is_child, wizard.actor), (True, "parent"))
        with self.assertRaises(UserError):
            wizard.action_record()
        wizard.guardian = "Paul Exemple"
        wizard.action_record()
        self.assertEqual(self.person.rgpd_consent_event_ids.actor, "parent")


class TestErasedChild(ErasureCase):
    def test_the_age_goes_with_the_person(self):
        subject = self.env["rgpd.subject"]._of(self.prospect)
        subject.write({"is_minor": True, "minor_until": "2030-01-01"})
        self.env["rgpd.eraser"]._erase(self.prospect, "request")
        self.assertFalse(subject.is_minor)
        self.assertFalse(subject.minor_until)
