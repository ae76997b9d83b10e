from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import email_normalize, hash_sign, verify_hash_signed

from ..register.rgpd_selection import get_label

CANCEL_SCOPE = "rgpd.request.erasure"
# How an answer goes out when the request came in by that way (Art. 12.3)
ANSWER_CHANNEL = {
    "portal": "portal",
    "email": "email",
    "form": "email",
    "post": "post",
    "person": "hand",
}


class RgpdRequest(models.Model):
    """What a request leads to: letters, acts, recipients told, and what letters say."""

    _inherit = "rgpd.request"

    letter_ids = fields.One2many("rgpd.request.letter", "request_id", string="Letters")
    letter_count = fields.Integer(compute="_compute_letter_count")
    notice_ids = fields.One2many(
        "rgpd.request.notice", "request_id", string="Recipients told"
    )
    erasure_ids = fields.Many2many(
        "rgpd.erasure", string="Certificates", readonly=True, copy=False
    )
    requester_address = fields.Text(
        string="Postal address to answer to",
        help="Where a letter goes when it is not the address of the contact; kept with "
        "the request when the contact is erased.",
    )
    requester_lang = fields.Char(readonly=True, copy=False)

    # === COMPUTE METHODS === #

    def _compute_letter_count(self):
        for request in self:
            sent = request.letter_ids.filtered(lambda letter: letter.state == "sent")
            request.letter_count = len(sent)

    # === ACTION METHODS === #

    def action_write_letter(self):
        """Choose the letter to write; the one that comes next is proposed."""
        self.ensure_one()
        wizard = self.env["rgpd.letter.wizard"].create({"request_id": self.id})
        return wizard._get_action()

    def action_open_letters(self):
        """Show the letters of the request."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "rgpd_fichier_client.rgpd_request_letter_action"
        )
        return {**action, "domain": [("request_id", "=", self.id)]}

    # === BUSINESS METHODS - ANSWER === #

    def _get_next_letter(self):
        """Return the kind of letter that comes next, as a proposal."""
        self.ensure_one()
        sent = self.letter_ids.filtered(lambda letter: letter.state == "sent")
        decided = self.item_ids.filtered(
            lambda item: item.decision and not item.letter_id
        )
        if decided:
            return decided[0]._get_letter_kind()
        if "acknowledgement" not in sent.mapped("kind"):
            return "acknowledgement"
        if self.identity_status == "doubt":
            return "identity"
        return "extension" if not self.is_extended else "clarification"

    def _close_answered(self):
        """Move the request on once every right has its answer (Art. 12.3, 12.4)."""
        self.ensure_one()
        items = self.item_ids
        if self.is_done or not items or not all(item.letter_id for item in items):
            return
        if set(items.mapped("decision")) == {"refused"}:
            self.action_refuse()
            return
        if self.state == "new":
            self.action_start()
        if self.state in ("in_progress", "extended"):
            self.action_answer()

    def _keep_contact(self):
        """Keep where to answer before the contact itself is erased."""
        for request in self:
            request.write(
                {
                    "requester_name": request._get_answer_name(),
                    "requester_email": request._get_answer_email(),
                    "requester_address": request._get_answer_address(),
                    "requester_lang": request._get_letter_lang(),
                }
            )

    # === BUSINESS METHODS - PLANNED ERASURE === #

    def _get_cancel_link(self):
        """Return the link by which the person takes a planned erasure back."""
        self.ensure_one()
        days = (self.date_erase_planned - fields.Date.context_today(self)).days + 1
        # sudo: ir.config_parameter - the secret that signs the link
        token = hash_sign(
            self.sudo().env, CANCEL_SCOPE, self.id, expiration_hours=24 * max(days, 1)
        )
        return f"{self.get_base_url()}/rgpd/erasure/{token}"

    @api.model
    def _from_cancel_token(self, token):
        """Return the request of a link while its erasure is planned, or none."""
        try:
            request_id = verify_hash_signed(self.env, CANCEL_SCOPE, token)
        except ValueError:
            return self.browse()
        request = self.browse(request_id or ()).exists()
        return request.filtered(lambda r: r.date_erase_planned and not r.is_done)

    def _tell_planned_erasure(self):
        """Tell the person when they are erased, and how to change their mind."""
        self.ensure_one()
        email = email_normalize(self._get_answer_email() or "")
        if not email:
            return
        request = self.with_context(lang=self._get_letter_lang())
        body = self.env["ir.qweb"]._render(
            "rgpd_fichier_client.rgpd_letter_announcement",
            {
                "text": request.env._(
                    "As you asked (reference %(name)s), your data will be erased on "
                    "%(date)s. If you change your mind before that day, use this link:",
                    name=self.name,
                    date=request._format_day(self.date_erase_planned),
                ),
                "url": self._get_cancel_link(),
                "company": self.company_id,
            },
        )
        contact = self.company_id._get_rgpd_contact()
        # sudo: mail.mail - officers have no rights on the queue
        self.env["mail.mail"].sudo().create(
            {
                "subject": request.env._("Your data will be erased"),
                "body_html": body,
                "email_to": email,
                "email_from": contact["email"] or self.env.user.email,
                "auto_delete": True,
            }
        )
        self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()

    # === BUSINESS METHODS - WHERE TO ANSWER === #

    def _get_answer_name(self):
        self.ensure_one()
        # sudo: res.partner - the letter is addressed whatever the officer may read
        return self.requester_name or self.sudo()._get_person().display_name or ""

    def _get_answer_email(self):
        self.ensure_one()
        person = self.sudo()._get_person()  # sudo: as above
        known = person.email if "email" in person._fields else False
        return self.requester_email or known or False

    def _get_answer_address(self):
        self.ensure_one()
        if self.requester_address:
            return self.requester_address
        # An agent or an heir does not live with the person
        own = self.requester_kind == "person"
        return self._get_postal_address(self.partner_id) if own else ""

    def _get_postal_address(self, partner):
        """Return the postal lines of a contact, without its name."""
        partner = partner.sudo()  # sudo: res.partner - as above
        if not partner or not (partner.street or partner.city):
            return ""
        lines = partner._display_address(without_company=True).splitlines()
        return "\n".join(line.strip() for line in lines if line.strip())

    def _get_answer_channel(self):
        """Return the way the answer goes: the way the request came, if it can."""
        self.ensure_one()
        channel = ANSWER_CHANNEL.get(self.channel)
        # sudo: res.users - whether the person has an account
        users = self.sudo().partner_id.user_ids
        if channel == "portal" and not users:
            channel = "email"
        if channel in (None, "email"):
            channel = "email" if self._get_answer_email() else "post"
        return channel

    # === BUSINESS METHODS - WHAT LETTERS TELL === #

    def _get_informed_names(self, operation):
        """Return the recipients told of an operation (Art. 19)."""
        self.ensure_one()
        told = self.notice_ids.filtered(
            lambda n: n.operation == operation and n.state in ("sent", "done")
        )
        return told.mapped("recipient_name")

    def _get_kept_rows(self):
        """Return rows (data, why, until) of what an erasure had to leave."""
        self.ensure_one()
        # sudo: rgpd.erasure - certificates name nobody
        lines = self.sudo().erasure_ids.line_ids.filtered(lambda x: x.kind == "kept")
        rows = [
            [
                ", ".join(filter(None, (line.model_name, line.category_name))),
                line.article or get_label(line, "note") or "",
                self._format_day(line.end_date),
            ]
            for line in lines
        ]
        return [list(row) for row in dict.fromkeys(map(tuple, rows))]

    def _get_objected_scopes(self):
        """Return the channels on which the person objects today."""
        self.ensure_one()
        choices = self._get_choices("objected")
        channels = [get_label(choice, "channel") for choice in choices]
        return list(dict.fromkeys(channels))

    def _get_withdrawn_rows(self):
        """Return rows (purpose, channel, day) of the consents taken back."""
        self.ensure_one()
        return [
            [
                choice.purpose_id.name or self.env._("All purposes"),
                get_label(choice, "channel"),
                self._format_day(choice.moment.date()),
            ]
            for choice in self._get_choices("withdrawn")
        ]

    def _get_choices(self, status):
        # sudo: rgpd.consent - the person's own choices are told to them
        persons = self.sudo()._get_person()
        subjects = self.env["rgpd.subject"].sudo()._of(persons, create=False)
        return (
            self.env["rgpd.consent"]
            .sudo()
            .search(
                [
                    ("subject_id", "in", subjects.ids),
                    ("company_id", "=", self.company_id.id),
                    ("status", "=", status),
                ]
            )
        )

    def _get_recipient_identity(self):
        """Return the least that lets a recipient recognise the person."""
        self.ensure_one()
        person = self.sudo()._get_person()  # sudo: as above
        if person and not self.erasure_ids:
            values = self._prepare_person_vals(person)
        else:
            values = {"requester_email": self.requester_email}
            values["requester_name"] = self.requester_name
        known = (values.get("requester_name"), values.get("requester_email"))
        return ", ".join(filter(None, known)) or self.name

    def _get_letter_lang(self):
        """Return the language kept when the person was erased, or the usual one."""
        lang = super()._get_letter_lang()
        if self.requester_lang and self.requester_lang in dict(
            # sudo: res.lang - which languages are installed is no secret
            self.env["res.lang"].sudo().get_installed()
        ):
            return self.requester_lang
        return lang

    def _format_day(self, day):
        return self.env["rgpd.letter.text"]._day(day) if day else ""

    # === BUSINESS METHODS - ITEMS === #

    def _check_open(self):
        """Raise unless the request may still be worked on."""
        for request in self:
            if request.is_done:
                raise UserError(
                    request.env._("This request is closed: reopen it to work on it.")
                )
