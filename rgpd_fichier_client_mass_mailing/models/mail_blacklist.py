from odoo import models


class MailBlacklist(models.Model):
    _name = "mail.blacklist"
    _inherit = ["rgpd.blacklist.mixin", "mail.blacklist"]

    _rgpd_kind = "email"
    _rgpd_field = "email"
    _rgpd_channels = ("email",)
