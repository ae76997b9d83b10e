from odoo import api, models

from odoo.addons.rgpd_fichier_client.models.datamap.digits_index import get_digits_index
from odoo.addons.rgpd_fichier_client.models.datamap.later_index import LaterIndex


class MailingTrace(models.Model):
    """The trace of an SMS: another channel, another consent to be followed."""

    _inherit = "mailing.trace"

    # As the finder asks for a number
    _rgpd_number_idx = LaterIndex(get_digits_index("sms_number"))

    def _rgpd_get_tracking_purpose(self):
        """A consent to the measure of e-mails says nothing of SMS (art. 82 LIL).

        The register has this purpose where the company asks for that consent;
        elsewhere no link is followed.
        """
        if self.trace_type == "sms":
            return "sms_tracking"
        return super()._rgpd_get_tracking_purpose()

    def _rgpd_journal_bounce(self):
        """Keep in the journal that the numbers of persons do not work any more."""
        # sudo: rgpd.journal - the mail gateway has no rights of its own
        journal = self.env["rgpd.journal"].sudo()
        for trace in self:
            record = trace._rgpd_get_person()
            if record:
                journal._record(
                    "contact.bounced",
                    record,
                    {
                        "channel": "sms",
                        "mailing": trace.mass_mailing_id.id,
                    },
                    company=trace.mass_mailing_id.rgpd_company_id or self.env.company,
                )

    @api.model
    def _rgpd_object_by_number(self, mailing_id, code, number):
        """Record the objection of whoever got an SMS on this number (art. 21.2 GDPR).

        Nothing tells whether anybody was found. Where the record the SMS was for has
        gone, the number is put on Odoo's blacklist.

        :param str code: code of the trace, as in a link of Odoo
        :param str number: E.164, empty when it is none
        """
        traces = number and self.search(
            [
                ("trace_type", "=", "sms"),
                ("sms_code", "=", code),
                ("mass_mailing_id", "=", mailing_id),
                ("sms_number", "=", number),
                ("is_test_trace", "=", False),
            ]
        )
        for trace in traces or ():
            person = trace._rgpd_get_person()
            if not person:
                self.env["phone.blacklist"].sudo()._add([number])
                continue
            # sudo: rgpd.subject - the signature of the visitor is the number
            subject = self.env["rgpd.subject"].sudo()._of(person)
            self.env["rgpd.preference.center"]._object(
                subject,
                trace.mass_mailing_id.rgpd_company_id or self.env.company,
                "sms",
            )
