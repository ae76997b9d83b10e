from odoo.exceptions import UserError

from ..models.consent_common import SMS
from .test_sms_gate import SmsGateCase

STRANGER = "+33199007777"


class SmsNumbersCase(SmsGateCase):
    """Numbers typed by hand lead to whoever in the file has them."""

    def to_numbers(self, *numbers, **values):
        values.setdefault("rgpd_kind", "marketing")
        values.setdefault("rgpd_purpose_ids", self.purposes(SMS))
        return (
            self.env["sms.composer"]
            .with_user(self.seller)
            .create(
                {
                    "composition_mode": "numbers",
                    "numbers": ", ".join(numbers),
                    "body": "Autumn offers",
                    **values,
                }
            )
        )

    def number(self, person):
        return person._phone_format()

    def answers(self):
        return {sms.number: (sms.state, sms.rgpd_verdict_code) for sms in self._new_sms}


class TestSmsNumbers(SmsNumbersCase):
    def test_offers_leave_to_those_the_gate_allows_and_to_no_stranger(self):
        people = self.people
        self.agree(*people[:2])
        with self.later(), self.mockSMSGateway():
            self.record("objected", None, "sms", person=people[1])
            # Typed as people do, not as the database has it
            typed = ("01 99 00 10 00", *map(self.number, people[1:3]), STRANGER)
            composer = self.to_numbers(*typed)
            report = composer.rgpd_report
            self.assertEqual((report["total"], report["allowed"]), (4, 1))
            self.assertEqual(
                {line["code"]: line["count"] for line in report["lines"]},
                {"objected": 1, "no_consent": 1, "number_unknown": 1},
            )
            composer.action_send_sms()
            self.assertEqual(self.receivers(), self.numbers(people[0]))
            self.assertRegex(self._sms[0]["body"], r"STOP http\S+/stop/\w{16}$")
            self.assertEqual(
                self.answers(),
                {
                    self.number(people[0]): ("pending", "consent"),
                    self.number(people[1]): ("canceled", "objected"),
                    self.number(people[2]): ("canceled", "no_consent"),
                    STRANGER: ("canceled", "number_unknown"),
                },
            )

    def test_a_stranger_alone_is_refused_with_a_sentence(self):
        with self.mockSMSGateway():
            with self.assertRaisesRegex(UserError, "Nobody in the file has this"):
                self.to_numbers(STRANGER).action_send_sms()
            self.assertFalse(self._sms)

    def test_an_erased_objector_is_still_known(self):
        lead = self.env["crm.lead"].create(
            {
                "name": "L",
                "phone": STRANGER,
                "country_id": self.env.ref("base.fr").id,
            }
        )
        self.record("objected", None, "sms", person=lead)
        lead.unlink()
        report = self.to_numbers(STRANGER).rgpd_report
        self.assertEqual([line["code"] for line in report["lines"]], ["suppressed"])

    def test_a_retry_to_a_stranger_stays_refused(self):
        self.agree(self.people[0])
        with self.mockSMSGateway():
            self.to_numbers(self.number(self.people[0]), STRANGER).action_send_sms()
            stopped = self._new_sms.filtered(lambda sms: sms.state == "canceled")
            stopped.action_set_outgoing()
            stopped.send()
            self.assertEqual(stopped.state, "canceled")
            self.assertEqual(len(self._sms), 1)

    def test_everybody_who_has_the_number_is_asked(self):
        self.agree(self.people[0])
        other = self.env["res.partner"].create(
            {"name": "Autre Personne", "phone": self.people[0].phone}
        )
        with self.mockSMSGateway(), self.assertRaises(UserError):
            self.to_numbers(self.number(self.people[0])).action_send_sms()
        # Somebody who has left the file does not stand in the way
        other.active = False
        with self.mockSMSGateway():
            self.to_numbers(self.number(self.people[0])).action_send_sms()
            self.assertEqual(self.receivers(), self.numbers(self.people[0]))

    def test_what_it_is_about_has_to_be_said(self):
        composer = self.to_numbers(STRANGER, rgpd_kind=False)
        with self.mockSMSGateway(), self.assertRaisesRegex(UserError, "holds offers"):
            composer.action_send_sms()

    def test_a_message_about_an_order_reaches_anybody_but_the_restricted(self):
        self.env["rgpd.restriction"]._set(self.people[0], "claims")
        self.record("objected", None, "all", person=self.people[1])
        numbers = [*map(self.number, self.people[:2]), STRANGER]
        with self.mockSMSGateway():
            self.to_numbers(*numbers, rgpd_kind="service").action_send_sms()
            self.assertEqual(
                self.receivers(), sorted([self.number(self.people[1]), STRANGER])
            )

    def test_the_count_knows_what_is_added(self):
        self.people[0].email = "s0@client.example"
        self.agree(self.people[0])
        composer = self.to_numbers(self.number(self.people[0]))
        with self.mockSMSGateway():
            composer.action_send_sms()
            added = self._sms[0]["body"].removeprefix("Autumn offers")
        # The number of the last act in the link has as many digits as it has
        self.assertAlmostEqual(len(composer.rgpd_sms_ending), len(added), delta=8)
        composer.rgpd_kind = "service"
        self.assertFalse(composer.rgpd_sms_ending)
