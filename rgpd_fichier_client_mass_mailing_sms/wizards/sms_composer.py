from odoo import models

BLOCKED = "rgpd_blocked"


class SmsComposer(models.TransientModel):
    """The composer of a mailing says what the mailing says, and nothing else."""

    _inherit = "sms.composer"

    # === BUSINESS METHODS === #

    def _rgpd_is_marketing(self):
        if self._is_mass_sms():
            return self.mailing_id._rgpd_is_marketing()
        return super()._rgpd_is_marketing()

    def _rgpd_get_plan(self):
        """A mailing brings its own purposes."""
        if self._is_mass_sms():
            return self.mailing_id._rgpd_get_plan()
        return super()._rgpd_get_plan()

    def _rgpd_check_purpose(self):
        """A mailing is asked when it is queued; one from before reaches nobody.

        An error here would stop the mailings that wait behind it.
        """
        others = self.filtered(lambda composer: not composer._is_mass_sms())
        return super(SmsComposer, others)._rgpd_check_purpose()

    # === SENDING === #

    def _prepare_mass_sms_trace_values(self, record, sms_values):
        """Leave Odoo's link out: it acts when it is opened, and carries ids."""
        body = sms_values["body"]
        values = super()._prepare_mass_sms_trace_values(record, sms_values)
        sms_values["body"] = body
        return values

    def _prepare_mass_sms_values(self, records):
        """Keep the verdict with the trace of each recipient."""
        result = super()._prepare_mass_sms_values(records)
        if self._is_mass_sms():
            for values in result.values():
                trace = values["mailing_trace_ids"][0][2]
                trace["rgpd_code"] = values.get("rgpd_verdict_code")
                if values["failure_type"] == BLOCKED:
                    trace["trace_status"] = "cancel"
                    trace["failure_type"] = BLOCKED
        return result

    def _filter_out_and_handle_revoked_sms_values(self, sms_values_all):
        """Whoever is left out of a mailing has a trace that says why, and no SMS."""
        if not self._is_mass_sms():
            return super()._filter_out_and_handle_revoked_sms_values(sms_values_all)
        stopped = {
            res_id: values
            for res_id, values in sms_values_all.items()
            if values["failure_type"] == BLOCKED
        }
        # sudo: mailing.trace - the sender may not write what became of each SMS
        self.env["mailing.trace"].sudo().create(
            [values["mailing_trace_ids"][0][2] for values in stopped.values()]
        )
        return super()._filter_out_and_handle_revoked_sms_values(
            {k: values for k, values in sms_values_all.items() if k not in stopped}
        )
