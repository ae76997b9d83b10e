from collections import defaultdict

from odoo import api, models

from ...core.retention import erasure_scope

# What people said about an invoice, not the invoice itself nor its files
TALK = ("mail.message", "mail.tracking.value")
TASKS, FILES = "mail.activity", "ir.attachment"


class RgpdEraserDocumentScope(models.AbstractModel):
    """Invoices that stay for somebody else alone: another customer, an organisation.

    The law asks for them no more, and what they still say about this person has no
    reason any more: the names leave the invoice, its lines and its tasks; what the
    person wrote about it goes, what others wrote stays without the names (Art. 5.1 e
    GDPR). Files of another customer stay: they are theirs.
    """

    _inherit = "rgpd.eraser.document.scope"

    @api.model
    def _get_foreign_moves(self, scope):
        """Return the invoices of these records that stay for somebody else alone."""
        moves = scope.records._rgpd_get_moves()
        staying = moves - self._get_released_moves(scope.records)
        books = self.env["rgpd.eraser.accounting"]
        released = books._get_released(staying._name, staying.ids)
        own = self._get_organisation_moves(scope.records)
        return moves.browse(
            sorted(
                move.id
                for record in scope.records
                for move in record._rgpd_get_moves() & staying
                if move.id in released
                and (move in own or self._is_foreign(scope, move, record))
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

    @api.model
    def _get_organisation_moves(self, records):
        """Return the invoices that documents of organisations were made into, and whose
        account is theirs: whoever is named on one leaves it, and it stays as it is.
        """
        path = self.env["rgpd.document"]._get_models().get(records._name)
        none = self.env["account.move"]
        if not path:
            return none
        moves_of = {record: record._rgpd_get_moves() for record in records}
        moves = none.union(*moves_of.values())
        partners = records.mapped(path) | moves.partner_id | moves.line_ids.partner_id
        persons = set(self._get_natural(partners)[0]) if moves else set()
        return none.union(
            *(
                moves.filtered(
                    lambda move: persons.isdisjoint(
                        (move.partner_id | move.line_ids.partner_id)._ids
                    )
                )
                for record, moves in moves_of.items()
                if persons.isdisjoint(record[path]._ids)
            )
        )

    @api.model
    def _get_customers(self, scope, name, ids):
        """Return ``{row id: whose these rows of foreign invoices are}``.

        Not who leaves that very row: whoever has the same name and leaves another
        document of the batch is still the customer of this one.
        """
        rows = self.env[name].browse(sorted(ids))
        result = {}
        for row in rows:
            moves = row if name == "account.move" else self.env["account.move"]
            if name == TASKS and row.res_model == moves._name:
                moves = moves.browse(row.res_id)
            elif "move_id" in row._fields:
                moves = row.move_id
            partners = moves.partner_id
            if "partner_id" in row._fields:
                partners |= row.partner_id
            leaving = partners.browse(scope.persons_of(name, row.id))
            # An organisation stays where its contact leaves, a household does not
            household = leaving.commercial_partner_id & leaving.browse(scope.natural)
            partners |= partners.commercial_partner_id
            result[row.id] = partners - leaving - household
        return result

    def _find_foreign_books(self, scope, found, filled):
        """Note these invoices, and add what was said about them to what is found.

        So are the entries of organisations that what leaves is matched with: their
        payments and lines of bank statements as well.
        """
        moves = self._get_foreign_moves(scope) | scope.spared
        if not moves:
            return
        rows_of = [moves, *self._get_settled_rows(scope.spared)]
        rows_of = [rows for rows in rows_of if rows]
        tasks = self.env[TASKS].with_context(active_test=False)
        tasks = tasks.union(
            *(
                tasks.search(
                    [("res_model", "=", rows._name), ("res_id", "in", rows.ids)]
                )
                for rows in rows_of
            )
        )
        for rows in (*rows_of, moves.line_ids, tasks):
            scope.foreign_books.setdefault(rows._name, set()).update(rows.ids)
        finder = self.env["rgpd.person.finder"]
        frontier = {rows._name: set(rows.ids) for rows in rows_of}
        around = defaultdict(dict)
        led = defaultdict(set, {name: set(ids) for name, ids in frontier.items()})
        for _depth in TALK:
            some = finder._follow(frontier, around, led, filled)
            frontier = {name: ids for name, ids in some.items() if name in TALK}
        for name in TALK:
            for row_id, keys in around.get(name, {}).items():
                found[name].setdefault(row_id, keys)
        own = moves & self._get_organisation_moves(scope.records)
        files = self.env[FILES].browse(around.get(FILES, ()))
        for file in files.filtered(
            lambda file: file.res_model == own._name and file.res_id in own._ids
        ):
            # Those that do not name the person stay, see ``_erase_files``
            found[FILES].setdefault(file.id, around[FILES][file.id])

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
        for name, ids in scope.foreign_books.items():
            if "message_follower_ids" not in self.env[name]._fields:
                continue
            followers = self.env["mail.followers"].search(
                [
                    ("res_model", "=", name),
                    ("res_id", "in", list(ids)),
                    ("partner_id", "in", scope.persons),
                ]
            )
            self._add_followers(scope, followers)
        return result


class RgpdEraser(models.AbstractModel):
    _inherit = "rgpd.eraser"

    def _get_foreign_redactors(self, scope):
        """Yield (model, ids, redactor) of the rows that stay for somebody else alone.

        What the customer has in common with who leaves is the customer's own: the
        street and the switchboard of the organisation, the name of a namesake.
        """
        finder = self.env["rgpd.person.finder"]
        reach = self.env["rgpd.eraser.document.scope"]
        own_of = {}
        for name, ids in scope.foreign_books.items():
            rows_of = defaultdict(set)
            for row_id, others in reach._get_customers(scope, name, ids).items():
                rows_of[others].add(row_id)
            for others, some in rows_of.items():
                if others not in own_of:
                    found = finder._get_identifiers(others)
                    own = {i for identifiers in found.values() for i in identifiers}
                    leaving = {
                        person: [i for i in identifiers if i not in own]
                        for person, identifiers in scope.to_redact().items()
                    }
                    own_of[others] = erasure_scope.RowRedactor(leaving, scope.owners)
                yield name, some, own_of[others]
