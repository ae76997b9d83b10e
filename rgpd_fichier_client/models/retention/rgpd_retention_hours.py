from datetime import UTC, timedelta
from zoneinfo import ZoneInfo

from odoo import fields, models

from ...core.retention import night
from .rgpd_reason import TIMEZONE


class RgpdReason(models.Model):
    """When the night may work, and for how many persons."""

    _inherit = "rgpd.reason"

    def _may_begin(self, simulation):
        """Tell whether a worker may begin for the company of a simulation.

        Two of them would each use up what is left of the number of the day.
        """
        company = simulation.company_id
        return self._may_start(company) and not (
            company.rgpd_night_cap and self._is_worked_on(simulation)
        )

    def _may_start(self, company):
        """Tell whether the hours and the number of the day let a company work now.

        In the hours of rest the job is asked to come back when they end.
        """
        if self._get_left_today(company) == 0:
            return False
        if not self._is_blackout(company):
            return True
        cron = self.env.ref(
            "rgpd_fichier_client.rgpd_retention_cron", raise_if_not_found=False
        )
        if cron:
            # sudo: ir.cron - the job plans its own next call
            cron.sudo()._trigger(at=self._get_blackout_end(company))
        return False

    def _get_left_today(self, company):
        """Return how many persons may still be treated today, None without limit."""
        if not company.rgpd_night_cap:
            return None
        runs = self.env["rgpd.retention.run"].search([("company_id", "=", company.id)])
        today = self._get_today()
        done = sum(run.day_count for run in runs if run.day == today)
        return night.left_today(company.rgpd_night_cap, done)

    def _get_local_now(self):
        now = fields.Datetime.now().replace(tzinfo=UTC)
        return now.astimezone(ZoneInfo(TIMEZONE))

    def _is_blackout(self, company):
        now = self._get_local_now()
        return night.is_blackout(
            now.hour + now.minute / 60,
            company.rgpd_blackout_start,
            company.rgpd_blackout_end,
        )

    def _get_blackout_end(self, company):
        """Return the moment the hours of rest end, UTC."""
        now = self._get_local_now()
        minutes = round(company.rgpd_blackout_end * 60)
        end = now.replace(hour=0, minute=0, second=0, microsecond=0)
        end += timedelta(minutes=minutes)
        if end <= now:
            end += timedelta(days=1)
        return end.astimezone(UTC).replace(tzinfo=None)
