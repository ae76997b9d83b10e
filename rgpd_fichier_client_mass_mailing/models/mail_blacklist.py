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
        for row in self:
            for model in self.env["rgpd.data.map"]._get_anchor_models():
                records = self.env.get(model)
                if records is None or "email_normalized" not in records._fields:
                    continue
                # sudo: anchors - whoever has the address, read by whoever blocks it
                found = records.sudo().search([("email_normalized", "=", row.email)])
                for record in found:
                    self.env["rgpd.contact.person"]._object(record, "email")
