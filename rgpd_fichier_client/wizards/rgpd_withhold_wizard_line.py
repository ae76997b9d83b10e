from odoo import fields, models


class RgpdWithholdWizardLine(models.TransientModel):
    """A record that a copy would hold, to be ticked when it stays out.

    What a browser sends as model and number is checked against what the copy would
    hold, before anything is decided.
    """

    _name = "rgpd.withhold.wizard.line"
    _description = "Record of a Copy"
    _order = "id"

    wizard_id = fields.Many2one(
        "rgpd.withhold.wizard", required=True, ondelete="cascade"
    )
    model = fields.Char()
    res_id = fields.Integer(string="Record number")
    day = fields.Char(string="Date")
    title = fields.Char(string="Record")
    is_chosen = fields.Boolean(string="Withhold")

    def _copy_values(self):
        """Return the values of the same line in another search."""
        self.ensure_one()
        names = ("model", "res_id", "day", "title", "is_chosen")
        return {name: self[name] for name in names}
