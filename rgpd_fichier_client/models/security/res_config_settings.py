from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    rgpd_log_openings = fields.Boolean(
        related="company_id.rgpd_log_openings", readonly=False
    )
    rgpd_log_months = fields.Integer(
        related="company_id.rgpd_log_months", readonly=False
    )
