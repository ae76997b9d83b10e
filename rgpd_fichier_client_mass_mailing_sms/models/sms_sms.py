from odoo import models


class SmsSms(models.Model):
    """An SMS of a mailing: followed only with consent, stopped with its trace."""

    _inherit = "sms.sms"

    def _send(self, unlink_failed=False, unlink_sent=True, raise_exception=False):
        """Ask who may be followed just before the SMS leave."""
        self.filtered("mailing_id")._rgpd_unfollow()
        return super()._send(
            unlink_failed=unlink_failed,
            unlink_sent=unlink_sent,
            raise_exception=raise_exception,
        )

    def _rgpd_unfollow(self):
        """Restore the links of who did not agree to be followed (art. 82 LIL)."""
        followed = self._rgpd_get_traces()._rgpd_may_track()
        for sms in self - self.browse(followed.mapped("sms_id_int")):
            body = self.env["link.tracker"]._rgpd_restore_links(sms.body or "")
            if body != (sms.body or ""):
                sms.body = body

    def _rgpd_cancel(self, code):
        """Cancel the trace of the SMS too, with the reason."""
        result = super()._rgpd_cancel(code)
        self._rgpd_get_traces().write(
            {
                "trace_status": "cancel",
                "failure_type": "rgpd_blocked",
                "rgpd_code": code,
            }
        )
        return result

    def _rgpd_get_traces(self):
        """Return the traces of these SMS, those made a moment ago included.

        Odoo links the two by a number: what it keeps in its cache misses the new ones.
        """
        # sudo: mailing.trace - the sender may not read what became of each SMS
        traces = self.env["mailing.trace"].sudo()
        return traces.search([("sms_id_int", "in", self.ids)])
