from odoo import api, models
from odoo.tools import SQL


class RgpdDocument(models.Model):
    """Books that an earlier version of the night closed for ever."""

    _inherit = "rgpd.document"

    @api.model
    def _reopen_books(self):
        """Look once more at all books that still name somebody, and were closed.

        What an earlier version held for ever (the seal of an organisation's invoice, a
        group of many) may go by now. Set-based; those that name nobody stay closed.

        :return: how many
        """
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                UPDATE rgpd_document d SET date_books = %(today)s
                 WHERE d.erased_on IS NOT NULL AND d.date_books IS NULL
                   AND EXISTS (
                       SELECT FROM (
                           SELECT d.res_id AS id WHERE d.res_model = 'account.move'
                            UNION ALL
                           SELECT i.move_id FROM sale_order_line sl
                             JOIN sale_order_line_invoice_rel r
                                  ON r.order_line_id = sl.id
                             JOIN account_move_line i ON i.id = r.invoice_line_id
                            WHERE d.res_model = 'sale.order' AND sl.order_id = d.res_id
                       ) m
                         JOIN account_move_line l ON l.move_id = m.id
                         JOIN res_partner p ON p.id = l.partner_id
                         JOIN rgpd_subject s ON s.res_model = 'res.partner'
                              AND s.res_id IN (p.id, p.commercial_partner_id)
                        WHERE s.is_natural AND s.active AND s.erased_on IS NULL)
                """,
                today=self.env["rgpd.reason"]._get_today(),
            )
        )
        count = self.env.cr.rowcount
        self.invalidate_model(["date_books"])
        return count
