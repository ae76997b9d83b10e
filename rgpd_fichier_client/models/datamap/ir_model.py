from odoo import api, models


class IrModel(models.Model):
    """On the screens of the data map no two kinds of record bear one name."""

    _inherit = "ir.model"

    @api.depends_context("rgpd_model_labels", "lang")
    def _compute_display_name(self):
        result = super()._compute_display_name()
        if self.env.context.get("rgpd_model_labels"):
            data_map = self.env["rgpd.data.map"]
            names = {*data_map._get_mapped_models(), *self.mapped("model")}
            labels = data_map._get_model_labels(names)
            for model in self:
                model.display_name = labels.get(model.model) or model.display_name
        return result
