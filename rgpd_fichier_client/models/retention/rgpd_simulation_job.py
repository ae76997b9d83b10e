import logging

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

# Somebody is at work on the simulation: come back later
MINUTES_BEFORE_RETRY = 1

_logger = logging.getLogger(__name__)


class RgpdSimulation(models.Model):
    """A large count goes on in the background while the DPO may compute again."""

    _inherit = "rgpd.simulation"

    def _lock_waiting(self, turn=None):
        """Tell whether the accounts still wait to be counted, and lock them if so.

        To be asked first in each transaction: no lock outlives the one before, and
        who computes again meanwhile forgets what was counted.

        :param turn: of the computation that is counted
        """
        self.ensure_one()
        if not self.try_lock_for_update():
            return False
        self.invalidate_recordset(["books_state", "books_turn"])
        return self.books_state == "waiting" and turn in (None, self.sudo().books_turn)

    @api.model
    def _cron_count(self):
        """Compute and count what waits, step by step; safe to trigger and to kill."""
        cron = self.env["ir.cron"]
        domain = Domain("books_state", "=", "waiting") | Domain(
            "state", "=", "computing"
        )
        waiting = self.search(domain, order="id")
        left = cron._commit_progress(remaining=len(waiting))
        for simulation in waiting:
            if left and simulation.exists().state == "computing":
                left = simulation._compute_steps()
            if left:
                left = simulation._count_batches()
        if not left:
            self._trigger_count()
        elif self.search_count(domain, limit=1):
            self._trigger_count(MINUTES_BEFORE_RETRY)

    @api.model
    def _trigger_count(self, minutes=0):
        job = self.env.ref("rgpd_fichier_client.rgpd_simulation_cron")
        at = fields.Datetime.add(fields.Datetime.now(), minutes=minutes)
        job._trigger(at if minutes else None)
        self.env["ir.cron"]._commit_progress()

    def _count_batches(self):
        """Count one simulation, with a transaction per batch.

        :return: how many seconds are left for others
        """
        cron = self.env["ir.cron"]
        if not self._lock_waiting():
            return cron._commit_progress(1)
        turn = self.sudo().books_turn
        try:
            for _done in self._count_settled(self._get_released_moves()):
                if not cron._commit_progress():
                    return 0
            return cron._commit_progress(1)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            self.env.cr.rollback()
            return cron._commit_progress()
        except Exception as error:  # noqa: BLE001 - told to the DPO, who may retry
            self.env.cr.rollback()
            _logger.warning(
                "simulation %s could not be counted: %s", self.id, type(error).__name__
            )
            if self._lock_waiting(turn):
                self._decide({"books_state": "failed"})
            return cron._commit_progress(1)
