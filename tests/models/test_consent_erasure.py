from datetime import datetime

from .consent_common import MAIL
from .erasure_common import ErasureCase


class TestProofsOfErasedPersons(ErasureCase):
    """The clear proof goes with the person; the evidence stays, without name."""

    def test_the_scan_goes_and_the_event_still_verifies(self):
        event = self.env["rgpd.consent"]._record(
            self.prospect,
            MAIL,
            "email",
            "given",
            moment=datetime(2020, 3, 3, 9),
            proof={"name": "Zoe.pdf", "content": b"JVBERi0xLjQ=", "note": "Zoé"},
        )
        subject = self.env["rgpd.subject"]._of(self.prospect)
        self.env["rgpd.preference"]._set(subject, self.company, "month", "sms")
        proof = event.sudo().proof_ids
        file = self.env["ir.attachment"].search(
            [("res_model", "=", proof._name), ("res_id", "=", proof.id)]
        )
        self.env["rgpd.eraser"]._erase(self.prospect, "request")
        self.assertFalse(proof.exists())
        self.assertFalse(file.exists())
        self.assertFalse(
            self.env["rgpd.preference"].search([("subject_id", "=", subject.id)])
        )
        event.invalidate_recordset()
        self.assertTrue(event.proof_commitment)
        self.assertTrue(event._is_intact())
        self.assertFalse(self.env["rgpd.consent.event"]._verify())

    def test_the_others_keep_theirs(self):
        event = self.env["rgpd.consent"]._record(
            self.customer,
            MAIL,
            "email",
            "refused",
            proof={"name": "form.pdf", "content": b"JVBERi0xLjQ="},
        )
        others = self.env["rgpd.subject"]._of(self.prospect)
        self.env["rgpd.consent.proof"]._forget(others)
        self.assertTrue(event.sudo().proof_ids.exists())
