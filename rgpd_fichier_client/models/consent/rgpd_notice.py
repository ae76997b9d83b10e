from odoo import models


class RgpdNotice(models.Model):
    _inherit = "rgpd.notice"

    def _prepare_values(self, purpose, company, channel=None):
        """Speak of a purpose in everyday words when an objection is taken back."""
        values = super()._prepare_values(purpose, company, channel)
        if self.kind == "lift":
            values["purpose"] = purpose._get_public_name()
        return values
