import logging

from odoo import api, models

_logger = logging.getLogger(__name__)


class RgpdContactPerson(models.AbstractModel):
    """From any record to the person a message about it reaches, and to their links."""

    _name = "rgpd.contact.person"
    _description = "Person behind a record"

    @api.model
    def _of(self, record):
        """Return the anchor record of the person, empty when there is none."""
        partners = self.env["rgpd.contact.gate"]._get_partners(record)
        if partners:
            return self.env["res.partner"].browse(partners[record.id])
        if record._name in self.env["rgpd.data.map"]._get_anchor_models():
            return record
        return record.browse()

    @api.model
    def _get_unsubscribe_url(self, record, company):
        """Return the link by which the person objects, or ``None`` without person."""
        return self._get_link(record, company, "_get_unsubscribe_urls")

    @api.model
    def _get_preference_url(self, record, company):
        """Return the link to the choices of the person, or ``None``."""
        return self._get_link(record, company, "_get_urls")

    @api.model
    def _get_links(self, records, company):
        """Return ``{res_id: (way out, page of choices)}``, set-based.

        Records without a person are left out.
        """
        tokens = self.env["rgpd.preference.token"]
        records = records.exists()
        partners = self.env["rgpd.contact.gate"]._get_partners(records)
        persons = self.env["res.partner"].browse(set(partners.values()))
        of_partners = tokens._get_both_urls(persons, company) if persons else {}
        links = {
            res_id: of_partners[partner_id]
            for res_id, partner_id in partners.items()
            if partner_id in of_partners
        }
        others = records.browse(set(records.ids) - set(partners))
        if others and records._name in self.env["rgpd.data.map"]._get_anchor_models():
            links |= tokens._get_both_urls(others, company)
        return links

    @api.model
    def _get_link(self, record, company, method):
        person = self._of(record.exists())
        if not person:
            return None
        tokens = self.env["rgpd.preference.token"]
        return getattr(tokens, method)(person, company).get(person.id)

    @api.model
    def _object(self, record, channel):
        """Record that a person was put on a blacklist of Odoo; never fails.

        Art. 21.3 GDPR. The blacklist stops Odoo's own messages even where this cannot
        be kept.

        :param record: one record that leads to a person
        """
        person = self._of(record)
        if not person:
            return
        try:
            with self.env.cr.savepoint():
                # sudo: rgpd.subject, rgpd.consent - whoever blocks speaks for them
                subject = self.env["rgpd.subject"].sudo()._of(person)
                if self.env.user._is_internal():
                    self.env["rgpd.consent"].sudo()._record(
                        subject,
                        None,
                        channel,
                        "objected",
                        method="unknown",
                        collection_point="system",
                        actor="staff",
                    )
                else:
                    self.env["rgpd.preference.center"]._object(
                        subject, self.env.company, channel
                    )
        except Exception as error:  # noqa: BLE001 - the address is blocked all the same
            _logger.warning(
                "The objection of %s %s could not be recorded: %s",
                person._name,
                person.id,
                type(error).__name__,
            )

    @api.model
    def _get_lang(self, record):
        """Return the language of the person, that of the context by default."""
        # sudo: anchors - the sender may not read the person
        person = self._of(record).sudo()
        lang = person.lang if person and "lang" in person._fields else False
        installed = {code for code, _name in self.env["res.lang"].get_installed()}
        return lang if lang in installed else self.env.lang
