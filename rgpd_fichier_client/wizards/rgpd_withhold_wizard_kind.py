from odoo import fields, models


class RgpdWithholdWizardKind(models.TransientModel):
    """A kind of record that a copy would hold, with how many."""

    _name = "rgpd.withhold.wizard.kind"
    _description = "Kind of Record of a Copy"
    _order = "id"

    wizard_id = fields.Many2one(
        "rgpd.withhold.wizard", required=True, readonly=True, ondelete="cascade"
    )
    model = fields.Char(required=True, readonly=True)
    name = fields.Char(required=True, readonly=True)
