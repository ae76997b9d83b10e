from odoo import fields, models


class RgpdProcessorChecklistLine(models.TransientModel):
    """One clause to look for in a contract."""

    _name = "rgpd.processor.checklist.line"
    _description = "Clause to look for"

    wizard_id = fields.Many2one(
        "rgpd.processor.checklist", required=True, ondelete="cascade"
    )
    clause = fields.Char(required=True, readonly=True)
    name = fields.Char(string="The contract says", readonly=True)
    article = fields.Char(readonly=True)
    explanation = fields.Char(string="How to recognise it", readonly=True)
    is_present = fields.Boolean(string="Found")
    place = fields.Char(string="Where", help="Article or page of the contract.")
