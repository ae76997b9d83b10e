from odoo import models


class RgpdInformation(models.Model):
    """The notice of Art. 14 by SMS: who, from whom, and the link to the whole text."""

    _inherit = "rgpd.information"

    def _send_sms(self):
        """Send the link to the notice by SMS; tell whether it could leave.

        No offer is in it, so that nothing but a restriction stops it.
        """
        self.ensure_one()
        record, version = self._get_record(), self._get_version()
        number = self._get_number(record)
        if not number or not version:
            return False
        speaker = self.with_context(lang=version.lang)
        company = self.company_id.sudo()  # sudo: res.company - the sender says its name
        urls = self.env["rgpd.short.link"]._get_urls(record, company, "notice")
        # sudo: sms.sms - a message of the company
        self.env["sms.sms"].sudo().create(
            {
                "number": number,
                "body": speaker.env._(
                    "%(company)s holds data about you that come from: %(origin)s. Why, "
                    "and your rights: %(url)s",
                    company=company.name,
                    origin=self.source,
                    url=urls[record.id],
                ),
                "partner_id": record.id if record._name == "res.partner" else False,
                "rgpd_company_id": company.id,
                "rgpd_res_model": record._name,
                "rgpd_res_id": record.id,
            }
        )
        self._close(version, "sms")
        return True

    def _get_number(self, record):
        """Return the number to write to, or ``None``."""
        if not record or self.env["rgpd.contact.gate"]._get_blocked(record):
            return None
        address = self.env["rgpd.contact.address"]._get(record)[record.id]
        return address.phones[0] if address.phones else None
