from datetime import date

from odoo.exceptions import UserError
from odoo.tools import mute_logger

from .test_sms_gate import SmsGateCase

SOURCE = "Fichier de Foire Exemple"


class TestSmsInformation(SmsGateCase):
    """SMS and the queue of Art. 14: a first contact, or the notice itself."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Information = cls.env["rgpd.information"]

    def add(self, records):
        return self.Information._add(records, SOURCE, "prospect_postal")

    def tell(self, rows, way="sms"):
        wizard = (
            self.env["rgpd.information.tell"]
            .with_context(**rows.action_tell()["context"])
            .create({"way": way})
        )
        wizard.action_confirm()

    # === THE FIRST CONTACT === #

    def test_an_sms_that_left_is_a_contact(self):
        rows = self.add(self.people[:3])
        self.agree(self.people[0])
        order = self.env["sale.order"].create({"partner_id": self.people[1].id})
        with self.mockSMSGateway():
            self.offer(self.people[0]).action_send_sms_mass_now()
            self.compose(order, rgpd_kind="service").action_send_sms_mass_now()
        contacted = rows.filtered("first_contact_on")
        self.assertEqual(
            set(contacted.subject_id.mapped("res_id")), set(self.people[:2].ids)
        )
        self.assertEqual(contacted.mapped("due_on"), [date.today()] * 2)
        told = rows.filtered(lambda row: row.state == "informed")
        self.assertEqual(told.subject_id.res_id, self.people[0].id, "by the offer")

    def test_an_sms_that_did_not_leave_is_none(self):
        row = self.add(self.people[0])
        self.agree(self.people[0])
        with self.mockSMSGateway(sim_error="credit"):
            self.offer(self.people[0]).action_send_sms_mass_now()
        self.assertFalse(row.first_contact_on)
        with self.mockSMSGateway():
            self.offer(self.people[1]).action_send_sms_mass_now()
        self.assertFalse(row.first_contact_on)

    def test_a_fault_stops_no_sms(self):
        def fail(*_args):
            raise ValueError

        row = self.add(self.people[0])
        self.agree(self.people[0])
        self.patch(type(self.Information), "_note_first_contact", fail)
        with (
            self.mockSMSGateway(),
            self.assertLogs("odoo.addons.rgpd_fichier_client", "WARNING") as logs,
        ):
            self.offer(self.people[0]).action_send_sms_mass_now()
            self.assertEqual(self.receivers(), self.numbers(self.people[0]))
        self.assertNotIn("Essai", "".join(logs.output))
        self.assertFalse(row.first_contact_on)

    def test_no_fault_after_it_left_sends_it_again(self):
        def fail(messages):
            if set(messages.mapped("state")) - {"outgoing"}:
                self.env.cr.execute("SELECT 1 / 0")
            return find_persons(messages)

        self.agree(self.people[0])
        find_persons = type(self.env["sms.sms"])._rgpd_find_persons
        self.patch(type(self.env["sms.sms"]), "_rgpd_find_persons", fail)
        with (
            self.mockSMSGateway(),
            self.assertLogs("odoo.addons.rgpd_fichier_client_sms", "WARNING") as logs,
            mute_logger("odoo.sql_db"),
        ):
            self.offer(self.people[0]).action_send_sms_mass_now()
            self.run_queue()
            self.assertEqual(self.receivers(), self.numbers(self.people[0]))
            self.assertEqual(len(self._sms), 1)
        self.assertNotIn("Essai", "".join(logs.output))
        self.assertFalse(
            self.env["sms.sms"].search_count([("state", "in", ("outgoing", "error"))])
        )

    # === THE FIRST SMS CARRIES THE NOTICE === #

    def bodies(self):
        return {sms["number"]: sms["body"] for sms in self._sms}

    def body_of(self, person):
        return self.bodies()[self.numbers(person)[0]]

    def test_an_offer_that_is_the_first_contact_carries_the_link(self):
        row = self.add(self.people[0])
        self.agree(self.people[0], self.people[1])
        with self.mockSMSGateway():
            self.offer(self.people[:2]).action_send_sms_mass_now()
            mine, other = map(self.body_of, self.people[:2])
        self.assertIn(SOURCE, mine)
        self.assertRegex(mine, r"/told/[a-z2-9]{16}\n.* - STOP \S+/stop/[a-z2-9]{16}$")
        self.assertNotIn("/told/", other)
        self.assertEqual((row.state, row.shown_id.place), ("informed", "sms"))
        self.assertIn(SOURCE, row.shown_id.text)
        with self.mockSMSGateway():
            self.offer(self.people[0]).action_send_sms_mass_now()
            self.assertNotIn("/told/", self.body_of(self.people[0]), "once")

    def test_an_offer_to_a_lead_carries_it_too(self):
        lead = self.env["crm.lead"].create(
            {
                "name": "A bench",
                "contact_name": "Camille Exemple",
                "phone": "+33 1 99 00 20 07",
                "country_id": self.env.ref("base.fr").id,
            }
        )
        row = self.add(lead)
        self.agree(lead)
        with self.mockSMSGateway():
            self.offer(lead).action_send_sms_mass_now()
            [body] = self.bodies().values()
        self.assertIn("/told/", body)
        self.assertEqual(row.state, "informed")

    def test_an_sms_about_an_order_where_notices_leave_by_themselves(self):
        row = self.add(self.people[0])
        order = self.env["sale.order"].create({"partner_id": self.people[0].id})
        for by_itself in (False, True):
            self.company.rgpd_inform_by_mail = by_itself
            with self.subTest(by_itself), self.mockSMSGateway():
                composer = self.compose(order, rgpd_kind="service")
                composer.action_send_sms_mass_now()
                [body] = self.bodies().values()
                self.assertEqual("/told/" in body, by_itself)
                self.assertEqual(row.state, "informed" if by_itself else "waiting")

    def test_a_number_of_two_persons_tells_neither_of_them(self):
        self.company.rgpd_inform_by_mail = True
        row = self.add(self.people[0])
        self.people[1].phone = self.people[0].phone
        [number] = self.numbers(self.people[0])
        sms = self.env["sms.sms"].create({"number": number, "body": "It is ready."})
        with self.mockSMSGateway():
            sms._send()
            [body] = self.bodies().values()
        self.assertNotIn("/told/", body)
        self.assertNotIn(SOURCE, body)
        self.assertEqual(row.state, "waiting")

    def test_a_number_of_one_person_tells_them(self):
        self.company.rgpd_inform_by_mail = True
        row = self.add(self.people[0])
        [number] = self.numbers(self.people[0])
        sms = self.env["sms.sms"].create({"number": number, "body": "It is ready."})
        with self.mockSMSGateway():
            sms._send()
            [body] = self.bodies().values()
        self.assertIn("/told/", body)
        self.assertEqual(row.state, "informed")

    def test_an_offer_that_did_not_leave_told_nobody_and_is_added_to_once(self):
        row = self.add(self.people[0])
        self.agree(self.people[0])
        with self.mockSMSGateway(sim_error="credit"):
            self.offer(self.people[0]).action_send_sms_mass_now()
        self.assertEqual((row.state, row.first_contact_on), ("waiting", False))
        sms = self.env["sms.sms"].search([("rgpd_information_id", "=", row.id)])
        with self.mockSMSGateway():
            sms.resend_failed()
            self.assertEqual(self.body_of(self.people[0]).count("/told/"), 1)
        self.assertEqual(row.state, "informed")

    def test_an_offer_that_is_not_delivered_makes_the_person_due_again(self):
        row = self.add(self.people[0])
        self.agree(self.people[0])
        with self.mockSMSGateway():
            self.offer(self.people[0]).action_send_sms_mass_now()
        tracker = self.env["sms.tracker"].search(
            [("sms_uuid", "=", row.shown_id.message_ref)]
        )
        self.assertEqual(len(tracker), 1)
        tracker._action_update_from_provider_error("expired")
        self.assertEqual(row.state, "waiting")

    def test_a_fault_in_the_notice_stops_no_offer(self):
        def fail(*_args):
            raise ValueError

        row = self.add(self.people[0])
        self.agree(self.people[0])
        self.patch(type(self.env["sms.sms"]), "_rgpd_find_due", fail)
        with (
            self.mockSMSGateway(),
            self.assertLogs("odoo.addons.rgpd_fichier_client_sms", "WARNING"),
        ):
            self.offer(self.people[0]).action_send_sms_mass_now()
            self.assertEqual(self.receivers(), self.numbers(self.people[0]))
        self.assertEqual((row.state, row.due_on), ("waiting", date.today()))

    # === THE NOTICE BY SMS === #

    def test_the_sms_says_who_from_whom_and_where_to_read(self):
        lead = self.env["crm.lead"].create(
            {
                "name": "A bench",
                "contact_name": "Camille Exemple",
                "phone": "+33 1 99 00 20 07",
                "country_id": self.env.ref("base.fr").id,
            }
        )
        rows = self.add(self.people[0]) | self.add(lead)
        with self.mockSMSGateway():
            self.tell(rows)
            self.run_queue()
            bodies = [sms["body"] for sms in self._sms]
        self.assertEqual(len(bodies), 2)
        for body in bodies:
            self.assertIn(self.company.name, body)
            self.assertIn(SOURCE, body)
            self.assertRegex(body, r"http\S+/told/[a-z2-9]{16}$")
            self.assertNotIn("Camille", body)
        self.assertEqual(rows.mapped("state"), ["informed", "informed"])
        self.assertEqual(rows.shown_id.mapped("place"), ["sms", "sms"])
        self.assertEqual(rows[0].first_contact_on, date.today())
        code = bodies[0].rsplit("/", 1)[1]
        Link = self.env["rgpd.short.link"]
        subject, company, _channel = Link._read(code, is_notice=True)
        self.assertIn(SOURCE, self.Information._get_told_text(subject, company))
        self.assertIsNone(Link._read(code), "it objects to nothing")

    def test_nobody_is_told_before_it_has_left(self):
        row = self.add(self.people[0])
        shown = self.env["rgpd.notice.shown"]
        before = shown.search_count([])
        with self.mockSMSGateway(sim_error="credit"):
            self.tell(row)
            self.tell(row)
            sms = self.env["sms.sms"].search([("rgpd_information_id", "=", row.id)])
            self.assertEqual(len(sms), 1, "one is enough")
            self.assertEqual(row.state, "waiting", "queued is not sent")
            self.run_queue()
        self.assertEqual(sms.state, "error")
        self.assertEqual((row.state, row.first_contact_on), ("waiting", False))
        self.assertEqual(shown.search_count([]), before)
        with self.mockSMSGateway():
            sms.resend_failed()
        self.assertEqual((row.state, row.shown_id.place), ("informed", "sms"))

    def test_a_report_that_comes_later_makes_the_person_due_again(self):
        rows = self.add(self.people[0]) | self.add(self.people[1])
        with self.mockSMSGateway():
            self.tell(rows)
            messages = self.env["sms.sms"].search(
                [("rgpd_information_id", "in", rows.ids)], order="id"
            )
            uuids = messages.mapped("uuid")
            self.run_queue()
        self.assertEqual(rows.mapped("state"), ["informed"] * 2)
        first = rows[0].shown_id
        trackers = self.env["sms.tracker"].search([("sms_uuid", "=", uuids[0])])
        trackers._action_update_from_provider_error("not_delivered")
        self.assertEqual(rows.mapped("state"), ["waiting", "informed"])
        self.assertTrue(first.returned_on)
        self.assertEqual((rows[0].returned_id, len(rows[0].activity_ids)), (first, 1))
        with self.mockSMSGateway():
            self.tell(rows[0])
            self.run_queue()
        self.assertEqual(rows[0].state, "informed")
        self.assertNotEqual(rows[0].shown_id, first, "told on its own day")

    def test_a_report_that_it_arrived_changes_nothing(self):
        row = self.add(self.people[0])
        with self.mockSMSGateway():
            self.tell(row)
            uuid = (
                self.env["sms.sms"].search([("rgpd_information_id", "=", row.id)]).uuid
            )
            self.run_queue()
        tracker = self.env["sms.tracker"].search([("sms_uuid", "=", uuid)])
        tracker._action_update_from_sms_state("sent")
        self.assertEqual(row.state, "informed")
        tracker._action_update_from_provider_error("invalid_destination")
        self.assertEqual(row.state, "informed", "a bounce after that is ignored")
        self.assertFalse(row.shown_id.returned_on)

    def test_an_sms_that_is_cancelled_tells_nobody(self):
        row = self.add(self.people[0])
        with self.mockSMSGateway():
            self.tell(row)
            self.env["sms.sms"].search(
                [("rgpd_information_id", "=", row.id)]
            ).action_set_canceled()
            self.run_queue()
        self.assertEqual(row.state, "waiting")
        self.assertFalse(row.shown_id)

    def test_who_was_told_otherwise_gets_no_sms(self):
        row = self.add(self.people[0])
        with self.mockSMSGateway():
            self.tell(row)
            self.assertTrue(row.is_leaving)
            self.tell(row, "phone")
            self.run_queue()
            self.assertFalse(self._sms)
        self.assertEqual((row.state, row.shown_id.place), ("informed", "spoken"))

    def test_who_has_no_number_is_told_otherwise(self):
        person = self.new_person("Dominique Essai", "d@client.example", False)
        row = self.add(person)
        with self.mockSMSGateway(), self.assertRaisesRegex(UserError, "phone number"):
            self.tell(row)
        self.assertEqual(row.state, "waiting")
        self.tell(row, "letter")
        self.assertEqual(row.shown_id.place, "letter")
