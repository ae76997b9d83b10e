from collections import defaultdict

from odoo import api, models

# What people said about an invoice, not the invoice itself nor its files
TALK = ("mail.message", "mail.tracking.value")
TASKS = "mail.activity"


class RgpdEraserDocumentScope(models.AbstractModel):
    """Invoices that stay for the order of somebody else alone.

    The law asks for them no more, and what they still say about this person has no
    reason any more: the names leave the invoice, its lines and its tasks; what the
    person wrote about it goes, what others wrote stays without the names (Art. 5.1 e
    GDPR). Files stay: they are those of somebody else.
    """

    _inherit = "rgpd.eraser.document.scope"

    @api.model
    def _get_foreign_moves(self, scope):
        """Return the invoices of these records that stay for somebody else alone."""
        moves = scope.records._rgpd_get_moves()
        staying = moves - self._get_released_moves(scope.records)
        books = self.env["rgpd.eraser.accounting"]
        released = books._get_released(staying._name, staying.ids)
        return moves.browse(
            sorted(
                move.id
                for record in scope.records
                for move in record._rgpd_get_moves() & staying
                if move.id in released and self._is_foreign(scope, move, record)
            )
        )

    def _is_foreign(self, scope, move, record):
        """Tell whether nothing of this record keeps the person on an invoice."""
        others = record._rgpd_get_documents_of(move) - scope.records
        named = self.env["rgpd.document"]._filter_named(others)
        path = self.env["rgpd.document"]._get_models()[record._name]
        subject = scope.subjects.browse(scope.anchors[record._name, record.id])
        person = self.env["res.partner"].browse(subject.res_id)
        # An invoice made out to an address of theirs is theirs
        naming = named[path] | move.partner_id
        return person.commercial_partner_id not in naming.commercial_partner_id

    def _find_foreign_books(self, scope, found, filled):
        """Note these invoices, and add what was said about them to what is found."""
        moves = self._get_foreign_moves(scope)
        if not moves:
            return
        tasks = self.env[TASKS].with_context(active_test=False)
        tasks = tasks.search(
            [("res_model", "=", moves._name), ("res_id", "in", moves.ids)]
        )
        for rows in (moves, moves.line_ids, tasks):
            scope.foreign_books.setdefault(rows._name, set()).update(rows.ids)
        finder = self.env["rgpd.person.finder"]
        frontier = {moves._name: set(moves.ids)}
        around, led = defaultdict(dict), defaultdict(set, {moves._name: set(moves.ids)})
        for _depth in TALK:
            some = finder._follow(frontier, around, led, filled)
            frontier = {name: ids for name, ids in some.items() if name in TALK}
        for name in TALK:
            for row_id, keys in around.get(name, {}).items():
                found[name].setdefault(row_id, keys)

    def _get_book_pairs(self, scope):
        """The lines and tasks of these invoices are those of the invoice."""
        pairs = super()._get_book_pairs(scope)
        foreign = self.env["account.move"].browse(
            scope.foreign_books.get("account.move", ())
        )
        pairs += [
            ((line._name, line.id), (line.move_id._name, line.move_id.id))
            for line in foreign.line_ids
        ]
        tasks = self.env[TASKS].browse(scope.foreign_books.get(TASKS, ()))
        pairs += [
            ((task._name, task.id), (task.res_model, task.res_id)) for task in tasks
        ]
        return pairs

    def _find_followers(self, scope):
        """Nobody follows an invoice that is somebody else's alone."""
        result = super()._find_followers(scope)
        followers = self.env["mail.followers"].search(
            [
                ("res_model", "=", "account.move"),
                ("res_id", "in", list(scope.foreign_books.get("account.move", ()))),
                ("partner_id", "in", scope.persons),
            ]
        )
        self._add_followers(scope, followers)
        return result
