import hashlib

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import email_normalize, formataddr

from ...core.request import letters
from .rgpd_request_letter import REPORT

# Answers that give no data away: they may go to whoever asked
WITHOUT_IDENTITY = ("refusal", "objection", "withdrawal", "heir")


class RgpdRequestLetter(models.Model):
    """How a letter leaves: checked, frozen, handed to its channel, journalled."""

    _inherit = "rgpd.request.letter"

    def _check_sendable(self):
        """Raise unless the letter may leave now."""
        if self.state == "sent":
            raise UserError(self.env._("This letter was sent already."))
        if self.request_id.state == "cancelled":
            raise UserError(self.env._("This request was cancelled."))
        told = self.item_ids.filtered("letter_id")
        if told:
            raise UserError(
                self.env._(
                    "A colleague has answered already: %(rights)s.",
                    rights=", ".join(told.mapped(lambda i: i._get_right_label())),
                )
            )
        missing = self._get_missing_labels()
        if missing:
            raise UserError(
                self.env._("Fill in first: %(fields)s.", fields=", ".join(missing))
            )

    def _carry_out(self):
        """Do what the letter tells: one act of the state machine of the request."""
        letter = letters.LETTERS[self.kind]
        act = letter.act
        if self.item_ids and self.kind not in WITHOUT_IDENTITY:
            self.request_id._check_identity()
        if act == "ask_identity":
            self.request_id.action_ask_identity()
        elif act == "ask_clarification":
            self.request_id.action_ask_clarification()
        elif act == "extend":
            self.request_id.extension_reason = self.reason
            self.request_id.action_extend()

    def _freeze(self):
        """Keep the letter as it is sent: text, PDF, digest."""
        subject, body = self._render()
        content, extension = self._print_pdf()
        digest = hashlib.sha256(content).hexdigest()
        owner = self.request_id or self
        # sudo: ir.attachment, rgpd.request.letter - evidence, nobody else writes it
        attachment = (
            self.env["ir.attachment"]
            .sudo()
            .create(
                {
                    "name": self._get_file_name(extension),
                    "raw": content,
                    "res_model": owner._name,
                    "res_id": owner.id,
                }
            )
        )
        self._sentinel().write(
            {
                "state": "sent",
                "date_sent": fields.Datetime.now(),
                "user_id": self.env.uid,
                "sent_subject": subject,
                "sent_body": body,
                "pdf_id": attachment.id,
                "sha256": digest,
            }
        )

    def _print_pdf(self):
        # sudo: ir.actions.report - prints what the officer is allowed to send
        report = self.env["ir.actions.report"].sudo()
        return report._render_qweb_pdf(REPORT, self.ids)

    def _get_file_name(self, extension):
        """Return the file name: reference and kind, nobody's name."""
        reference = "".join(c if c.isalnum() else "-" for c in self._get_reference())
        return f"rgpd-{reference}-{self.kind}.{extension}"

    def _get_letter_day(self):
        """Return the day of the letter, written out."""
        self.ensure_one()
        day = self.date_sent or fields.Datetime.now()
        return self.env["rgpd.letter.text"]._day(
            fields.Datetime.context_timestamp(self, day).date()
        )

    def _get_reference(self):
        """Return what the person quotes to be recognised."""
        self.ensure_one()
        return self.request_id.name or f"LD/{self._origin.id or 0:06d}"

    def _dispatch(self):
        """Hand the letter over to its channel, and say so on the request."""
        labels = dict(self._fields["channel"]._description_selection(self.env))
        message = self.env["mail.message"]
        if self.request_id:
            message = self.request_id.message_post(
                body=self.env._(
                    "Letter sent: %(letter)s (%(channel)s).",
                    letter=self.display_name,
                    channel=labels[self.channel],
                ),
                attachment_ids=self.pdf_id.ids,
                subtype_xmlid="mail.mt_note",
            )
        if self.channel == "email":
            self._queue_mail(message, self.sent_subject, self._get_mail_body(), True)
        elif self.channel == "portal":
            self._announce(message)

    def _queue_mail(self, message, subject, body, with_letter):
        """Put the e-mail into the queue; it leaves after the commit, never before."""
        vals = {
            "subject": subject,
            "body_html": body,
            "email_to": formataddr(
                (self.recipient_name or False, self.recipient_email)
            ),
            "email_from": self._get_sender(),
            "auto_delete": True,
        }
        if message:
            # The answer of the person finds the request by the id of this message
            vals |= {"mail_message_id": message.id, "is_notification": True}
        elif with_letter:
            vals["attachment_ids"] = [fields.Command.link(self.pdf_id.id)]
        # sudo: mail.mail - officers send letters without the rights of mail
        mail = self.env["mail.mail"].sudo().create(vals)
        self._sentinel().mail_id = mail
        self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()

    def _get_mail_body(self, body=None):
        """Return the text of the letter with its footer, as an e-mail.

        :param body: instead of the text that was sent
        """
        return self.env["ir.qweb"]._render(
            "rgpd_fichier_client.rgpd_letter_mail",
            {
                "body": body or self.sent_body,
                "footer": self.with_context(lang=self.lang)._get_footer(),
            },
        )

    def _get_sender(self):
        contact = self.company_id._get_rgpd_contact()
        email = contact["email"] or self.env.user.email or ""
        return formataddr((self.company_id.name, email)) if email else False

    def _announce(self, message):
        """Tell that a letter waits on the portal, without its content."""
        if not email_normalize(self.recipient_email or ""):
            return
        letter = self.with_context(lang=self.lang)
        url = f"{self.get_base_url()}/my/privacy/letters"
        subject = letter.env._("A letter waits for you on your account")
        body = self.env["ir.qweb"]._render(
            "rgpd_fichier_client.rgpd_letter_announcement",
            {
                "text": letter.env._(
                    "An answer about your personal data (reference %(name)s) waits on "
                    "your account:",
                    name=self._get_reference(),
                ),
                "url": url,
                "company": self.company_id,
            },
        )
        self._queue_mail(self.env["mail.message"], subject, body, False)

    def _after_sent(self):
        """Note what is answered; journal the digest; close what is complete."""
        if self.item_ids:
            # sudo: fields nobody writes by hand
            self.item_ids.sudo().write({"letter_id": self.id})
        if self.kind == "restriction_lifting":
            self._note_told()
        if self.notice_id:
            self.notice_id.write(
                {"state": "sent", "date_sent": fields.Date.context_today(self)}
            )
        payload = {
            "letter": self.kind,
            "channel": self.channel,
            "sha256": self.sha256,
            "items": sorted(self.item_ids.mapped("right")),
        }
        if self.request_id:
            self.request_id._journal("letter", **payload)
            self.request_id._close_answered()
        else:
            self.env["rgpd.journal"]._record(
                "letter.sent", self.subject_id, payload, company=self.company_id
            )

    def _note_told(self):
        """Note that the person knows when their restriction ends (Art. 18.3)."""
        restrictions = self.request_id.restriction_ids.filtered(
            lambda restriction: not restriction.date_lifted
        )
        # sudo: rgpd.restriction - fields nobody writes by hand
        restrictions.sudo().write(
            {
                "date_told": fields.Date.context_today(self),
                "date_end": self.date_effect,
            }
        )
