from odoo.tests import Form, new_test_user

from ..common import RgpdCase

# model → access of: plain user, portal, auditor, reader, officer, dpo (r, w, c, d)
NONE, READ, ALL = "", "r", "rwcd"
RIGHTS = {
    "rgpd.processing": (NONE, NONE, NONE, READ, ALL, ALL),
    "rgpd.purpose": (READ, NONE, READ, READ, ALL, ALL),
    "rgpd.recipient": (NONE, NONE, NONE, READ, ALL, ALL),
    "rgpd.processor": (NONE, NONE, NONE, READ, ALL, ALL),
    "rgpd.transfer": (NONE, NONE, NONE, READ, ALL, ALL),
    "rgpd.measure": (NONE, NONE, NONE, READ, ALL, ALL),
    "rgpd.notice": (READ, NONE, READ, READ, ALL, ALL),
    "rgpd.notice.version": (READ, NONE, READ, READ, READ, READ),
    "rgpd.processing.version": (NONE, NONE, READ, READ, READ, READ),
    "rgpd.retention.rule": (NONE, NONE, NONE, READ, ALL, ALL),
    "rgpd.person.category": (NONE, NONE, NONE, READ, ALL, ALL),
    "rgpd.register.export": (NONE, NONE, NONE, ALL, ALL, ALL),
    "rgpd.register.import": (NONE, NONE, NONE, NONE, ALL, ALL),
    "rgpd.adequacy": (NONE, NONE, NONE, READ, READ, ALL),
}
OPERATIONS = {"r": "read", "w": "write", "c": "create", "d": "unlink"}


class TestRegisterRights(RgpdCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = [
            new_test_user(cls.env, login="plain", groups="base.group_user"),
            new_test_user(cls.env, login="portal_p", groups="base.group_portal"),
            *(cls.new_user(role) for role in ("auditor", "reader", "officer", "dpo")),
        ]

    def test_who_reads_writes_and_deletes_what(self):
        for model, rights in RIGHTS.items():
            for user, expected in zip(self.users, rights, strict=True):
                records = self.env[model].with_user(user)
                found = "".join(
                    letter
                    for letter, operation in OPERATIONS.items()
                    if records.has_access(operation)
                )
                with self.subTest(f"{model} {user.login}"):
                    self.assertEqual(found, expected)

    def test_the_officer_changes_drafts_only(self):
        officer, dpo = self.users[4:]
        sheet = self.env.ref("rgpd_fichier_client.rgpd_processing_order")
        self.company.rgpd_contact_email = "dpo@exemple.example"
        self.assertTrue(sheet.with_user(officer).has_access("write"))
        sheet.with_user(dpo).action_validate()
        for records in (sheet, sheet.purpose_ids):
            self.assertFalse(records.with_user(officer).has_access("write"))
            self.assertTrue(records.with_user(dpo).has_access("write"))
        sheet.with_user(officer).action_review()
        self.assertTrue(sheet.with_user(officer).has_access("write"))

    def test_every_model_with_a_company_stays_in_its_company(self):
        other = self.env["res.company"].create({"name": "Autre SARL"})
        sheet = self.env["rgpd.processing"].create(
            {"name": "Ailleurs", "company_id": other.id}
        )
        foreign = [
            sheet,
            self.env["rgpd.purpose"].create(
                {
                    "name": "Ailleurs",
                    "code": "elsewhere",
                    "legal_basis": "contract",
                    "processing_id": sheet.id,
                }
            ),
            self.env["rgpd.recipient"].create(
                {"name": "Ailleurs", "kind": "internal", "company_id": other.id}
            ),
            self.env["rgpd.measure"].create(
                {"name": "Ailleurs", "company_id": other.id}
            ),
            self.env["rgpd.retention.rule"].create(
                {"name": "Ailleurs", "company_id": other.id}
            ),
        ]
        for records in foreign:
            for user in self.users[3:]:
                with self.subTest(f"{records._name} {user.login}"):
                    self.assertFalse(records.with_user(user).has_access("read"))

    def test_a_seller_opens_the_purpose_of_a_consent_and_its_notice(self):
        seller = new_test_user(
            self.env, login="seller_p", groups="sales_team.group_sale_salesman"
        )
        purpose = self.env.ref("rgpd_fichier_client.rgpd_purpose_prospect_email_b2c")
        for record in (purpose, purpose.notice_ids[:1]):
            with self.subTest(record._name):
                form = Form(record.with_user(seller))
                self.assertEqual(form.name, record.name)
        reader = Form(purpose.with_user(self.users[3]))
        self.assertEqual(reader.data_category_ids[:], purpose.data_category_ids)
