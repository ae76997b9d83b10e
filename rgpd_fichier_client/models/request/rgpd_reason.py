from odoo import api, models
from odoo.tools import SQL

REQUESTS_PER_BATCH = 100


class RgpdReason(models.Model):
    _inherit = "rgpd.reason"

    @api.model
    def _refresh(self, records=None):
        """Compute also until when the requests themselves are kept."""
        count = super()._refresh(records)
        if records is None:
            self.env["rgpd.request"]._refresh_retention()
        return count

    @api.model
    def _refresh_passed(self):
        """Look also at the requests, which are few."""
        count = super()._refresh_passed()
        self.env["rgpd.request"]._refresh_retention()
        return count

    @api.model
    def _cron_retention(self):
        """Minimise also the requests that nothing keeps any more.

        After the persons, for the same companies, hours and approvals (invariant 3);
        commits after each batch, killed at any point the next call goes on.
        """
        super()._cron_retention()
        cron = self.env["ir.cron"]
        if not cron._commit_progress(0):
            return
        # sudo: res.company - the approvals are asked for only when a request is due
        companies = self.env["res.company"].sudo().search([])  # pylint: disable=no-search-all
        if not self.env["rgpd.request"]._count_to_minimise(companies):
            return
        simulations = self.env["rgpd.simulation"]._get_valid()
        for simulation in simulations:
            run = simulation.run_ids.sorted("id", reverse=True)[:1]
            may_start = run.state == "done" and self._may_start(simulation.company_id)
            if may_start and not self._minimise_requests(run):
                return

    @api.model
    def _minimise_requests(self, run):
        """Minimise the due requests of the company of a run, batch by batch.

        :return: False when the time of the cron is over
        """
        cron, requests = self.env["ir.cron"], self.env["rgpd.request"]
        company = run.company_id
        while due := requests._find_to_minimise(company, REQUESTS_PER_BATCH):
            due._minimise()
            run.minimised_count += len(due)
            left = requests._count_to_minimise(company)
            if not cron._commit_progress(len(due), remaining=left):
                return False
        return True

    @api.model
    def _get_open_request_sql(self):
        """Restricted data wait as well: nothing but storing is allowed (Art. 18.2)."""
        return SQL(
            """
            (%s OR EXISTS (
                SELECT 1 FROM rgpd_restriction x
                 WHERE x.subject_id = s.id AND x.date_lifted IS NULL))
            """,
            super()._get_open_request_sql(),
        )
