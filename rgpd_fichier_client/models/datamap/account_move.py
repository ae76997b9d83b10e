from odoo import models

from .later_index import LaterIndex


class AccountMove(models.Model):
    _inherit = "account.move"

    # Found by any of the contacts it names; Odoo has an index on the first alone
    _rgpd_commercial_idx = LaterIndex(
        "(commercial_partner_id) WHERE commercial_partner_id IS NOT NULL"
    )
    _rgpd_shipping_idx = LaterIndex(
        "(partner_shipping_id) WHERE partner_shipping_id IS NOT NULL"
    )
