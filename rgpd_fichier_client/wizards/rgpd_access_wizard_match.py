from odoo import fields, models


class RgpdAccessWizardMatch(models.TransientModel):
    """A contact that may be the same person; the officer decides."""

    _name = "rgpd.access.wizard.match"
    _description = "Possible Match of an Access Request"

    wizard_id = fields.Many2one(
        "rgpd.access.wizard", required=True, ondelete="cascade", index=True
    )
    partner_id = fields.Many2one("res.partner", string="Contact", required=True)
    why = fields.Char(readonly=True)
    is_same = fields.Boolean(
        string="Same person",
        help="Tick only when sure: the bundle then holds the data of both.",
    )
