from odoo import models


class PhoneBlacklist(models.Model):
    _name = "phone.blacklist"
    _inherit = ["rgpd.blacklist.mixin", "phone.blacklist"]

    _rgpd_kind = "phone"
    _rgpd_field = "number"
    _rgpd_channels = ("sms", "phone")
