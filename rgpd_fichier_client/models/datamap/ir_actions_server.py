from odoo import api, models


class IrActionsServer(models.Model):
    _inherit = "ir.actions.server"

    @api.model_create_multi
    def create(self, vals_list):
        """Look for new ways out of the database when a webhook is made."""
        actions = super().create(vals_list)
        if "webhook" in actions.mapped("state"):
            self.env["rgpd.data.map"]._trigger_discovery()
        return actions

    def write(self, vals):
        """Look for new ways out when an action becomes a webhook."""
        result = super().write(vals)
        if vals.get("state") == "webhook":
            self.env["rgpd.data.map"]._trigger_discovery()
        return result
