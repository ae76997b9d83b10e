from odoo import models


class SmsSms(models.Model):
    """Offers by SMS leave no more often than the person wishes."""

    _inherit = "sms.sms"

    def _rgpd_get_wishes(self):
        """Return ``{sms id: {id of the wish}}`` of the offers among these SMS."""
        groups = self.filtered("rgpd_purpose_code").grouped(
            lambda sms: (sms.rgpd_res_model, sms.rgpd_company_id)
        )
        result = {}
        for (model, company), messages in groups.items():
            records = messages._rgpd_get_records(model)
            if records is None:
                continue
            rows = self.env["rgpd.contact.frequency"]._get_rows(
                records, "sms", company or self.env.company
            )
            result |= {
                sms.id: rows[sms.rgpd_res_id]
                for sms in messages
                if sms.rgpd_res_id in rows
            }
        return result

    def _rgpd_stop_refused(self):
        """Stop too what is a second message of the same batch to somebody."""
        stopped = super()._rgpd_stop_refused()
        repeated = self.browse(
            self.env["rgpd.contact.frequency"]._get_repeated(
                (self - stopped)._rgpd_get_wishes()
            )
        )
        for sms in repeated:
            sms._rgpd_cancel("too_soon")
        return stopped | repeated

    def _rgpd_note_contacts(self):
        """Note the moment for those who wish for fewer offers; these have left."""
        rows = self._rgpd_get_wishes()
        self.env["rgpd.contact.frequency"]._note(set().union(*rows.values()))
        return super()._rgpd_note_contacts()
