from odoo import api, models


class FetchmailServer(models.Model):
    _inherit = "fetchmail.server"

    @api.model_create_multi
    def create(self, vals_list):
        """Ask what the new mail server is for."""
        servers = super().create(vals_list)
        self.env["rgpd.data.map"]._trigger_discovery()
        return servers
