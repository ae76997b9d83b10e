from odoo import api, fields, models
from odoo.tools import SQL

from .sql_field import SqlDate

# Rows are made so many years before the end: a simulation shows the next twelve months
YEARS_AHEAD = 1


class RgpdDocumentBooksMixin(models.AbstractModel):
    """Documents of accounting that end on the day of accounting (L123-22 C. com.)."""

    _name = "rgpd.document.books.mixin"
    _inherit = "rgpd.document.mixin"
    _description = "Document of Accounting with an End of its Own"

    _rgpd_person_path = "partner_id"

    rgpd_date_retention = SqlDate(
        string="Kept until",
        compute="_compute_rgpd_retention",
        search="_search_rgpd_date_retention",
        help="Ten years after the end of the financial year (L123-22 C. com.), or "
        "longer where the register says so.",
    )

    @api.depends("date", "company_id")
    @api.depends_context("lang")
    def _compute_rgpd_retention(self):
        """Compute what the page of the form shows, in one statement."""
        saved = self._origin.filtered("id")
        saved.flush_recordset(["date", "company_id", "state", "partner_id"])
        rows = {}
        if saved:
            rows = {
                row[0]: row[1:]
                for row in self.env.execute_query(
                    SQL(
                        """SELECT o.id, %(end)s, d.id, %(alone)s AND (%(named)s
                               OR NOT EXISTS (
                               SELECT FROM rgpd_subject s
                                WHERE s.res_model = 'res.partner'
                                  AND s.res_id = o.partner_id AND NOT s.is_natural))
                             FROM %(table)s o
                        LEFT JOIN rgpd_document d ON d.res_model = %(model)s
                                  AND d.res_id = o.id
                            WHERE o.id = ANY(%(ids)s) AND o.partner_id IS NOT NULL""",
                        end=self._field_to_sql("o", "rgpd_date_retention"),
                        alone=self._rgpd_get_alone_sql("o", with_later=True),
                        named=self._rgpd_get_named_sql("o"),
                        table=SQL.identifier(self._table),
                        model=self._name,
                        ids=saved.ids,
                    )
                )
            }
        # sudo: rgpd.document, rgpd.simulation - whoever works on the invoice may know a
        # day
        documents = self.env["rgpd.document"].sudo()
        approved = self.env["rgpd.simulation"].sudo()._get_valid().company_id
        for move in self:
            end, document_id, is_alone = rows.get(move._origin.id, (None, None, False))
            move.rgpd_date_retention = end
            move.rgpd_leaving = False
            document = documents.browse(document_id or ())
            if is_alone or document.erased_on:
                move.rgpd_leaving = move._rgpd_get_leaving(document, approved)

    # === SQL === #

    def _rgpd_get_field_sql(self, alias, _name):
        """Let invoices be sorted and filtered by their last day."""
        return self._rgpd_get_end_sql(alias)

    @api.model
    def _rgpd_get_end_sql(self, alias):
        """Return the last day of an accounting document, as the eraser computes it."""
        builder = self.env["rgpd.reason.builder"]
        # sudo: res.company - the financial year of each, whoever looks
        companies = self.env["res.company"].sudo().with_context(active_test=False)
        return SQL(
            """(SELECT (%(closing)s + %(years)s::interval)::date
                  FROM (VALUES %(rows)s) AS fy (company_id, month, day)
                 WHERE fy.company_id = %(company)s)""",
            closing=builder._get_fiscal_year_end(SQL.identifier(alias, "date")),
            years=f"{self._rgpd_get_years()} years",
            rows=SQL(", ").join(
                builder._get_fiscal_row(company)
                for company in companies.search([])  # pylint: disable=no-search-all
            ),
            company=SQL.identifier(alias, "company_id"),
        )

    @api.model
    def _rgpd_get_years(self):
        return self.env["rgpd.eraser.accounting"]._get_years()

    @api.model
    def _rgpd_get_soon_sql(self, alias, with_later=False):
        """Return whether one ends within a year: the others get no row.

        :param with_later: those as well that end later
        """
        if with_later:
            return SQL("TRUE")
        today = self.env["rgpd.reason"]._get_today()
        years = self._rgpd_get_years() - YEARS_AHEAD
        return SQL(
            "%s < %s",
            SQL.identifier(alias, "date"),
            fields.Date.subtract(today, years=years),
        )

    # === DOCUMENT === #

    @api.model
    def _rgpd_get_reviewed_sql(self, alias, company):
        """The purpose of accounting may end in a review: nothing goes."""
        # sudo: rgpd.purpose - an accountant does not read the register
        purposes = self.env["rgpd.purpose"].sudo()._get_purposes(company)
        reviewed = purposes.filtered(
            lambda p: p.code == "invoice" and p.end_action in ("review", "archive")
        )
        return SQL("TRUE") if reviewed else SQL("FALSE")

    def _rgpd_get_company(self):
        return self.company_id
