from odoo import api, fields, models

from ..models.request.rgpd_request_copy_line import DECISIONS, GROUNDS


class RgpdRequestCopyDecide(models.TransientModel):
    """Decide on one or many masked passages, with the reason the law asks for."""

    _name = "rgpd.request.copy.decide"
    _description = "Decide on Masked Passages"

    line_ids = fields.Many2many("rgpd.request.copy.line", readonly=True)
    line_count = fields.Integer(string="Passages", compute="_compute_line_count")
    decision = fields.Selection(DECISIONS, required=True)
    reason = fields.Char(
        help="Kept with the decision: the person wrote it, it is public, the other "
        "person agrees…"
    )
    ground = fields.Selection(
        GROUNDS,
        default="others",
        help="The copy tells the person that something is withheld, and why.",
    )

    @api.depends("line_ids")
    def _compute_line_count(self):
        for wizard in self:
            wizard.line_count = len(wizard.line_ids)

    def action_decide(self):
        """Keep the decision for all of them."""
        self.ensure_one()
        self.line_ids._decide(self.decision, reason=self.reason, ground=self.ground)
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def _get_action(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Decide on masked passages"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }
