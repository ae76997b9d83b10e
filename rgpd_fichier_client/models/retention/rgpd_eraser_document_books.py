from collections import defaultdict

from odoo import api, models
from odoo.tools import SQL

from ...core.datamap import discovery
from ...core.retention.erasure_plan import Kept

ARTICLE_OF_BOOKS = "L123-22 C. com."
# What hangs on a document that stays, and may itself be found to go
GOING = ("mail.message", "ir.attachment")


class RgpdEraserDocumentScope(models.AbstractModel):
    """The accounting documents that were made from the documents to erase.

    While the law asks for them they stay as they are. Once their years are over, or
    when they were never posted, their texts, files and messages go as those of the
    document do (Art. 5.1 e GDPR). The lines of a posted entry lead to its customer as
    long as their account needs it: see ``rgpd_eraser_document_settled``.
    """

    _inherit = "rgpd.eraser.document.scope"

    @api.model
    def _get_released_moves(self, records):
        """Return the accounting documents of these records that no law keeps.

        What also belongs to a document that still names its customer stays until then;
        an organisation is nobody: its own orders keep no text about a person.
        """
        return self._get_released_of(records._rgpd_get_moves(), records)

    @api.model
    def _get_released_of(self, moves, records):
        """Return those of these accounting documents that leave with the records.

        What is an organisation's own stays theirs: whom it names leaves it, see
        ``_get_foreign_moves``.
        """
        books = self.env["rgpd.eraser.accounting"]
        released = moves.browse(sorted(books._get_released(moves._name, moves.ids)))
        released -= self._get_organisation_moves(records)
        return released - records._rgpd_filter_named_moves(released)

    def _find_released_books(self, scope, found, filled):
        """Add the released accounting documents and all that hangs on them."""
        moves = self._get_released_moves(scope.records)
        if not moves:
            self._find_foreign_books(scope, found, filled)
            return
        finder = self.env["rgpd.person.finder"]
        keys = [
            link.key
            for link in self.env["rgpd.data.map"]._get_links(moves._name)
            if link.kind == "direct" and link.role == "subject"
        ]
        for move in moves:
            found[moves._name][move.id] = list(keys)
        frontier = defaultdict(set, self._find_payments(scope, found))
        self._find_foreign_books(scope, found, filled)
        frontier[moves._name] |= set(moves.ids)
        led = defaultdict(set, {name: set(ids) for name, ids in frontier.items()})
        for _depth in range(discovery.MAX_DEPTH):
            if not any(frontier.values()):
                break
            frontier = finder._follow(frontier, found, led, filled)

    def _get_book_pairs(self, scope):
        """Return (accounting document, document it was made from)."""
        found = scope.found.get("account.move", ())
        pairs = [
            ((move._name, move.id), (record._name, record.id))
            for record in scope.records
            for move in record._rgpd_get_moves()
            if move.id in found or move.id in scope.foreign_books.get(move._name, ())
        ]
        for row in scope.transactions or ():
            for parent in (*row.invoice_ids, *row.payment_id):
                pairs.append(((row._name, row.id), (parent._name, parent.id)))
        for record in scope.records:
            for move in record._rgpd_get_moves() & scope.settled:
                groups = scope.groups
                paid = {*groups.get_members(move.id), *groups.get_deposits(move.id)}
                paid = move.browse(sorted(paid))
                rows = [*paid]
                for some in self._get_settled_rows(paid):
                    rows += some
                pairs += [
                    ((row._name, row.id), (record._name, record.id)) for row in rows
                ]
        return pairs

    # === WHAT STAYS === #

    def _note_books(self, scope):
        """Note what a law keeps and until when, and which links stay in the books."""
        service = self.env["rgpd.eraser.accounting"]
        years = service._get_years()
        scope.kept = {subject.id: {} for subject in scope.subjects}
        moves = scope.records._rgpd_get_moves()
        released = service._get_released(moves._name, moves.ids)
        leaving = self._get_released_moves(scope.records)
        for record in scope.records:
            person = scope.anchors[record._name, record.id]
            for move in record._rgpd_get_moves() - leaving:
                if move.id in released:
                    self._keep_move(scope, person, move, scope.shared_books)
                    continue
                if not move.date:
                    continue
                self._keep_move(scope, person, move, scope.kept_books)
                end = service._get_end(move, years)
                known = scope.kept[person].get("invoice")
                longest = max(end, known.end) if known else end
                scope.kept[person]["invoice"] = Kept(
                    "invoice", ARTICLE_OF_BOOKS, longest, "invoice"
                )
        lines = self.env["account.move.line"].browse(
            scope.found.get("account.move.line", ())
        )
        posted = {
            line.id
            for line in lines
            if line.move_id not in scope.settled and service._is_posted(line)
        }
        scope.linked_books = {lines._name: posted}

    def _keep_move(self, scope, person, move, kept):
        """Note a document of the books with its lines, files and guarded messages.

        What leaves it is no part of what stays: messages that lose the name, the file
        in which the person is named.

        :param kept: ``{model: ids}`` of the scope, by why they stay
        """
        on_move = [("res_model", "=", move._name), ("res_id", "=", move.id)]
        files = self.env["ir.attachment"].search(
            [*on_move, ("res_field", "in", (False, *move._fields))]
        )
        rows = [move, *move.line_ids, *files]
        messages = self.env["mail.message"]
        if "account_audit_log_restricted" in messages._fields:
            rows += messages.search(
                [
                    ("model", "=", move._name),
                    ("res_id", "=", move.id),
                    ("account_audit_log_restricted", "=", True),
                ]
            )
        for row in rows:
            if row._name in GOING and row.id in scope.found.get(row._name, ()):
                continue
            scope.owners.setdefault((row._name, row.id), set()).add(person)
            kept.setdefault(row._name, set()).add(row.id)


