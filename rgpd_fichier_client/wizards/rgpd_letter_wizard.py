from odoo import api, fields, models


class RgpdLetterWizard(models.TransientModel):
    """Choose the letter to write about a request; the next one is proposed."""

    _name = "rgpd.letter.wizard"
    _description = "Choose a Letter"

    request_id = fields.Many2one("rgpd.request", required=True, readonly=True)
    kind = fields.Selection(
        selection=lambda self: (
            self.env["rgpd.request.letter"]
            ._fields["kind"]
            ._description_selection(self.env)
        ),
        string="Letter",
        required=True,
        compute="_compute_kind",
        store=True,
        readonly=False,
        precompute=True,
    )
    notice_id = fields.Many2one(
        "rgpd.request.notice",
        string="Recipient",
        domain="[('request_id', '=', request_id)]",
        help="Who received the data; prepared from the register when a correction, an "
        "erasure or a restriction is done (Art. 19 GDPR).",
    )

    @api.depends("request_id")
    def _compute_kind(self):
        for wizard in self:
            wizard.kind = wizard.request_id._get_next_letter()

    def action_prepare(self):
        """Prepare the letter and show its preview."""
        self.ensure_one()
        values = {"notice_id": self.notice_id.id} if self.notice_id else {}
        letter = self.env["rgpd.request.letter"]._prepare(
            self.request_id, self.kind, **values
        )
        return letter._get_action()

    def _get_action(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Write a letter"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }
