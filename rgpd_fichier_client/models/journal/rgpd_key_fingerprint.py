from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL


class RgpdKeyFingerprint(models.Model):
    """What the database knows of its keys: enough to recognise them, no secret.

    The last row of a use is its current key. A key file that does not match is
    refused: another host, a restored copy (invariant 14).
    """

    _name = "rgpd.key.fingerprint"
    _description = "Key fingerprint"
    _inherit = "rgpd.evidence"
    _order = "id desc"
    _rec_name = "fingerprint"
    _log_access = False

    use = fields.Selection(
        [
            ("signing", "Signature of the evidence"),
            ("vault", "Intermediate archive"),
            ("suppression", "Objection list"),
            ("ledger", "Ledger of erasures"),
            ("digest", "Digests in the evidence"),
        ],
        required=True,
        readonly=True,
        help="Each key serves one use only, so that one leak does not open the rest.",
    )
    fingerprint = fields.Char(
        required=True,
        readonly=True,
        help="Recognises the key without giving it away.",
    )
    public_key = fields.Char(
        readonly=True,
        help="Ed25519 public key in hexadecimal: with it anyone can check the seals.",
    )
    moment = fields.Datetime("Known since", required=True, readonly=True)
    is_current = fields.Boolean(
        compute="_compute_is_current",
        help="The key in use today; the others only verify what they signed.",
    )

    def _compute_is_current(self):
        current = set(self.sudo()._get_current().values())
        for row in self:
            row.is_current = row.fingerprint in current

    @api.model_create_multi
    @api.private
    def create(self, vals_list):  # pylint: disable=method-required-super
        """Refuse: `rgpd.key` is the only one to add a row."""
        raise AccessError(self.env._("Keys are made by the system at their first use."))

    def action_rotate(self):
        """Replace the signing key; a confirmation precedes, the DPO only."""
        self.env["rgpd.key"]._action_rotate()
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    @api.model
    def _get_current(self):
        """Return `{use: fingerprint}` of the current keys."""
        return dict(
            self.env.execute_query(
                SQL(
                    "SELECT DISTINCT ON (use) use, fingerprint"
                    " FROM rgpd_key_fingerprint ORDER BY use, id DESC"
                )
            )
        )

    @api.model
    def _add(self, keys):
        """Remember keys, without waiting for another worker who does the same."""
        now = fields.Datetime.now()
        rows = SQL(", ").join(
            SQL("(%s, %s, %s, %s)", key.use, key.fingerprint, key.public or None, now)
            for key in keys
        )
        self.env.cr.execute(
            SQL(
                "INSERT INTO rgpd_key_fingerprint"
                " (use, fingerprint, public_key, moment) VALUES %s",
                rows,
            )
        )
