from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time

from ..common import RgpdCase

READ, NONE, ALL = (True, False, False, False), (False,) * 4, (True,) * 4
WORK = (True, True, True, False)
RIGHTS = {
    "rgpd.request": {"officer": WORK, "dpo": ALL},
    "rgpd.request.item": {"officer": ALL, "dpo": ALL},
    "rgpd.request.delivery": {"officer": READ, "dpo": READ},
    "rgpd.request.copy": {"officer": READ, "dpo": READ},
    "rgpd.request.copy.line": {"officer": READ, "dpo": READ},
    "rgpd.request.copy.decide": {"officer": ALL, "dpo": ALL},
    "rgpd.request.candidate": {"officer": READ, "dpo": READ},
    "rgpd.request.proof": {"officer": ALL, "dpo": ALL},
    "rgpd.request.intake": {"officer": ALL, "dpo": ALL},
    "rgpd.request.intake.right": {"officer": ALL, "dpo": ALL},
    "rgpd.request.check": {"officer": READ, "dpo": READ},
    "rgpd.request.check.wizard": {"officer": ALL, "dpo": ALL},
    "rgpd.request.paper": {"officer": WORK, "dpo": WORK},
    "rgpd.request.filing": {"officer": ALL, "dpo": ALL},
    "rgpd.request.statistic": {"officer": READ, "dpo": READ, "auditor": READ},
    "rgpd.request.workload": {"officer": READ, "dpo": READ},
    "rgpd.request.demand": {},
    "rgpd.request.throttle": {},
    "rgpd.access.wizard": {"officer": ALL, "dpo": ALL},
    "rgpd.access.wizard.line": {"officer": ALL, "dpo": ALL},
    "rgpd.access.wizard.match": {"officer": ALL, "dpo": ALL},
}


