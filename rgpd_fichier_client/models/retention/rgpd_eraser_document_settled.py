from odoo import api, models
from odoo.tools import SQL

from ...core.retention import settlement

LEDGERS = ("asset_receivable", "liability_payable")


class RgpdEraserDocumentScope(models.AbstractModel):
    """The payments of an invoice whose years are over, and who its lines lead to.

    L123-22 C. com. asks for ten years from the end of the financial year; afterwards
    nothing asks for the name on an entry (Art. 5.1 e GDPR). But the account of somebody
    who stays must balance: an invoice, its payments and their bank statement lines let
    the person go together, when they are matched in full, all of them are as old, and
    none is covered by the inalterability hash, which is made from the partner as well.
    What is unpaid, younger or sealed keeps its link, and the certificate says so; a
    later night looks again, see ``rgpd_eraser_books``.
    """

    _inherit = "rgpd.eraser.document.scope"

    # === WHAT HOLDS THEM === #

    def _get_obstacles(self, entries, records, persons):
        """Yield (entry, code, last day) of what has to keep its name, and why."""
        # A draft is matched with nothing, and asks for nobody
        posted = entries.filtered(
            lambda move: move.posted_before or move.state != "draft"
        )
        if not posted:
            return
        books = self.env["rgpd.eraser.accounting"]
        released = books._get_released(posted._name, posted.ids)
        years = books._get_years()
        partners_of, unpaid = self._read_accounts(posted.ids)
        for move in posted:
            if move.id not in released:
                day = books._get_end(move, years) if move.date else None
                yield move.id, settlement.YOUNG, day
        yield from self._get_seals(posted, partners_of)
        for move in records._rgpd_filter_named_moves(posted):
            yield move.id, settlement.NAMED, None
        for entry in self._get_held_entries(posted):
            yield entry, settlement.HELD, None
        for entry in unpaid:
            yield entry, settlement.UNPAID, None
        for entry, payment in self._get_bare_payments(posted):
            partners_of.setdefault(entry, set()).update(payment.partner_id.ids)
            if not books._get_released(payment._name, payment.ids):
                day = books._get_end(payment, years) if payment.date else None
                yield entry, settlement.YOUNG, day
        yield from self._get_strangers(partners_of, persons)

    def _get_seals(self, moves, partners_of):
        """Yield the entries whose hash is made from a person: nobody can leave them.

        From that of an organisation nobody has to.
        """
        sealed = moves.filtered("inalterable_hash")
        everybody = set().union(*(partners_of.get(m, ()) for m in sealed.ids))
        partners = self.env["res.partner"].browse(sorted(everybody))
        natural = set(self._get_natural(partners)[0])
        for move_id in sealed.ids:
            if natural & partners_of.get(move_id, set()):
                yield move_id, settlement.SEALED, None

    def _get_bare_payments(self, moves):
        """Yield (invoice, payment) of payments without a journal entry.

        Their method of payment has no account of its own: the line of the bank
        statement is matched with the invoice itself.
        """
        for move in moves:
            for payment in move.matched_payment_ids:
                if not payment.move_id:
                    yield move.id, payment

    def _read_accounts(self, ids):
        """Return ``{entry: partners on its lines}``, and those not matched in full."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT l.move_id,
                       array_agg(DISTINCT l.partner_id)
                           FILTER (WHERE l.partner_id IS NOT NULL),
                       bool_or(l.parent_state = 'posted' AND l.balance <> 0
                               AND l.full_reconcile_id IS NULL
                               AND (a.reconcile OR a.account_type IN %(ledgers)s))
                  FROM account_move_line l
                  LEFT JOIN account_account a ON a.id = l.account_id
                 WHERE l.move_id = ANY(%(ids)s) GROUP BY l.move_id
                """,
                ledgers=LEDGERS,
                ids=ids,
            )
        )
        partners_of = {row[0]: set(row[1] or ()) for row in rows}
        return partners_of, [row[0] for row in rows if row[2]]

    def _get_strangers(self, partners_of, persons):
        """Yield the entries of a person who stays on them, or who is held.

        An organisation is nobody: it stays on its own entries, whoever leaves the
        others.
        """
        everybody = set().union(*partners_of.values())
        partners = self.env["res.partner"].browse(sorted(everybody))
        natural = set(self._get_natural(partners)[0])
        leaving = natural if persons is None else natural & set(persons)
        held = self._get_held_partners(everybody & leaving)
        for entry, named in partners_of.items():
            # Of an entry for many, somebody else stays
            if named & natural - leaving:
                yield entry, settlement.OTHER, None
            if named & held:
                yield entry, settlement.HELD, None

    def _get_held_entries(self, entries):
        """Return the ids of those under a hold of their own, or of their order."""
        orders = self.env["sale.order"]._rgpd_get_documents_of(entries)
        rows = self.env.execute_query(
            SQL(
                """
                SELECT h.move_id, h.order_id FROM rgpd_hold h
                 WHERE h.date_lifted IS NULL
                   AND COALESCE(%(end)s, %(today)s) >= %(today)s
                   AND (h.move_id = ANY(%(moves)s) OR h.order_id = ANY(%(orders)s))
                """,
                end=self.env["rgpd.hold"]._get_end_sql(),
                today=self.env["rgpd.reason"]._get_today(),
                moves=entries.ids,
                orders=orders.ids,
            )
        )
        held = orders.browse(row[1] for row in rows if row[1])
        moves = held._rgpd_get_moves() & entries
        return {row[0] for row in rows if row[0]} | set(moves.ids)

    def _get_held_partners(self, ids):
        """Return those of these partners under a hold, restricted, or who asked."""
        if not ids:
            return set()
        partners = self.env["res.partner"].browse(sorted(ids))
        subjects = self.env["rgpd.subject"]._of(partners)
        held = set(self.env["rgpd.eraser"]._get_held(subjects))
        waiting = self.env.execute_query(
            SQL(
                "SELECT s.id FROM rgpd_subject s WHERE s.id = ANY(%s) AND %s",
                subjects.ids,
                self.env["rgpd.reason"]._get_open_request_sql(),
            )
        )
        held |= set(subjects.browse(row[0] for row in waiting))
        return {subject.res_id for subject in held}

    # === WHAT GOES === #

    def _find_payments(self, scope, found):
        """Add what paid the settled invoices: payments, statement lines, entries.

        :return: all that was added, messages and files hang on it too: ``{model: ids}``
        """
        leaving = self.env["account.move"].browse(found.get("account.move", ()))
        scope.groups = self._get_groups(leaving, scope.records, scope.leaving)
        free = {entry for entry in leaving.ids if scope.groups.is_free(entry)}
        members = set().union(*(scope.groups.get_members(entry) for entry in free))
        members = leaving.browse(sorted(members))
        naming = self._filter_naming(members, scope.leaving)
        scope.settled = naming | leaving.browse(sorted(free))
        deposits = set().union(*(scope.groups.get_deposits(entry) for entry in free))
        books = self.env["rgpd.eraser.accounting"]
        old = books._get_released(leaving._name, sorted(deposits))
        scope.spared = members - scope.settled | leaving.browse(sorted(old))
        added = {}
        rows_of = [scope.settled - leaving, *self._get_settled_rows(scope.settled)]
        transactions = self._find_transactions(scope, leaving)
        if transactions:
            rows_of.append(transactions)
            scope.transactions = transactions
        for rows in rows_of:
            added[rows._name] = set(rows.ids)
            self._note_found(found, rows)
        return added

    @api.model
    def _note_found(self, found, rows):
        """Note these rows as found by all that links them to the person."""
        keys = [
            link.key
            for link in self.env["rgpd.data.map"]._get_links(rows._name)
            if link.kind == "direct" and link.role == "subject"
        ]
        for row_id in rows.ids:
            found[rows._name].setdefault(row_id, list(keys))

    def _find_transactions(self, scope, leaving):
        """Return the payments on line of invoices and payments that let people go.

        One that also pays what stays, or an order that names somebody, stays.
        """
        if self._get_online_model() is None:
            return None
        entries = leaving | scope.settled
        payments, _statement_lines = self._get_settled_rows(scope.settled)
        found = self._search_online(entries, payments)
        found = found.filtered(
            lambda row: row.invoice_ids <= entries and row.payment_id <= payments
        )
        return self._filter_left_by_orders(scope, found)

    @api.model
    def _filter_naming(self, moves, persons=None):
        """Return those of these entries that name somebody who leaves.

        The others are those of an organisation: they stay as they are.

        :param persons: ids of the partners that leave; by default every natural person
        """
        partners_of = {
            move.id: move.partner_id.union(
                move.partner_shipping_id,
                move.line_ids.partner_id,
                move.origin_payment_id.partner_id,
                move.statement_line_id.partner_id,
            )
            for move in moves
        }
        if persons is None:
            everybody = self.env["res.partner"].union(*partners_of.values())
            persons = self._get_natural(everybody)[0]
        persons = set(persons)
        return moves.filtered(lambda move: persons & set(partners_of[move.id].ids))

    def _get_settled_rows(self, moves):
        """Return what these entries were made from: payments, statement lines."""
        bare = moves.matched_payment_ids.filtered(lambda p: not p.move_id)
        return [moves.origin_payment_id | bare, moves.statement_line_id]
