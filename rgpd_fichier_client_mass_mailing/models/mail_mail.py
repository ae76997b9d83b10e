import re

from odoo import fields, models

PIXEL = re.compile(r'<img[^>]*src="[^"]*/mail/track/[^"]*"[^>]*/?>')


class MailMail(models.Model):
    """A mail of a mailing: followed only with consent, stopped with its trace."""

    _inherit = "mail.mail"

    rgpd_is_tracked = fields.Boolean(
        string="Opens and clicks are followed",
        readonly=True,
        help="Only with the consent of the person (art. 82 LIL).",
    )

    def send(self, auto_commit=False, raise_exception=False, post_send_callback=None):
        """Ask who may be followed just before the mails leave."""
        mailings = self.filtered("mailing_id")
        if mailings:
            traces = mailings.mailing_trace_ids
            followed = traces._rgpd_may_track().mail_mail_id
            (mailings & followed).rgpd_is_tracked = True
            (mailings - followed).filtered("rgpd_is_tracked").rgpd_is_tracked = False
        return super().send(
            auto_commit=auto_commit,
            raise_exception=raise_exception,
            post_send_callback=post_send_callback,
        )

    def _rgpd_get_controller(self):
        company = self.rgpd_company_id or self.mailing_id.rgpd_company_id
        return company or super()._rgpd_get_controller()

    def _rgpd_get_signed(self):
        """A mailing about an order lets people object too."""
        return super()._rgpd_get_signed() | self.filtered("mailing_id")

    def _rgpd_cancel(self, verdict):
        """Cancel the trace of the mail too, with the reason."""
        result = super()._rgpd_cancel(verdict)
        self.mailing_trace_ids.write(
            {
                "trace_status": "cancel",
                "failure_type": "rgpd_blocked",
                "rgpd_code": self.rgpd_verdict_code,
            }
        )
        return result

    def _prepare_outgoing_body(self):
        """Leave out the pixel and restore the links of who is not followed."""
        body = super()._prepare_outgoing_body()
        if not body or not self.mailing_id or self.rgpd_is_tracked:
            return body
        wrapper = body.__class__
        text = PIXEL.sub("", str(body))
        return wrapper(self.env["link.tracker"]._rgpd_restore_links(text))

    def _prepare_outgoing_list(self, mail_server=False, doc_to_followers=None):
        """Sign last: the headers of the mailing are made before."""
        this = self
        if self.mailing_id and self.res_id:
            # The mailing asks for its link by the number of the record
            way_out = (self.mailing_id.id, self.res_id, self._rgpd_get_links()[0])
            this = self.with_context(rgpd_way_out=way_out)
        emails = super(MailMail, this)._prepare_outgoing_list(
            mail_server=mail_server, doc_to_followers=doc_to_followers
        )
        if self.rgpd_purpose_code and self.model in self.env and self.res_id:
            self._rgpd_sign(emails)
        return emails
