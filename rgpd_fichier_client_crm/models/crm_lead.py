from odoo import models


class CrmLead(models.Model):
    _name = "crm.lead"
    _inherit = ["crm.lead", "rgpd.suppression.mixin"]

    def action_rgpd_access(self):
        """Open the access wizard for the person this record stands for.

        :raise AccessError: the user is not an officer (rights of the wizard)
        """
        if len(self) == 1 and self.partner_id:
            return self.partner_id.action_rgpd_access()
        return self.env["rgpd.access.wizard"]._open_for(self)
