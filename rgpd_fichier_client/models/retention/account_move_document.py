from odoo import api, fields, models
from odoo.tools import SQL

from ..datamap import page_rows
from .sql_field import SqlDate

# Rows are made so many years before the end: a simulation shows the next twelve months
YEARS_AHEAD = 1
INVOICES = ("out_invoice", "out_refund", "out_receipt")
# A deposit of many payments says of none of them what it was for
MAX_MATCHES = 50


class AccountMove(models.Model):
    """Invoices and payments of a living customer that no order leads to.

    L123-22 C. com. asks for ten years from the end of the financial year; then nothing
    does, whatever keeps the person (Art. 5.1 e GDPR). One that was made from an order
    ends with it, a payment with the invoice it paid.
    """

    _name = "account.move"
    _inherit = ["account.move", "rgpd.document.mixin"]

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
                        """SELECT o.id, %(end)s, d.id, %(alone)s AND NOT EXISTS (
                               SELECT FROM rgpd_subject s
                                WHERE s.res_model = 'res.partner'
                                  AND s.res_id = o.partner_id AND NOT s.is_natural)
                             FROM account_move o
                        LEFT JOIN rgpd_document d ON d.res_model = 'account.move'
                                  AND d.res_id = o.id
                            WHERE o.id = ANY(%(ids)s) AND o.partner_id IS NOT NULL""",
                        end=self._field_to_sql("o", "rgpd_date_retention"),
                        alone=self._rgpd_get_alone_sql("o", with_later=True),
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
    def _rgpd_get_alone_sql(self, alias, with_later=False):
        """Return whether no order leads to it; no supplier's bill, nor what pays one.

        :param with_later: those as well that end in more than a year
        """
        today = self.env["rgpd.reason"]._get_today()
        years = self._rgpd_get_years() - YEARS_AHEAD
        move = SQL.identifier(alias)
        return SQL(
            """(%(soon)s AND (%(move)s.state <> 'draft' OR %(move)s.auto_post = 'no')
                AND CASE WHEN %(move)s.move_type IN %(invoices)s THEN NOT EXISTS (
                    SELECT FROM account_move_line rgpd_ml
                      JOIN sale_order_line_invoice_rel rgpd_r
                           ON rgpd_r.invoice_line_id = rgpd_ml.id
                     WHERE rgpd_ml.move_id = %(move)s.id)
                WHEN %(move)s.move_type = 'entry'
                     AND (%(move)s.statement_line_id IS NOT NULL OR EXISTS (
                         SELECT FROM account_payment rgpd_p
                          WHERE rgpd_p.id = %(move)s.origin_payment_id
                            AND rgpd_p.partner_type = 'customer'))
                THEN NOT EXISTS (%(matched)s) ELSE FALSE END)""",
            move=move,
            invoices=INVOICES,
            matched=self._rgpd_get_matched_sql(alias),
            soon=SQL("TRUE")
            if with_later
            else SQL("%s.date < %s", move, fields.Date.subtract(today, years=years)),
        )

    @api.model
    def _rgpd_get_matched_sql(self, alias):
        """Return the invoices and bills that a payment is matched with, as a query.

        A line of a statement is matched with a payment, and that with the invoice. An
        entry that is matched with many others is not followed: each of 5,000 donations
        would look at all of them, and what is paid on the same day says nothing. What
        holds the group together is looked at by the eraser before anything goes.
        """
        return SQL(
            """SELECT FROM (%(first)s) rgpd_n
                 JOIN account_move rgpd_i ON rgpd_i.id = rgpd_n.id
                WHERE rgpd_i.move_type <> 'entry' OR EXISTS (
                    SELECT FROM (
                        SELECT rgpd_f.id, count(*) OVER () AS many
                          FROM (%(second)s LIMIT %(limit)s) rgpd_f) rgpd_o
                      JOIN account_move rgpd_j ON rgpd_j.id = rgpd_o.id
                     WHERE rgpd_o.many < %(limit)s AND rgpd_j.move_type <> 'entry')""",
            first=self._rgpd_get_matches_sql(SQL.identifier(alias, "id")),
            second=self._rgpd_get_matches_sql(SQL("rgpd_n.id")),
            limit=MAX_MATCHES + 1,
        )

    @api.model
    def _rgpd_get_matches_sql(self, move):
        """Return the entries that one is matched with, by the indexes, as a query."""
        return SQL(
            """SELECT rgpd_x.move_id AS id FROM account_move_line rgpd_l
                 JOIN account_partial_reconcile rgpd_q
                      ON rgpd_q.debit_move_id = rgpd_l.id
                 JOIN account_move_line rgpd_x ON rgpd_x.id = rgpd_q.credit_move_id
                WHERE rgpd_l.move_id = %(move)s
                UNION ALL
               SELECT rgpd_x.move_id FROM account_move_line rgpd_l
                 JOIN account_partial_reconcile rgpd_q
                      ON rgpd_q.credit_move_id = rgpd_l.id
                 JOIN account_move_line rgpd_x ON rgpd_x.id = rgpd_q.debit_move_id
                WHERE rgpd_l.move_id = %(move)s""",
            move=move,
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

    @api.model
    def _get_rgpd_moves_sql(self, alias):
        return SQL("SELECT %s", SQL.identifier(alias, "id"))

    def _rgpd_get_moves(self):
        return self

    def _rgpd_filter_named_moves(self, moves):
        """An order that still names somebody keeps what is matched with its invoice."""
        return self.env["sale.order"]._rgpd_filter_named_moves(moves)

    # === PAGE === #

    @api.readonly
    def rgpd_get_retention(self):
        """Return until when the names stay; see ``rgpd_get_choices`` of orders.

        :raise AccessError: the user may not read the invoice
        """
        self.ensure_one()
        self.check_access("read")
        rows = page_rows.get(self, ["rgpd_date_retention", "rgpd_leaving"])
        return [{"title": self.env._("Until when"), "empty": "", "rows": rows}]
