from odoo.addons.base.models.ir_mail_server import IrMail_Server

from ..common import RgpdCase


class TestLeadInformation(RgpdCase):
    """Leads that do not come from the person enter the queue of Art. 14."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if "crm.lead" not in cls.env:
            cls.skipTest(cls, "the CRM is not installed")
        cls.information = cls.env["rgpd.information"]

    def lead(self, email="camille@client.example", **values):
        return self.env["crm.lead"].create(
            {
                "name": "A bench",
                "contact_name": "Camille Exemple",
                "email_from": email,
                **values,
            }
        )

    def rows(self, lead):
        person = lead.partner_id or lead
        subject = self.env["rgpd.subject"]._of(person)
        return self.information.search([("subject_id", "=", subject.id)])

    def test_each_origin(self):
        for number, (origin, is_outside) in enumerate(
            [
                ("asked", False),
                ("called", False),
                ("met", False),
                ("other", False),
                ("referral", True),
                ("partner", True),
                ("bought", True),
                ("public", True),
            ]
        ):
            with self.subTest(origin):
                lead = self.lead(f"lead{number}@client.example", rgpd_origin=origin)
                self.assertEqual(bool(self.rows(lead)), is_outside)

    def test_the_list_names_the_human_and_not_only_the_subject_of_the_lead(self):
        row = self.rows(self.lead(rgpd_origin="bought", rgpd_origin_note="Exemple"))
        self.assertEqual(row.subject_id.display_name, "Camille Exemple (A bench)")
        lead = self.lead("x@client.example", contact_name=False, name="Camille asks")
        subject = self.env["rgpd.subject"]._of(lead)
        self.assertEqual(subject.display_name, "Camille asks")
        found = self.env["rgpd.subject"].search([("display_name", "ilike", "bench")])
        self.assertIn(row.subject_id, found)

    def test_the_source_is_what_the_person_is_told(self):
        row = self.rows(
            self.lead(rgpd_origin="bought", rgpd_origin_note="Fichier Exemple SARL")
        )
        self.assertEqual(row.source, "Fichier Exemple SARL")
        self.assertIn("Fichier Exemple SARL", row._get_version().text)
        self.assertEqual(row.purpose_id.code, "prospect_email_b2c")

    def test_a_lead_somebody_recommended(self):
        row = self.rows(self.lead(referred="Luc Essai"))
        self.assertEqual((row.source, row.purpose_id.code), ("Luc Essai", "referral"))

    def test_a_source_that_is_outside(self):
        sources = self.env["utm.source"].create(
            [
                {"name": "Directory of the example town", "rgpd_is_outside": True},
                {"name": "Example advertisement"},
            ]
        )
        row = self.rows(self.lead(source_id=sources[0].id))
        self.assertEqual(row.source, "Directory of the example town")
        other = self.lead("luc@client.example", source_id=sources[1].id)
        self.assertFalse(self.rows(other))

    def test_an_imported_file(self):
        result = (
            self.env["crm.lead"]
            .with_context(import_file=True)
            .load(
                ["name", "contact_name", "email_from", "rgpd_origin"],
                [
                    ["A bench", "Camille Exemple", "camille@client.example", ""],
                    ["A chair", "Luc Essai", "luc@client.example", "asked"],
                ],
            )
        )
        leads = self.env["crm.lead"].browse(result["ids"])
        self.assertEqual(self.rows(leads[0]).source, "Imported file")
        self.assertFalse(self.rows(leads[1]))

    def test_an_origin_given_later(self):
        lead = self.lead()
        self.assertFalse(self.rows(lead))
        lead.rgpd_origin = "public"
        self.assertEqual(len(self.rows(lead)), 1)
        lead.rgpd_origin = "bought"
        self.assertEqual(len(self.rows(lead)), 1)

    def test_the_customer_behind_the_lead_is_who_is_told(self):
        partner = self.env["res.partner"].create(
            {"name": "Camille Exemple", "email": "camille@client.example"}
        )
        lead = self.lead(partner_id=partner.id, rgpd_origin="partner")
        self.assertEqual(self.rows(lead).subject_id.res_model, "res.partner")

    def test_a_seller_needs_no_further_right(self):
        seller = self.new_user(
            "reader",
            login="lead_seller",
            groups="sales_team.group_sale_salesman",
        )
        lead = (
            self.env["crm.lead"]
            .with_user(seller)
            .create(
                {
                    "name": "A bench",
                    "contact_name": "Camille Exemple",
                    "email_from": "camille@client.example",
                    "rgpd_origin": "bought",
                }
            )
        )
        self.assertEqual(len(self.rows(lead.sudo())), 1)

    def test_a_purpose_out_of_the_register_stops_nothing(self):
        self.env["rgpd.purpose"].search([("code", "=", "referral")]).active = False
        row = self.rows(self.lead(referred="Luc Essai"))
        self.assertEqual(row.purpose_id.code, "prospect_email_b2c")

    def test_a_fault_stops_no_lead(self):
        def fail(*_args, **_kwargs):
            raise ValueError

        self.patch(type(self.information), "_add", fail)
        with self.assertLogs("odoo.addons.rgpd_fichier_client_crm", "WARNING") as logs:
            lead = self.lead(rgpd_origin="bought")
        self.assertTrue(lead)
        self.assertNotIn("camille", "".join(logs.output))

    def test_a_message_to_a_lead_is_a_contact(self):
        self.patch(IrMail_Server, "_disable_send", lambda _self: False)
        self.patch(IrMail_Server, "_connect__", lambda *_args, **_kwargs: None)
        self.patch(
            IrMail_Server,
            "send_email",
            lambda _self, message, *_args, **_kwargs: message["Message-Id"],
        )
        lead = self.lead(rgpd_origin="bought")
        row = self.rows(lead)
        self.env["mail.mail"].create(
            {
                "subject": "Your question",
                "body_html": "<p>Here is the answer</p>",
                "model": "crm.lead",
                "res_id": lead.id,
                "email_to": "camille@client.example",
            }
        ).send()
        self.assertTrue(row.first_contact_on)
        self.assertEqual(row.due_on, row.first_contact_on)
