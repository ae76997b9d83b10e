from odoo import api, models
from odoo.tools import SQL

from .account_move_document import INVOICES


class AccountMove(models.Model):
    """Accounting documents of organisations on which a natural person is named.

    The organisation is nobody and its invoice stays. Who received the goods, and
    whoever paid with means of their own, is somebody: they leave on the day on which
    accounting needs them no more (L123-22 C. com., Art. 5.1 e GDPR).
    """

    _inherit = "account.move"

    _rgpd_stays_whole = True

    @api.model
    def _rgpd_get_addresses_sql(self, alias):
        """Who got the goods, and whoever paid for this invoice alone on line.

        Who paid in their own name leaves with their payment; a contact who paid for
        the organisation is on no other document.
        """
        shipped = SQL("SELECT %s", SQL.identifier(alias, "partner_shipping_id"))
        field = self.env["account.move"]._fields.get("transaction_ids")
        if field is None or field.type != "many2many":
            return shipped
        return SQL(
            """%(shipped)s UNION ALL
               SELECT rgpd_t.partner_id FROM %(relation)s rgpd_r
                 JOIN payment_transaction rgpd_t ON rgpd_t.id = rgpd_r.%(row)s
                WHERE rgpd_r.%(move)s = %(id)s
                  AND NOT EXISTS (SELECT FROM %(relation)s rgpd_o
                                   WHERE rgpd_o.%(row)s = rgpd_t.id
                                     AND rgpd_o.%(move)s <> %(id)s)
                  AND NOT EXISTS (SELECT FROM account_payment rgpd_p
                                   WHERE rgpd_p.id = rgpd_t.payment_id
                                     AND (rgpd_p.partner_id = rgpd_t.partner_id
                                          OR %(natural)s))
                  AND NOT EXISTS (SELECT FROM sale_order_transaction_rel rgpd_s
                                   WHERE rgpd_s.transaction_id = rgpd_t.id)""",
            shipped=shipped,
            relation=SQL.identifier(field.relation),
            row=SQL.identifier(field.column2),
            move=SQL.identifier(field.column1),
            id=SQL.identifier(alias, "id"),
            natural=self._rgpd_get_natural_sql(SQL("rgpd_p.partner_id")),
        )

    @api.model
    def _rgpd_get_ordered_sql(self, alias):
        """Return the orders that an invoice ends with, as a query.

        That of an organisation which names nobody ends nobody: whom its invoice names
        leaves that by themselves. An order that the names left already still does, see
        ``date_books``.
        """
        orders = self.env["sale.order"]
        return SQL(
            """SELECT FROM account_move_line rgpd_ml
                 JOIN sale_order_line_invoice_rel rgpd_r
                      ON rgpd_r.invoice_line_id = rgpd_ml.id
                 JOIN sale_order_line rgpd_sl ON rgpd_sl.id = rgpd_r.order_line_id
                 JOIN sale_order rgpd_so ON rgpd_so.id = rgpd_sl.order_id
            LEFT JOIN rgpd_subject rgpd_ss ON rgpd_ss.res_model = 'res.partner'
                      AND rgpd_ss.res_id = rgpd_so.partner_id
                WHERE rgpd_ml.move_id = %s AND (
                      rgpd_ss.is_natural IS NOT FALSE OR %s OR EXISTS (
                          SELECT FROM rgpd_stand_in rgpd_st
                           WHERE rgpd_st.partner_id = rgpd_so.partner_id))""",
            SQL.identifier(alias, "id"),
            orders._rgpd_get_named_sql("rgpd_so"),
        )

    @api.model
    def _rgpd_get_ending_sql(self, alias):
        """Return whether an invoice or bill ends whoever paid it: not that of an
        organisation. What the names left already still does, see ``date_books``.
        """
        return SQL(
            """(%(move)s.move_type <> 'entry' AND NOT (
                %(move)s.move_type IN %(invoices)s AND EXISTS (
                    SELECT FROM rgpd_subject rgpd_os
                     WHERE rgpd_os.res_model = 'res.partner'
                       AND rgpd_os.res_id = %(move)s.partner_id
                       AND NOT rgpd_os.is_natural)
                AND NOT EXISTS (
                    SELECT FROM rgpd_stand_in rgpd_st
                     WHERE rgpd_st.partner_id = %(move)s.partner_id)))""",
            move=SQL.identifier(alias),
            invoices=INVOICES,
        )
