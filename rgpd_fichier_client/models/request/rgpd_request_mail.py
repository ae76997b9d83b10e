from odoo import api, models
from odoo.tools import html2plaintext
from odoo.tools.mail import email_split_tuples

from ...core.datamap import normalise
from .ir_attachment_intake import CLOSED
from .rgpd_request_intake import TEXT_LIMIT


class RgpdRequest(models.Model):
    """Requests by mail: one mail is one request, and answers join it."""

    _inherit = "rgpd.request"
    # Odoo counts the requests of one sender by it, and stops a loop of mails
    _primary_email = "requester_email"

    @api.model
    def message_new(self, msg_dict, custom_values=None):
        """Open a request for a mail; the clock runs from its arrival (Art. 12.3).

        The sender of a mail is easily forged: who asks is in doubt until the officer
        or a code sent to a known address says otherwise. The officer says which
        rights are meant and whose data it is about; who forwards a mail of a customer
        as a colleague is not taken for who asks.
        """
        company = self._get_mail_company(custom_values)
        mails = self._get_attached_mails(msg_dict)
        text = self._get_mail_text(msg_dict, mails)
        sender = self._prepare_sender_vals(
            msg_dict.get("email_from"), text, company, mails
        )
        request = super().message_new(
            msg_dict,
            {
                **(custom_values or {}),
                "name": "/",
                "company_id": company.id,
                "channel": "email",
                "officer_id": company.rgpd_request_officer_id.id,
                "text": text,
                "identity_status": "doubt",
                "identity_means": False,
            },
        )
        request.write(sender)
        request._look_for_person()
        request._announce()
        return request

    def message_update(self, msg_dict, update_vals=None):
        """Tell the officer that the person wrote again."""
        result = super().message_update(msg_dict, update_vals)
        for request in self:
            request._tell_officer(
                self.env._("A mail has come about request %(name)s", name=request.name)
            )
        return result

    def _process_attachments_for_post(
        self, attachments, attachment_ids, message_values
    ):
        """Store what came with a mail without opening it."""
        closed = self.with_context(**{CLOSED: True})
        return super(RgpdRequest, closed)._process_attachments_for_post(
            attachments, attachment_ids, message_values
        )

    # === HELPERS === #

    @api.model
    def _get_mail_company(self, custom_values):
        """Return the company of the mailbox: its alias says which."""
        company_id = (custom_values or {}).get("company_id")
        company = self.env["res.company"].browse(company_id or [])
        return company.exists() or self.env.company

    @api.model
    def _get_sender_name(self, email_from):
        pairs = email_split_tuples(email_from or "")
        return (pairs[0][0] if pairs else "") or normalise.email(email_from)

    @api.model
    def _get_mail_text(self, msg_dict, mails=()):
        """Return the subject and the words of a mail, as plain text.

        :param mails: attached ones, whose words follow unless they are there already
        """
        words = html2plaintext(msg_dict.get("body") or "", include_references=False)
        subject = (msg_dict.get("subject") or "").strip()
        parts = [subject, words.strip()]
        # Odoo adds the text of a mail that came as message/rfc822 to the body
        known = normalise.fold(" ".join(words.split()))
        for mail in mails:
            attached = self._get_attached_words([mail])
            head, _gap, body = attached.partition("\n\n")
            is_known = normalise.fold(" ".join((body or head).split())) in known
            parts.append(head if is_known and body else "" if is_known else attached)
        return "\n\n".join(filter(None, parts))[:TEXT_LIMIT]

    @api.model
    def _get_own_addresses(self):
        """Return the addresses at which this database receives mails by itself."""
        # sudo: mail.alias, mail.alias.domain - to recognise a loop
        aliases = self.env["mail.alias"].sudo()
        found = aliases.search([("alias_model_id.model", "=", "rgpd.request")])
        domains = self.env["mail.alias.domain"].sudo().search([], limit=50)
        return {
            *found.mapped("alias_full_name"),
            *domains.mapped("bounce_email"),
            *domains.mapped("catchall_email"),
        } - {False}
