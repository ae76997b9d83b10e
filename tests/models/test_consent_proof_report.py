import io
from datetime import timedelta

import pypdf

from odoo import fields

from .consent_common import ConsentCase


class TestProofReport(ConsentCase):
    """Everything about one consent in one document that a judge can read (Art. 7.1)."""

    def read(self, event, user=None, lang="en_US"):
        """Print the proof, and return the text of its pages."""
        reports = (
            self.env["ir.actions.report"]
            .with_user(user or self.env.user)
            .with_context(force_report_rendering=True, lang=lang)
        )
        pdf, _kind = reports._render_qweb_pdf(
            "rgpd_fichier_client.rgpd_consent_proof_report", event.ids
        )
        pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
        return " ".join(" ".join(page.extract_text().split()) for page in pages)

    def test_who_what_when_how_to_which_text_and_what_became_of_it(self):
        start = fields.Datetime.now() - timedelta(days=3)
        event = self.give(moment=start, collection_point="paper", method="form")
        self.record("withdrawn", moment=start + timedelta(days=1), actor="self")
        self.record("objected", None, "sms", moment=start + timedelta(days=2))
        text = self.read(event, self.new_user("reader", login="proof_reader"))
        for said in (
            self.person.display_name,
            event.subject_uid,
            self.company.name,
            event.purpose_id.name,
            "Consent given",
            "Paper",
            "Signed form",
            " ".join(event.notice_text.split()),
            event.notice_sha256,
            event.digest,
            "has not been changed since",
            "Withdrawn",
        ):
            self.assertIn(said, text)
        self.assertNotIn("Objection", text, "of another channel")

    def test_an_objection_to_everything_is_part_of_it(self):
        event = self.give(moment=fields.Datetime.now() - timedelta(days=1))
        objection = self.record("objected", None, "all")
        self.assertEqual(event._get_history(), event | objection)
        self.assertEqual(objection._get_history(), event | objection)

    def test_a_changed_record_is_printed_as_no_proof(self):
        event = self.give()
        self.env.cr.execute(
            "ALTER TABLE rgpd_consent_event DISABLE TRIGGER USER;"
            "UPDATE rgpd_consent_event SET decision = 'refused' WHERE id = %s;"
            "ALTER TABLE rgpd_consent_event ENABLE TRIGGER USER",
            [event.id],
        )
        event.invalidate_recordset()
        text = self.read(event)
        self.assertIn("it is no proof as it stands", text)
        self.assertNotIn("has not been changed since", text)

    def test_in_french(self):
        text = self.read(self.give(), lang="fr_FR")
        self.assertIn("Preuve du choix", text)
        self.assertNotIn("Proof of the choice", text)
