import hashlib

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import email_normalize

from ...core.request import letters

# Cannot come through RPC: only the methods of this file write what was sent.
SENT_SENTINEL = object()
REPORT = "rgpd_fichier_client.rgpd_request_letter_report"
TEMPLATE = "rgpd_fichier_client.rgpd_letter_%s"
# Answers that give no data away: they may go to whoever asked
WITHOUT_IDENTITY = ("refusal", "objection", "withdrawal", "heir")
# What a draft may still change
EDITABLE = {
    "channel",
    "lang",
    "reason",
    "done_text",
    "note",
    "date_effect",
    "last_contact",
    "password_channel",
    "recipient_name",
    "recipient_email",
    "recipient_address",
}


class TypedContent:
    """The content of a letter under edition: no RPC can put one into a context."""

    def __init__(self, html):
        self.html = html


class RgpdRequestLetter(models.Model):
    """A letter to a person about their rights, as a draft and then as evidence.

    The draft is its own preview: the elements the law asks for come by themselves, in
    the language of the person, and cannot be left out. Sending freezes the text,
    prints it, carries out the act it tells (Art. 12.3 and 12.4) and journals its
    digest, all in one transaction.
    """

    _name = "rgpd.request.letter"
    _description = "Letter about the Rights of a Person"
    _order = "id desc"
    _rec_name = "kind"

    kind = fields.Selection(
        [
            ("acknowledgement", "Acknowledgement of receipt"),
            ("identity", "Proof of identity asked"),
            ("clarification", "Clarification asked"),
            ("extension", "Extension of the period"),
            ("refusal", "Refusal with reasons"),
            ("access", "Answer to an access request"),
            ("portability", "Answer to a portability request"),
            ("rectification", "Correction carried out"),
            ("erasure", "Confirmation of erasure"),
            ("erasure_partial", "Erasure in part"),
            ("objection", "Objection recorded"),
            ("restriction", "Restriction in place"),
            ("restriction_lifting", "Restriction about to be lifted"),
            ("withdrawal", "Withdrawal of consent recorded"),
            ("automated", "Decision looked at by a person"),
            ("heir", "Request of an heir, directives after death"),
            ("recipients", "Notice to a recipient"),
            ("retention_end", "End of the retention of a prospect"),
            ("account_inactive", "Inactive account"),
        ],
        string="Letter",
        required=True,
        readonly=True,
    )
    request_id = fields.Many2one(
        "rgpd.request", readonly=True, ondelete="cascade", index="btree_not_null"
    )
    notice_id = fields.Many2one(
        "rgpd.request.notice", readonly=True, ondelete="set null"
    )
    item_ids = fields.Many2many(
        "rgpd.request.item",
        string="Rights answered",
        readonly=True,
        help="Rights whose decision this letter tells.",
    )
    subject_id = fields.Many2one(
        "rgpd.subject",
        string="Record of the person",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    user_id = fields.Many2one(
        "res.users", string="Sent by", readonly=True, ondelete="set null"
    )
    state = fields.Selection(
        [("draft", "Draft"), ("sent", "Sent")],
        required=True,
        default="draft",
        readonly=True,
        index=True,
    )
    # How, to whom
    channel = fields.Selection(
        [
            ("email", "By e-mail"),
            ("portal", "On the customer portal"),
            ("post", "Printed, by post"),
            ("hand", "Printed, handed over"),
        ],
        required=True,
        default="email",
        help="An electronic request is answered electronically unless the person asks "
        "otherwise (Art. 12.3 GDPR).",
    )
    lang = fields.Selection(
        selection=lambda self: self.env["res.lang"].get_installed(),
        string="Language",
        required=True,
        default=lambda self: self.env.lang or "en_US",
    )
    recipient_name = fields.Char(string="To")
    recipient_email = fields.Char(string="E-mail")
    recipient_address = fields.Text(string="Postal address")
    # What the officer fills in
    reason = fields.Text(
        string="Reasons",
        help="Told to the person: why there is a doubt, what is unclear, why more time "
        "is needed, why the restriction ends.",
    )
    done_text = fields.Text(
        string="Already done", help="What was done so far; told to the person."
    )
    note = fields.Text(
        string="Your own words", help="Added before the closing of the letter."
    )
    date_effect = fields.Date(
        string="Takes effect on",
        help="Day on which the data are deleted, the account is closed or the "
        "restriction ends.",
    )
    last_contact = fields.Date(string="Last contact or activity")
    password_channel = fields.Selection(
        [("phone", "phone"), ("sms", "SMS"), ("post", "post"), ("hand", "hand")],
        default="phone",
        help="The password never travels with the archive.",
    )
    reference = fields.Char(compute="_compute_reference")
    # The text
    subject = fields.Char(compute="_compute_text")
    content_html = fields.Html(
        string="Content", compute="_compute_content_html", sanitize=False
    )
    body_html = fields.Html(string="Preview", compute="_compute_text", sanitize=False)
    missing_text = fields.Char(string="Still missing", compute="_compute_missing_text")
    # Evidence
    date_sent = fields.Datetime(string="Sent on", readonly=True, copy=False)
    sent_subject = fields.Char(readonly=True, copy=False)
    sent_body = fields.Html(readonly=True, copy=False, sanitize=False)
    pdf_id = fields.Many2one(
        "ir.attachment",
        string="File kept",
        readonly=True,
        copy=False,
        ondelete="set null",
    )
    sha256 = fields.Char(
        string="SHA-256",
        readonly=True,
        copy=False,
        help="Digest of the letter as it was sent; it is in the journal too.",
    )
    is_intact = fields.Boolean(
        string="As it was sent",
        compute="_compute_is_intact",
        help="The file kept has the digest noted when it was sent.",
    )
    mail_id = fields.Many2one(
        "mail.mail", readonly=True, copy=False, ondelete="set null"
    )
    mail_failure = fields.Char(compute="_compute_mail_failure")

    # === COMPUTE METHODS === #

    @api.depends("kind", "request_id.name", "recipient_name")
    def _compute_display_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for letter in self:
            parts = (letter.request_id.name, labels.get(letter.kind))
            letter.display_name = " · ".join(filter(None, parts))

    @api.depends("request_id.name")
    def _compute_reference(self):
        for letter in self:
            letter.reference = letter._get_reference()

    @api.depends_context("lang", "rgpd_letter_typed")
    @api.depends(*EDITABLE, "kind", "item_ids.decision", "item_ids.note")
    def _compute_content_html(self):
        typed = self.env.context.get("rgpd_letter_typed")
        for letter in self:
            if isinstance(typed, TypedContent):
                letter.content_html = typed.html
                continue
            letter.content_html = self.env["ir.qweb"]._render(
                "rgpd_fichier_client.rgpd_letter_content",
                {"blocks": self.env["rgpd.letter.text"]._get_blocks(letter)},
            )

    @api.depends("state", "content_html", "lang", "sent_body", "sent_subject")
    def _compute_text(self):
        for letter in self:
            if letter.state == "sent":
                letter.subject, letter.body_html = letter.sent_subject, letter.sent_body
            elif letter._origin.id:
                letter.subject, letter.body_html = letter._render()
            else:
                letter.subject = letter.body_html = False

    @api.depends("kind", *EDITABLE)
    def _compute_missing_text(self):
        for letter in self:
            letter.missing_text = ", ".join(letter._get_missing_labels())

    @api.depends("sha256", "pdf_id")
    def _compute_is_intact(self):
        for letter in self:
            # sudo: ir.attachment - the digest tells nothing of the letter
            # A form asks for sizes instead of contents: not here
            raw = letter.pdf_id.sudo().with_context(bin_size=False).raw
            letter.is_intact = bool(raw) and (
                hashlib.sha256(raw).hexdigest() == letter.sha256
            )

    @api.depends("mail_id.state")
    def _compute_mail_failure(self):
        for letter in self:
            # sudo: mail.mail - the officer must know that their letter has not left
            mail = letter.mail_id.sudo()
            letter.mail_failure = mail.state == "exception" and (
                mail.failure_reason or self.env._("The e-mail could not be sent.")
            )

    # === CRUD METHODS === #

    def write(self, vals):
        """Let drafts change in what the officer decides; never what was sent."""
        if self.env.context.get("rgpd_letter_sent") is SENT_SENTINEL:
            return super().write(vals)
        if any(letter.state == "sent" for letter in self):
            raise UserError(
                self.env._("This letter was sent: it is evidence and cannot change.")
            )
        if not self.env.su and vals.keys() - EDITABLE:
            raise AccessError(self.env._("This field is filled in by the system."))
        return super().write(vals)

    @api.model_create_multi
    def create(self, vals_list):
        """Make drafts only."""
        for vals in vals_list:
            if vals.get("state", "draft") != "draft" or vals.get("sha256"):
                raise AccessError(self.env._("A letter starts as a draft."))
        return super().create(vals_list)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_sent(self):
        if any(letter.state == "sent" for letter in self):
            raise UserError(
                self.env._("A letter that was sent is evidence: it is kept.")
            )

    @api.autovacuum
    def _gc_drafts(self):
        """Drop the drafts nobody sent."""
        self.search(
            [("state", "=", "draft"), ("write_date", "<", "-7d")], limit=1000
        ).unlink()

    # === PREPARING === #

    @api.model
    def _prepare(self, request, kind, **values):
        """Return a draft of one letter about a request.

        :param request: `rgpd.request`
        :param str kind: key of `core.request.letters.LETTERS`
        :raise UserError: no decision fits this letter, or no recipient is named
        """
        request.check_access("write")
        letter = letters.LETTERS[kind]
        items = self._get_items(request, kind)
        if (
            letter.rights
            and not items
            and not request.item_ids.filtered(lambda item: item.right in letter.rights)
        ):
            raise UserError(
                self.env._("No right of this request is answered by this letter.")
            )
        notice = self.env["rgpd.request.notice"].browse(values.get("notice_id"))
        if letter.to_recipient and not notice:
            raise UserError(self.env._("Choose the recipient to tell first."))
        # sudo: readonly fields, filled in by this method alone
        draft = self.sudo().create(
            {
                "kind": kind,
                "request_id": request.id,
                "company_id": request.company_id.id,
                "item_ids": [fields.Command.set(items.ids)],
                "subject_id": self.env["rgpd.subject"]
                ._of(request._get_person(), create=False)[:1]
                .id,
                "reason": request.extension_reason if kind == "extension" else False,
                **self._prepare_recipient(request, notice),
                **values,
            }
        )
        return draft.sudo(False)

    @api.model
    def _prepare_for_subject(self, subject, kind, company, **values):
        """Return a draft of a letter that answers nobody (T17, T18).

        :param subject: `rgpd.subject` the company writes to first
        """
        record = subject._records().get(subject.res_model)
        request = self.env["rgpd.request"].new({"company_id": company.id})
        address = ""
        if subject.res_model == "res.partner":
            request.partner_id = record
            address = request._get_postal_address(record)
        contact = request._prepare_person_vals(record) if record else {}
        draft = self.sudo().create(
            {
                "kind": kind,
                "company_id": company.id,
                "subject_id": subject.id,
                "lang": request._get_letter_lang(),
                "recipient_name": contact.get("requester_name"),
                "recipient_email": contact.get("requester_email"),
                "recipient_address": address,
                "channel": "email" if contact.get("requester_email") else "post",
                "last_contact": subject.date_last_contact,
                **values,
            }
        )
        return draft.sudo(False)

    @api.model
    def _prepare_recipient(self, request, notice):
        """Return to whom, in which language and how the letter goes."""
        if notice:
            partner = notice.processor_id.partner_id or notice.recipient_id.partner_id
            return {
                "lang": request._get_letter_lang(),
                "recipient_name": notice.recipient_name,
                "recipient_email": notice.recipient_email,
                "recipient_address": request._get_postal_address(partner),
                "channel": "email" if notice.recipient_email else "post",
            }
        return {
            "lang": request._get_letter_lang(),
            "recipient_name": request._get_answer_name(),
            "recipient_email": request._get_answer_email(),
            "recipient_address": request._get_answer_address(),
            "channel": request._get_answer_channel(),
        }

    @api.model
    def _get_items(self, request, kind):
        """Return the rights of the request that the letter answers."""
        todo = request.item_ids.filtered(lambda item: not item.letter_id)
        found = letters.get_answered(
            kind, [(item.id, item.right, item.decision) for item in todo]
        )
        return todo.browse(found)

    # === TEXT === #

    def _render(self):
        """Return subject and body in the language of the letter."""
        self.ensure_one()
        letter = self._origin
        # sudo: mail.template - the words of the company, for whoever sends
        template = self.env.ref(TEMPLATE % self.kind).sudo()
        template = template.with_context(lang=self.lang)
        if letter != self:
            # The template reads what is saved: give it what is typed
            content = self.with_context(lang=self.lang).content_html
            template = template.with_context(rgpd_letter_typed=TypedContent(content))
        rendered = [
            template._render_field(name, letter.ids, set_lang=self.lang)[letter.id]
            for name in ("subject", "body_html")
        ]
        return tuple(rendered)

    def _get_footer(self):
        """Return the lines that end every letter, in the language of the context."""
        self.ensure_one()
        return self.env["rgpd.letter.text"]._get_footer(self)

    def _get_missing_labels(self):
        """Return the labels of what must be filled in before sending."""
        self.ensure_one()
        values = {name: self[name] for name in ("reason", "date_effect")}
        missing = letters.get_missing(self.kind, values)
        by_mail = self.channel == "email" or self._has_copy_link()
        if by_mail and not email_normalize(self.recipient_email or ""):
            missing.append("recipient_email")
        if self.channel == "post" and not (self.recipient_address or "").strip():
            missing.append("recipient_address")
        info = self.fields_get(missing, ["string"]) if missing else {}
        labels = [info[name]["string"] for name in missing]
        if letters.LETTERS[self.kind].rights and not self.item_ids:
            labels.append(self.env._("the decision on the right"))
        return labels

    # === ACTION METHODS === #

    def action_send(self):
        """Send the letter: print it, keep it, journal it, and carry its act out.

        :raise UserError: something is missing, or a colleague was faster
        """
        self.ensure_one()
        self.check_access("write")
        if self.request_id:
            self.request_id.check_access("write")
            # Of two officers the second waits here, then sees what the first one sent
            self.request_id.lock_for_update()
        self.lock_for_update()
        self._check_sendable()
        self._carry_out()
        self._freeze()
        self._dispatch()
        self._after_sent()
        if self.channel in ("post", "hand"):
            return self._get_print_action()
        return {"type": "ir.actions.act_window_close"}

    def action_preview(self):
        """Keep what was filled in and show the preview again."""
        return self._get_action()

    def action_print(self):
        """Print the draft or the letter that was sent."""
        self.ensure_one()
        if self.state == "sent":
            return self._get_print_action()
        return self.env.ref(REPORT).report_action(self)

    def _get_action(self):
        """Return the action that shows the draft with its preview."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.display_name,
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    def _get_print_action(self):
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self.pdf_id.id}?download=true",
            "target": "download",
        }

    def _sentinel(self):
        """Return the same letter, allowed to change once more."""
        # sudo: rgpd.request.letter - evidence is written by this file alone
        return self.sudo().with_context(rgpd_letter_sent=SENT_SENTINEL)
