from odoo import api, models


class IrMailServer(models.Model):
    _inherit = "ir.mail_server"

    @api.model_create_multi
    def create(self, vals_list):
        """Ask what the new mail server is for."""
        servers = super().create(vals_list)
        self.env["rgpd.data.map"]._trigger_discovery()
        return servers
