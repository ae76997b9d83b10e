from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    rgpd_request_officer_id = fields.Many2one(
        related="company_id.rgpd_request_officer_id", readonly=False
    )
    rgpd_request_alias_name = fields.Char(
        related="company_id.rgpd_request_alias_name", readonly=False
    )
    rgpd_request_alias_email = fields.Char(
        related="company_id.rgpd_request_alias_email"
    )
