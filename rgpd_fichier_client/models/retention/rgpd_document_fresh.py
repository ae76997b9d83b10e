from odoo import models
from odoo.tools import SQL

from ...core.retention import documents
from .rgpd_retention_fresh import LOCK_TIMEOUT

# What hangs on a document without locking it: (table, column of the model)
HANGING = (("mail_message", "model"), ("ir_attachment", "res_model"))


class RgpdDocument(models.Model):
    """Looks behind the locks of the night at documents, as it does at persons.

    A hold, a request, an invoice or a message saved between the first look and the
    locks cannot be seen by the transaction of the night, see ``rgpd_retention_fresh``.
    """

    _inherit = "rgpd.document"

    def _leave_newer(self, company):
        """Postpone what something happened to since the snapshot; return the others.

        To be called behind the locks. Read with a transaction of its own, that writes
        nothing and can only hold documents back.

        :param company: by whose rules they are due
        """
        records = self._records()
        if not records:
            return self
        known = self._get_hanging(self.env, records)
        with self.env.registry.cursor() as cr:
            cr.execute(SQL("SET LOCAL lock_timeout = %s", LOCK_TIMEOUT))
            fresh = self.env(cr=cr)
            due = self.with_env(fresh)._get_still_due(company)
            came = self._get_hanging(fresh, records) - known
        touched = {row_id for _table, _id, row_id in came}
        newer = self.filtered(lambda row: row.id not in due or row.res_id in touched)
        newer._postpone(days=1)
        return self - newer

    def _get_still_due(self, company):
        """Return the ids of those of these rows that nothing keeps, looked at anew."""
        name = self[:1].res_model
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

    def _get_hanging(self, env, records):
        """Return ``{(table, id, document id)}`` of the messages and files of documents.

        :param env: whose transaction looks
        """
        return {
            (table, *row)
            for table, column in HANGING
            for row in env.execute_query(
                SQL(
                    "SELECT id, res_id FROM %s WHERE %s = %s AND res_id = ANY(%s)",
                    SQL.identifier(table),
                    SQL.identifier(column),
                    records._name,
                    records.ids,
                )
            )
        }

    def _leave_newer_books(self):
        """Postpone documents with somebody on their invoices who is held by now."""
        records = self._records()
        if not records:
            return self
        finder = self.env["rgpd.eraser.document.scope"]
        persons_of = {
            row_id: set().union(*(persons for persons, _own in named.values()))
            for row_id, named in finder._get_linked_partners(records).items()
        }
        everybody = sorted(set().union(*persons_of.values()))
        with self.env.registry.cursor() as cr:
            cr.execute(SQL("SET LOCAL lock_timeout = %s", LOCK_TIMEOUT))
            fresh = self.env(cr=cr)
            subjects = fresh["rgpd.subject"].search(
                [("res_model", "=", "res.partner"), ("res_id", "in", everybody)]
            )
            waiting = fresh["rgpd.reason"]._get_waiting(subjects)
            held = set(subjects.browse(waiting).mapped("res_id"))
        newer = self.filtered(lambda row: held & persons_of.get(row.res_id, set()))
        newer._postpone_books(1)
        return self - newer
