from odoo import api, models
from odoo.tools import SQL


class RgpdHold(models.Model):
    _inherit = "rgpd.hold"

    @api.model
    def _get_later_partners_sql(self):
        """The customer of a lead stands for the person: the hold goes with them."""
        return [
            *super()._get_later_partners_sql(),
            SQL(
                """(SELECT rgpd_l.partner_id FROM rgpd_subject rgpd_s
                      JOIN crm_lead rgpd_l ON rgpd_l.id = rgpd_s.res_id
                     WHERE rgpd_s.id = h.subject_id
                       AND rgpd_s.res_model = 'crm.lead')"""
            ),
        ]
