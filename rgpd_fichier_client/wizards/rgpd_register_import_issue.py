from odoo import fields, models


class RgpdRegisterImportIssue(models.TransientModel):
    """Something in the file that is not taken over as it stands, and where."""

    _name = "rgpd.register.import.issue"
    _description = "Remark of an Import"
    _order = "is_error desc, id"

    wizard_id = fields.Many2one(
        "rgpd.register.import", required=True, ondelete="cascade", index=True
    )
    sheet = fields.Char(string="Sheet of the file", readonly=True)
    cell = fields.Char(readonly=True)
    value = fields.Char(string="What stands there", readonly=True)
    message = fields.Text(readonly=True)
    is_error = fields.Boolean(string="Error", readonly=True)
