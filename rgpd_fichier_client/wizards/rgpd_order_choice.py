import uuid

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import get_lang

# How the customer answered → (collection point, method, where the texts were shown)
HOW = {
    "phone": ("phone", "spoken", "spoken"),
    "counter": ("till", "spoken", "spoken"),
    "paper": ("paper", "form", "paper"),
    "email": ("email", "written", "letter"),
}


class RgpdOrderChoice(models.TransientModel):
    """The choices a customer makes when staff take their order.

    The same boxes as in the portal, unticked, one per purpose and channel, with the
    texts in the language of the customer. What staff record is marked as such.
    """

    _name = "rgpd.order.choice"
    _description = "Choices taken with an order"

    order_id = fields.Many2one(
        "sale.order", required=True, readonly=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(related="order_id.partner_id")
    how = fields.Selection(
        [
            ("phone", "By phone"),
            ("counter", "At the counter"),
            ("paper", "Paper form"),
            ("email", "E-mail or letter"),
        ],
        string="Answered",
        required=True,
        default="phone",
    )
    notice_text = fields.Text(
        string="Read first",
        readonly=True,
        help="The short notice of the order: who uses the data, why, how long, and the "
        "rights (Art. 13 GDPR).",
    )
    line_ids = fields.One2many("rgpd.order.choice.line", "wizard_id", string="Choices")
    is_read = fields.Boolean(
        string="The customer has read or heard these texts",
        help="A choice counts only for who knows what it is about (Art. 4.11 GDPR).",
    )
    scan = fields.Binary(string="Scan or message", attachment=False)
    scan_name = fields.Char()
    request_key = fields.Char(default=lambda self: uuid.uuid4().hex, readonly=True)

    # === OPENING === #

    @api.model
    def _open_for(self, order):
        """Return the action that shows the choices not settled yet.

        :raise UserError: in plain words, when there is nothing to ask
        """
        order.ensure_one()
        order.check_access("write")
        lang = get_lang(self.env, order.partner_id.lang).code
        choices = self.env["rgpd.signature.choice"]
        wizard = self.create(
            {
                "order_id": order.id,
                "notice_text": order.with_context(lang=lang)._get_rgpd_notice_text(),
                "line_ids": [
                    Command.create(
                        {
                            "notice_id": notice.id,
                            "text": choices._prepare(notice, order, lang)["text"],
                        }
                    )
                    for notice in self._get_offered(order)
                ],
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Choices of the customer"),
            "res_model": self._name,
            "res_id": wizard.id,
            "view_mode": "form",
            "target": "new",
        }

    @api.model
    def _get_offered(self, order):
        """Return the notices to show; refuse when there is nobody or nothing to ask."""
        choices = self.env["rgpd.signature.choice"]
        person = choices._get_natural(order.partner_id)
        if not person:
            raise UserError(
                self.env._(
                    "The customer is a company: a choice belongs to a person. Record "
                    "it on the contact who makes it."
                )
            )
        offered = choices._get_offered(order, person)
        if not offered:
            raise UserError(
                self.env._(
                    "There is nothing to ask: this customer has decided already, has "
                    "no address for the channels offered, or the settings offer no "
                    "choice with orders (RGPD, Configuration, Consents and offers)."
                )
            )
        return offered

    # === ACTIONS === #

    def action_record(self):
        """Record what was shown and the boxes ticked; a second click adds nothing.

        :raise UserError: the texts were not shown, or a consent has no proof
        """
        self.ensure_one()
        order = self.order_id
        order.check_access("write")
        if not self.is_read:
            raise UserError(
                self.env._(
                    "Read the texts to the customer or hand them over first, then tick "
                    "“The customer has read or heard these texts”: a choice counts "
                    "only for who knows what it is about (Art. 4.11 GDPR)."
                )
            )
        ticked = self.line_ids.filtered("is_ticked")
        self._check_proof(ticked)
        # sudo: sale.order - who may change the order records the facts of it
        order_sudo = order.sudo()
        self._note_shown(order_sudo)
        for line in ticked:
            self._record_line(order_sudo, line)
        return {"type": "ir.actions.act_window_close"}

    # === BUSINESS METHODS === #

    def _check_proof(self, ticked):
        """Ask for the proof of a consent (Art. 7.1 GDPR).

        Who takes orders gains from consents: unless they are an officer, or the mailbox
        itself will have to answer, the consent comes with what the person wrote.
        """
        consents = ticked.filtered(lambda line: not line.is_objection)
        officer = "rgpd_fichier_client.group_rgpd_officer"
        if not consents or self.scan or self.env.user.has_group(officer):
            return
        # sudo: res.company - a setting, whoever takes the order
        waits = self.order_id.company_id.sudo().rgpd_double_optin == "all"
        if waits and set(consents.mapped("channel")) == {"email"}:
            return
        raise UserError(
            self.env._(
                "Attach what the customer wrote or signed: the company must be able to "
                "prove a consent (Art. 7.1 GDPR). Or send them the quotation, which "
                "asks them in the portal. Objections need no proof."
            )
        )

    def _note_shown(self, order_sudo):
        """Keep the texts shown, the way to object when ordering among them."""
        place = HOW[self.how][2]
        if self.notice_text:
            order_sudo._note_rgpd_notice(place)
        choices = self.env["rgpd.signature.choice"]
        seen = {
            line.notice_id.id: (line._get_digest(), False) for line in self.line_ids
        }
        choices._note_shown(
            order_sudo,
            choices._get_natural(order_sudo.partner_id),
            # sudo: rgpd.notice - shown to the public
            self.line_ids.notice_id.sudo(),
            seen,
            place,
        )

    def _record_line(self, order_sudo, line):
        """Record one ticked box, as entered by staff."""
        point, method, _place = HOW[self.how]
        choices = self.env["rgpd.signature.choice"]
        event = choices._record_one(
            order_sudo,
            choices._get_natural(order_sudo.partner_id),
            line.notice_id.sudo(),  # sudo: rgpd.notice - as above
            line._get_digest(),
            collection_point=point,
            method=method,
            actor="staff",
            proof=self._prepare_proof(),
            request_key=f"order:{self.request_key}:{line.notice_id.id}",
        )
        if not event:
            raise UserError(
                self.env._("A text has changed meanwhile: open the choices again.")
            )

    def _prepare_proof(self):
        """Return the scan, if any."""
        if not self.scan:
            return None
        return {
            "name": self.scan_name or self.env._("Scan"),
            "content": self.scan,
            "note": False,
        }
