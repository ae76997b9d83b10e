import logging

from odoo import api, fields, models
from odoo.tools import mail

from ..journal.savepoint import savepoint

_logger = logging.getLogger(__name__)


class MailMail(models.Model):
    """A mail of marketing: asked about again when it leaves, and signed as such."""

    _inherit = "mail.mail"

    rgpd_purpose_code = fields.Char(
        string="Purpose",
        readonly=True,
        copy=False,
        help="Purpose for which the person may get this mail; empty for mail that "
        "serves an order or a duty.",
    )
    rgpd_verdict_code = fields.Char(
        string="Contact check",
        readonly=True,
        copy=False,
        help="Answer of the contact check when the mail was written, or when it was "
        "stopped.",
    )
    rgpd_company_id = fields.Many2one(
        "res.company", string="Controller", readonly=True, ondelete="set null"
    )
    rgpd_information_id = fields.Many2one(
        "rgpd.information",
        string="Notice of Art. 14",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The person is told by this mail once it has left.",
    )
    rgpd_version_id = fields.Many2one(
        "rgpd.notice.version",
        string="Text of the notice",
        readonly=True,
        copy=False,
        ondelete="set null",
    )

    # === SENDING === #

    def send(self, auto_commit=False, raise_exception=False, post_send_callback=None):
        """Stop the mail of who said no since it was written (art. 21.3 GDPR)."""
        stopped = self._rgpd_stop_unlawful()
        if marketing := (self - stopped).filtered("rgpd_purpose_code"):
            stopped |= marketing._rgpd_stop_refused()
        return super(MailMail, self - stopped).send(
            auto_commit=auto_commit,
            raise_exception=raise_exception,
            post_send_callback=post_send_callback,
        )

    def _rgpd_stop_unlawful(self):
        """Cancel again the mails no purpose allowed when they were written.

        Whoever retries them would else send them without any check.
        """
        refused = self.filtered(
            lambda email: email.rgpd_verdict_code and not email.rgpd_purpose_code
        )
        for email in refused:
            email._rgpd_cancel({"code": email.rgpd_verdict_code})
        return refused

    def _rgpd_stop_refused(self):
        """Cancel the mails that may not leave any more, and return them."""
        stopped = self.browse()
        for mails, verdicts in self._rgpd_check():
            for email in mails:
                verdict = verdicts.get(email.res_id)
                if verdict is None or not verdict["allowed"]:
                    email._rgpd_cancel(verdict)
                    stopped |= email
        return stopped

    def _rgpd_check(self):
        """Yield ``(mails, verdicts)`` for each model, purpose and company."""
        gate = self.env["rgpd.contact.gate"]
        groups = self.grouped(
            lambda email: (email.model, email.rgpd_purpose_code, email.rgpd_company_id)
        )
        for (model, code, company), mails in groups.items():
            known = model in self.env
            verdicts = (
                gate._check(
                    self.env[model].browse(set(mails.mapped("res_id"))),
                    code,
                    "email",
                    company or self.env.company,
                )
                if known
                else {}
            )
            yield mails, verdicts

    def _rgpd_cancel(self, verdict):
        """Cancel one mail, with the reason."""
        self.ensure_one()
        code = verdict["code"] if verdict else "person_missing"
        self.write(
            {
                "state": "cancel",
                "failure_type": "mail_optout",
                "failure_reason": self.env["rgpd.contact.sentence"]._get(code),
                "rgpd_verdict_code": code,
            }
        )

    # === WHAT LEAVES === #

    def _prepare_outgoing_list(self, mail_server=False, doc_to_followers=None):
        """Sign mail of marketing and let people object with one click."""
        emails = super()._prepare_outgoing_list(
            mail_server=mail_server, doc_to_followers=doc_to_followers
        )
        if not self.rgpd_purpose_code:
            self.env["rgpd.marketing.block"]._filter(self, emails)
        if self.rgpd_purpose_code and self.model in self.env and self.res_id:
            self._rgpd_sign(emails)
        elif not self.rgpd_purpose_code:
            self.env["rgpd.first.contact"]._complete(self, emails)
        return emails

    def _rgpd_sign(self, emails):
        """Add who writes, why, and the way out (L. 34-5 CPCE, RFC 8058).

        Safe to call twice on the same list.
        """
        record = self.env[self.model].browse(self.res_id)
        url, preference_url = self._rgpd_get_links()
        if not url:
            return
        footer = None
        for email in emails:
            email["headers"] = {
                **email["headers"],
                "List-Unsubscribe": f"<{url}>",
                "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            }
            if "o_rgpd_footer" not in (email["body"] or ""):
                if footer is None:
                    notice = self._rgpd_get_first_notice(record)
                    footer = self._rgpd_render_footer(
                        record, url, preference_url, notice
                    )
                email["body"] = mail.append_content_to_html(
                    email["body"] or "", footer, plaintext=False
                )
                email["body_alternative"] = mail.html2plaintext(email["body"])

    def _rgpd_find_information(self, record):
        """Return the row of a person still to be told where their data come from."""
        rows = self.env["rgpd.information"]
        person = self.env["rgpd.contact.person"]._of(record.exists())
        company = self.rgpd_company_id or self.env.company
        return rows._find_waiting(person, company) if person else rows

    def _rgpd_get_first_notice(self, record):
        """Return the notice that the first message to a person carries.

        Art. 14.3.b GDPR: who is written to is told at the latest in that message.
        """
        waiting = self._rgpd_find_information(record)
        if not waiting:
            return ""
        return self.env["rgpd.form.notice"]._get_html(waiting._get_version().text)

    def _postprocess_sent_message(
        self, success_pids, success_emails, failure_reason=False, failure_type=None
    ):
        """Record that the notice of Art. 14 left with the message.

        Odoo comes here without a fault, too, when there was nobody to send it to.
        """
        has_left = bool(success_pids or success_emails) and not failure_type
        notices = self.filtered("rgpd_information_id")
        offers = (self - notices).filtered("rgpd_purpose_code")
        for email in self - notices - offers:
            self.env["rgpd.first.contact"]._note(email, success_pids, success_emails)
        if notices or (has_left and offers):
            self._rgpd_note_sent(notices, offers, has_left)
        return super()._postprocess_sent_message(
            success_pids,
            success_emails,
            failure_reason=failure_reason,
            failure_type=failure_type,
        )

    @api.model
    def _rgpd_note_sent(self, notices, offers, has_left):
        """Record what follows from these mails; a fault of it takes none back."""
        try:
            with savepoint(self.env):
                notices._rgpd_note_notices(has_left)
                if has_left:
                    offers._rgpd_note_offers()
        except Exception as error:  # noqa: BLE001 - the mails have left
            _logger.warning(
                "What follows from mails %s could not be recorded: %s",
                (notices | offers).ids,
                type(error).__name__,
            )

    def _rgpd_note_offers(self):
        """Record whom these offers, which have left, told by the way (Art. 14.3.b)."""
        for email in self:
            if email.model in self.env and email.res_id:
                record = self.env[email.model].browse(email.res_id)
                waiting = email._rgpd_find_information(record)
                if waiting:
                    waiting._note_first_contact()
                    waiting._close(
                        waiting._get_version(),
                        "first_mail",
                        message_ref=email.message_id,
                    )

    def _rgpd_note_notices(self, has_left):
        """Record which persons these mails told, or that they could not leave."""
        for email in self:
            # sudo: rgpd.information - the queue of mails has no rights of its own
            row = email.sudo().rgpd_information_id
            if has_left:
                row._note_left(email.rgpd_version_id, "first_mail", email.message_id)
            else:
                row._note_failed()

    @api.model
    def _rgpd_render_footer(self, record, url, preference_url, notice=""):
        """Return the end of a message, in the language of the person."""
        person = self.env["rgpd.contact.person"]
        company = self.rgpd_company_id or self.env.company
        this = self.with_context(lang=person._get_lang(record))
        # sudo: res.company - the sender introduces itself
        return this.env["ir.qweb"]._render(
            "rgpd_fichier_client.marketing_footer",
            {
                "company": company.sudo().with_context(lang=this.env.lang),
                "notice": notice,
                "reason": this.env["rgpd.contact.sentence"]._get_reason(
                    self.rgpd_purpose_code, company
                ),
                "unsubscribe_url": url,
                "preference_url": preference_url,
            },
        )
