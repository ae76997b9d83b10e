from odoo import fields, models

from ..models.register.rgpd_selection import LEGAL_BASES


class RgpdRegisterImportPurpose(models.TransientModel):
    """A purpose whose legal basis the file does not say; nobody guesses it (Art. 6)."""

    _name = "rgpd.register.import.purpose"
    _description = "Purpose of an Import"
    _order = "line_id, number"

    wizard_id = fields.Many2one(
        "rgpd.register.import", required=True, ondelete="cascade", index=True
    )
    line_id = fields.Many2one(
        "rgpd.register.import.line", string="Sheet", readonly=True, ondelete="cascade"
    )
    number = fields.Integer(readonly=True)
    name = fields.Char(string="Purpose", readonly=True)
    legal_basis = fields.Selection(
        LEGAL_BASES,
        help="Left empty, a new purpose is not created: its name stays in the chatter "
        "of the sheet.",
    )
