from odoo import fields, models


class RgpdVaultPart(models.Model):
    """What one category of data of an archived person holds, encrypted (AES-256-GCM).

    One row per category, so that a category whose last reason ends is destroyed without
    opening the others.
    """

    _name = "rgpd.vault.part"
    _description = "Part of an Intermediate Archive"
    _order = "vault_id, category"
    _log_access = False

    vault_id = fields.Many2one(
        "rgpd.vault", required=True, readonly=True, index=True, ondelete="cascade"
    )
    category = fields.Char(required=True, readonly=True, string="Category code")
    value_count = fields.Integer(string="Values", readonly=True)
    sealed = fields.Binary(attachment=False, readonly=True, groups=fields.NO_ACCESS)
