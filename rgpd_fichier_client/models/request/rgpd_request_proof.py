from odoo import api, fields, models
from odoo.exceptions import MissingError, UserError

# What nobody writes by hand
KEPT = ("checked_by_id", "date_received", "mimetype", "state")


class RgpdRequestProof(models.Model):
    """A paper that shows that somebody may act for the person.

    A mandate says who acts, for whom, which rights, before which controller, and for
    how long; a family book, an act or a judgment gives a title (LIL Art. 85, décret
    2019-536 art. 124). It tells much about the person: it is encrypted, and each look
    at it is journalled.
    """

    _name = "rgpd.request.proof"
    _description = "Proof That Somebody Acts for a Person"
    _inherit = ["rgpd.request.sealed"]
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
    file_name = fields.Char(
        string="Paper received",
        compute="_compute_file_name",
        help="What it is, and nobody's name.",
    )
    date_received = fields.Datetime(readonly=True)
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

    # === COMPUTE METHODS === #

    @api.depends("kind", "mimetype")
    def _compute_file_name(self):
        for proof in self:
            end = (proof.mimetype or "").rpartition("/")[2]
            proof.file_name = end and f"{proof.kind}.{end}"

    # === ACTION METHODS === #

    def action_accept(self):
        """The paper shows what it should."""
        today = fields.Date.context_today(self)
        for proof in self:
            if proof.date_until and proof.date_until < today:
                raise UserError(
                    self.env._("This mandate is over: ask for one that is valid.")
                )
            proof._decide("accepted")

    def action_reject(self):
        """The paper does not show enough; the note says what is missing."""
        for proof in self:
            if not (proof.note or "").strip():
                raise UserError(
                    self.env._("Write first what is missing: the person is told it.")
                )
            proof._decide("rejected")

    def action_look(self):
        """Show the paper in a tab of its own."""
        self.ensure_one()
        self._check_look()
        return self._get_look_action("proof")

    # === BUSINESS METHODS === #

    def _decide(self, state):
        self.ensure_one()
        self.request_id.check_access("write")
        # sudo: rgpd.request.proof - the state is kept by the buttons only
        self.sudo().write({"state": state, "checked_by_id": self.env.uid})
        self.request_id._journal(f"proof_{state}", proof=self.kind)

    def _take(self, content):
        """Keep the paper, sealed, and say on which day it came."""
        result = super()._take(content)
        # sudo: rgpd.request.proof - dated by itself
        self.sudo().date_received = fields.Datetime.now()
        self.request_id._journal("proof_received", proof=self.kind)
        return result

    def _look(self):
        """Return the bytes of the paper to an officer, and journal the look.

        :raise AccessError: no right on the request
        :raise MissingError: no paper came, only what it is was noted
        """
        self._check_look()
        content = self._open_content()
        self.request_id._journal("proof_seen", proof=self.kind)
        return content

    def _check_look(self):
        self.check_access("read")
        self.request_id.check_access("read")
        if not self.mimetype:
            raise MissingError(self.env._("No copy of this paper was received."))

    @api.model
    def _receive(self, request, kind, content):
        """Keep a paper that who asks sent: by the link, on their account, by mail."""
        # sudo: rgpd.request.proof - the way it came is the right to send it
        proof = self.sudo().create({"request_id": request.id, "kind": kind})
        proof._take(content)
        return proof

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """A paper comes in as received, whatever the caller says."""
        if not self.env.su:
            vals_list = [
                {name: vals[name] for name in vals if name not in KEPT}
                for vals in vals_list
            ]
        return super().create(vals_list)

    def write(self, vals):
        """Only the buttons decide; a decided paper does not change."""
        if not self.env.su and (
            vals.keys() & set(KEPT)
            or vals.keys() & {"file", "kind", "request_id"}
            and any(proof.state == "accepted" for proof in self)
        ):
            raise UserError(
                self.env._("A paper that was accepted does not change: add another.")
            )
        return super().write(vals)
