from odoo import api, models
from odoo.tools import SQL


class AccountPayment(models.Model):
    """Payments of a living customer without a journal entry that no invoice ends.

    Their method of payment has no account of its own: an advance that was never matched
    is a document of its own, and so is what somebody paid for an organisation. Of those
    with an entry it is the entry, see ``account.move``.
    """

    _name = "account.payment"
    _inherit = ["account.payment", "rgpd.document.books.mixin"]

    @api.model
    def _rgpd_get_alone_sql(self, alias, with_later=False):
        """Return whether no entry and no invoice of a person leads to it."""
        return SQL(
            """(%(soon)s AND %(payment)s.move_id IS NULL
                AND %(payment)s.partner_type = 'customer' AND NOT EXISTS (
                    SELECT FROM account_move__account_payment rgpd_b
                      JOIN account_move rgpd_i ON rgpd_i.id = rgpd_b.invoice_id
                     WHERE rgpd_b.payment_id = %(payment)s.id AND %(ends)s))""",
            payment=SQL.identifier(alias),
            soon=self._rgpd_get_soon_sql(alias, with_later),
            ends=self.env["account.move"]._rgpd_get_ending_sql("rgpd_i"),
        )


class RgpdEraserDocumentScope(models.AbstractModel):
    _inherit = "rgpd.eraser.document.scope"

    def _find_released_books(self, scope, found, filled):
        """A payment that is the document itself leaves once its years are over."""
        result = super()._find_released_books(scope, found, filled)
        payments = scope.records
        if payments._name != "account.payment":
            return result
        books = self.env["rgpd.eraser.accounting"]
        released = books._get_released(payments._name, payments.ids)
        keys = [
            link.key
            for link in self.env["rgpd.data.map"]._get_links(payments._name)
            if link.kind == "direct" and link.role == "subject"
        ]
        for row_id in released:
            found[payments._name][row_id] = list(keys)
        return result
