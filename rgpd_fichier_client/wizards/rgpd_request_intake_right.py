from odoo import api, fields, models


class RgpdRequestIntakeRight(models.TransientModel):
    """One right that a person may exercise, in plain words, to tick."""

    _name = "rgpd.request.intake.right"
    _description = "Right to Tick in a New Request"

    intake_id = fields.Many2one(
        "rgpd.request.intake", required=True, ondelete="cascade", index=True
    )
    right = fields.Selection(
        selection=lambda self: (
            self.env["rgpd.request.item"]
            ._fields["right"]
            ._description_selection(self.env)
        ),
        required=True,
    )
    is_asked = fields.Boolean(string="Asked")
    help_text = fields.Char(string="In plain words", compute="_compute_help_text")

    @api.depends("right")
    @api.depends_context("lang")
    def _compute_help_text(self):
        texts = {
            code: text
            for code, _name, text in self.env["rgpd.request"]._get_right_choices()
        }
        for line in self:
            line.help_text = texts.get(line.right)
