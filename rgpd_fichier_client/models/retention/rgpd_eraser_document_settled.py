from odoo import api, models

LEDGERS = ("asset_receivable", "liability_payable")


class RgpdEraserDocumentScope(models.AbstractModel):
    """The payments of an invoice whose years are over, and who its lines lead to.

    L123-22 C. com. asks for ten years from the end of the financial year; afterwards
    nothing asks for the name on an entry (Art. 5.1 e GDPR). But the account of somebody
    who stays must balance: an invoice, its payments and their bank statement lines let
    the person go together, when they are matched in full, all of them are as old, and
    none is covered by the inalterability hash, which is made from the partner as well.
    What is unpaid, younger or sealed keeps its link, and the certificate says so.
    """

    _inherit = "rgpd.eraser.document.scope"

    @api.model
    def _get_settled_moves(self, leaving, persons):
        """Return the entries that let the persons go: invoices with what paid them.

        :param leaving: invoices whose texts leave
        :param persons: ids of the partners whose names leave the documents
        """
        settled = leaving.browse()
        seen = leaving.browse()
        for move in leaving:
            if move not in seen:
                group = self._get_matched_group(move)
                seen |= group
                if self._is_settled(group, leaving, persons):
                    settled |= group
        return settled

    def _get_matched_group(self, move):
        """Return an entry with all that is matched with it, step by step."""
        group = frontier = move
        while frontier:
            lines = frontier.line_ids
            matched = lines.full_reconcile_id.reconciled_line_ids
            matched |= lines.matched_debit_ids.debit_move_id
            matched |= lines.matched_credit_ids.credit_move_id
            frontier = matched.move_id - group
            group |= frontier
        return group

    def _is_settled(self, group, leaving, persons):
        """Tell whether nothing asks for the persons on any entry of a group."""
        posted = group.filtered(
            lambda move: move.posted_before or move.state != "draft"
        )
        if not posted:
            return True
        books = self.env["rgpd.eraser.accounting"]
        if books._get_released(group._name, group.ids) != set(group.ids):
            return False
        # The invoice of an order that still names somebody
        invoices = group.filtered(lambda move: move.line_ids.sale_line_ids)
        if invoices - leaving or any(group.mapped("inalterable_hash")):
            return False
        lines = group.line_ids
        open_lines = lines.filtered(
            lambda line: (
                (line.account_id.reconcile or line.account_id.account_type in LEDGERS)
                and not line.full_reconcile_id
                and line.parent_state == "posted"
                and not line.company_currency_id.is_zero(line.balance)
            )
        )
        # Of an entry for many, somebody else stays
        return not open_lines and set(lines.partner_id.ids) <= set(persons)

    def _find_payments(self, scope, found):
        """Add what paid the settled invoices: payments, statement lines, entries.

        :return: the entries that were added
        """
        leaving = self.env["account.move"].browse(found.get("account.move", ()))
        scope.settled = self._get_settled_moves(leaving, scope.persons)
        added = scope.settled - leaving
        for rows in (
            added,
            scope.settled.origin_payment_id,
            scope.settled.statement_line_id,
        ):
            keys = [
                link.key
                for link in self.env["rgpd.data.map"]._get_links(rows._name)
                if link.kind == "direct" and link.role == "subject"
            ]
            for row_id in rows.ids:
                found[rows._name].setdefault(row_id, list(keys))
        return added