class TestRequestRights(RgpdCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = {
            role: cls.new_user(role, login=f"r_{role}")
            for role in ("reader", "officer", "dpo", "auditor", "archive")
        }
        cls.person = cls.env["res.partner"].create(
            {"name": "Jeanne Exemple", "email": "jeanne@client.example"}
        )

    def open(self, role="officer", person=None):
        """Open the wizard as a user does; return it."""
        person = (person or self.person).with_user(self.users[role])
        action = person.action_rgpd_access()
        return (
            self.env["rgpd.access.wizard"]
            .with_user(self.users[role])
            .browse(action["res_id"])
        )

    def test_each_group_has_its_rights_and_no_more(self):
        for model, by_role in RIGHTS.items():
            for role, user in self.users.items():
                rights = tuple(
                    self.env[model].with_user(user).has_access(mode)
                    for mode in ("read", "write", "create", "unlink")
                )
                with self.subTest(model=model, role=role):
                    self.assertEqual(rights, by_role.get(role, NONE))

    def test_only_officers_open_the_wizard(self):
        for role in ("reader", "auditor", "archive"):
            with self.assertRaises(AccessError):
                self.open(role)

    def test_a_wizard_belongs_to_who_opened_it(self):
        wizard = self.open()
        with self.assertRaises(AccessError):
            wizard.with_user(self.users["dpo"]).read(["partner_id"])

    def test_the_digest_of_a_grant_is_for_nobody(self):
        wizard = self.open()
        wizard.action_produce()
        delivery = self.env["rgpd.request.delivery"].search([], limit=1)
        with self.assertRaises(AccessError):
            delivery.with_user(self.users["dpo"]).read(["grant_digest"])

    def test_requests_of_another_company_are_out_of_sight(self):
        other = self.env["res.company"].create({"name": "Autre Maison"})
        request = self.env["rgpd.request"]._open_for(
            self.person, "access", company=other
        )
        found = self.env["rgpd.request"].with_user(self.users["dpo"]).search([])
        self.assertNotIn(request, found)
        with self.assertRaises(AccessError):
            request.with_user(self.users["officer"]).read(["name"])

    def test_a_second_click_opens_no_second_request(self):
        first = self.open().action_produce()["params"]["request_id"]
        wizard = self.open()
        self.assertEqual(wizard.request_id.id, first)
        second = wizard.action_produce()["params"]["request_id"]
        self.assertEqual(first, second)
        request = self.env["rgpd.request"].browse(first)
        self.assertEqual(len(request.delivery_ids), 2)

    def test_several_contacts_at_once(self):
        both = self.person | self.person.copy()
        with self.assertRaisesRegex(UserError, "one person at a time"):
            both.with_user(self.users["officer"]).action_rgpd_access()

    def test_a_deleted_contact(self):
        person = self.person.copy()
        person.unlink()
        with self.assertRaisesRegex(UserError, "does not exist any more"):
            self.open(person=person)

    def test_a_contact_deleted_while_the_wizard_is_open(self):
        person = self.person.copy()
        wizard = self.open(person=person)
        person.unlink()
        with self.assertRaises(UserError):
            wizard.exists()._produce() if wizard.exists() else self.open(person=person)

    def test_a_contact_without_name_nor_address(self):
        person = self.env["res.partner"].create(
            {"type": "delivery", "parent_id": self.person.id}
        )
        wizard = self.open(person=person)
        self.assertFalse(wizard.match_ids)
        self.assertTrue(wizard.action_produce()["params"]["grant"])

    def test_a_date_of_receipt_in_the_future(self):
        wizard = self.open()
        wizard.date_received = date(2999, 1, 1)
        with self.assertRaisesRegex(UserError, "future"):
            wizard.action_produce()

    def test_likely_matches_are_proposed_and_never_taken(self):
        twin = self.env["res.partner"].create(
            {"name": "J. Exemple", "email": "JEANNE@client.example", "active": False}
        )
        wizard = self.open()
        self.assertEqual(wizard.match_ids.partner_id, twin)
        self.assertFalse(wizard.match_ids.is_same)
        self.assertEqual(wizard._get_persons(), self.person)
        wizard.match_ids.is_same = True
        self.assertEqual(wizard._get_persons(), self.person | twin)


class TestDeadline(RgpdCase):
    """One month, two more once and in time (Art. 12.3)."""

    def request(self, received="2026-11-02"):
        return self.env["rgpd.request"].create(
            {
                "partner_id": self.env["res.partner"].create({"name": "J. Exemple"}).id,
                "date_received": received,
                "item_ids": [(0, 0, {"right": "access"})],
            }
        )

    def test_extension_within_the_first_month(self):
        request = self.request()
        with freeze_time("2026-11-20 09:00:00"):
            with self.assertRaisesRegex(UserError, "reasons"):
                request.action_extend()
            request.extension_reason = "Ten years of letters to look through."
            request.action_extend()
            self.assertEqual(request.date_due, date(2027, 2, 2))
            with self.assertRaises(UserError):
                request.action_extend()

    def test_no_extension_after_the_first_month(self):
        request = self.request()
        request.extension_reason = "Ten years of letters to look through."
        with freeze_time("2026-12-20 09:00:00"), self.assertRaises(UserError):
            request.action_extend()

    def test_the_clock_stands_still_for_identity(self):
        request = self.request()
        with freeze_time("2026-11-04 09:00:00"):
            request.action_ask_identity()
            self.assertTrue(request.is_suspended)
            with self.assertRaises(UserError):
                request.action_answer()
        with freeze_time("2026-11-14 09:00:00"):
            request.action_confirm_identity()
        self.assertEqual(request.date_due, date(2026, 12, 12))

    def test_the_copy_waits_for_the_identity(self):
        request = self.request()
        request.action_ask_identity()
        with self.assertRaisesRegex(UserError, "identity"):
            request.action_download()

    def test_the_cron_reminds_once(self):
        request = self.request()
        for moment in ("2026-11-17 08:00:00", "2026-11-17 20:00:00"):
            with freeze_time(moment), self.enter_registry_test_mode():
                self.env.ref(
                    "rgpd_fichier_client.rgpd_request_alert_cron"
                ).method_direct_trigger()
        self.assertEqual(len(request.activity_ids), 1)
