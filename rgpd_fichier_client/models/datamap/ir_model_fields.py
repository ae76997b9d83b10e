from odoo import api, models


class IrModelFields(models.Model):
    _inherit = "ir.model.fields"

    def _reflect_fields(self, model_names):
        """Look for new personal data when an add-on brings or changes fields."""
        result = super()._reflect_fields(model_names)
        self.env["rgpd.data.map"]._trigger_discovery()
        return result

    @api.model_create_multi
    def create(self, vals_list):
        """Look for new personal data when somebody adds a field by hand."""
        fields = super().create(vals_list)
        self.env["rgpd.data.map"]._trigger_discovery()
        return fields
