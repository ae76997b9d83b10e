import io
import zipfile

from odoo.exceptions import UserError

from ..common import RgpdCase
from ..core.test_request_sealed_zip import unseal


class TestAccessOfAnchors(RgpdCase):
    """Half of a prospect file has no contact; these people have rights too."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.officer = cls.new_user(
            "officer",
            groups="sales_team.group_sale_manager,mass_mailing.group_mass_mailing_user",
        )

    def answer(self, record):
        """Open the wizard on a record, produce, and return the request and the ZIP."""
        action = record.with_user(self.officer).action_rgpd_access()
        wizard = self.env["rgpd.access.wizard"].with_user(self.officer)
        wizard = wizard.browse(action["res_id"])
        self.assertTrue(wizard.line_ids)
        params = wizard.action_produce()["params"]
        request = self.env["rgpd.request"].browse(params["request_id"])
        deliveries = self.env["rgpd.request.delivery"].with_user(self.officer)
        delivery = deliveries._redeem(request.with_user(self.officer), params["grant"])
        stream, _size = delivery._produce_sealed(params["password"])
        self.assertTrue(delivery.sha256)
        archive = unseal(stream.read(), params["password"])
        return request, zipfile.ZipFile(io.BytesIO(archive))

    def test_a_lead_without_contact(self):
        lead = self.env["crm.lead"].create(
            {
                "name": "Interested in a bench",
                "contact_name": "Camille Prospect",
                "email_from": "camille@prospect.example",
            }
        )
        lead.message_post(body="She will call back")
        request, archive = self.answer(lead)
        data = archive.read("data.json").decode()
        self.assertIn("Camille Prospect", data)
        self.assertIn("She will call back", data)
        self.assertEqual(request.requester_email, "camille@prospect.example")
        self.assertEqual(request._get_person(), lead)
        again, _archive = self.answer(lead)
        self.assertEqual(again, request)
        letter = self.env["rgpd.request.letter"]._prepare(request, "access")
        report = "rgpd_fichier_client.rgpd_request_letter_report"
        html, _kind = self.env["ir.actions.report"]._render_qweb_html(
            report, letter.ids
        )
        self.assertIn("what Art. 15 GDPR asks us to tell you", html.decode())

    def test_a_lead_with_a_contact_is_answered_from_the_contact(self):
        person = self.env["res.partner"].create({"name": "Camille Exemple"})
        lead = self.env["crm.lead"].create({"name": "Bench", "partner_id": person.id})
        action = lead.with_user(self.officer).action_rgpd_access()
        wizard = self.env["rgpd.access.wizard"].browse(action["res_id"])
        self.assertEqual(wizard.partner_id, person)

    def test_a_contact_of_a_mailing_list(self):
        contact = self.env["mailing.contact"].create(
            {"name": "Dominique Liste", "email": "dominique@liste.example"}
        )
        request, archive = self.answer(contact)
        self.assertIn("Dominique Liste", archive.read("data.json").decode())
        self.assertEqual(request.requester_name, "Dominique Liste")

    def test_a_record_deleted_meanwhile(self):
        contact = self.env["mailing.contact"].create(
            {"name": "Dominique Liste", "email": "dominique@liste.example"}
        )
        action = contact.with_user(self.officer).action_rgpd_access()
        wizard = self.env["rgpd.access.wizard"].with_user(self.officer)
        wizard = wizard.browse(action["res_id"])
        contact.unlink()
        with self.assertRaisesRegex(UserError, "does not exist any more"):
            wizard._produce()
