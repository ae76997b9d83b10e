from odoo import fields, models

from ..models.consent.selections import DECISIONS, SCOPES


class RgpdConsentImportLine(models.TransientModel):
    """A row of a file of consents, as it will be recorded, or why it cannot be."""

    _name = "rgpd.consent.import.line"
    _description = "Row of an Import of Consents"
    _order = "error, number"

    import_id = fields.Many2one(
        "rgpd.consent.import", required=True, ondelete="cascade", index=True
    )
    number = fields.Integer(string="Row")
    partner_id = fields.Many2one("res.partner", string="Person")
    purpose_id = fields.Many2one("rgpd.purpose")
    channel = fields.Selection(SCOPES)
    decision = fields.Selection(DECISIONS)
    moment = fields.Datetime(string="Decided on")
    is_to_renew = fields.Boolean(string="To renew")
    error = fields.Char()
