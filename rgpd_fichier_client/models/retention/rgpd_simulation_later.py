import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

from .rgpd_eraser import is_out_of_time
from .rgpd_simulation import DECISIVE_FIELDS

# With so many persons, or documents, the DPO would wait for more than some seconds
LARGE = 50000
DECISIVE_FIELDS |= {"step", "is_failed"}

_logger = logging.getLogger(__name__)


class RgpdSimulation(models.Model):
    """A large customer file is computed in the background, one step after the other.

    Each step is saved: a worker that is stopped goes on with the next one. All of them
    are computed by the same rules, or it begins anew (invariant 3).
    """

    _inherit = "rgpd.simulation"

    step = fields.Integer(string="Steps computed", readonly=True, copy=False)
    is_failed = fields.Boolean(
        string="Could not be computed", readonly=True, copy=False
    )
    compute_progress = fields.Float(string="Progress", compute="_compute_progress")

    @api.depends("step")
    def _compute_progress(self):
        count = len(self._get_steps())
        for simulation in self:
            simulation.compute_progress = 100.0 * simulation.step / count

    def action_approve(self):
        """Let nobody approve numbers that are being computed again.

        :raise UserError: the job is at it
        """
        if self.state == "computing":
            raise UserError(
                self.env._(
                    "This simulation is being computed: approve it when you have read "
                    "the result."
                )
            )
        return super().action_approve()

    def _start_computing(self):
        """Leave a large customer file to the job; what it did before is void."""
        self._decide({"step": 0, "is_failed": False})
        if not self._is_large():
            return super()._start_computing()
        self._decide(
            {
                "state": "computing",
                "fingerprint": False,
                "books_state": False,
                "books_turn": self.sudo().books_turn + 1,
            }
        )
        # sudo: ir.cron - the DPO starts the job that only counts
        self.env.ref("rgpd_fichier_client.rgpd_simulation_cron").sudo()._trigger()
        return None

    @api.model
    def _is_large(self):
        """Tell whether there are too many persons or documents to wait for."""
        query = SQL(" UNION ALL ").join(
            SQL(
                "(SELECT count(*) FROM (SELECT FROM %s LIMIT %s) few)",
                SQL.identifier(table),
                LARGE,
            )
            for table in ("rgpd_subject", "rgpd_document")
        )
        self.env.flush_all()
        return any(count >= LARGE for (count,) in self.env.execute_query(query))

    # === THE JOB === #

    def _lock_computing(self, turn=None):
        """Tell whether it still is to be computed, and lock it if so.

        To be asked first in each transaction, as :meth:`_lock_waiting`.
        """
        self.ensure_one()
        self.env.invalidate_all()
        if not self.try_lock_for_update():
            return False
        return self.state == "computing" and turn in (None, self.sudo().books_turn)

    def _compute_steps(self):
        """Compute one simulation, with a transaction per step.

        :return: how many seconds are left for what comes after
        """
        cron, turn = self.env["ir.cron"], None
        reasons = self.env["rgpd.reason"]
        try:
            if reasons._count_to_compute():
                # So many came since that their first computation goes before
                reasons._get_refresh_cron()._trigger()
                return cron._commit_progress()
            left = 1
            while left and self._lock_computing(turn):
                turn = self.sudo().books_turn
                self._compute_step()
                left = cron._commit_progress(1, remaining=1)
            return left
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            self.env.cr.rollback()
            return cron._commit_progress()
        except Exception as error:
            self.env.cr.rollback()
            if is_out_of_time(error):
                raise
            _logger.warning(
                "simulation %s could not be computed: %s", self.id, type(error).__name__
            )
            if self._lock_computing(turn):
                self._decide({"state": "draft", "is_failed": True})
            return cron._commit_progress(1)

    def _compute_step(self):
        """Compute the next step, or the first one again when the rules have changed."""
        steps, rules = self._get_steps(), self._get_fingerprint()
        step = self.step if rules == self.fingerprint else 0
        getattr(self, steps[step])()
        if step + 1 < len(steps):
            self._decide({"step": step + 1, "fingerprint": rules})
