from odoo import api, fields, models
from odoo.tools import SQL

from ...core.retention import documents


class RgpdDocument(models.Model):
    """Which documents leave tonight, how many, and which wait for another night."""

    _inherit = "rgpd.document"

    @api.model
    def _has_ended(self):
        """Tell whether the day of some document has passed, of whichever company."""
        return self._has_any(
            SQL(
                "d.erased_on IS NULL AND d.date_next < %s",
                self.env["rgpd.reason"]._get_today(),
            )
        )

    @api.model
    def _get_due(self, company, limit=1000):
        """Return the documents of a company that nothing keeps any more.

        Rows locked by another worker are skipped, the others are locked until the end
        of the transaction. All of one model: the next call gives those of another.
        """
        if not self._has_ended():
            return self.browse()
        for name, path in self._get_models().items():
            rows = self.env.execute_query(
                SQL(
                    """SELECT d.id FROM %s
                        ORDER BY d.id LIMIT %s FOR UPDATE OF d SKIP LOCKED""",
                    self._get_due_sql(name, path, company),
                    limit,
                )
            )
            if rows:
                return self.browse(row[0] for row in rows)
        return self.browse()

    @api.model
    def _count_due(self, company, limit=None):
        """Return how many documents of a company the night would erase now.

        Only those whose day has passed are looked at, by the index.

        :param limit: no more than so many of a model need be counted
        """
        if not self._has_ended():
            return 0
        return sum(
            self.env.execute_query(
                SQL(
                    "SELECT count(*) FROM (SELECT FROM %s LIMIT %s) due",
                    self._get_due_sql(name, path, company),
                    limit,
                )
            )[0][0]
            for name, path in self._get_models().items()
        )

    def _get_due_sql(self, name, path, company):
        """Return the rows ``d`` of the documents to erase tonight, as a FROM clause."""
        return SQL(
            """rgpd_document d JOIN %(tables)s ON o.id = d.res_id
                WHERE %(scope)s AND d.erased_on IS NULL
                  AND d.date_next < %(today)s
                  AND (d.date_retry IS NULL OR d.date_retry <= %(today)s)
                  AND %(decision)s = %(erase)s""",
            scope=self._get_scope_sql(name, company),
            tables=self._get_tables_sql(self.env[name], path),
            decision=self._get_decision_sql(self.env[name], company),
            erase=documents.ERASE,
            today=self.env["rgpd.reason"]._get_today(),
        )

    @api.model
    def _count_by_decision(self, company, sample=0):
        """Return ``{(model, month of the end, decision): count}`` of a company.

        :param int sample: return ``(count, some ids)`` instead, so many at most
        """
        counts = {}
        for name, path in self._get_models().items():
            rows = self.env.execute_query(
                SQL(
                    """
                    SELECT date_trunc('month', d.date_next)::date, %(decision)s,
                           count(*)%(sample)s
                      FROM rgpd_document d JOIN %(tables)s ON o.id = d.res_id
                     WHERE %(scope)s GROUP BY 1, 2
                    """,
                    sample=SQL(
                        ", (array_agg(o.id ORDER BY md5(o.id::text)))[1:%s]", sample
                    )
                    if sample
                    else SQL(),
                    scope=self._get_scope_sql(name, company),
                    tables=self._get_tables_sql(self.env[name], path),
                    decision=self._get_decision_sql(self.env[name], company),
                )
            )
            counts.update(
                {(name, row[0], row[1]): row[2:] if sample else row[2] for row in rows}
            )
        return counts

    def _get_scope_sql(self, name, company):
        return SQL("d.res_model = %s AND d.company_id = %s", name, company.id)

    def _postpone(self, days, error=None):
        """Leave documents for another night, with the cause."""
        if self:
            today = self.env["rgpd.reason"]._get_today()
            vals = {"date_retry": fields.Date.add(today, days=days)}
            self.write(vals | ({"error": error} if error else {}))
