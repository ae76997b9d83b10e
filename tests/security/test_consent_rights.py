from odoo.exceptions import AccessError, UserError
from odoo.fields import Command

from ..models.consent_common import MAIL, ConsentCase

# model → who may (read, write, create, unlink) by the access rights
READ, NONE = (True, False, False, False), (False,) * 4
RIGHTS = {
    "rgpd.consent": dict.fromkeys(("reader", "officer", "dpo", "auditor"), READ),
    "rgpd.consent.event": dict.fromkeys(("reader", "officer", "dpo", "auditor"), READ),
    "rgpd.consent.proof": dict.fromkeys(("officer", "dpo", "auditor"), READ),
    "rgpd.suppression": {"dpo": READ},
    "rgpd.contact.rule": {
        "reader": READ,
        "officer": READ,
        "dpo": (True, True, False, False),
    },
    "rgpd.renewal": {
        "reader": READ,
        "officer": (True,) * 4,
        "dpo": (True,) * 4,
        "auditor": READ,
    },
    "rgpd.renewal.line": dict.fromkeys(("reader", "officer", "dpo", "auditor"), READ),
    "rgpd.short.link": {},
    "rgpd.consent.wizard": dict.fromkeys(("officer", "dpo"), (True, True, True, False)),
}
ROLES = ("reader", "officer", "dpo", "auditor", "archive")


class TestConsentRights(ConsentCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = {role: cls.new_user(role, login=f"c_{role}") for role in ROLES}
        cls.users["seller"] = cls.new_user("archive", login="c_seller")
        cls.users["seller"].group_ids = [
            Command.set(cls.env.ref("sales_team.group_sale_salesman").ids)
        ]
        cls.users["portal"] = cls.env["res.users"].create(
            {
                "name": "Portal",
                "login": "c_portal",
                "group_ids": [Command.set(cls.env.ref("base.group_portal").ids)],
            }
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

    def test_whoever_reads_the_contact_gets_the_answer_only(self):
        self.give()
        person = self.person.with_user(self.users["seller"])
        lines = person.rgpd_get_verdicts()
        answers = {line["purpose"]: line["allowed"] for line in lines}
        self.assertTrue(answers[MAIL])
        with self.assertRaises(AccessError):
            person.read(["rgpd_consent_ids"])

    def test_a_portal_user_asks_nothing_about_others(self):
        with self.assertRaises(AccessError):
            self.person.with_user(self.users["portal"]).rgpd_get_verdicts()

    def test_a_reader_records_nothing(self):
        wizard = self.env["rgpd.consent.wizard"].with_user(self.users["reader"])
        with self.assertRaises(AccessError):
            wizard.create({"res_model": "res.partner", "res_id": self.person.id})

    def test_an_officer_records_with_the_wizard(self):
        wizard = self.env["rgpd.consent.wizard"].with_user(self.users["officer"])
        purpose = self.env.ref("rgpd_fichier_client.rgpd_purpose_prospect_email_b2c")
        wizard = wizard.create(
            {
                "res_model": "res.partner",
                "res_id": self.person.id,
                "purpose_id": purpose.id,
            }
        )
        wizard.action_record()
        wizard.action_record()
        events = self.person.rgpd_consent_event_ids
        self.assertEqual(len(events), 1)
        self.assertEqual(events.actor, "staff")
        self.assertEqual(events.actor_uid, self.users["officer"].id)

    def test_the_wizard_says_what_is_wrong(self):
        purpose = self.env.ref("rgpd_fichier_client.rgpd_purpose_prospect_email_b2c")
        wizard = self.env["rgpd.consent.wizard"].with_user(self.users["officer"])
        wizard = wizard.create(
            {
                "res_model": "res.partner",
                "res_id": self.person.id,
                "purpose_id": purpose.id,
            }
        )
        self.person.email = "not an address"
        with self.assertRaisesRegex(
            UserError, "e-mail address is missing or not valid"
        ):
            wizard.action_record()
        self.person.write({"email": "camille@client.example", "active": False})
        with self.assertRaisesRegex(UserError, "archived"):
            wizard.action_record()

    def test_a_company_does_not_see_the_choices_given_to_another(self):
        other = self.env["res.company"].create({"name": "Autre Maison"})
        self.record("objected", None, "all", company=other)
        self.give()
        user = self.new_user("officer", login="c_one")
        for model in ("rgpd.consent", "rgpd.consent.event"):
            rows = self.env[model].with_user(user).search([])
            self.assertNotIn(other, rows.company_id)
            self.assertTrue(rows)
        self.assertAllowed("consent")
        self.assertDenied("objected", company=other)

    def test_a_company_without_country(self):
        self.company.country_id = False
        self.give()
        self.assertAllowed("consent")
