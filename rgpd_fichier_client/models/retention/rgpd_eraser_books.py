from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import SQL

from ...core.retention import settlement
from .document_reach import DocumentScope
from .rgpd_eraser_document import DAYS_BEFORE_RETRY


class RgpdDocument(models.Model):
    """Documents that name nobody any more, while what was made from them still does.

    An order ends on the day of its invoice alone; what was paid in the year after, or
    has still to be paid, keeps its name for longer. Whoever stays in the file must
    leave it there too, on its own day: the row of the order says when to look again.
    """

    _inherit = "rgpd.document"

    date_books = fields.Date(
        string="Accounting looked at again on",
        readonly=True,
        help="The names left the document; an invoice or payment of it still leads to "
        "the person. Empty when none does, or when the inalterability hash covers it.",
    )

    _books_idx = models.Index("(date_books) WHERE date_books IS NOT NULL")

    def _init_column(self, column_name):
        """Look once at all that was erased before the add-on looked again."""
        if column_name != "date_books":
            return super()._init_column(column_name)
        self.env.cr.execute(
            SQL(
                """UPDATE rgpd_document SET date_books = CURRENT_DATE
                    WHERE erased_on IS NOT NULL AND res_model = 'sale.order'"""
            )
        )
        return None

    @api.model
    def _get_books_due(self, company, limit=1000):
        """Return the documents of a company whose books are looked at tonight, locked.

        One statement by a partial index: most nights there is none. Rows locked by
        another worker are skipped. All of one model.
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT d.id, d.res_model FROM rgpd_document d
                    WHERE %s ORDER BY d.date_books, d.id
                    LIMIT %s FOR UPDATE OF d SKIP LOCKED""",
                self._get_books_due_sql(company),
                limit,
            )
        )
        return self.browse(row[0] for row in rows if row[1] == rows[0][1])

    @api.model
    def _count_books_due(self, company, limit=None):
        """Return how many documents of a company have books to look at tonight."""
        return self.env.execute_query(
            SQL(
                """SELECT count(*) FROM (
                    SELECT FROM rgpd_document d WHERE %s LIMIT %s) due""",
                self._get_books_due_sql(company),
                limit,
            )
        )[0][0]

    def _get_books_due_sql(self, company):
        return SQL(
            """d.date_books <= %s AND d.erased_on IS NOT NULL AND d.company_id = %s""",
            self.env["rgpd.reason"]._get_today(),
            company.id,
        )

    def _postpone_books(self, days, error=None):
        """Leave the books of documents for another night, with the cause."""
        if self:
            today = self.env["rgpd.reason"]._get_today()
            vals = {"date_books": fields.Date.add(today, days=days)}
            self.write(vals | ({"error": error} if error else {}))


class RgpdEraser(models.AbstractModel):
    _inherit = "rgpd.eraser"

    @api.model
    def _erase_books(self, records):
        """Let the persons leave the books of documents that were erased before.

        As ``_erase_documents``: a batch first, then each alone; the evidence of each
        person who leaves something. Each row learns when to look again, if ever.

        :param records: documents of one model whose names have left
        :return: ``rgpd.erasure`` records
        :raise UserError: when no evidence could be written: nothing is erased then
        """
        return self._erase_documents(records, "retention", books=True)

    def _get_books_ready(self, records):
        """Return the documents whose books let persons go today, and the persons.

        The others learn when to look again.
        """
        finder = self.env["rgpd.eraser.document.scope"]
        ready, partners = finder._get_books_ready(records)
        self._note_next_books(records - ready)
        everybody = partners | partners.commercial_partner_id
        return ready, self.env["rgpd.subject"]._of(everybody)

    def _note_next_books(self, records):
        """Write on the rows of documents when their books are looked at again."""
        finder = self.env["rgpd.eraser.document.scope"]
        rows = self.env["rgpd.document"]._of(records)
        rows.write({"date_books": False, "error": False})
        row_of = rows.grouped("res_id")
        for row_id, day in finder._get_next_tries(records).items():
            row_of[row_id].date_books = day


