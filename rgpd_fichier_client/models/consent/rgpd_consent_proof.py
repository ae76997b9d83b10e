import hashlib
import secrets

from odoo import api, fields, models


class RgpdConsentProof(models.Model):
    """The clear proof of a consent: a scan, a message. Erasable, unlike the event."""

    _name = "rgpd.consent.proof"
    _description = "Proof of consent"
    _order = "id"

    event_id = fields.Many2one(
        "rgpd.consent.event", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        related="event_id.company_id", store=True, index=True, precompute=True
    )
    name = fields.Char(string="File name", required=True)
    content = fields.Binary(attachment=True)
    text = fields.Text(
        string="Row of the file",
        readonly=True,
        help="What a file of consents said, word for word.",
    )
    note = fields.Text()
    salt = fields.Char(groups=fields.NO_ACCESS, required=True, readonly=True)
    is_intact = fields.Boolean(
        string="Same as recorded",
        compute="_compute_is_intact",
        help="The file is the one that was attached when the choice was recorded.",
    )

    @api.depends("content", "text", "salt", "event_id.proof_commitment")
    def _compute_is_intact(self):
        for proof in self.sudo():  # sudo: salt - the answer is yes or no only
            content = self._read_content(proof)
            proof.is_intact = bool(content) and (
                self._commit_to(proof.salt, content) == proof.event_id.proof_commitment
            )

    @api.model
    def _read_content(self, proof):
        """Return what was committed to: the base64 text of the file, or the row."""
        return proof.with_context(bin_size=False).content or proof.text

    @api.model
    def _new_salt(self):
        """Return a salt; without it nobody can guess the file from the commitment."""
        return secrets.token_hex(16)

    @api.model
    def _commit_to(self, salt, content):
        """Return the commitment to a base64 content, or to a text."""
        if isinstance(content, str):
            content = content.encode()
        return hashlib.sha256(salt.encode() + b":" + content).hexdigest()

    @api.model
    def _forget(self, subjects):
        """Delete the proofs of persons who are erased; the commitments stay."""
        # sudo: rgpd.consent.proof - nobody may delete a proof by hand
        self.sudo().search([("event_id.subject_id", "in", subjects.ids)]).unlink()
