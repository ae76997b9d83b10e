from odoo import api, models

from ...core.request import restriction


class RgpdContactGate(models.AbstractModel):
    """Denies contacting persons whose data are restricted (Art. 18)."""

    _inherit = "rgpd.contact.gate"

    @api.model
    def _check_batch(self, records, purpose_code, channel, company, moment=None):
        """Let through only what Art. 18.2 and the handling of rights allow."""
        answers = super()._check_batch(records, purpose_code, channel, company, moment)
        if restriction.is_open(purpose_code):
            return answers
        denied = (False, restriction.CODE, restriction.ARTICLE)
        return answers | {
            res_id: denied
            for res_id in self._get_restricted(records, company)
            if answers[res_id][0]
        }

    @api.model
    def _get_restricted(self, records, company):
        """Return the ids of records restricted themselves or through their partner."""
        restrictions = self.env["rgpd.restriction"]
        found = restrictions._get_restricted_ids(records, company)
        if "partner_id" not in records._fields:
            return found
        partners = self._get_partners(records.exists())
        persons = self.env["res.partner"].browse(set(partners.values()))
        if not persons:
            return found
        restricted = restrictions._get_restricted_ids(persons, company)
        return found | {
            res_id for res_id, person in partners.items() if person in restricted
        }
