from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    rgpd_backup_days = fields.Integer(
        related="company_id.rgpd_backup_days", readonly=False
    )
    rgpd_erasure_grace_days = fields.Integer(
        related="company_id.rgpd_erasure_grace_days", readonly=False
    )
    rgpd_copy_link_days = fields.Integer(
        related="company_id.rgpd_copy_link_days", readonly=False
    )