class RgpdEraserDocumentScope(models.AbstractModel):
    """What still names a person in the books of documents that name nobody."""

    _inherit = "rgpd.eraser.document.scope"

    @api.model
    def _get_books_ready(self, records):
        """Return those of these documents whose books let persons go, and the persons.

        The orders that share a payment with them come along: their names have left as
        well, or the payment would keep its own.
        """
        partners_of = self._get_linked_partners(records)
        moves = records._rgpd_get_moves()
        groups = self._get_groups(moves, records)
        free = moves.filtered(lambda move: groups.is_free(move.id))
        settled = moves.browse(
            sorted(set().union(*(groups.get_members(entry) for entry in free.ids)))
        )
        leaving = self._get_released_moves(records)
        ready = records.browse(
            sorted(
                record.id
                for record in records
                if any(
                    persons and (move in settled or (move in leaving and on_document))
                    for move, (persons, on_document) in partners_of[record.id].items()
                )
            )
        )
        if not ready:
            return ready, self.env["res.partner"]
        moves = ready._rgpd_get_moves()
        settled = moves.browse(
            sorted(
                set().union(
                    *(groups.get_members(entry) for entry in (moves & free).ids)
                )
            )
        )
        others = ready._rgpd_get_documents_of(settled)
        if ready._name == settled._name:
            others = settled
        ready |= self._filter_erased(others)
        return ready, (settled | moves).line_ids.partner_id | moves.partner_id

    @api.model
    def _build_books(self, records):
        """Look up what leaves the books of documents that name nobody themselves.

        :param records: those that ``_get_books_ready`` returned
        :rtype: DocumentScope
        """
        partners_of = self._get_linked_partners(records)
        whose = {
            record.id: sorted(
                set().union(*(ids for ids, _own in partners_of[record.id].values()))
            )
            for record in records
        }
        records = records.filtered(lambda record: whose[record.id])
        everybody = sorted(set().union(*whose.values()))
        partners = self.env["res.partner"].browse(everybody)
        subjects = self.env["rgpd.subject"]._of(partners)
        subject_of = {subject.res_id: subject.id for subject in subjects}
        scope = DocumentScope(records, subjects)
        scope.anchors = {
            (records._name, record.id): subject_of[whose[record.id][0]]
            for record in records
        }
        scope.leaving = None
        scope.found = defaultdict(dict)
        filled = self.env["rgpd.person.finder"]._get_filled_links()
        self._find_released_books(scope, scope.found, filled)
        lines = scope.settled.line_ids
        partners |= lines.partner_id | scope.settled.partner_id
        scope.persons, scope.natural = self._get_natural(partners)
        scope.household = self._get_household(partners.browse(scope.persons))
        links = self._get_links_here()
        scope.found = dict(scope.found)
        scope.identifiers = self._get_books_identifiers(scope, whose)
        return self._complete(scope, links)

    def _get_books_identifiers(self, scope, whose):
        """Return ``{subject id: [Identifier]}`` of all whom the entries name.

        :param whose: ``{document id: partners on its books}``
        """
        partners = self.env["res.partner"].browse(scope.persons)
        found = self.env["rgpd.person.finder"]._get_identifiers(partners)
        result = defaultdict(list)
        for (_model, row_id), subject_id in scope.anchors.items():
            record = scope.records.browse(row_id)
            named = set(whose[row_id])
            for move in record._rgpd_get_moves() & scope.settled:
                group = move.browse(scope.groups.get_members(move.id))
                named |= set(group.line_ids.partner_id.ids)
            scope.named.setdefault(subject_id, set()).update(named & set(found))
            known = result[subject_id]
            for partner_id in sorted(named & set(found)):
                known += [i for i in found[partner_id] if i not in known]
        return dict(result)

    def _filter_erased(self, records):
        """Return those of these documents whose names have left."""
        rows = self.env["rgpd.document"].search(
            [
                ("res_model", "=", records._name),
                ("res_id", "in", records.ids),
                ("erased_on", "!=", False),
            ]
        )
        return records.browse(sorted(rows.mapped("res_id")))

    def _get_linked_partners(self, records):
        """Return which persons the accounting documents of each record name.

        :return: ``{record id: {move: (ids of persons, whether the document does)}}``
        """
        pairs = [
            (record.id, move) for record in records for move in record._rgpd_get_moves()
        ]
        moves = records._rgpd_get_moves()
        partners = moves.partner_id | moves.partner_shipping_id
        partners |= moves.line_ids.partner_id
        persons = set(self._get_natural(partners)[0])
        result = {record.id: {} for record in records}
        for row_id, move in pairs:
            on_document = {move.partner_id.id, move.partner_shipping_id.id} & persons
            on_lines = set(move.line_ids.partner_id.ids) & persons
            result[row_id][move] = (on_document | on_lines, bool(on_document))
        return result

    @api.model
    def _get_next_tries(self, records):
        """Return ``{record id: day}`` on which to look again at their books.

        What names no person any more, or always will, has none.
        """
        today = self.env["rgpd.reason"]._get_today()
        moves = records._rgpd_get_moves()
        groups = self._get_groups(moves, records)
        days = {}
        for row_id, named in self._get_linked_partners(records).items():
            tries = [
                settlement.get_next_try(
                    groups.get_causes(move.id), today, has_text=on_document
                )
                for move, (persons, on_document) in named.items()
                if persons
            ]
            tries = [day for day in tries if day]
            if tries:
                days[row_id] = min(tries)
        return days


class RgpdReason(models.Model):
    """The night looks again at the books of what it erased before."""

    _inherit = "rgpd.reason"

    def _run_documents(self, run):
        """Books come after the documents: those of the same night are seen at once."""
        outcome = super()._run_documents(run)
        if outcome != "done":
            return outcome
        # sudo: rgpd.document - the side table of all documents
        table = self.env["rgpd.document"].sudo()
        return self._work_off(
            run,
            lambda limit: table._get_books_due(run.company_id, limit),
            lambda due: self._treat_books(run, due),
            lambda due, days: due._postpone_books(days),
        )

    def _treat_books(self, run, due):
        """Let persons leave the books of a batch; none is looked at twice a night."""
        today = self._get_today()
        records = due._records()
        # What was deleted since names nobody
        due.filtered(lambda row: row.res_id not in records._ids).write(
            {"date_books": False}
        )
        rows_of = due._get_entries()
        erasures, newer = due._erase_unless_newer(
            lambda: self.env["rgpd.eraser"]._erase_books(records),
            due._watch_books(rows_of),
            lambda fresh: due._get_books_kept_by_now(fresh, rows_of),
        )
        if newer:
            newer._postpone_books(1)
            return
        due.invalidate_recordset()
        again = due.filtered(lambda row: row.date_books and row.date_books <= today)
        again._postpone_books(DAYS_BEFORE_RETRY)
        run._count_persons(len(due))
        run._add_erasures(erasures)

    @api.model
    def _count_left(self, run, companies):
        """Books count as well: the job comes back while there are any."""
        due = self.env["rgpd.document"].sudo()._count_books_due(run.company_id)
        return super()._count_left(run, companies) + due
