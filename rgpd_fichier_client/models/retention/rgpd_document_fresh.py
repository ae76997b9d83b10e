from collections import defaultdict

from odoo import models
from odoo.tools import SQL

from ...core.retention import documents

# What hangs on a document without locking it: (table, column of the model)
HANGING = (("mail_message", "model"), ("ir_attachment", "res_model"))


class SomethingCameError(Exception):
    """Something was saved on documents while they were erased."""


class RgpdDocument(models.Model):
    """Looks again at the documents of a batch, as the last act before its commit.

    A hold, a request, an invoice or a message saved since the first look cannot be seen
    by the transaction of the night, see ``rgpd_retention_fresh``. Who erases a person
    locks them, and such things wait; a document names persons who stay, and whoever
    works for them must not wait for the night. So only the document is locked: the
    night looks when all is written, and undoes what it should not have done.
    """

    _inherit = "rgpd.document"

    def _erase_unless_newer(self, erase, watched, get_newer):
        """Erase the documents of a batch, unless something happened to one meanwhile.

        Looked at with a transaction of its own, that writes nothing. It sees the
        documents whole. What is saved after this look, milliseconds before the commit,
        came after the erasure as far as anybody can tell; but for a message that is
        being saved just then.

        :param erase: does the work; returns certificates
        :param watched: ``{(model, id): ids of rows}``, where a message or a file counts
        :param get_newer: of a newer environment, returns the ids of the rows that
            something keeps by now
        :return: the certificates, and the rows to be left for another night: when there
            are any, nothing was erased
        """
        known = self._get_hanging(self.env, watched)
        newer = self.browse()
        erasures = self.env["rgpd.erasure"]
        try:
            with self.env.cr.savepoint():
                erasures = erase()
                self.env.cr.flush()
                newer = self._look_again(known, watched, get_newer)
                if newer:
                    raise SomethingCameError
        except SomethingCameError:
            # Who is in the archive, and who stands for nobody, is as it was
            self.env["rgpd.vault"]._forget()
            return erasures.browse(), newer
        return erasures, newer

    def _look_again(self, known, watched, get_newer):
        """Return those of these rows that something happened to since the snapshot."""
        with self.env.registry.cursor() as cr:
            self.env["rgpd.reason"]._set_up_look(cr)
            fresh = self.env(cr=cr)
            if self.env["rgpd.reason"]._is_current(fresh):
                return self.browse()
            newer = set(get_newer(fresh))
            for _table, model, _id, row_id in self._get_hanging(fresh, watched) - known:
                newer |= watched[model, row_id]
        return self.filtered(lambda row: row.id in newer)

    def _get_hanging(self, env, watched):
        """Return ``{(table, model, id, record id)}`` of messages and files.

        :param env: whose transaction looks
        :param watched: ``(model, record id)`` on which they hang
        """
        ids_of = defaultdict(list)
        for model, row_id in watched:
            ids_of[model].append(row_id)
        return {
            (table, model, *row)
            for table, column in HANGING
            for model, ids in ids_of.items()
            for row in env.execute_query(
                SQL(
                    "SELECT id, res_id FROM %s WHERE %s = %s AND res_id = ANY(%s)",
                    SQL.identifier(table),
                    SQL.identifier(column),
                    model,
                    ids,
                )
            )
        }

    # === DOCUMENTS === #

    def _get_watched(self):
        """Return on what a message or a file counts: the documents, their invoices.

        :return: ``{(model, id): ids of these rows}``
        """
        watched = defaultdict(set)
        for row in self:
            watched[row.res_model, row.res_id].add(row.id)
        return {**watched, **self._watch_books(self._get_entries())}

    def _watch_books(self, rows_of):
        """Return on which entries and payments a message or a file counts.

        What is matched with an invoice leaves with it; people write on a payment, not
        on its entry.

        :param rows_of: see ``_get_entries``
        :return: ``{(model, id): ids of these rows}``
        """
        watched = defaultdict(set)
        for entry, rows in rows_of.items():
            watched["account.move", entry] |= rows
        for payment, entry in self.env.execute_query(
            SQL(
                """SELECT id, move_id FROM account_payment WHERE move_id = ANY(%(ids)s)
                    UNION ALL
                   SELECT b.payment_id, b.invoice_id
                     FROM account_move__account_payment b
                     JOIN account_payment p ON p.id = b.payment_id AND p.move_id IS NULL
                    WHERE b.invoice_id = ANY(%(ids)s)""",
                ids=list(rows_of),
            )
        ):
            watched["account.payment", payment] |= rows_of[entry]
        return dict(watched)

    def _get_kept_by_now(self, fresh, company):
        """Return the ids of those of these rows that something keeps by now.

        :param fresh: environment of a newer transaction
        :param company: by whose rules they were due
        """
        return set(self.ids) - self.with_env(fresh)._get_still_due(company)

    def _get_still_due(self, company):
        """Return the ids of those of these rows that nothing keeps, looked at anew."""
        name = self[:1].res_model
        if not name:
            return set()
        model = self.env[name]
        today = self.env["rgpd.reason"]._get_today()
        rows = self.env.execute_query(
            SQL(
                """SELECT d.id FROM rgpd_document d JOIN %(tables)s ON o.id = d.res_id
                    WHERE d.id = ANY(%(ids)s) AND %(scope)s AND d.erased_on IS NULL
                      AND %(end)s < %(today)s AND %(decision)s = %(erase)s""",
                tables=self._get_tables_sql(model, self._get_models()[name]),
                ids=self.ids,
                scope=self._get_scope_sql(name, company),
                end=model._field_to_sql("o", "rgpd_date_retention"),
                today=today,
                decision=self._get_decision_sql(model, company),
                erase=documents.ERASE,
            )
        )
        return {row[0] for row in rows}

    # === BOOKS === #

    def _get_entries(self):
        """Return which entries may let persons go with the books of each row.

        Those matched with an invoice go together: one payment for the orders of two
        customers names both.

        :return: ``{entry id: ids of these rows}``
        """
        finder = self.env["rgpd.eraser.document.scope"]
        records = self._records()
        if not records:
            return {}
        groups = finder._get_groups(records._rgpd_get_moves(), records)
        rows_of = defaultdict(set)
        row_of = {row.res_id: row.id for row in self}
        for record in records:
            for move_id in record._rgpd_get_moves().ids:
                for entry in groups.get_members(move_id):
                    rows_of[entry].add(row_of[record.id])
        return dict(rows_of)

    def _get_books_kept_by_now(self, fresh, rows_of):
        """Return the ids of rows with somebody on their entries who is held by now.

        :param fresh: environment of a newer transaction
        :param rows_of: what ``_get_entries`` returned
        """
        entries = fresh["account.move"].browse(sorted(rows_of))
        kept = fresh["rgpd.eraser.document.scope"]._get_held_entries(entries)
        partners_of = {
            entry.id: set(
                (
                    entry.line_ids.partner_id
                    | entry.partner_id
                    | entry.partner_shipping_id
                ).ids
            )
            for entry in entries
        }
        everybody = sorted(set().union(*partners_of.values()))
        subjects = fresh["rgpd.subject"].search(
            [("res_model", "=", "res.partner"), ("res_id", "in", everybody)]
        )
        waiting = fresh["rgpd.reason"]._get_waiting(subjects)
        held = set(subjects.browse(waiting).mapped("res_id"))
        kept |= {entry for entry, named in partners_of.items() if named & held}
        return set().union(*(rows_of[entry] for entry in kept))
