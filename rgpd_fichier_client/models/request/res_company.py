from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    rgpd_request_officer_id = fields.Many2one(
        "res.users",
        string="Requests are given to",
        domain="[('share', '=', False)]",
        help="Who handles the requests that come by themselves: from the customer "
        "account, the public form, or by mail.",
    )
