from odoo import api, models
from odoo.tools import SQL


class RgpdSubject(models.Model):
    _inherit = "rgpd.subject"

    @api.model
    def _get_anchor_query(self, model, ids=None):
        """A lead without customer stands for the person who asked.

        Once it has a customer, the customer stands for them. A lead with the name of
        a company alone names nobody.
        """
        if model != "crm.lead":
            return super()._get_anchor_query(model, ids)
        only = SQL("lead.id = ANY(%s)", list(ids)) if ids is not None else SQL("TRUE")
        return SQL(
            """
            SELECT lead.id, lead.company_id,
                   evidence.code <> 'company' AS is_natural, evidence.code AS evidence
              FROM crm_lead AS lead
        CROSS JOIN LATERAL (SELECT CASE
                   WHEN COALESCE(trim(lead.contact_name), '') = ''
                        AND COALESCE(trim(lead.partner_name), '') <> ''
                        THEN 'company'
                   WHEN COALESCE(trim(lead.partner_name), '') <> '' THEN 'contact'
                   ELSE 'person' END AS code) AS evidence
             WHERE lead.partner_id IS NULL AND %s
            """,
            only,
        )
