from odoo import models


class ResPartner(models.Model):
    _inherit = "res.partner"

    def unlink(self):
        """Retire the person's row: its uid stays in the evidence."""
        subjects = self.env["rgpd.subject"]._of(self, create=False)
        result = super().unlink()
        # sudo: rgpd.subject - whoever may delete the contact causes this
        subjects.sudo().filtered("active").write({"active": False})
        return result
