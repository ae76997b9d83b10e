from odoo import fields, models

# What the provider says of an SMS that will not arrive
FAILED = ("bounce", "exception")


class SmsTracker(models.Model):
    _inherit = "sms.tracker"

    rgpd_delivered = fields.Boolean(
        string="Delivered",
        readonly=True,
        help="The provider said that the SMS arrived: a later bounce counts for "
        "nothing.",
    )

    def _update_sms_notifications(
        self, notification_status, failure_type=False, failure_reason=False
    ):
        """A notice by SMS that was not delivered has told nobody (Art. 14 GDPR).

        A bounce after the SMS arrived is ignored, as by Odoo, whose "sent" means that.
        """
        result = super()._update_sms_notifications(
            notification_status,
            failure_type=failure_type,
            failure_reason=failure_reason,
        )
        if notification_status == "sent":
            self.rgpd_delivered = True
        elif notification_status in FAILED:
            failed = self
            if notification_status == "bounce":
                failed = self.filtered(lambda tracker: not tracker.rgpd_delivered)
            self.env["rgpd.notice.shown"]._note_sms_returned(failed.mapped("sms_uuid"))
        return result
