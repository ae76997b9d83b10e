import logging

from odoo import fields, models
from odoo.exceptions import UserError

from .rgpd_retention_night import DAYS_BEFORE_RETRY

_logger = logging.getLogger(__name__)


class RgpdReason(models.Model):
    """What the night tells the DPO: why it stopped, and whom it left to them."""

    _inherit = "rgpd.reason"

    def _check_evidence(self, simulations):
        """Tell whether the evidence of an erasure can be written; if not, warn the DPO.

        A full disk stops the night before anybody is erased: an erasure that cannot
        be proved, nor replayed after a restore, is not done (invariant 5).
        """
        try:
            self.env["rgpd.key"]._get("vault")
            self.env["rgpd.erasure.outbox"]._check_ready()
        except UserError as error:
            _logger.error("retention does not start: its evidence cannot be written")
            for simulation in simulations:
                self._warn_evidence(simulation._with_dpo_lang(), str(error))
            return False
        return True

    def _warn_evidence(self, simulation, cause):
        """Tell the DPO once: a task that is still open says it already."""
        summary = simulation.env._("Retention stopped: its evidence cannot be written")
        if summary not in simulation.activity_ids.mapped("summary"):
            simulation._schedule_for_dpo(summary, cause)

    def _close_lapsed(self, valid):
        """Tell each DPO, once, that changed rules suspended what they had approved.

        Runs of an approval that is over end too, whoever left them open.
        """
        left = [("state", "=", "running"), ("simulation_id.state", "!=", "approved")]
        self.env["rgpd.retention.run"].search(left)._lapse()
        approved = self.env["rgpd.simulation"].search([("state", "=", "approved")])
        (approved & valid).filtered("date_lapsed")._decide({"date_lapsed": False})
        for simulation in approved - valid:
            simulation.run_ids._lapse()
            if not simulation.date_lapsed:
                simulation._decide({"date_lapsed": fields.Datetime.now()})
                simulation._journal("retention.lapsed")
                self._warn_lapsed(simulation._with_dpo_lang())

    def _warn_lapsed(self, simulation):
        simulation._schedule_for_dpo(
            simulation.env._("Retention waits: the rules have changed"),
            simulation.env._(
                "A period, a basis or a masking has changed since you approved this "
                "simulation. Nothing is erased at night until you approve a new one."
            ),
        )

    def _warn_stopped(self, run, simulation):
        simulation = simulation._with_dpo_lang()
        simulation._schedule_for_dpo(
            simulation.env._("Retention stopped: compute a new simulation"),
            simulation.env._(
                "%(due)s persons are due, many more than the approved simulation "
                "showed. Nothing was erased. Look at a new simulation and approve it "
                "if it is right.",
                due=run.due_count,
            ),
        )

    def _warn_done(self, run):
        """Tell the DPO whom the night left to a human: failures and reviews."""
        if not run.failed_count and not run.review_count:
            return
        simulation = run.simulation_id._with_dpo_lang()
        simulation._schedule_for_dpo(
            simulation.env._("Retention: persons to look at"),
            simulation.env._(
                "%(failed)s erasures failed, %(review)s persons wait for your review. "
                "They are tried again in %(days)s days.",
                failed=run.failed_count,
                review=run.review_count,
                days=DAYS_BEFORE_RETRY,
            ),
        )
