from odoo import fields, models


class RgpdRegisterSetupLine(models.TransientModel):
    """One shipped purpose, kept or not."""

    _name = "rgpd.register.setup.line"
    _description = "Purpose to keep"
    _order = "processing_id, purpose_id"

    wizard_id = fields.Many2one(
        "rgpd.register.setup", required=True, ondelete="cascade"
    )
    purpose_id = fields.Many2one(
        "rgpd.purpose", required=True, readonly=True, ondelete="cascade"
    )
    processing_id = fields.Many2one(related="purpose_id.processing_id", store=True)
    legal_basis = fields.Selection(related="purpose_id.legal_basis")
    retention_text = fields.Char(related="purpose_id.retention_text")
    is_kept = fields.Boolean(string="Keep")
    ground = fields.Selection(
        [
            ("law", "Asked by law of everyone"),
            ("everyone", "Usual in any customer file"),
            ("activity", "Usual in your activity"),
            ("unusual", "Only if you do it"),
        ],
        string="Why",
        readonly=True,
    )
