from odoo import api, models


class RgpdEraserDocumentScope(models.AbstractModel):
    """Who paid the invoice of an organisation on line.

    The invoice stays and is no end of theirs; the name, e-mail, phone and address that
    the provider was given leave with what they paid. Those of a contact who paid in the
    name of the organisation stand nowhere else and leave with the invoice.
    """

    _inherit = "rgpd.eraser.document.scope"

    def _find_released_books(self, scope, found, filled):
        result = super()._find_released_books(scope, found, filled)
        rows = self._find_online(scope, found)
        if not rows:
            return result
        scope.transactions = rows | (scope.transactions or rows)
        self._note_found(found, rows)
        return result

    def _find_online(self, scope, found):
        """Return the payments on line of organisations' invoices by those who leave.

        One that also pays what stays, or an order that names somebody, stays.
        """
        if self._get_online_model() is None:
            return None
        moves = self.env["account.move"].browse(scope.foreign_books.get("account.move"))
        theirs = moves & self._get_organisation_moves(scope.records) | scope.spared
        bare = self.env["account.payment"].browse(found.get("account.payment", ()))
        payments = bare | self._get_settled_rows(scope.settled)[0]
        theirs |= self._filter_of_organisations(bare.invoice_ids)
        if not theirs and not payments:
            return None
        entries = theirs | scope.settled
        entries |= moves.browse(found.get("account.move", ()))
        rows = self._search_online(theirs, payments)
        rows = rows.filtered(lambda row: row.invoice_ids <= entries)
        persons = set(
            self._get_natural(rows.partner_id | rows.payment_id.partner_id)[0]
        )
        leaving = persons if scope.leaving is None else persons & set(scope.leaving)
        return self._filter_left_by_orders(
            scope,
            rows.filtered(
                lambda row: (
                    row.partner_id.id in leaving
                    # Another one, of somebody who stays on it, ends with that
                    and (
                        row.payment_id <= payments
                        or row.payment_id.partner_id.id not in persons
                    )
                )
            ),
        )

    @api.model
    def _search_online(self, moves, payments):
        """Return what was paid on line for some entries, or became some payments."""
        return self._get_online_model().search(
            [
                "|",
                ("invoice_ids", "in", moves.ids),
                ("payment_id", "in", payments.ids),
            ]
        )

    @api.model
    def _get_online_model(self):
        """Return payments on line, archived ones too; None where nothing has them."""
        model = self.env.get("payment.transaction")
        if model is None or not {"invoice_ids", "payment_id"} <= model._fields.keys():
            return None
        return model.with_context(active_test=False)

    @api.model
    def _filter_of_organisations(self, moves):
        partners = moves.partner_id | moves.line_ids.partner_id
        persons = set(self._get_natural(partners)[0])
        return moves.filtered(
            lambda move: persons.isdisjoint(
                (move.partner_id | move.line_ids.partner_id)._ids
            )
        )

    def _filter_left_by_orders(self, scope, rows):
        """Return those of these payments that no other order with a name has."""
        table = self.env["rgpd.document"]
        known = scope.records if scope.records._name == "sale.order" else None
        return rows.filtered(
            lambda row: (
                not table._filter_named(
                    row.sale_order_ids - (known or row.sale_order_ids.browse())
                )
            )
        )
