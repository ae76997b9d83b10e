import hashlib
import secrets

from odoo import api, fields, models

from ...core.consent.proof import DETAILS, join_proof


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
    guardian = fields.Char(
        string="Holder of parental authority",
        readonly=True,
        help="Who agreed for a child under 15, as they gave their name (art. 8 GDPR).",
    )
    ip = fields.Char(
        string="Network",
        readonly=True,
        help="First part of the IP address (IPv4 /24, IPv6 /48), only where the "
        "company keeps it.",
    )
    agent = fields.Char(
        string="Browser",
        readonly=True,
        help="What the browser said of itself, only where the company keeps it.",
    )
    address_mark = fields.Char(
        groups=fields.NO_ACCESS,
        readonly=True,
        index="btree_not_null",
        help="Keyed mark of an address that returns mail: another address works.",
    )
    salt = fields.Char(groups=fields.NO_ACCESS, required=True, readonly=True)
    is_intact = fields.Boolean(
        string="Same as recorded",
        compute="_compute_is_intact",
        help="The proof is the one that was kept when the choice was recorded.",
    )

    @api.depends(
        "content",
        "text",
        "salt",
        "guardian",
        "ip",
        "agent",
        "address_mark",
        "event_id.proof_commitment",
    )
    def _compute_is_intact(self):
        for proof in self.sudo():  # sudo: salt - the answer is yes or no only
            values = proof.with_context(bin_size=False)
            proof.is_intact = bool(self._join(values)) and (
                self._commit(values) == proof.event_id.proof_commitment
            )

    @api.model
    def _join(self, values):
        """Return the one text to commit to, from create values or from a record."""
        is_record = isinstance(values, models.BaseModel)
        get = values.__getitem__ if is_record else values.get
        details = {name: get(name) for name in DETAILS if name in self._fields}
        return join_proof(get("content") or get("text"), details)

    @api.model
    def _commit(self, values):
        """Return the commitment to a proof, from create values or from a record."""
        salt = values["salt"]
        return self._commit_to(salt, self._join(values))

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
