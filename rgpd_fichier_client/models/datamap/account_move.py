from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    # Found by any of the contacts it names; Odoo has an index on the first alone
    _rgpd_commercial_idx = models.Index(
        "(commercial_partner_id) WHERE commercial_partner_id IS NOT NULL"
    )
    _rgpd_shipping_idx = models.Index(
        "(partner_shipping_id) WHERE partner_shipping_id IS NOT NULL"
    )
