import base64

from odoo import api, fields, models
from odoo.exceptions import UserError

from .ir_attachment_intake import CLOSED


class RgpdRequestProof(models.Model):
    """A paper that shows that somebody may act for the person.

    A mandate says who acts, for whom, which rights, before which controller, and for
    how long; a family book, an act or a judgment gives a title (LIL Art. 85, décret
    2019-536 art. 124).
    """

    _name = "rgpd.request.proof"
    _description = "Proof That Somebody Acts for a Person"
    _order = "request_id, id"
    _rec_name = "kind"

    request_id = fields.Many2one(
        "rgpd.request", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="request_id.company_id", store=True)
    kind = fields.Selection(
        [
            ("mandate", "Written mandate"),
            ("family_book", "Family record book"),
            ("birth_certificate", "Birth certificate"),
            ("judgment", "Judgment"),
            ("notarial_act", "Notarial act of inheritance"),
        ],
        required=True,
        default="mandate",
        help="A mandate names who acts, for whom, which rights, before which company "
        "and for how long.",
    )
    file = fields.Binary(attachment=True, string="Copy")
    file_name = fields.Char()
    date_until = fields.Date(
        string="Valid until", help="A mandate is good for the time it says."
    )
    state = fields.Selection(
        [
            ("received", "Received"),
            ("accepted", "Accepted"),
            ("rejected", "Not sufficient"),
        ],
        required=True,
        default="received",
        readonly=True,
    )
    checked_by_id = fields.Many2one("res.users", string="Looked at by", readonly=True)
    note = fields.Char(help="What is missing, in the words to tell the person.")

    # === ACTION METHODS === #

    def action_accept(self):
        """The paper shows what it should."""
        today = fields.Date.context_today(self)
        for proof in self:
            if proof.date_until and proof.date_until < today:
                raise UserError(
                    self.env._("This mandate is over: ask for one that is valid.")
                )
            proof._look("accepted")

    def action_reject(self):
        """The paper does not show enough; the note says what is missing."""
        for proof in self:
            if not (proof.note or "").strip():
                raise UserError(
                    self.env._("Write first what is missing: the person is told it.")
                )
            proof._look("rejected")

    # === BUSINESS METHODS === #

    def _look(self, state):
        self.ensure_one()
        self.request_id.check_access("write")
        # sudo: rgpd.request.proof - the state is kept by the buttons only
        self.sudo().write({"state": state, "checked_by_id": self.env.uid})
        self.request_id._journal(f"proof_{state}", proof=self.kind)

    @api.model
    def _receive(self, request, kind, content, mimetype):
        """Keep a paper that came by the link, without opening it."""
        end = mimetype.rpartition("/")[2]
        # sudo: rgpd.request.proof - the link of the request is the right to send it
        self.sudo().with_context(**{CLOSED: True}).create(
            {
                "request_id": request.id,
                "kind": kind,
                "file": base64.b64encode(content),
                "file_name": f"{kind}.{end}",
            }
        )
        request._journal("proof_received", proof=kind)

    @api.model_create_multi
    def create(self, vals_list):
        """A paper comes in as received, whatever the caller says."""
        if not self.env.su:
            vals_list = [
                {name: vals[name] for name in vals if name != "state"}
                for vals in vals_list
            ]
        return super().create(vals_list)

    def write(self, vals):
        """Only the buttons decide; a decided paper does not change."""
        if not self.env.su and (
            "state" in vals
            or vals.keys() & {"file", "kind", "request_id"}
            and any(proof.state == "accepted" for proof in self)
        ):
            raise UserError(
                self.env._("A paper that was accepted does not change: add another.")
            )
        return super().write(vals)
