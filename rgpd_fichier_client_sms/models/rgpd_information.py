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
        if self._search_leaving_sms():
            return True
        record, version = self._get_record(), self._get_version()
        number = self._get_number(record)
        if not number or not version:
            return False
        speaker = self.with_context(lang=version.lang)
        company = self.company_id.sudo()  # sudo: res.company - the sender says its name
        urls = self.env["rgpd.short.link"]._get_urls(record, company, "notice")
        # sudo: sms.sms - a message of the company
        queue = self.env["sms.sms"].sudo()
        sms = queue.create(
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
                "rgpd_is_notice": True,
            }
        )
        self._follow_sms(sms)
        return True

    def _follow_sms(self, sms):
        """Let Odoo recognise what the provider says later of an SMS with the notice."""
        # sudo: sms.tracker - Odoo has one only where a message or a mailing is behind
        trackers = self.env["sms.tracker"].sudo()
        if not trackers.search_count([("sms_uuid", "=", sms.uuid)], limit=1):
            trackers.create({"sms_uuid": sms.uuid})

    def _search_leaving_sms(self):
        """Return the SMS with the notice that wait to leave."""
        # sudo: sms.sms - what waits there, whoever asks
        queue = self.env["sms.sms"].sudo()
        return queue.search(
            [("rgpd_information_id", "in", self.ids), ("state", "=", "outgoing")]
        )

    def _search_leaving(self):
        rows = self._search_leaving_sms().rgpd_information_id
        return super()._search_leaving() | rows.sudo(self.env.su)

    def _stop_leaving(self):
        # An offer that carries the notice by the way leaves all the same
        messages = self._search_leaving_sms().filtered("rgpd_is_notice")
        messages.try_lock_for_update().action_set_canceled()
        return super()._stop_leaving()

    def _note_sms(self, uuid):
        """Record that an SMS with the notice has left: the person is told."""
        self._note_left(self._get_version(), "sms", uuid)

    def _get_number(self, record):
        """Return the number to write to, or ``None``."""
        if not record or self.env["rgpd.contact.gate"]._get_blocked(record):
            return None
        address = self.env["rgpd.contact.address"]._get(record)[record.id]
        return address.phones[0] if address.phones else None
