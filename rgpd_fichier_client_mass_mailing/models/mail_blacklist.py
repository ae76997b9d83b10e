from odoo import api, models


class MailBlacklist(models.Model):
    """An address put on Odoo's blacklist is the objection of whoever has it."""

    _inherit = "mail.blacklist"

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        rows.filtered("active")._rgpd_object()
        return rows

    def write(self, vals):
        before = self.filtered("active")
        result = super().write(vals)
        if vals.get("active"):
            (self.filtered("active") - before)._rgpd_object()
        return result

    def _rgpd_object(self):
        """Record the objection of each person of the file who has the address."""
        if not self:
            return
        self.env.flush_all()
        # by the finder, which reads archived records too: they may come back
        found = self.env["rgpd.person.finder"]._match({"email": self.mapped("email")})
        for model, ids in found.items():
            # sudo: anchors - whoever has the address, read by whoever blocks it
            for record in self.env[model].sudo().browse(sorted(ids)):
                self.env["rgpd.contact.person"]._object(record, "email")
