from odoo import fields, models


class RgpdAccessWizardLine(models.TransientModel):
    """How many records of one kind the bundle will hold."""

    _name = "rgpd.access.wizard.line"
    _description = "Count of an Access Request"

    wizard_id = fields.Many2one(
        "rgpd.access.wizard", required=True, ondelete="cascade", index=True
    )
    label = fields.Char(string="Kind of data")
    model = fields.Char(string="Technical name")
    record_count = fields.Integer(string="Records")
