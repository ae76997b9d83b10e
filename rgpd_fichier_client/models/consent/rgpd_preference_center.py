from odoo import api, fields, models

from ...core.consent import link


class RgpdPreferenceCenter(models.AbstractModel):
    """What a person sees of their choices, and what they do with them (art. 7, 21).

    The controllers only carry what this service says; every act goes through
    ``rgpd.consent._record``.
    """

    _name = "rgpd.preference.center"
    _description = "Preference Centre"

    # === ACTS === #

    @api.model
    def _object(self, subject, company, channel):
        """Record an objection to all offers on a channel; once is enough.

        Art. 21.2 and 21.3 GDPR: immediate, without reason, free.

        :param channel: a channel, or ``all``
        :rtype: rgpd.consent.event
        """
        # sudo: rgpd.consent - the act of a visitor who has no rights
        Consent = self.env["rgpd.consent"].sudo()
        acts = Consent._get_acts(subject, company).get(subject.id, [])
        if link.is_objected_already(acts, channel):
            return self.env["rgpd.consent.event"]
        return Consent._record(
            subject,
            None,
            channel,
            "objected",
            method="button",
            collection_point="preferences",
            company=company,
            moment=fields.Datetime.now(),
            actor="self",
        )

    # === HELPERS === #

    @api.model
    def _get_lang(self, subject):
        """Return the language to speak to a person, that of the page by default."""
        record = self.env["rgpd.preference.token"]._get_person(subject)
        lang = record.lang if record and "lang" in record._fields else False
        installed = {code for code, _name in self.env["res.lang"].get_installed()}
        return lang if lang in installed else self.env.lang
