from odoo import api, fields, models
from odoo.tools import SQL

from .sale_order import READ_ORDER


class SaleOrder(models.Model):
    """What the form of an order shows besides, read by the same statement.

    Most customers never decided anything and most documents are untouched: for them
    nothing else is asked.
    """

    _inherit = "sale.order"

    rgpd_choice_summary = fields.Text(compute="_compute_rgpd_retention")
    rgpd_leaving = fields.Char(compute="_compute_rgpd_retention")

    @api.depends("company_id")
    def _compute_rgpd_retention(self):
        return super()._compute_rgpd_retention()

    @api.model
    def _get_rgpd_read_models(self):
        return [
            *super()._get_rgpd_read_models(),
            "rgpd.consent",
            "rgpd.document",
            "rgpd.simulation",
        ]

    @api.model
    def _get_rgpd_read_columns(self, ends):
        alias = READ_ORDER
        return super()._get_rgpd_read_columns(ends) | {
            # Choices in force about offers of the company of the order
            "consent_ids": SQL(
                """ARRAY(SELECT c.id FROM rgpd_consent c
                           JOIN rgpd_subject s ON s.id = c.subject_id
                          WHERE s.res_model = 'res.partner' AND s.res_id = %s
                            AND c.company_id = %s AND c.company_id = ANY(%s)
                          ORDER BY c.purpose_code, c.channel)""",
                SQL.identifier(alias, "partner_id"),
                SQL.identifier(alias, "company_id"),
                self.env.companies.ids,
            ),
            # The row of the document, where it tells of an erasure or a failure
            "document_id": SQL(
                """(SELECT d.id FROM rgpd_document d
                     WHERE d.res_model = 'sale.order' AND d.res_id = %s
                       AND (d.erased_on IS NOT NULL OR d.error IS NOT NULL))""",
                SQL.identifier(alias, "id"),
            ),
            "approved_ids": SQL(
                "ARRAY(SELECT id FROM rgpd_simulation WHERE state = 'approved')"
            ),
            # That of an organisation which names nobody: no night erases it
            "is_nobody": SQL(
                """(EXISTS (SELECT FROM rgpd_subject s
                             WHERE s.res_model = 'res.partner' AND s.res_id = %s
                               AND NOT s.is_natural) AND NOT %s)""",
                SQL.identifier(alias, "partner_id"),
                self._rgpd_get_due_sql(alias),
            ),
        }

    def _set_rgpd_values(self, row):
        result = super()._set_rgpd_values(row)
        # sudo: rgpd.consent, rgpd.document, rgpd.simulation - whoever serves the
        # customer knows what they decided, and may know a day; staff read neither
        consents, documents, simulations = (
            self.env[name].sudo()
            for name in ("rgpd.consent", "rgpd.document", "rgpd.simulation")
        )
        if self.id and self.id == self._origin.id:
            consents = consents.browse(row.get("consent_ids"))
        else:
            # Another customer may be chosen on the form
            consents = self.sudo().partner_id.rgpd_consent_ids.filtered(
                lambda consent: consent.company_id == self.company_id
            )
        self.rgpd_choice_summary = "\n".join(consents.mapped("display_name"))
        valid = simulations.browse(row.get("approved_ids")).filtered(
            lambda simulation: simulation._has_same_rules()
        )
        document = documents.browse(row.get("document_id"))
        self.rgpd_leaving = (
            (document or not row.get("is_nobody"))
            and self._rgpd_get_leaving(document, valid.company_id)
            or False
        )
        return result
