from odoo import api, models

from ...core.request import restriction
from ..consent.rgpd_contact_address import EMAILS


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
        """Return the ids of records restricted themselves or through their partner.

        Those with the e-mail address of a restricted person too: entering somebody a
        second time must not free them. A mailbox of a whole company tells nothing.
        """
        restrictions = self.env["rgpd.restriction"]
        found = restrictions._get_restricted_ids(records, company)
        existing = records.exists()
        partners = self._get_partners(existing)
        found |= self._get_doubles(existing, partners, company)
        persons = self.env["res.partner"].browse(set(partners.values()))
        if not persons:
            return found
        restricted = restrictions._get_restricted_ids(persons, company)
        return found | {
            res_id for res_id, person in partners.items() if person in restricted
        }

    @api.model
    def _get_doubles(self, records, partners, company):
        """Return the ids of records with the e-mail address of a restricted person."""
        restricted = {
            email
            for records in self._get_all_restricted(company)
            for email in self._get_personal_emails(records)
        }
        if not restricted:
            return set()
        addresses = self.env["rgpd.contact.address"]._get_joined(
            records, partners, {EMAILS}
        )
        return {
            res_id
            for res_id, address in addresses.items()
            if not restricted.isdisjoint(address.emails)
        }

    @api.model
    def _get_restricted_persons(self, model, company):
        """Return all restricted records of a model, for a company."""
        restricted = self._get_all_restricted(company, [model._name])
        return restricted[0] if restricted else model.browse()

    @api.model
    def _get_all_restricted(self, company, names=None):
        """Return the restricted records for a company, one recordset per model.

        :param company: controller whose restrictions count
        :param names: names of the models looked at, all anchors when None
        """
        if names is None:
            names = self.env["rgpd.data.map"]._get_anchor_models()
        # sudo: rgpd.restriction - a verdict for whoever asks
        restrictions = self.env["rgpd.restriction"].sudo()
        found = restrictions.search(
            [
                ("company_id", "=", company.id),
                ("date_lifted", "=", False),
                ("subject_id.res_model", "in", names),
            ]
        )
        records = found.subject_id._records().values()
        return [some.with_env(self.env) for some in records]

    def _get_personal_emails(self, records):
        if not records:
            return set()
        addresses = self.env["rgpd.contact.address"]._get(records, {EMAILS}).values()
        return {
            email
            for address in addresses
            if address.email_kind != "generic"
            for email in address.emails
        }
