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
    content = fields.Binary(attachment=True, required=True)
    note = fields.Text()
    salt = fields.Char(groups=fields.NO_ACCESS, required=True, readonly=True)
    is_intact = fields.Boolean(
        string="Same as recorded",
        compute="_compute_is_intact",
        help="The file is the one that was attached when the choice was recorded.",
    )

    @api.depends("content", "salt", "event_id.proof_commitment")
    def _compute_is_intact(self):
        for proof in self.sudo():  # sudo: salt - the answer is yes or no only
            proof.is_intact = bool(proof.content) and (
                self._commit_to(proof.salt, self._read_content(proof))
                == proof.event_id.proof_commitment
            )

    @api.model
    def _read_content(self, proof):
        """Return the base64 text of the file whatever the bin_size context."""
        return proof.with_context(bin_size=False).content

    @api.model
    def _new_salt(self):
        """Return a salt; without it nobody can guess the file from the commitment."""
        return secrets.token_hex(16)

    @api.model
    def _commit_to(self, salt, content):
        """Return the commitment to a base64 content."""
        if isinstance(content, str):
            content = content.encode()
        return hashlib.sha256(salt.encode() + b":" + content).hexdigest()
