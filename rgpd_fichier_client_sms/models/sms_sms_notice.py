import logging

from odoo import models

from odoo.addons.rgpd_fichier_client.models.consent.rgpd_short_link import (
    NOTICE_PATH,
)

_logger = logging.getLogger(__name__)


class SmsSms(models.Model):
    """The first SMS to a person who did not give their data tells them (Art. 14.3.b).

    As with mails: an offer always carries the notice, a message about an order where
    the company lets notices leave by themselves. An SMS has room for the source and
    the link to the rest.
    """

    _inherit = "sms.sms"

    def _rgpd_add_notices(self):
        """Add the link to the notice where it is due, just before they leave.

        Safe to call twice; a fault stops no SMS: the person then stays to be told.
        """
        try:
            with self.env.cr.savepoint():
                due = self._rgpd_find_due()
                for sms, row in due.items():
                    sms._rgpd_add_notice(row)
        except Exception as error:  # noqa: BLE001 - the SMS leaves all the same
            _logger.warning(
                "The notices of %s SMS could not be added: %s",
                len(self),
                type(error).__name__,
            )

    def _rgpd_find_due(self):
        """Return ``{sms: row of the person who is told by it}``, set-based."""
        # sudo: sms.sms, rgpd.information, res.company - whoever sends them
        messages = self.sudo().filtered(
            lambda sms: (
                not sms.rgpd_information_id
                and NOTICE_PATH not in (sms.body or "")
                and (sms.rgpd_purpose_code or sms._rgpd_company().rgpd_inform_by_mail)
            )
        )
        if not messages:
            return {}
        persons = messages._rgpd_find_persons()
        rows = {
            (row.company_id.id, *anchor): row
            for company, some in messages.grouped(lambda m: m._rgpd_company()).items()
            for anchor, row in self._rgpd_find_rows(
                set().union(*(persons[sms.id] for sms in some)), company
            ).items()
        }
        found = {}
        for sms in messages if rows else ():
            # A number of several persons tells each of them only by their own SMS: it
            # says nobody where the data of somebody else come from
            keys = [(sms._rgpd_company().id, *one) for one in sorted(persons[sms.id])]
            waiting = [rows.get(key) for key in keys]
            if all(waiting) and len({row.id for row in waiting}) == 1:
                found[sms] = waiting[0]
        return found

    def _rgpd_find_rows(self, anchors, company):
        """Return ``{(model, id): row}`` of those who are still to be told.

        :param anchors: ``{(model, id)}`` the SMS are written to; a document leads to
            its customer
        """
        rows, found = self.env["rgpd.information"].sudo(), {}
        ids = {}
        for model, res_id in anchors:
            ids.setdefault(model, []).append(res_id)
        for model, res_ids in ids.items():
            records = self.env[model].sudo().browse(res_ids).exists()
            partners = self.env["rgpd.contact.gate"]._get_partners(records)
            known = self.env["res.partner"].browse(set(partners.values()))
            of_partners = rows._search_waiting(known, company)
            for res_id, partner_id in partners.items():
                if partner_id in of_partners:
                    found[model, res_id] = of_partners[partner_id]
            if model in self.env["rgpd.data.map"]._get_anchor_models():
                others = records.browse(set(records.ids) - set(partners))
                for res_id, row in rows._search_waiting(others, company).items():
                    found[model, res_id] = row
        return found

    def _rgpd_add_notice(self, row):
        """Write where the data come from and the link; told when it has left."""
        record, version = row._get_record(), row._get_version()
        if not record or not version:
            return
        company = row.company_id
        urls = self.env["rgpd.short.link"]._get_urls(record, company, "notice")
        text = row.with_context(lang=version.lang).env._(
            "Your data come from: %(origin)s. Why, and your rights: %(url)s",
            origin=row.source,
            url=urls[record.id],
        )
        self.write(
            {"body": f"{self.body or ''}\n{text}", "rgpd_information_id": row.id}
        )
        row._follow_sms(self)
