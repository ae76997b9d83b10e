from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import html2plaintext

from ...core.request import proof
from .rgpd_request_intake import TEXT_LIMIT

FILES = 5
SHOWN_TYPES = ("comment", "email", "email_outgoing")


class RgpdRequest(models.Model):
    """The person and the officer write to each other on the account."""

    _inherit = "rgpd.request"

    date_replied = fields.Datetime(
        string="Last reply of the person",
        readonly=True,
        copy=False,
        help="The person wrote on their account; read it in the messages below.",
    )

    date_clarification_asked = fields.Datetime(
        string="Clarification asked on", readonly=True, copy=False
    )

    # === WHAT THE PERSON SEES === #

    def _get_conversation(self, partner):
        """Return what the person wrote and what was written to them, oldest first.

        Notes among colleagues, and messages to others, are none of it.

        :param partner: the contact of the account
        :rtype: list[dict]
        """
        self.ensure_one()
        # sudo: mail.message - those of their own request, of or to them
        messages = self.sudo().message_ids.filtered(
            lambda m: (
                m.message_type in SHOWN_TYPES
                and (
                    m.author_id == partner
                    or (partner in m.partner_ids and not m.is_internal)
                )
            )
        )
        return [
            {
                "is_own": message.author_id == partner,
                "date": message.date,
                "text": html2plaintext(message.body or "", include_references=False),
                "files": message.attachment_ids.mapped("name"),
            }
            for message in messages.sorted("id")
        ]

    def _is_reply_awaited(self):
        """Whether the person has something to answer that they have not yet."""
        self.ensure_one()
        if self.state != "clarification":
            return False
        asked = self.date_clarification_asked
        return not (asked and self.date_replied and self.date_replied >= asked)

    # === BUSINESS METHODS === #

    def _move(self, act, **values):
        """Note when the person was asked what they mean: a reply may answer it."""
        if act == "ask_clarification":
            values["date_clarification_asked"] = fields.Datetime.now()
        return super()._move(act, **values)

    def _can_be_written_to(self):
        """Whether the person may still write about the request."""
        self.ensure_one()
        return self.state != "cancelled" and not self.date_minimised

    def _reply_from_account(self, user, text, files=()):
        """Take what the person of an account writes, with the files they join.

        It lands among the messages of the request; nobody but the officer is told.

        :param user: whose account it is; the caller has checked the request is theirs
        :param files: pairs (name, bytes)
        :raise UserError: nothing was written, too many or too large files, or over
        """
        self.ensure_one()
        text = (text or "").strip()[:TEXT_LIMIT]
        if not self._can_be_written_to():
            raise UserError(
                self.env._("This request is over: make another one instead.")
            )
        if not text and not files:
            raise UserError(self.env._("Write something, or join a file."))
        self._check_files(files)
        self.message_post(
            body=text,
            author_id=user.partner_id.id,
            attachments=list(files),
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            # Whoever follows the request may not be the person
            notify_skip_followers=True,
        )
        self.date_replied = fields.Datetime.now()
        self._journal("replied", files=len(files))
        self._tell_officer(
            self.env._("The person wrote about request %(name)s", name=self.name)
        )

    def _check_files(self, files):
        """Raise unless the files that a browser sent may be kept."""
        if len(files) > FILES:
            raise UserError(
                self.env._("Join at most %(number)s files at once.", number=FILES)
            )
        if any(len(content) > proof.PAPER_BYTES for _name, content in files):
            raise UserError(self.env._("Join files of less than 8 MB."))
