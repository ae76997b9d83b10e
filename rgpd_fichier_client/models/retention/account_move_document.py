from odoo import api, models
from odoo.tools import SQL

from ..datamap import page_rows

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
    _inherit = ["account.move", "rgpd.document.books.mixin"]

    @api.model
    def _rgpd_get_alone_sql(self, alias, with_later=False):
        """Return whether no order leads to it; no supplier's bill, nor what pays one.

        :param with_later: those as well that end in more than a year
        """
        move = SQL.identifier(alias)
        return SQL(
            """(%(soon)s AND (%(move)s.state <> 'draft' OR %(move)s.auto_post = 'no')
                AND CASE WHEN %(move)s.move_type IN %(invoices)s
                THEN NOT EXISTS (%(ordered)s)
                WHEN %(move)s.move_type = 'entry'
                     AND (%(move)s.statement_line_id IS NOT NULL OR EXISTS (
                         SELECT FROM account_payment rgpd_p
                          WHERE rgpd_p.id = %(move)s.origin_payment_id
                            AND rgpd_p.partner_type = 'customer'))
                THEN NOT EXISTS (%(matched)s) ELSE FALSE END)""",
            move=move,
            invoices=INVOICES,
            ordered=self._rgpd_get_ordered_sql(alias),
            matched=self._rgpd_get_matched_sql(alias),
            soon=self._rgpd_get_soon_sql(alias, with_later),
        )

    @api.model
    def _rgpd_get_matched_sql(self, alias):
        """Return the invoices and bills that a payment is matched with, as a query.

        A line of a statement is matched with a payment, and that with the invoice. An
        entry that is matched with many others is not followed: each of 5,000 donations
        would look at all of them, and what is paid on the same day says nothing. What
        holds the group together is looked at by the eraser before anything goes.

        The invoice of an organisation ends nobody: whoever paid it ends by themselves.
        """
        return SQL(
            """SELECT FROM (%(first)s) rgpd_n
                 JOIN account_move rgpd_i ON rgpd_i.id = rgpd_n.id
                WHERE %(ends)s OR EXISTS (
                    SELECT FROM (
                        SELECT rgpd_f.id, count(*) OVER () AS many
                          FROM (%(second)s LIMIT %(limit)s) rgpd_f) rgpd_o
                      JOIN account_move rgpd_j ON rgpd_j.id = rgpd_o.id
                     WHERE rgpd_o.many < %(limit)s AND %(ends_too)s)""",
            ends=self._rgpd_get_ending_sql("rgpd_i"),
            ends_too=self._rgpd_get_ending_sql("rgpd_j"),
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
