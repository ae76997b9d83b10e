from odoo import models


class MailingContact(models.Model):
    _name = "mailing.contact"
    _inherit = ["mailing.contact", "rgpd.suppression.mixin"]

    def action_rgpd_access(self):
        """Open the access wizard for the person this record stands for.

        :raise AccessError: the user is not an officer (rights of the wizard)
        """
        return self.env["rgpd.access.wizard"]._open_for(self)
