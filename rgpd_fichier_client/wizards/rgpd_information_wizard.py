from odoo import api, fields, models
from odoo.exceptions import UserError


class RgpdInformationWizard(models.TransientModel):
    """Say that the data of some persons came from somebody else (Art. 14 GDPR)."""

    _name = "rgpd.information.wizard"
    _description = "Data from somebody else"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    source = fields.Char(
        required=True,
        help="Who gave the data, or the public source: it is told to each person "
        "(Art. 14.2.f).",
    )
    purpose_id = fields.Many2one(
        "rgpd.purpose", required=True, help="Why the data are used."
    )
    obtained_on = fields.Date(required=True, default=fields.Date.context_today)
    count = fields.Integer(compute="_compute_count", string="Records chosen")

    @api.depends_context("active_ids")
    def _compute_count(self):
        for wizard in self:
            wizard.count = len(wizard._get_records())

    def _get_records(self):
        """Return the records the action was started from."""
        model = self.env.context.get("active_model")
        if model not in self.env["rgpd.data.map"]._get_anchor_models():
            raise UserError(self.env._("Choose contacts in a list first."))
        return self.env[model].browse(self.env.context.get("active_ids", ()))

    def action_add(self):
        """Put the persons in the queue and show it."""
        self.ensure_one()
        rows = self.env["rgpd.information"]
        rows.check_access("create")
        records = self._get_records()
        records.check_access("read")
        rows = rows._add(
            records,
            self.source,
            self.purpose_id.code,
            self.company_id,
            self.obtained_on,
        )
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "rgpd_fichier_client.rgpd_information_action"
        )
        return action | {"domain": [("id", "in", rows.ids)], "context": {}}
