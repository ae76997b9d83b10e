from odoo import fields, models

from .rgpd_data_field import STRATEGIES


class RgpdDriftLine(models.Model):
    """One field that came or went, with the classification proposed for it."""

    _name = "rgpd.drift.line"
    _description = "Field that changed"
    _order = "drift_id, id"
    _rec_name = "field_id"

    drift_id = fields.Many2one(
        "rgpd.drift", required=True, readonly=True, ondelete="cascade", index=True
    )
    field_id = fields.Many2one(
        "rgpd.data.field",
        string="Technical field",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    model_label = fields.Char(related="field_id.model_label", string="Model")
    label = fields.Char(related="field_id.label", string="Field")
    ttype = fields.Char(related="field_id.ttype", string="Type")
    proposed_category_id = fields.Many2one(
        "rgpd.data.category", string="Proposed category", ondelete="restrict"
    )
    proposed_strategy = fields.Selection(
        STRATEGIES, string="Proposed masking", help="What an erasure would do with it."
    )
    ground = fields.Selection(
        [
            ("rule", "Its name, as the map knows it"),
            ("words", "Words of its name or label"),
            ("values", "The look of its values"),
            ("type", "Its type only: look closer"),
        ],
        string="Proposed because of",
        readonly=True,
    )
    is_sensitive = fields.Boolean(related="proposed_category_id.is_sensitive")
    decision = fields.Selection(
        [
            ("pending", "To decide"),
            ("accepted", "As proposed"),
            ("not_personal", "Not personal"),
            ("other", "Decided otherwise"),
            ("noted", "Noted"),
        ],
        required=True,
        default="pending",
        readonly=True,
    )

    # === ACTIONS === #

    def action_accept(self):
        """Classify the fields as proposed; the proposal may be changed before."""
        self.drift_id._check_dpo()
        self._accept()
        self.drift_id._close()
        return True

    def action_not_personal(self):
        """Declare that the fields hold nothing about persons."""
        self.drift_id._check_dpo()
        self.field_id.write(
            {
                "status_override": "not_personal",
                "note": self.env._("Judged not personal when it appeared."),
            }
        )
        self._decide("not_personal")
        self.drift_id._close()
        return True

    def action_open_field(self):
        """Open the field in the data map, where everything about it can be decided."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "rgpd.data.field",
            "res_id": self.field_id.id,
            "view_mode": "form",
        }

    # === BUSINESS METHODS === #

    def _accept(self):
        for line in self:
            if line.drift_id.kind == "gone":
                line._decide("noted")
                continue
            line.field_id.write(
                {
                    "status_override": "classified",
                    "category_override_id": line.proposed_category_id.id,
                    "strategy_override": line.proposed_strategy,
                    "note": self.env._("Classified as proposed when it appeared."),
                }
            )
            line._decide("accepted")

    def _decide(self, decision):
        # sudo: rgpd.drift.line - what was decided about the field is noted
        self.sudo().write({"decision": decision})
