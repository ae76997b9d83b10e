from odoo import fields, models


class UtmSource(models.Model):
    _inherit = "utm.source"

    rgpd_is_outside = fields.Boolean(
        string="Data given by somebody else",
        help="A file that is bought or rented, a partner, a directory: persons of "
        "leads with this source are told where their data come from, within a month or "
        "at the first contact (art. 14 GDPR). Not for an advertisement or a newsletter "
        "that made the person write to us.",
    )
