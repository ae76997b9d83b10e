from odoo import api, models


class RgpdPersonFinder(models.AbstractModel):
    _inherit = "rgpd.person.finder"

    @api.model
    def _get_person_name(self, record):
        """A lead is named by its subject; the human is the contact."""
        if record._name == "crm.lead":
            return record["contact_name"] or record["partner_name"] or ""
        return super()._get_person_name(record)

    @api.model
    def _get_name_fields(self, model):
        if model == "crm.lead":
            return ["contact_name", "partner_name"]
        return super()._get_name_fields(model)
