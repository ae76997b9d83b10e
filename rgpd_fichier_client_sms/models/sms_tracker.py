from odoo import models

# What the provider says of an SMS that will not arrive
FAILED = ("bounce", "exception")


class SmsTracker(models.Model):
    _inherit = "sms.tracker"

    def _update_sms_notifications(
        self, notification_status, failure_type=False, failure_reason=False
    ):
        """A notice by SMS that was not delivered has told nobody (Art. 14 GDPR)."""
        result = super()._update_sms_notifications(
            notification_status,
            failure_type=failure_type,
            failure_reason=failure_reason,
        )
        if notification_status in FAILED:
            self.env["rgpd.notice.shown"]._note_sms_returned(self.mapped("sms_uuid"))
        return result
