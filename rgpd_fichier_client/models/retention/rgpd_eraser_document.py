import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import split_every

from ...core.retention import documents, erasure_scope
from .rgpd_eraser import QUIET
from .rgpd_erasure import GROUNDS

_logger = logging.getLogger(__name__)

DOCUMENTS_PER_BATCH = 200
DAYS_BEFORE_RETRY = 7
TEXTS = ("char", "text", "html", "json", "properties", "jsonb")


class RgpdEraser(models.AbstractModel):
    """Erase documents whose own reasons have ended, of persons who stay."""

    _inherit = "rgpd.eraser"

    @api.model
    def _erase_documents(self, records, ground="retention", books=False):
        """Let the person leave documents; amounts, dates and products stay.

        Art. 5.1 e: the longest rule wins per document, not per person. A batch is tried
        first, then each document alone behind a savepoint. Accounting documents made
        from them are not touched. The person is not looked for elsewhere: they still
        have a reason; the rows of the documents are verified at once.

        :param records: documents of one model, as those of ``rgpd.document``
        :param str ground: retention or replay
        :param books: only what is left in accounting of documents erased before
        :return: ``rgpd.erasure`` records, one per person and company; what failed has
            its cause in ``rgpd.document``
        :raise UserError: when no evidence could be written: nothing is erased then
        """
        if ground not in dict(GROUNDS):
            raise ValueError(f"unknown ground of erasure: {ground!r}")
        # sudo: every model of the map - callers (nightly cron, DPO) were checked
        eraser = self.sudo().with_context(**QUIET)
        eraser.env["rgpd.key"]._get("vault")
        eraser.env["rgpd.erasure.outbox"]._check_ready()
        erasures = eraser.env["rgpd.erasure"]
        records = eraser.env[records._name].browse(records.ids).exists()
        for some in records._rgpd_group_by_company().values():
            for chunk in split_every(DOCUMENTS_PER_BATCH, some.ids, some.browse):
                erasures |= eraser._erase_documents_safely(chunk, ground, books)
        return erasures

    def _erase_documents_safely(self, records, ground, books=False):
        """The batch first, then one by one behind savepoints."""
        try:
            with self.env.cr.savepoint():
                return self._erase_documents_batch(records, ground, books)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception as error:
            if len(records) == 1:
                _logger.warning(
                    "erasure of %s %s failed: %s",
                    records._name,
                    records.id,
                    type(error).__name__,
                )
                rows = self.env["rgpd.document"]._of(records)
                postpone = rows._postpone_books if books else rows._postpone
                postpone(DAYS_BEFORE_RETRY, self._get_cause(error))
                return self.env["rgpd.erasure"]
        erasures = self.env["rgpd.erasure"]
        for record in records:
            erasures |= self._erase_documents_safely(record, ground, books)
        return erasures

    def _erase_documents_batch(self, records, ground, is_books=False):
        """Erase documents of one company in one go.

        Values in the intermediate archive come back first, and what stays of the person
        is archived again at once: the archive keeps nothing of these documents.

        :raise UserError: somebody they name is under a hold, or their data restricted
        """
        finder = self.env["rgpd.eraser.document.scope"]
        if is_books:
            records, subjects = self._get_books_ready(records)
        else:
            subjects = self._get_subjects(records)
        if not records:
            return self.env["rgpd.erasure"]
        for cause in self._get_held(subjects).values():
            raise UserError(cause)
        vaults = self.env["rgpd.vault"]._of(subjects)
        archived = vaults.subject_id
        vaults._restore("erasure")
        build = finder._build_books if is_books else finder._build_documents
        scope = build(records)
        ends = self._get_ends(scope.household)
        books = self.env["rgpd.eraser.accounting"]
        with books._keep_stamps(scope.persons, scope.get_rows_touched()):
            work = self.env["rgpd.eraser.document.work"]
            report = work._mask_documents(scope)
        self._verify_documents(scope, report)
        self._check_ends(scope.household, ends)
        erasures = self._record_documents(scope, report, ground, is_books)
        self.env["rgpd.vault"]._archive(archived.with_env(self.env))
        self.env.invalidate_all()
        return erasures

    def _get_subjects(self, records):
        """Return everybody the documents name, and their invoices.

        An invoice may have been made out to somebody else: a hold on it, or a request
        of theirs, counts as well.
        """
        partners = self.env["res.partner"].union(
            *(
                records.mapped(link.path)
                for link in self.env["rgpd.data.map"]._get_links(records._name)
                if link.kind == "direct" and link.target == "res.partner"
            )
        )
        partners |= records._rgpd_get_moves().partner_id
        partners = partners.union(*records._rgpd_get_contacts().values())
        return self.env["rgpd.subject"]._of(partners | partners.commercial_partner_id)

    # === VERIFICATION === #

    def _verify_documents(self, scope, report):
        """Remove what is left of the persons in the texts of these rows, and say it.

        :raise UserError: when a row still leads to one of them
        """
        strong = {
            person: [i for i in identifiers if i.strength == "strong"]
            for person, identifiers in scope.to_redact().items()
        }
        redact = erasure_scope.RowRedactor(strong, scope.owners, loose=False)
        rows = self.env["rgpd.eraser.rows"]
        for name, ids in scope.found.items():
            for some, names in self._get_texts(name, ids):
                changed = rows._redact(name, sorted(some), names, redact.of_model(name))
                report.add("residue", name, ("other",), changed, "redacted")
        self._redact_foreign(scope, report)
        self._check_links(scope)

    def _redact_foreign(self, scope, report):
        """Remove the names from invoices that stay for somebody else alone."""
        rows = self.env["rgpd.eraser.rows"]
        for name, ids, redact in self._get_foreign_redactors(scope):
            for some, names in self._get_texts(name, ids):
                changed = rows._redact(name, sorted(some), names, redact.of_model(name))
                report.add("erased", name, ("invoice",), changed)

    def _get_texts(self, name, ids):
        """Yield rows with the columns of text of theirs that may change.

        Those the inalterability hash covers never do.
        """
        books = self.env["rgpd.eraser.accounting"]
        sealed = books._get_sealed(name, ids)
        names = [
            field.name
            for field in self.env[name]._fields.values()
            if field.store and field.column_type and field.type in TEXTS
        ]
        yield set(ids) - sealed, names
        if sealed:
            columns = {*books._get_sealed_columns(name), "inalterable_hash"}
            yield sealed, [column for column in names if column not in columns]

    def _check_links(self, scope):
        """Make sure that no row of the documents leads to a person any more."""
        finder = self.env["rgpd.eraser.document.scope"]
        left = [
            (name, column)
            for name, column, _rows in self.env[
                "rgpd.eraser.document.work"
            ]._get_bank_accounts(scope)
        ]
        for name, column in left:
            self._refuse_link(name, column)
        for link in self.env["rgpd.data.map"]._get_links():
            ids = scope.get_rows_to_point(link.model)
            if not ids or link.kind != "direct" or link.role == "staff":
                continue
            if link.target != "res.partner":
                continue
            if any(
                partner_id in scope.persons_of(link.model, row_id)
                for row_id, _target, partner_id in finder._read_link(link, ids)
            ):
                self._refuse_link(link.model, link.path)

    def _refuse_link(self, model, name):
        raise UserError(
            self.env._(
                "%(model)s still leads to the person (%(field)s).",
                model=model,
                field=name,
            )
        )

    def _get_ends(self, subjects):
        """Return ``{subject id: last day}`` of these persons, computed again."""
        self.env["rgpd.reason"]._refresh_subjects(subjects)
        return {subject.id: subject.date_retention or None for subject in subjects}

    def _check_ends(self, subjects, before):
        """Make sure that nobody leaves earlier because a document did.

        :raise UserError: a reason of somebody counts from one of the documents
        """
        today = self.env["rgpd.reason"]._get_today()
        if documents.shortened(before, self._get_ends(subjects), today):
            raise UserError(
                self.env._(
                    "A reason to keep the person counts from this document: it stays "
                    "as long as that reason."
                )
            )

    # === EVIDENCE === #

    def _record_documents(self, scope, report, ground, is_books=False):
        """Write the evidence of a batch: certificates, ledger, journal."""
        now = fields.Datetime.now()
        company = scope.company
        counts = {}
        for person in scope.anchors.values():
            counts[person] = counts.get(person, 0) + 1
        erasures = (
            self.env["rgpd.erasure"]
            ._writable()
            .create(
                [
                    {
                        **self._prepare_erasure(subject, ground, False),
                        **report.totals_of(subject.id),
                        "company_id": company.id,
                        "scope": "documents",
                        "document_count": counts.get(subject.id, 0),
                        "state": "masked",
                        "erased_on": now,
                    }
                    for subject in scope.subjects
                ]
            )
        )
        subject_of = {subject.uid: subject.id for subject in scope.subjects}
        self._insert_lines(
            erasures,
            {e.id: report.lines_of(subject_of[e.subject_uid]) for e in erasures},
        )
        if is_books:
            # The ledger knows the documents already: replayed, their books come along
            self._note_next_books(scope.records)
        else:
            self.env["rgpd.erasure.outbox"]._put(
                scope.get_rows_for_ledger(), "document", now
            )
            self._mark_documents(scope, erasures, now)
        self.env["rgpd.journal"]._record_many(
            "erasure.documents",
            [
                (
                    erasure.subject_uid,
                    {
                        "erasure": erasure.id,
                        "ground": ground,
                        "documents": erasure.document_count,
                        "erased": erasure.erased_count,
                        "kept": erasure.kept_count,
                    },
                )
                for erasure in erasures
            ],
            company,
        )
        return self.env["rgpd.erasure"].browse(erasures.ids)

    def _mark_documents(self, scope, erasures, now):
        by_uid = {erasure.subject_uid: erasure for erasure in erasures}
        erasure_of = {s.id: by_uid[s.uid] for s in scope.subjects}
        rows = self.env["rgpd.document"]._of(scope.records).grouped("res_id")
        today = self.env["rgpd.reason"]._get_today()
        left = scope.records.filtered(lambda r: r._rgpd_get_moves() - scope.settled)
        for (_model, row_id), person in scope.anchors.items():
            rows[row_id].write(
                {
                    "erased_on": now,
                    "erasure_id": erasure_of[person].id,
                    "date_next": False,
                    "date_retry": False,
                    "error": False,
                    # The night goes on with them when the documents are done
                    "date_books": row_id in left._ids and today,
                }
            )
