from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    rgpd_request_officer_id = fields.Many2one(
        related="company_id.rgpd_request_officer_id", readonly=False
    )
