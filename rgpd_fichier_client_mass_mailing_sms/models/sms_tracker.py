from odoo import models


class SmsTracker(models.Model):
    _inherit = "sms.tracker"

    def _update_sms_traces(
        self, trace_status, failure_type=False, failure_reason=False
    ):
        """Keep in the journal that the number of a person does not work any more."""
        traces = super()._update_sms_traces(
            trace_status, failure_type=failure_type, failure_reason=failure_reason
        )
        if trace_status == "bounce":
            traces._rgpd_journal_bounce()
        return traces
