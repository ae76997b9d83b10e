from odoo import models


class ResPartner(models.Model):
    _inherit = "res.partner"

    def action_rgpd_access(self):
        """Open the access wizard for one contact.

        :raise AccessError: the user is not an officer (rights of the wizard)
        """
        return self.env["rgpd.access.wizard"]._open_for(self)
