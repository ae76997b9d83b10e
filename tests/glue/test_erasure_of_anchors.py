from odoo.exceptions import AccessError

from ..common import RgpdCase

CRM = "rgpd_fichier_client_crm.rgpd_erasure"
MAILING = "rgpd_fichier_client_mass_mailing.rgpd_erasure"


class TestErasureOfAnchors(RgpdCase):
    """A lead and a contact of a mailing list are erased from where they are read."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        groups = "sales_team.group_sale_manager,mass_mailing.group_mass_mailing_user"
        cls.dpo = cls.new_user("dpo", groups=groups)
        cls.officer = cls.new_user("officer", groups=groups)
        cls.lead = cls.env["crm.lead"].create(
            {"name": "Bench", "contact_name": "Camille Prospect"}
        )
        cls.listed = cls.env["mailing.contact"].create(
            {"name": "Dominique Liste", "email": "dominique@liste.example"}
        )
        cls.customer = cls.env["res.partner"].create({"name": "Camille Exemple"})
        cls.won = cls.env["crm.lead"].create(
            {"name": "Table", "partner_id": cls.customer.id}
        )

    def run_action(self, xmlid, records, user=None):
        action = self.env.ref(xmlid).with_user(user or self.dpo)
        return action.with_context(
            active_model=records._name,
            active_id=records[:1].id,
            active_ids=records.ids,
        ).run()

    def test_one_person(self):
        for record, xmlid, person in (
            (self.lead, f"{CRM}_crm_lead_action", self.lead),
            (self.won, f"{CRM}_crm_lead_action", self.customer),
            (self.listed, f"{MAILING}_mailing_contact_action", self.listed),
        ):
            with self.subTest(record=record):
                opened = self.run_action(xmlid, record)
                subject = self.env["rgpd.subject"]._of(person)
                self.assertEqual(opened["context"], {"default_subject_id": subject.id})

    def test_several_persons(self):
        for records, xmlid, persons in (
            (
                self.lead + self.won,
                f"{CRM}_batch_crm_lead_action",
                (self.lead, self.customer),
            ),
            (self.listed, f"{MAILING}_batch_mailing_contact_action", (self.listed,)),
        ):
            with self.subTest(records=records):
                opened = self.run_action(xmlid, records)
                batch = self.env["rgpd.erasure.batch"].browse(opened["res_id"])
                subjects = self.env["rgpd.subject"]
                for person in persons:
                    subjects |= subjects._of(person)
                self.assertEqual(batch.line_ids.subject_id, subjects)

    def test_only_the_dpo(self):
        for record, xmlid in (
            (self.lead, f"{CRM}_crm_lead_action"),
            (self.lead, f"{CRM}_batch_crm_lead_action"),
            (self.listed, f"{MAILING}_mailing_contact_action"),
            (self.listed, f"{MAILING}_batch_mailing_contact_action"),
        ):
            with self.subTest(xmlid=xmlid), self.assertRaises(AccessError):
                self.run_action(xmlid, record, self.officer)
