import base64

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ...core.journal import sealing
from ...core.retention import certificate

GROUNDS = [
    ("retention", "End of the retention period"),
    ("request", "Request of the person (Art. 17)"),
    ("objection", "Objection (Art. 21)"),
    ("withdrawal", "Withdrawal of consent (Art. 17.1 b)"),
    ("replay", "Replayed after a restored backup"),
    ("drill", "Compliance drill"),
]
SCOPES = [
    ("person", "The person"),
    ("documents", "Documents of a person who stays"),
]
STATES = [
    ("masked", "Masked, sweep to come"),
    ("closed", "Closed"),
    ("failed", "Failed"),
]
# Cannot come through RPC: only the methods of this file write evidence.
WRITE_SENTINEL = object()


class RgpdErasure(models.Model):
    """Evidence of one erasure: counts and reasons, never the identity.

    A row is made by the eraser (masked or failed), closed once by the sweep, and never
    changed afterwards. The identifiers needed by the sweep are kept encrypted until it
    has run, then destroyed (invariant 5).
    """

    _name = "rgpd.erasure"
    _description = "Erasure"
    _order = "id desc"
    _rec_name = "reference"
    # No foreign key from evidence to users: deleting a user must still work.
    _log_access = False

    reference = fields.Char(compute="_compute_reference", search="_search_reference")
    subject_uid = fields.Char(
        string="Person (random number)",
        required=True,
        index=True,
        readonly=True,
        help="Random number of the person; it leads to nobody once the person is "
        "erased.",
    )
    ground = fields.Selection(GROUNDS, required=True, readonly=True)
    scope = fields.Selection(
        SCOPES,
        string="What was erased",
        required=True,
        readonly=True,
        default="person",
        help="The documents alone: their own reasons have ended, the person still has "
        "one. Nobody looks for the person elsewhere then.",
    )
    document_count = fields.Integer(string="Documents", readonly=True)
    motive = fields.Char(
        readonly=True,
        help="Why it was done by hand, without any name (Art. 5.2, accountability).",
    )
    state = fields.Selection(STATES, required=True, readonly=True, index=True)
    company_id = fields.Many2one(
        "res.company", string="Controller", readonly=True, index=True
    )
    actor = fields.Integer(
        string="User number", readonly=True, help="Who started it, as a number."
    )
    erased_on = fields.Datetime(readonly=True, help="Moment of the masking.")
    closed_on = fields.Datetime(
        readonly=True, help="Moment the sweep ended and the certificate was closed."
    )
    error = fields.Text(
        string="Cause of the failure",
        readonly=True,
        help="What prevented the erasure; it is tried again at the next run.",
    )
    attempt_count = fields.Integer(string="Attempts", default=1, readonly=True)
    is_partial = fields.Boolean(
        string="Partial",
        readonly=True,
        help="Some data must stay for now, as Art. 17.3 allows: the certificate says "
        "which, why and until when.",
    )
    kept_until = fields.Date(
        readonly=True, help="Last of the dates until which something must stay."
    )
    line_ids = fields.One2many("rgpd.erasure.line", "erasure_id", readonly=True)
    erased_count = fields.Integer(string="Data erased", readonly=True)
    kept_count = fields.Integer(string="Data kept", readonly=True)
    residue_count = fields.Integer(string="Residues", readonly=True)
    certificate_digest = fields.Char(
        readonly=True, help="SHA-256 of the certificate, sealed in the journal."
    )
    identifiers_sealed = fields.Binary(
        attachment=False,
        readonly=True,
        groups=fields.NO_ACCESS,
    )
    has_identifiers = fields.Boolean(
        readonly=True,
        string="Identifiers awaiting the sweep",
        help="The identifiers stay encrypted until the sweep has proved that they are "
        "found nowhere; then they are destroyed.",
    )

    _state_idx = models.Index("(id) WHERE state = 'masked'")

    # === COMPUTE METHODS === #

    def _compute_reference(self):
        for erasure in self:
            erasure.reference = f"EFF/{erasure.id:06d}" if erasure.id else False

    def _search_reference(self, operator, value):
        if operator not in ("=", "ilike", "in", "like"):
            return NotImplemented
        values = value if operator == "in" else [value]
        digits = ["".join(c for c in str(v) if c.isdigit()) for v in values]
        return [("id", "in", [int(d) for d in digits if d])]

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        self._check_sentinel()
        return super().create(vals_list)

    def write(self, vals):
        self._check_sentinel()
        if any(erasure.state == "closed" for erasure in self):
            raise UserError(self.env._("A closed certificate can no longer change."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_evidence(self):
        raise UserError(
            self.env._("The evidence of an erasure cannot be deleted (Art. 5.2).")
        )

    def copy(self, default=None):  # pylint: disable=method-required-super
        raise UserError(self.env._("The evidence of an erasure cannot be copied."))

    def _check_sentinel(self):
        if self.env.context.get("rgpd_erasure_write") is not WRITE_SENTINEL:
            raise AccessError(
                self.env._("The evidence of an erasure is written by the eraser only.")
            )

    # === ACTION METHODS === #

    def action_print_certificate(self):
        """Print the certificate for the person and the DPO."""
        return self.env.ref(
            "rgpd_fichier_client.rgpd_erasure_certificate_report"
        ).report_action(self)

    def action_retry(self):
        """Try again what failed; only a DPO sees the button."""
        if not self.env.user.has_group("rgpd_fichier_client.group_rgpd_dpo"):
            raise AccessError(self.env._("Only the DPO may erase a person."))
        failed = self.filtered(lambda e: e.state == "failed" and e.scope == "person")
        for erasure in failed:
            records = erasure._get_records()
            if not records:
                raise UserError(self.env._("The record of this person is gone."))
            self.env["rgpd.eraser"]._erase(records, erasure.ground)
        return True

    # === BUSINESS METHODS === #

    def _writable(self):
        """The same rows, allowed to change."""
        # sudo: rgpd.erasure - nobody has the right to write evidence; the eraser does
        return self.sudo().with_context(rgpd_erasure_write=WRITE_SENTINEL)

    def _get_records(self):
        """Record of the person, in its own model, when it still exists."""
        self.ensure_one()
        # sudo: rgpd.subject - the DPO may retry whatever the company of the subject
        subject = (
            self.env["rgpd.subject"]
            .sudo()
            .with_context(active_test=False)
            .search([("uid", "=", self.subject_uid)], limit=1)
        )
        return subject._records().exists() if subject else None

    def _get_kept_categories(self):
        """Return the categories that a live reason kept when the person was erased."""
        lines = self.line_ids.filtered(
            lambda line: line.kind == "kept" and line.note == "live_reason"
        )
        return {code for line in lines for code in (line.category or "").split(",")}

    def _seal_identifiers(self, identifiers):
        """Keep the identifiers encrypted until the sweep.

        :param identifiers: ``{uid of the person: [Identifier]}``
        """
        key = self.env["rgpd.key"]._get("vault")
        blobs = []
        for erasure in self:
            data = [[i.kind, i.value] for i in identifiers[erasure.subject_uid]]
            blob = sealing.seal(key, data, erasure._seal_context())
            blobs.append(base64.b64encode(blob))
        # Each row has its own: the ORM would write them one by one
        self.flush_recordset()
        self.env.cr.execute(
            SQL(
                """UPDATE rgpd_erasure e
                      SET identifiers_sealed = v.blob, has_identifiers = TRUE
                     FROM unnest(%s::int[], %s::bytea[]) AS v (id, blob)
                    WHERE e.id = v.id AND e.state <> 'closed'""",
                self.ids,
                blobs,
            )
        )
        self.invalidate_recordset(["identifiers_sealed", "has_identifiers"])

    def _open_identifiers(self):
        """``[(kind, value)]`` to look for; empty once destroyed."""
        self.ensure_one()
        # sudo: rgpd.erasure - the sealed identifiers are readable by nobody
        sealed = self.sudo().identifiers_sealed
        if not sealed:
            return []
        key = self.env["rgpd.key"]._get("vault")
        blob = base64.b64decode(sealed)
        return [tuple(pair) for pair in sealing.unseal(key, blob, self._seal_context())]

    def _seal_context(self):
        return self._prepare_seal_context(self.id, self.subject_uid)

    @api.model
    def _prepare_seal_context(self, erasure_id, uid):
        """Return what binds sealed identifiers to their row."""
        return f"rgpd.erasure,{erasure_id},{uid}"

    def _get_certificate(self):
        """Canonical content of the certificate, as a JSON-able dict."""
        self.ensure_one()
        head = {
            "reference": self.reference,
            "subject": self.subject_uid,
            "ground": self.ground,
            "company": self.company_id.id,
            "erased_on": self.erased_on,
            "closed_on": self.closed_on,
            "partial": self.is_partial,
        }
        if self.scope != "person":
            head |= {"scope": self.scope, "documents": self.document_count}
        return certificate.content(head, [line._to_dict() for line in self.line_ids])

    def _get_certificate_sections(self):
        """Return the parts of the printed certificate, in the reader's language.

        :return: list of dicts with ``title``, ``empty``, ``lines`` and ``with_reason``
        """
        self.ensure_one()
        lines = self.line_ids.grouped("kind")
        none = self.env["rgpd.erasure.line"]
        nowhere = self.env._("The sweep found the person nowhere.")
        if self.scope == "documents":
            nowhere = self.env._("These documents no longer name the person.")
        return [
            {
                "title": self.env._("Erased"),
                "empty": self.env._("Nothing was left to erase."),
                "lines": lines.get("erased", none),
                "with_reason": False,
            },
            {
                "title": self.env._("Kept, as the law asks or allows"),
                "empty": self.env._("Nothing is kept."),
                "lines": lines.get("kept", none),
                "with_reason": True,
            },
            {
                "title": self.env._("Found by the sweep"),
                "empty": nowhere,
                "lines": lines.get("residue", none),
                "with_reason": True,
            },
        ]