class RgpdEraserDocumentWork(models.AbstractModel):
    _inherit = "rgpd.eraser.document.work"

    def _point_at_stand_ins(self, scope, report):
        """The name that invoices repeat is that of the contact they lead to now."""
        result = super()._point_at_stand_ins(scope, report)
        self._cut_bank_accounts(scope, report)
        moves = self.env["account.move"].browse(scope.found.get("account.move", ()))
        field = moves._fields["invoice_partner_display_name"]
        self.env.add_to_compute(field, moves)
        return result

    def _cut_bank_accounts(self, scope, report):
        """Cut what leads to the bank account of a person: who owns it is one click on.

        A refund and a payment to somebody name it; the inalterability hash does not.
        """
        for name, column, rows in self._get_bank_accounts(scope):
            model = self.env[name]
            self.env.cr.execute(
                SQL(
                    "UPDATE %(table)s SET %(column)s = NULL WHERE id = ANY(%(ids)s)",
                    table=SQL.identifier(model._table),
                    column=SQL.identifier(column),
                    ids=rows,
                )
            )
            model.browse(rows).invalidate_recordset([column], flush=False)
            report.add("erased", name, ("payment",), rows)

    @api.model
    def _get_bank_accounts(self, scope):
        """Yield (model, column, ids) of the rows that name the account of a person."""
        self.env.flush_all()
        for name, rows in scope.found.items():
            for field in self.env[name]._fields.values():
                if (
                    field.comodel_name != "res.partner.bank"
                    or field.type != "many2one"
                    or not field.store
                    or field.company_dependent
                ):
                    continue
                ids = self.env.execute_query(
                    SQL(
                        """SELECT t.id FROM %(table)s t
                             JOIN res_partner_bank b ON b.id = t.%(column)s
                            WHERE t.id = ANY(%(ids)s)
                              AND b.partner_id = ANY(%(persons)s)""",
                        table=SQL.identifier(self.env[name]._table),
                        column=SQL.identifier(field.name),
                        ids=list(rows),
                        persons=list(scope.persons),
                    )
                )
                if ids:
                    yield name, field.name, [row[0] for row in ids]
