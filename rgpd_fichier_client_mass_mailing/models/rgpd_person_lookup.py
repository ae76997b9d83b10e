from odoo import api, models


class RgpdPersonLookup(models.AbstractModel):
    _inherit = "rgpd.person.lookup"

    @api.model
    def _get_name_columns(self, model):
        """The contact of a mailing list has one name."""
        return (
            ("name",)
            if model == "mailing.contact"
            else super()._get_name_columns(model)
        )
