from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import html2plaintext

from ...core.datamap import normalise
from ...core.request import forwarding


class RgpdRequest(models.Model):
    """A colleague who forwards a mail is not who asks (Art. 12.6 GDPR)."""

    _inherit = "rgpd.request"

    forwarded_by_id = fields.Many2one(
        "res.users",
        string="Forwarded by",
        readonly=True,
        copy=False,
        ondelete="set null",
        help="A colleague whose mail opened the request: say who asks.",
    )
    proposed_name = fields.Char(
        string="Name in the forwarded mail", readonly=True, copy=False
    )
    proposed_email = fields.Char(
        string="Address in the forwarded mail",
        readonly=True,
        copy=False,
        help="Read in the text of the mail, which anybody can write: compare it with "
        "the mail before you take it.",
    )
    is_sender_unclear = fields.Boolean(compute="_compute_is_sender_unclear")

    @api.depends("forwarded_by_id", "requester_email", "is_done")
    def _compute_is_sender_unclear(self):
        for request in self:
            request.is_sender_unclear = (
                bool(request.forwarded_by_id)
                and not request.requester_email
                and not request.is_done
            )

    # === ACTION METHODS === #

    def action_take_sender(self):
        """The sender read in the forwarded mail is who asks."""
        for request in self.filtered("proposed_email"):
            request._set_sender(request.proposed_name, request.proposed_email)

    def action_take_colleague(self):
        """The colleague asks for their own data."""
        for request in self.filtered("forwarded_by_id"):
            partner = request.forwarded_by_id.partner_id
            request._set_sender(partner.name, normalise.email(partner.email))

    def _set_sender(self, name, email):
        """Say who asks, then look for them in the file."""
        self.ensure_one()
        self.write(
            {
                "requester_name": name or email,
                "requester_email": email,
                "proposed_name": False,
                "proposed_email": False,
            }
        )
        self._journal("sender_named")
        self._look_for_person()

    # === BUSINESS METHODS === #

    @api.model
    def _find_colleague(self, email, company):
        """Return the user of the company whose address this is, or none."""
        if not email:
            return self.env["res.users"]
        domain = Domain("share", "=", False)
        domain &= Domain("company_ids", "in", company.ids)
        domain &= Domain("partner_id.email_normalized", "=", email) | Domain(
            "login", "=ilike", email
        )
        # sudo: res.users - to tell a colleague from a customer
        return self.env["res.users"].sudo().search(domain, limit=1)

    @api.model
    def _get_attached_mails(self, msg_dict):
        """Return the mails attached to a mail that came in.

        :rtype: list[email.message.EmailMessage]
        """
        attachments = msg_dict.get("attachments") or ()
        return forwarding.read_attached((name, data) for name, data, *_ in attachments)

    @api.model
    def _get_attached_words(self, mails):
        """Return what stands in attached mails, as plain text."""
        words = []
        for subject, text, is_html in map(forwarding.read_words, mails):
            if is_html:
                text = html2plaintext(text, include_references=False)
            words += filter(None, (subject.strip(), text.strip()))
        return "\n\n".join(words)

    @api.model
    def _read_original_sender(self, text, mails):
        """Return name and address of who wrote what a colleague passed on, or None.

        An attached mail is read before the words around it. Several senders are left
        to the officer.
        """
        if not mails:
            return forwarding.read_sender(text)
        senders = {address: name for name, address in map(_read_header, mails)}
        if len(senders) != 1 or None in senders:
            return None
        [(address, name)] = senders.items()
        return name, address

    @api.model
    def _prepare_sender_vals(self, email_from, text, company, mails=()):
        """Return who asks, or the colleague who forwarded and whom they forwarded.

        :param mails: those attached to the mail, see `_get_attached_mails`
        """
        email = normalise.email(email_from)
        colleague = self._find_colleague(email, company)
        if not colleague:
            return {
                "requester_name": self._get_sender_name(email_from),
                "requester_email": email,
            }
        found = self._read_original_sender(text, mails)
        name, original = found or (False, False)
        if original and self._find_colleague(original, company):
            # A colleague of a colleague: nothing is known of who asks
            name = original = False
        return {
            "requester_name": False,
            "requester_email": False,
            "forwarded_by_id": colleague.id,
            "proposed_name": name,
            "proposed_email": original,
        }


def _read_header(mail):
    return forwarding.read_header(mail) or (None, None)
