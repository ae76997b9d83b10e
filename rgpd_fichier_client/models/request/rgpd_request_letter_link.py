from lxml import etree, html

from odoo import api, fields, models
from odoo.tools import hash_sign, verify_hash_signed

from ...core.datamap import normalise

LINK_SCOPE = "rgpd.request.letter"
# Days a link works after the one the letter is about
CHOICES = {"stay": 1, "erase": 1, "object": 31}


class RgpdRequestLetter(models.Model):
    """The links of a letter the company writes first: stay, object, or be erased."""

    _inherit = "rgpd.request.letter"

    date_stay = fields.Datetime(
        string="Asked to stay in touch on",
        readonly=True,
        copy=False,
        help="Click of the person, confirmed on the page: a contact from them.",
    )

    preview_html = fields.Html(
        string="What the person reads",
        compute="_compute_preview_html",
        sanitize=False,
        help="The links are those of the person: they do nothing here.",
    )

    @api.depends("body_html")
    def _compute_preview_html(self):
        for letter in self:
            body = letter.body_html
            letter.preview_html = body and _deaden(letter._get_mail_body(body))

    def _get_links(self):
        """Return the links of a letter the company writes first, by choice.

        They open a page; only its button acts (a mail scanner follows links). Each
        serves one choice. What only makes sense while the data are there ends with
        the day they go; objecting is possible a month longer.

        :return: ``{"stay": URL, "object": URL, "erase": URL}``
        """
        self.ensure_one()
        left = 0
        if self.date_effect:
            left = max((self.date_effect - fields.Date.context_today(self)).days, 0)
        return {
            choice: f"{self.get_base_url()}/rgpd/letter/"
            f"{self._get_token(choice, left + days)}/{choice}"
            for choice, days in CHOICES.items()
        }

    def _get_token(self, choice, days):
        # sudo: ir.config_parameter - the secret that signs the link
        return hash_sign(
            self.sudo().env,
            LINK_SCOPE,
            [self._origin.id or 0, choice],
            expiration_hours=24 * days,
        )

    @api.model
    def _from_token(self, token, choice):
        """Return the letter of a link, or none: forged, expired, or for nobody.

        A link serves the choice it was made for. To stay or to be erased asks for a
        person who is there, at the address the letter was sent to: whoever has the
        address of a former holder decides nothing.
        """
        try:
            value = verify_hash_signed(self.env, LINK_SCOPE, token)
        except ValueError:
            return self.browse()
        letter_id, made_for = value if isinstance(value, list) else (0, None)
        if not letter_id or made_for != choice:
            return self.browse()
        letter = self.browse(letter_id).exists()
        letter = letter.filtered(lambda x: x.state == "sent" and x.subject_id)
        if choice == "object" or not letter:
            return letter
        return letter.filtered(lambda x: x._is_for_living())

    def _is_for_living(self):
        """Tell whether the person is still in the file, at the same address."""
        self.ensure_one()
        subject = self.subject_id
        record = self._get_subject_record()
        if not record or not record.exists() or not subject.active:
            return False
        if subject.erased_on and not subject.phase:
            return False
        emails = self.env["rgpd.contact.address"]._read_emails(record)
        return normalise.email(self.recipient_email) in emails

    def _stay(self):
        """The person wants to stay in touch: a contact that comes from them."""
        self.ensure_one()
        if not self.date_stay:
            self._sentinel().date_stay = fields.Datetime.now()
            self.env["rgpd.journal"]._record(
                "letter.stay", self.subject_id, {"letter": self.id}, self.company_id
            )
            # sudo: rgpd.reason - computed from the facts
            self.env["rgpd.reason"].sudo()._refresh(self._get_subject_record())
            self._get_warnings()._note_answer("stayed")

    def _ask_erasure(self):
        """The person asks to be erased at once: a request like any other (Art. 17).

        The mailbox the letter was sent to proves who asks. Whoever handles requests
        sees what goes and what must stay; a second click finds the same request.

        :rtype: rgpd.request
        """
        self.ensure_one()
        company = self.company_id
        requests = self.env["rgpd.request"].sudo().with_company(company)
        request, _repeated = requests._receive(
            self._get_subject_record(),
            ["erasure"],
            company=company,
            channel="email",
            identity_status="known",
            identity_means="email",
        )
        self._get_warnings()._note_answer("erasure")
        return request

    def _get_warnings(self):
        # sudo: rgpd.end.warning - the answer of the person to the message
        warnings = self.env["rgpd.end.warning"].sudo()
        return warnings.search([("letter_id", "=", self.id)])

    def _object(self):
        """The person objects to prospecting: at once, without a reason."""
        self.ensure_one()
        self.env["rgpd.consent"]._record(
            self.subject_id,
            None,
            "all",
            "objected",
            method="button",
            collection_point="email",
            company=self.company_id,
            request_key=f"rgpd.request.letter,{self.id}",
            actor="self",
        )

    # === THE MAIL === #

    def _mark_as_offer(self, purpose_code):
        """Have the mail of the letter checked and signed as a message about offers."""
        self.ensure_one()
        subject = self.subject_id
        # sudo: mail.mail - the mail this letter put into the queue
        self.mail_id.sudo().write(
            {
                "model": subject.res_model,
                "res_id": subject.res_id,
                "rgpd_purpose_code": purpose_code,
                "rgpd_company_id": self.company_id.id,
            }
        )

    @api.model
    def _forget(self, subjects):
        """Take the names out of letters that answer no request of erased persons.

        Day, kind and digest stay: the journal holds the same. Letters of a request go
        with it, at the end of its own retention.
        """
        # sudo: rgpd.request.letter - the eraser works for whoever asks
        letters = self.sudo().search(
            [("subject_id", "in", subjects.ids), ("request_id", "=", False)]
        )
        letters.filtered(lambda letter: letter.state == "draft").unlink()
        letters.exists()._drop_words()

    def _get_subject_record(self):
        subject = self.subject_id
        return subject._records().get(subject.res_model)


def _deaden(body):
    """Return HTML whose links lead nowhere: an officer must not act for the person."""
    root = html.fragment_fromstring(str(body), create_parent="div")
    for written in root.find_class("o_rgpd_link_text"):
        written.drop_tree()
    for link in root.iter("a", "area", "form"):
        for name in ("href", "target", "action"):
            link.attrib.pop(name, None)
        if link.tag == "a":
            link.tag = "u"
    return etree.tostring(root, encoding="unicode", method="html")
