from odoo import api, fields, models
from odoo.exceptions import UserError


class RgpdSimulation(models.Model):
    """The job that computes the reasons is off: the night would wait without a word."""

    _inherit = "rgpd.simulation"

    is_refresh_off = fields.Boolean(
        string="Reasons not computed any more",
        compute="_compute_is_refresh_off",
        help="The scheduled action that computes the reasons to keep is switched off.",
    )

    def _compute_is_refresh_off(self):
        self.is_refresh_off = not self._is_refresh_on()

    @api.model
    def _is_refresh_on(self):
        # sudo: rgpd.reason - whether a job is on, whoever looks at the simulation
        return bool(self.env["rgpd.reason"].sudo()._get_refresh_cron().active)

    def action_switch_on_refresh(self):
        """Switch the job on again, and have it called at once.

        :raise AccessError: for anybody but a DPO
        :raise UserError: somebody deleted the job
        """
        self._check_dpo()
        # sudo: ir.cron - the DPO needs no right on the jobs of others
        job_sudo = self.env["rgpd.reason"].sudo()._get_refresh_cron()
        if not job_sudo:
            raise UserError(
                self.env._(
                    "The scheduled action was deleted: update the add-on, which makes "
                    "it again."
                )
            )
        job_sudo.active = True
        job_sudo._trigger()
        for simulation in self.sudo().search([("state", "=", "approved")]):
            told = simulation._with_dpo_lang()
            summary = told._get_refresh_off_summary()
            told.activity_ids.filtered_domain([("summary", "=", summary)]).action_done()

    def _get_refresh_off_summary(self):
        return self.env._("Retention waits: its reasons are not computed any more")

    def _warn_refresh_off(self):
        """Tell each DPO once: a task that is still open says it already."""
        for simulation in self:
            told = simulation._with_dpo_lang()
            summary = told._get_refresh_off_summary()
            if summary in told.activity_ids.mapped("summary"):
                continue
            # sudo: ir.cron - the name of the job, in the language of the DPO
            job_sudo = told.env["rgpd.reason"].sudo()._get_refresh_cron()
            told._schedule_for_dpo(
                summary,
                told.env._(
                    "The scheduled action “%(job)s” is switched off: who is new, or "
                    "lost a reason, is not seen, and while most persons are unknown "
                    "nobody leaves. Switch it on with the button of the simulation, or "
                    "under Settings, Technical, Scheduled Actions.",
                    job=job_sudo.name,
                ),
            )


class RgpdReason(models.Model):
    _inherit = "rgpd.reason"

    def _begin_night(self):
        """Tell the DPO of a job without which the night knows nobody new."""
        simulations, runs = super()._begin_night()
        if simulations and not simulations._is_refresh_on():
            simulations._warn_refresh_off()
            self.env["ir.cron"]._commit_progress()
        return simulations, runs

    @api.model
    def _get_first_text(self, count):
        """Say that nothing goes on in the background while the job is off."""
        simulations = self.env["rgpd.simulation"]
        if simulations._is_refresh_on():
            return super()._get_first_text(count)
        return self.env._(
            "The reasons to keep of %(count)s persons were never computed, and the "
            "scheduled action “%(job)s” is switched off: switch it on with the button "
            "of the simulation, or under Settings, Technical, Scheduled Actions.",
            count=count,
            job=self._get_refresh_cron().name,
        )
