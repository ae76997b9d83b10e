from odoo import models


class ResUsersApikeys(models.Model):
    _inherit = "res.users.apikeys"

    def _generate(self, scope, name, expiration_date):
        """Ask what the new key is for: whoever holds it reads what its user reads."""
        key = super()._generate(scope, name, expiration_date)
        self.env["rgpd.data.map"]._trigger_discovery()
        return key
