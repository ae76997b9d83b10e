from odoo import models


class RgpdInformation(models.Model):
    """The notice of Art. 14 by SMS: who, from whom, and the link to the whole text."""

    _inherit = "rgpd.information"

    def _send_sms(self):
        """Queue an SMS with the link to the notice; tell whether there is one.

        No offer is in it, so that nothing but a restriction stops it. The person is
        told when it has left, see :meth:`_note_sms`.
        """
        self.ensure_one()
        # sudo: sms.sms - one that waits is enough
        queue = self.env["sms.sms"].sudo()
        if queue.search_count(
            [("rgpd_information_id", "=", self.id), ("state", "=", "outgoing")], limit=1
        ):
            return True
        record, version = self._get_record(), self._get_version()
        number = self._get_number(record)
        if not number or not version:
            return False
        speaker = self.with_context(lang=version.lang)
        company = self.company_id.sudo()  # sudo: res.company - the sender says its name
        urls = self.env["rgpd.short.link"]._get_urls(record, company, "notice")
        queue.create(
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
                "rgpd_information_id": self.id,
            }
        )
        return True

    def _note_sms(self):
        """Record that the SMS with the notice has left: the persons are told."""
        for row in self.filtered(lambda row: row.state == "waiting"):
            row._close(row._get_version(), "sms")

    def _get_number(self, record):
        """Return the number to write to, or ``None``."""
        if not record or self.env["rgpd.contact.gate"]._get_blocked(record):
            return None
        address = self.env["rgpd.contact.address"]._get(record)[record.id]
        return address.phones[0] if address.phones else None
