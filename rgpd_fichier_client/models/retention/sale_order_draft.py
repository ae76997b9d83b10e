from odoo import api, models
from odoo.tools import SQL


class SaleOrder(models.Model):
    """The invoices of an order that the accountant has not finished."""

    _inherit = "sale.order"

    @api.model
    def _rgpd_get_draft_sql(self, alias, company):
        """Return whether a draft of the order is recent, or will post by itself.

        Pointed at nobody, it would be posted to nobody: the customer could neither be
        billed nor refunded. An old one is forgotten: older than the period of the order
        itself, by the day it was made and the days written on it. Without a rule that
        tells, it holds.
        """
        purposes = self._get_rgpd_purposes(company)
        day = SQL(
            """GREATEST((rgpd_m.create_date AT TIME ZONE 'UTC')::date, rgpd_m.date,
                        rgpd_m.invoice_date)"""
        )
        end = {
            code: self._get_rgpd_period_sql(day, purposes.get(code), with_archive=True)
            for code in ("quote", "order")
        }
        closing = self._get_rgpd_fiscal_year_end(day, company)
        books = [self._get_rgpd_period_sql(closing, purposes.get("invoice"), True)]
        books += [
            self._get_rgpd_period_sql(day, rule, True)
            for rule in self._get_rgpd_document_rules(purposes, company)
        ]
        return SQL(
            """EXISTS (
                SELECT 1 FROM account_move rgpd_m
                 WHERE rgpd_m.id IN (%(moves)s) AND rgpd_m.state = 'draft'
                   AND (rgpd_m.auto_post IS DISTINCT FROM 'no'
                        OR COALESCE(GREATEST(
                               CASE WHEN %(state)s = 'sale' THEN %(order)s
                                    ELSE %(quote)s END,
                               CASE WHEN %(invoiced)s IS NOT NULL
                                    THEN GREATEST(%(books)s) END
                           ) >= %(today)s, TRUE)))""",
            moves=self._get_rgpd_moves_sql(alias),
            state=SQL.identifier(alias, "state"),
            invoiced=self._get_rgpd_invoice_sql(alias),
            books=SQL(", ").join(books),
            today=self.env["rgpd.reason"]._get_today(),
            **end,
        )

    @api.model
    def _get_rgpd_moves_sql(self, alias):
        """Return the accounting documents made from the order, as a query."""
        return SQL(
            """SELECT rgpd_ml.move_id FROM sale_order_line rgpd_l
                 JOIN sale_order_line_invoice_rel rgpd_r
                      ON rgpd_r.order_line_id = rgpd_l.id
                 JOIN account_move_line rgpd_ml ON rgpd_ml.id = rgpd_r.invoice_line_id
                WHERE rgpd_l.order_id = %s""",
            SQL.identifier(alias, "id"),
        )
