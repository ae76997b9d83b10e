from odoo import models

# Whose wishes the mails of one batch concern: read once, noted as each leaves
ROWS = "rgpd_wish_rows"


class MailMail(models.Model):
    """Offers by mail leave no more often than the person wishes."""

    _inherit = "mail.mail"

    def send(self, auto_commit=False, raise_exception=False, post_send_callback=None):
        """Read for the whole batch who wishes for fewer offers."""
        mails = self
        if rows := self._rgpd_get_wishes():
            mails = self.with_context(**{ROWS: rows})
        return super(MailMail, mails).send(
            auto_commit=auto_commit,
            raise_exception=raise_exception,
            post_send_callback=post_send_callback,
        )

    def _rgpd_get_wishes(self):
        """Return ``{mail id: {id of the wish}}`` of the offers among these mails."""
        groups = self.filtered("rgpd_purpose_code").grouped(
            lambda email: (email.model, email.rgpd_company_id)
        )
        result = {}
        for (model, company), mails in groups.items():
            if model not in self.env:
                continue
            rows = self.env["rgpd.contact.frequency"]._get_rows(
                self.env[model].browse(set(mails.mapped("res_id")) - {0}),
                "email",
                company or self.env.company,
            )
            result |= {m.id: rows[m.res_id] for m in mails if m.res_id in rows}
        return result

    def _rgpd_stop_refused(self):
        """Stop too what is a second message of the same batch to somebody."""
        stopped = super()._rgpd_stop_refused()
        rows = self.env.context.get(ROWS) or {}
        leaving = {m.id: rows[m.id] for m in self - stopped if m.id in rows}
        repeated = self.env["rgpd.contact.frequency"]._get_repeated(leaving)
        for email in self.browse(repeated):
            email._rgpd_cancel({"code": "too_soon"})
        return stopped | self.browse(repeated)

    def _postprocess_sent_message(
        self, success_pids, success_emails, failure_reason=False, failure_type=None
    ):
        """Note the moment for those who wish for fewer offers."""
        rows = self.env.context.get(ROWS)
        if rows and not failure_type:
            self.env["rgpd.contact.frequency"]._note(
                set().union(*(rows.get(mail_id, ()) for mail_id in self.ids))
            )
        return super()._postprocess_sent_message(
            success_pids,
            success_emails,
            failure_reason=failure_reason,
            failure_type=failure_type,
        )
