from odoo import api, models
from odoo.tools import SQL


class RgpdReason(models.Model):
    """Who is due in a night, and who is counted in its run."""

    _inherit = "rgpd.reason"

    @api.model
    def _count_left(self, run, companies):
        """Return how many persons a run has before it; hook for lower topics."""
        return run.due_count - run.erased_count

    @api.model
    def _count_kept(self, company):
        """Return how many persons of a company a reason still keeps."""
        return self.env["rgpd.subject"].search_count(
            [
                ("retention_company_id", "=", company.id),
                ("phase", "in", ("active", "archive")),
            ]
        )

    @api.model
    def _count_due(self, company, companies, limit=None):
        """Return how many persons of a company nothing keeps any more.

        Asked person by person (OFFSET 0), as ``_get_due`` does: else all reasons are
        read, though nobody or few are due.

        :param limit: no more than so many need be counted
        """
        return self.env.execute_query(
            SQL(
                """
                SELECT count(*) FROM (SELECT FROM rgpd_subject s
                 WHERE %(due)s AND s.retention_company_id = %(company)s
                   AND NOT EXISTS (
                       SELECT 1 FROM rgpd_reason r
                        WHERE r.subject_id = s.id
                          AND r.company_id NOT IN %(approved)s OFFSET 0)
                 LIMIT %(limit)s) due
                """,
                due=self._get_due_sql(),
                company=company.id,
                approved=tuple(companies.ids),
                limit=limit,
            )
        )[0][0]

    @api.model
    def _get_open_request_sql(self):
        """Return whether subject ``s`` waits for the answer to a request.

        Erasing somebody who asked to see their data would answer the request wrongly
        (Art. 15); a request for erasure is handled by whoever received it.
        """
        return SQL(
            """
            (s.res_model = 'res.partner' AND EXISTS (
                SELECT 1 FROM rgpd_request q
                 WHERE q.partner_id = s.res_id AND q.is_done IS NOT TRUE)
             OR EXISTS (
                SELECT 1 FROM rgpd_request q
                 WHERE q.subject_id = s.id AND q.is_done IS NOT TRUE))
            """
        )

    @api.model
    def _get_due_sql(self, today=None):
        return SQL(
            "%s AND NOT %s", super()._get_due_sql(today), self._get_open_request_sql()
        )
