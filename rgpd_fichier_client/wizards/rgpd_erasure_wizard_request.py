from odoo import fields, models

from odoo.addons.base.models.res_users import check_identity


class RgpdErasureWizard(models.TransientModel):
    """The erasure a request asks for: at once, or after the days of grace."""

    _inherit = "rgpd.erasure.wizard"

    request_id = fields.Many2one("rgpd.request", readonly=True)
    grace_days = fields.Integer(related="request_id.company_id.rgpd_erasure_grace_days")

    def action_plan(self):
        """Check what was typed, then ask who is asking, then plan the erasure.

        :raise AccessError: for anybody but a DPO
        """
        self._check_confirmed()
        return self.action_plan_checked()

    @check_identity
    def action_plan_checked(self):
        """Plan the erasure of the person; the identity of the DPO is checked."""
        return self._plan_confirmed()

    def _plan_confirmed(self):
        """Plan the erasure after the days of grace; the person is told."""
        self._check_confirmed()
        self.request_id._check_actable()
        self.request_id._plan_erasure()
        return {"type": "ir.actions.act_window_close"}

    def _before_erase(self):
        """Keep where to answer, and lock the request against a colleague."""
        result = super()._before_erase()
        if self.request_id:
            self.request_id.lock_for_update()
            self.request_id._check_actable()
            self.request_id._keep_contact()
        return result

    def _after_erase(self, erasures):
        """Link the certificates to the request, and carry directives out."""
        result = super()._after_erase(erasures)
        if self.request_id:
            self.request_id._link_erasures(erasures)
        done = erasures.filtered(lambda erasure: erasure.state != "failed")
        if done and self.subject_id.res_model == "res.partner":
            partner = self.env["res.partner"].browse(self.subject_id.res_id)
            # sudo: rgpd.directive - the DPO erases for any company of the person
            directives = self.env["rgpd.directive"].sudo()
            directives.search(
                [("partner_id", "=", partner.id), ("state", "=", "due")]
            )._set_obeyed()
        return result
