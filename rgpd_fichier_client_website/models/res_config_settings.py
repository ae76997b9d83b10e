from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    rgpd_website_notice = fields.Boolean(
        related="company_id.rgpd_website_notice", readonly=False
    )
    rgpd_website_notice_ids = fields.Many2many(
        related="company_id.rgpd_website_notice_ids",
        readonly=False,
        domain="[('kind', '=', 'choice'), ('purpose_id', '!=', False), "
        "('channel', '!=', False), ('company_id', 'in', (False, company_id))]",
    )
