from odoo import api, fields, models
from odoo.exceptions import UserError

from ...core.datamap import normalise
from ...core.request import proof
from .rgpd_request_intake import MEANS_OF_ADDRESS

# What was proved holds for the person it was proved for, whatever the way.
MEANS_OF_PERSON = (*MEANS_OF_ADDRESS, "code", "details")
# After these acts nobody needs a copy of an identity paper any more.
DECISIVE_ACTS = ("confirm_identity", "answer", "refuse", "close", "cancel")
SENDING_STATES = ("new", "in_progress", "extended")


class RgpdRequest(models.Model):
    """Establish who asks, with the least that settles it (Art. 12.6 GDPR)."""

    _inherit = "rgpd.request"

    check_ids = fields.One2many("rgpd.request.check", "request_id")
    paper_ids = fields.One2many("rgpd.request.paper", "request_id")
    identity_hint = fields.Char(
        compute="_compute_identity_hint",
        help="The least that would settle who asks.",
    )

    # === COMPUTE METHODS === #

    @api.depends("identity_status", "identity_means", "partner_id", "subject_id")
    @api.depends_context("lang")
    def _compute_identity_hint(self):
        for request in self:
            request.identity_hint = request._get_identity_hint()

    def _get_identity_hint(self):
        """Return the next step in words, the least intrusive first."""
        self.ensure_one()
        if self.identity_status == "known" or self.is_done:
            return False
        if not self._get_person():
            return self.env._("Say first who is meant, under “Persons”.")
        known = self._get_known_addresses()
        if known:
            return self.env._(
                "Send a code to the address that is known: %(address)s.",
                address=proof.mask_address(self._choose_address(known)),
            )
        return self.env._(
            "No e-mail address is known: ask for the number and the amount of the "
            "last order. A copy of an identity paper comes last."
        )

    # === CRUD METHODS === #

    def write(self, vals):
        """Doubt who asks again when the request turns out to be about another one."""
        if not vals.keys() & {"partner_id", "subject_id"}:
            return super().write(vals)
        before = {request: request._get_person() for request in self}
        result = super().write(vals)
        for request, person in before.items():
            now = request._get_person()
            if (
                person
                and now
                and (person._name, person.id) != (now._name, now.id)
                and request.identity_status == "known"
                and request.identity_means in MEANS_OF_PERSON
                and not request._is_account_of(now)
            ):
                request.identity_status = "doubt"
        return result

    # === ACTION METHODS === #

    def action_send_code(self):
        """Send a code to an address the file knows, and a link to who asks."""
        for request in self:
            request._send_code()
        return True

    def action_send_identity_link(self):
        """Send the link alone: who asks gives the details of their last order."""
        for request in self:
            if not normalise.email(request.requester_email):
                raise UserError(
                    self.env._("Give the address to answer to first, or ask by phone.")
                )
            request._ask_identity_once()
            check, secret = self.env["rgpd.request.check"]._open(request)
            request._send_identity_link(check, secret)
        return True

    def action_check_identity(self):
        """Type in what the person says on the phone or at the counter."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("What the person says"),
            "res_model": "rgpd.request.check.wizard",
            "view_mode": "form",
            "target": "new",
            "context": {"default_request_id": self.id},
        }

    def action_ask_paper(self):
        """Ask for a copy of an identity paper, with a reason: the last resort."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Copy of an identity paper: the last resort"),
            "res_model": "rgpd.request.paper",
            "view_mode": "form",
            "target": "new",
            "context": {"default_request_id": self.id},
        }

    # === BUSINESS METHODS === #

    def _move(self, act, **values):
        """Destroy the copies of identity papers once they have served."""
        result = super()._move(act, **values)
        if act in DECISIVE_ACTS:
            self.paper_ids._destroy()
        return result

    def _get_known_addresses(self):
        """Return the e-mail addresses of the records that are the person."""
        self.ensure_one()
        person = self._get_person()
        finder = self.env["rgpd.person.finder"]
        addresses = []
        for records in filter(None, (person, self._get_confirmed_partners())):
            for identifiers in finder._get_identifiers(records).values():
                addresses += [i.value for i in identifiers if i.kind == "email"]
        return list(dict.fromkeys(addresses))

    def _choose_address(self, known):
        """Return the address that who asks uses when it is known, else the first."""
        asker = normalise.email(self.requester_email)
        return asker if asker in known else known[0]

    def _send_code(self):
        """Send a code to a known address, and a link to who asks.

        The owner of the known address is told not to pass the code on when they asked
        for nothing; the mail holds the link only when it is the same person's.

        :raise UserError: nobody is meant yet, or no address is known
        """
        self.ensure_one()
        self.check_access("write")
        known = self._get_known_addresses()
        if not known:
            raise UserError(
                self.env._(
                    "No e-mail address is known of this person: say who is meant, or "
                    "ask for the details of an order."
                )
            )
        self._ask_identity_once()
        address, code = self._choose_address(known), proof.make_code()
        check, secret = self.env["rgpd.request.check"]._open(self, code, address)
        asker = normalise.email(self.requester_email)
        link = self._get_identity_link(secret)
        self._mail_identity(
            "rgpd_request_code_mail",
            address,
            rgpd_code=code,
            rgpd_link=link if asker == address else False,
            rgpd_asker=proof.mask_address(asker) if asker else False,
        )
        if asker and asker != address:
            self._send_identity_link(check, secret)
        self._journal("code_sent")

    def _send_identity_link(self, _check, secret):
        """Send the link of a check to who asks."""
        self.ensure_one()
        self._mail_identity(
            "rgpd_request_identity_mail",
            normalise.email(self.requester_email),
            rgpd_link=self._get_identity_link(secret),
        )

    def _get_identity_link(self, secret):
        return f"{self.get_base_url()}/privacy/identity/{secret}"

    def _mail_identity(self, template, address, **context):
        """Send one mail whose secrets are kept nowhere once it is gone.

        The note of the sending stays: an answer finds the request by its number.
        """
        self.ensure_one()
        found = self.env.ref(f"rgpd_fichier_client.{template}")
        # sudo: mail.template - officers send these mails, they do not write them
        rendered = (
            found.sudo()
            .with_context(
                lang=self._get_letter_lang(), rgpd_hours=proof.CODE_HOURS, **context
            )
            ._generate_template(
                self.ids, ("body_html", "email_from", "reply_to", "subject")
            )[self.id]
        )
        names = ("body_html", "email_from", "reply_to", "subject")
        vals = {name: rendered[name] for name in names if rendered.get(name)}
        note = self.message_post(
            body=self.env._(
                "Mail sent to %(address)s: who are you?",
                address=proof.mask_address(address),
            ),
            subtype_xmlid="mail.mt_note",
        )
        # sudo: mail.mail - as above
        self.env["mail.mail"].sudo().create(
            {
                **vals,
                "email_to": address,
                "auto_delete": True,
                "mail_message_id": note.id,
                "is_notification": True,
            }
        )
        cron = self.env.ref("mail.ir_cron_mail_scheduler_action", False)
        if cron:
            cron.sudo()._trigger()  # sudo: ir.cron - so that the code comes soon

    def _ask_identity_once(self):
        """Let the clock stand still from the first time identity is asked."""
        self.ensure_one()
        if self.state in SENDING_STATES and not self.date_identity_asked:
            self.action_ask_identity()
        elif self.identity_status != "awaited":
            self.identity_status = "awaited"

    def _ask_paper(self, is_awaited):
        """Ask for the copy by the link, when who asks can be written to."""
        self.ensure_one()
        self._ask_identity_once()
        self._journal("paper_asked")
        if is_awaited and normalise.email(self.requester_email):
            check, secret = self.env["rgpd.request.check"]._open(self)
            self._send_identity_link(check, secret)

    def _establish(self, means):
        """Who asks is established, by the person's own act."""
        self.ensure_one()
        self.identity_means = means
        if self.state in ("new", "identity"):
            self.action_confirm_identity()
        else:
            asked = self.date_identity_asked
            vals = {"identity_status": "known"}
            if asked and not self.date_identity_received:
                vals["date_identity_received"] = fields.Date.context_today(self)
            self.write(vals)
            self.paper_ids._destroy()
        self._journal("identity_established", means=means)
        self._tell_officer(
            self.env._("Request %(name)s: it is established who asks", name=self.name)
        )

    def _receive_proof(self, kind, content):
        """Take a paper of who acts for the person, by the link.

        :raise UserError: unknown kind, too large, too many, or not a document
        """
        self.ensure_one()
        kinds = [code for group in self._get_missing_proofs() for code in group]
        if kind not in kinds or len(self.proof_ids) >= 5:
            raise UserError(self.env._("Nothing more is needed."))
        self.env["rgpd.request.proof"]._receive(self, kind, content)

    def _receive_paper(self, content):
        """Take the copy of an identity paper that was asked for.

        :raise UserError: none is awaited, too large, or not a document
        """
        self.ensure_one()
        paper = self.paper_ids.filtered(lambda paper: paper.state == "awaited")[:1]
        if not paper:
            raise UserError(self.env._("Nothing more is needed."))
        paper._take(content)

    def _receive_file(self, what, content):
        """Take a file that was asked for, into the encrypted store; tell the officer.

        :param str what: `paper`, or a kind of `rgpd.request.proof`
        :param bytes content: the file
        :raise UserError: it was not asked for, is too large, or is not a document
        """
        self.ensure_one()
        if what == "paper":
            self._receive_paper(content)
        else:
            self._receive_proof(what, content)
        self._tell_officer(
            self.env._("A paper has come about request %(name)s", name=self.name)
        )
