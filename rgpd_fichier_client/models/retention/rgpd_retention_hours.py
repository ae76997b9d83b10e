from datetime import UTC, timedelta
from zoneinfo import ZoneInfo

from psycopg2.errors import LockNotAvailable

from odoo import fields, models
from odoo.tools import SQL

from ...core.retention import night
from .rgpd_reason import TIMEZONE
from .rgpd_retention_fresh import LOCK_TIMEOUT

# A table somebody is altering: the night comes back so much later
MINUTES_BEFORE_RETURN = 15


class RgpdReason(models.Model):
    """When the night may work, and for how many persons."""

    _inherit = "rgpd.reason"

    def _may_begin(self, simulation):
        """Tell whether a worker may begin for the company of a simulation.

        Two of them would each use up what is left of the number of the day.
        """
        company = simulation.company_id
        if company.rgpd_night_cap and not self._take_company(company):
            return False
        return self._may_start(company)

    def _may_start(self, company):
        """Tell whether the hours and the number of the day let a company work now.

        In the hours of rest the job is asked to come back when they end.
        """
        if self._get_left_today(company) == 0:
            return False
        if not self._is_blackout(company):
            return True
        self._come_back(self._get_blackout_end(company))
        return False

    def _come_back(self, moment=None):
        """Have the job called at some moment, UTC: in some minutes by default."""
        cron = self.env.ref(
            "rgpd_fichier_client.rgpd_retention_cron", raise_if_not_found=False
        )
        if cron:
            later = fields.Datetime.now() + timedelta(minutes=MINUTES_BEFORE_RETURN)
            # sudo: ir.cron - the job plans its own next call
            cron.sudo()._trigger(at=moment or later)

    def _get_left_today(self, company):
        """Return how many persons may still be treated today, None without limit.

        What another worker counted is read in a transaction of its own: this one may
        have begun to look before that worker saved, and let go of the company. It does
        not wait for who alters the table, and waits for this one: the database sees no
        circle, the night would stand still. None are left then, and the job comes back.
        """
        if not company.rgpd_night_cap:
            return None
        self.env["rgpd.retention.run"].flush_model(["company_id", "day", "day_count"])
        query = SQL(
            """SELECT COALESCE(sum(day_count), 0) FROM rgpd_retention_run
                WHERE company_id = %s AND day = %s""",
            company.id,
            self._get_today(),
        )
        try:
            with self.env.registry.cursor() as cr:
                cr.execute(SQL("SET LOCAL lock_timeout = %s", LOCK_TIMEOUT))
                cr.execute(query)
                done = cr.fetchone()[0]
        except LockNotAvailable:
            self._come_back()
            return 0
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
