from odoo import api, models

from odoo.addons.rgpd_fichier_client.core.consent.gate import SERVICE

from .crm_lead import ASKED


class RgpdCall(models.AbstractModel):
    _inherit = "rgpd.call"

    @api.model
    def _get_own_purposes(self, records):
        """A person who came to us and asked is called back for that.

        The purpose alone does not make it so: a bought file is not a request.
        """
        own = super()._get_own_purposes(records)
        if records._name != "crm.lead":
            return own
        for lead in records.sudo():  # sudo: anchors - as in the gate
            code = lead.rgpd_purpose_id.code
            if code in SERVICE and lead.rgpd_origin in ASKED:
                own[lead.id] = code
        return own
