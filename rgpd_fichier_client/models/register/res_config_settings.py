from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    rgpd_dpo_id = fields.Many2one(related="company_id.rgpd_dpo_id", readonly=False)
    rgpd_dpo_is_external = fields.Boolean(
        related="company_id.rgpd_dpo_is_external", readonly=False
    )
    rgpd_dpo_number = fields.Char(related="company_id.rgpd_dpo_number", readonly=False)
    rgpd_dpo_date = fields.Date(related="company_id.rgpd_dpo_date", readonly=False)
    rgpd_referent_id = fields.Many2one(
        related="company_id.rgpd_referent_id", readonly=False
    )
    rgpd_contact_email = fields.Char(
        related="company_id.rgpd_contact_email", readonly=False
    )
    rgpd_representative_id = fields.Many2one(
        related="company_id.rgpd_representative_id", readonly=False
    )
    rgpd_policy_published = fields.Boolean(
        related="company_id.rgpd_policy_published", readonly=False
    )
    rgpd_register_published = fields.Boolean(
        related="company_id.rgpd_register_published", readonly=False
    )
    rgpd_policy_url = fields.Char(related="company_id.rgpd_policy_url", readonly=False)
