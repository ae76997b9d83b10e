from odoo import api, fields, models
from odoo.tools import SQL, split_every

from ...core.retention import ledger
from .rgpd_erasure_outbox import RECORDS_PER_DIGEST


class RgpdErasureOutbox(models.Model):
    _inherit = "rgpd.erasure.outbox"

    @api.model
    def _get_missing_documents(self):
        """Return ``{model: {id: moment}}`` of documents a restored backup brought back.

        The ledger says that their names were erased, and this database does not know.
        """
        lines = [
            line
            for line in ledger.read_all(filter(None, self._get_read_paths()))
            if line.get("kind") == "document"
        ]
        if not lines:
            return {}
        wanted = {line["digest"] for line in lines}
        result = {}
        for name, path in self.env["rgpd.document"]._get_models().items():
            created, erased = self._get_creations_not_erased(name, path)
            present = {}
            for chunk in split_every(RECORDS_PER_DIGEST, created, list):
                keys = [(name, row_id) for row_id in chunk]
                digests = self._get_digests(keys, self._get_ledger_uuid())
                found = zip(digests, keys, strict=True)
                present.update({d: key for d, key in found if d in wanted})
            moments = {(name, row_id): day for row_id, day in created.items()}
            missing = ledger.missing(lines, present, moments, erased)
            for (_name, row_id), moment in missing.items():
                day = fields.Datetime.to_datetime(moment)
                result.setdefault(name, {})[row_id] = day
        return result

    def _get_creations_not_erased(self, name, path):
        """Return when each document that names a person was made, and erased before.

        One that names somebody again was erased here: no backup brought it back.

        :return: ``{id: moment of creation}``, ``{(model, id): last erasure}``
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT o.id, o.create_date, e.erased_on FROM %s o
                     JOIN rgpd_subject s
                          ON s.res_model = 'res.partner' AND s.res_id = %s
                             AND s.active AND (s.is_natural OR %s)
                     LEFT JOIN rgpd_document d
                            ON d.res_model = %s AND d.res_id = o.id
                     LEFT JOIN rgpd_erasure e ON e.id = d.erasure_id
                    WHERE d.erased_on IS NULL AND %s
                    ORDER BY o.id""",
                SQL.identifier(self.env[name]._table),
                SQL.identifier("o", path),
                self.env[name]._rgpd_get_due_sql("o"),
                name,
                self.env[name]._rgpd_get_alone_sql("o"),
            )
        )
        created = {row_id: self._to_text(made) for row_id, made, _erased in rows}
        erased = {(name, row[0]): self._to_text(row[2]) for row in rows}
        return created, erased


class RgpdLedgerCheck(models.Model):
    _inherit = "rgpd.ledger.check"

    document_count = fields.Integer(
        string="Documents", compute="_compute_counts", help="Of persons who stay."
    )

    @api.depends("line_ids.state")
    def _compute_counts(self):
        """Count documents apart from persons."""
        result = super()._compute_counts()
        for check in self:
            documents = check.line_ids.filtered("res_model")
            check.document_count = len(documents)
            check.line_count -= len(documents)
        return result

    @api.model
    def _prepare_documents(self, check):
        """Return the lines to add for documents that are back.

        :param check: the list that is open, if any
        """
        known = {(line.res_model, line.res_id) for line in check.line_ids}
        path_of = self.env["rgpd.document"]._get_models()
        values = []
        missing = self.env["rgpd.erasure.outbox"]._get_missing_documents()
        for name, moments in missing.items():
            for record in self.env[name].browse(moments):
                if (name, record.id) not in known:
                    person = record[path_of[name]]
                    values.append(
                        {
                            "subject_id": self.env["rgpd.subject"]._of(person).id,
                            "res_model": name,
                            "res_id": record.id,
                            "date_erased": moments[record.id],
                        }
                    )
        return values


class RgpdLedgerCheckLine(models.Model):
    _inherit = "rgpd.ledger.check.line"

    res_model = fields.Char(readonly=True)
    res_id = fields.Many2oneReference(
        string="Document",
        model_field="res_model",
        readonly=True,
        help="Empty: the person. Else the names had left this document only.",
    )

    def _get_persons(self):
        """Return whom these lines are about as a whole."""
        return self.filtered(lambda line: not line.res_model).subject_id

    def action_open_record(self):
        """Open the document, where the line is about one."""
        self.ensure_one()
        if not self.res_model:
            return super().action_open_record()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "view_mode": "form",
        }

    def _replay_documents(self):
        """Let the names leave these documents again, but for what is kept by now.

        A rule, a hold or a request since the backup counts as at night.
        """
        for name, lines in self.filtered("res_model").grouped("res_model").items():
            records = self.env[name].browse(lines.mapped("res_id")).exists()
            due = self.env["rgpd.document"]._filter_to_erase(records)
            erasures = self.env["rgpd.eraser"]._erase_documents(due, "replay")
            rows = self.env["rgpd.document"]._of(records).grouped("res_id")
            for line in lines:
                row = rows.get(line.res_id)
                # A document that was deleted meanwhile names nobody
                is_done = not row or row.erasure_id in erasures
                line.write(
                    {
                        "state": "done" if is_done else "failed",
                        "erasure_id": row.erasure_id.id if row else False,
                    }
                )
