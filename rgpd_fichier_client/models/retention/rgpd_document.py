from odoo import api, fields, models
from odoo.tools import SQL


class RgpdDocument(models.Model):
    """Until when each document of a living person is kept (side table).

    The longest rule wins per document, not per person (invariant 2): somebody who still
    buys keeps no order of fifteen years ago. The stored day is a lower bound, computed
    again when it has passed; the nightly refresh computes all of them, set-based.
    """

    _name = "rgpd.document"
    _description = "Document and its End"
    _order = "res_model, res_id"
    _rec_name = "res_id"
    # Filled in bulk by SQL
    _log_access = False

    res_model = fields.Char(required=True, readonly=True)
    res_id = fields.Many2oneReference(
        string="Document", model_field="res_model", required=True, readonly=True
    )
    company_id = fields.Many2one("res.company", readonly=True, ondelete="cascade")
    date_next = fields.Date(
        string="Kept until",
        readonly=True,
        help="Last day, as known at the last refresh; empty while a hold has no end.",
    )
    date_retry = fields.Date(string="Tried again on", readonly=True)
    error = fields.Char(
        string="Last failure",
        readonly=True,
        help="Why the last night could not erase this document; tried again later.",
    )
    erased_on = fields.Datetime(readonly=True)
    erasure_id = fields.Many2one(
        "rgpd.erasure", string="Certificate", readonly=True, ondelete="set null"
    )

    _record_unique = models.UniqueIndex(
        "(res_model, res_id)", "A document has one row in the side table."
    )
    _due_idx = models.Index("(date_next) WHERE erased_on IS NULL")

    # === WHICH === #

    @api.model
    def _get_models(self):
        """Return ``{model: column of the person}`` of the documents that end alone."""
        return {
            link.model: link.path
            for link in self.env["rgpd.data.map"]._get_links()
            if link.document_kind
            and link.kind == "direct"
            and link.role == "subject"
            and link.target == "res.partner"
            and isinstance(
                self.env.get(link.model),
                self.env.registry["rgpd.document.mixin"],
            )
            and self.env[link.model]._rgpd_person_path in (None, link.path)
        }

    @api.model
    def _of(self, records):
        """Return the rows of documents; those without any are made."""
        # sudo: rgpd.document - side table of records the caller already holds
        table = self.sudo()
        domain = [("res_model", "=", records._name), ("res_id", "in", records.ids)]
        found = table.search(domain)
        missing = set(records.ids) - set(found.mapped("res_id"))
        new = records.browse(sorted(missing))
        vals_list = [
            {"res_model": new._name, "res_id": record.id, "company_id": company.id}
            for company, some in new._rgpd_group_by_company().items()
            for record in some
        ]
        return found | table.create(vals_list)

    @api.model
    def _filter_named(self, records):
        """Return those of these documents that somebody of the file still is named on.

        What an organisation ordered without naming anybody, and whoever left the file
        as a whole, hold nothing back. A document without an end of its own gets no row
        by being looked at.
        """
        path = self._get_models().get(records._name)
        if not records or not path:
            return records
        # Whoever came since the last refresh is a person or an organisation as well
        self.env["rgpd.subject"]._of(records.mapped(path))
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                "SELECT o.id FROM %s o %s WHERE o.id = ANY(%s) AND %s",
                SQL.identifier(records._table),
                self._get_named_join_sql(records._name),
                records.ids,
                self._get_named_sql(records),
            )
        )
        named = {row[0] for row in rows}
        return records.filtered(lambda record: record.id in named)

    @api.model
    def _get_named_join_sql(self, name):
        """Return what ``_get_named_sql`` reads of documents ``o``, to be joined."""
        return SQL(
            """LEFT JOIN rgpd_subject s ON s.res_model = 'res.partner'
                         AND s.res_id = %s
               LEFT JOIN rgpd_document d ON d.res_model = %s AND d.res_id = o.id""",
            SQL.identifier("o", self._get_models()[name]),
            name,
        )

    @api.model
    def _get_named_sql(self, model):
        """Return whether document ``o`` still names somebody: see ``_filter_named``."""
        return SQL(
            """(d.erased_on IS NULL AND (s.id IS NULL OR s.active AND s.is_natural
                 AND s.erased_on IS NULL OR NOT s.is_natural AND %s))""",
            model._rgpd_get_named_sql("o"),
        )

    def _records(self):
        """Return the documents of these rows, of one model."""
        names = set(self.mapped("res_model"))
        if not names:
            return None
        return self.env[names.pop()].browse(self.mapped("res_id")).exists()

    # === UNTIL WHEN === #

    @api.model
    def _refresh(self):
        """Compute the end of every document of a living person; return how many change.

        Set-based, with the rules in force. Rows of documents that are gone leave, but
        for the memory of an erasure; one that names somebody again is erased no more.
        """
        self.env.flush_all()
        count = 0
        for name, path in self._get_models().items():
            model = self.env[name]
            self.env.cr.execute(
                SQL(
                    """
                    INSERT INTO rgpd_document AS d (res_model, res_id, company_id,
                                                    date_next)
                    SELECT %(model)s, o.id, %(company)s, %(end)s FROM %(tables)s
                    ON CONFLICT (res_model, res_id) DO UPDATE
                       SET company_id = EXCLUDED.company_id,
                           date_next = EXCLUDED.date_next, erased_on = NULL,
                           date_books = NULL
                     WHERE (d.company_id, d.date_next, d.erased_on) IS DISTINCT FROM
                           (EXCLUDED.company_id, EXCLUDED.date_next, NULL)
                    """,
                    model=name,
                    company=model._rgpd_get_company_sql("o"),
                    end=model._field_to_sql("o", "rgpd_date_retention"),
                    tables=self._get_tables_sql(model, path),
                )
            )
            count += self.env.cr.rowcount
            self._forget_others(model, path, SQL("TRUE"))
        self.invalidate_model(flush=False)
        return count

    @api.model
    def _refresh_passed(self, only=None):
        """Look again at the documents whose stored day has passed, or is not known.

        :param only: rows to look at, whatever their day
        """
        self.env.flush_all()
        today = self.env["rgpd.reason"]._get_today()
        condition = SQL(
            "d.erased_on IS NULL AND (d.date_next IS NULL OR d.date_next < %s)", today
        )
        if only is not None:
            condition = SQL("d.id = ANY(%s)", only.ids)
        elif not self._has_any(condition):
            return
        for name, path in self._get_models().items():
            model = self.env[name]
            self._forget_others(model, path, condition)
            self.env.cr.execute(
                SQL(
                    """
                    UPDATE rgpd_document d
                       SET company_id = v.company_id, date_next = v.day
                      FROM (SELECT d.id, %(company)s AS company_id, %(end)s AS day
                              FROM rgpd_document d JOIN %(tables)s ON o.id = d.res_id
                             WHERE d.res_model = %(model)s AND %(condition)s) v
                     WHERE d.id = v.id AND (d.company_id, d.date_next)
                           IS DISTINCT FROM (v.company_id, v.day)
                    """,
                    model=name,
                    company=model._rgpd_get_company_sql("o"),
                    end=model._field_to_sql("o", "rgpd_date_retention"),
                    tables=self._get_tables_sql(model, path),
                    condition=condition,
                )
            )
        self.invalidate_model(flush=False)

    @api.model
    def _has_any(self, condition):
        """Tell by the index whether rows ``d`` are there: most nights none is due.

        What follows asks the rules and the tables of each kind of document.
        """
        query = SQL("SELECT 1 FROM rgpd_document d WHERE %s LIMIT 1", condition)
        return bool(self.env.execute_query(query))

    def _forget_others(self, model, path, condition):
        """Forget the rows whose document is gone, or whose person left the file."""
        self.env.cr.execute(
            SQL(
                """
                DELETE FROM rgpd_document d
                 WHERE d.res_model = %(model)s AND d.erased_on IS NULL AND %(condition)s
                   AND NOT EXISTS (SELECT 1 FROM %(tables)s WHERE o.id = d.res_id)
                """,
                model=model._name,
                condition=condition,
                tables=self._get_tables_sql(model, path),
            )
        )

    @api.model
    def _get_tables_sql(self, model, path):
        """Return documents ``o`` with the living person ``s`` they are about.

        Whoever works here and bought something is a customer on that order alone: the
        account stays, as an employee, and the order ends as those of others do. So does
        a document of an organisation that names somebody itself.
        """
        return SQL(
            """%(table)s o
               JOIN rgpd_subject s ON s.res_model = 'res.partner'
                    AND s.res_id = %(person)s AND s.active
                    AND (s.is_natural AND s.is_in_file
                         AND s.phase IN ('active', 'archive')
                         OR s.is_natural AND s.natural_evidence = 'staff'
                         OR NOT s.is_natural AND %(named)s)
                    AND %(alone)s""",
            alone=model._rgpd_get_alone_sql("o"),
            table=SQL.identifier(model._table),
            person=SQL.identifier("o", path),
            named=model._rgpd_get_due_sql("o"),
        )
