from odoo import models

from .later_index import LaterIndex


class PaymentTransaction(models.Model):
    _inherit = "payment.transaction"

    # Found by the contact who paid; Odoo reads the whole table
    _rgpd_partner_idx = LaterIndex("(partner_id) WHERE partner_id IS NOT NULL")
