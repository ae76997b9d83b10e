from odoo import api, models


class RgpdPersonLookup(models.AbstractModel):
    _inherit = "rgpd.person.lookup"

    @api.model
    def _get_name_columns(self, model):
        """A lead has the name of who asked, or of their company."""
        if model == "crm.lead":
            return ("contact_name", "partner_name")
        return super()._get_name_columns(model)
