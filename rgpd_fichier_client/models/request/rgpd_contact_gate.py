from odoo import api, models

from ...core.request import restriction


class RgpdContactGate(models.AbstractModel):
    """Denies contacting persons whose data are restricted (Art. 18)."""

    _inherit = "rgpd.contact.gate"

    @api.model
    def _check_batch(self, records, purpose_code, channel, company):
        """Let through only what Art. 18.2 and the handling of rights allow."""
        answers = super()._check_batch(records, purpose_code, channel, company)
        if restriction.is_open(purpose_code):
            return answers
        restricted = self.env["rgpd.restriction"]._get_restricted_ids(records, company)
        denied = (False, restriction.CODE, restriction.ARTICLE)
        return answers | {res_id: denied for res_id in restricted if answers[res_id][0]}
