from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    rgpd_softoptin_similar = fields.Boolean(
        related="company_id.rgpd_softoptin_similar", readonly=False
    )
    rgpd_softoptin_since = fields.Date(
        related="company_id.rgpd_softoptin_since", readonly=False
    )
    rgpd_messages_unsubscribe = fields.Boolean(
        related="company_id.rgpd_messages_unsubscribe", readonly=False
    )
    rgpd_b2b_profession = fields.Boolean(
        related="company_id.rgpd_b2b_profession", readonly=False
    )
    rgpd_informs_at_collection = fields.Boolean(
        related="company_id.rgpd_informs_at_collection", readonly=False
    )
    rgpd_contract_calls = fields.Boolean(
        related="company_id.rgpd_contract_calls", readonly=False
    )
    rgpd_phone_banned = fields.Boolean(
        related="company_id.rgpd_phone_banned", readonly=False
    )
    rgpd_press = fields.Boolean(related="company_id.rgpd_press", readonly=False)
    rgpd_double_optin = fields.Selection(
        related="company_id.rgpd_double_optin", readonly=False
    )
    rgpd_keep_technical_proof = fields.Boolean(
        related="company_id.rgpd_keep_technical_proof", readonly=False
    )
    rgpd_sign_notice_ids = fields.Many2many(
        related="company_id.rgpd_sign_notice_ids",
        readonly=False,
        domain="[('kind', '=', 'choice'), ('purpose_id', '!=', False), "
        "('channel', '!=', False), ('company_id', 'in', (False, company_id))]",
    )
    rgpd_inform_by_mail = fields.Boolean(
        related="company_id.rgpd_inform_by_mail", readonly=False
    )
    rgpd_first_mail_notice = fields.Boolean(
        related="company_id.rgpd_first_mail_notice", readonly=False
    )
    rgpd_quotation_notice = fields.Boolean(
        related="company_id.rgpd_quotation_notice", readonly=False
    )
