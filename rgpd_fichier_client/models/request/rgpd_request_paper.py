from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

KEEP_DAYS = 30
# Cannot come through RPC: a copy that came by itself is not asked for.
CAME_SENTINEL = object()


class RgpdRequestPaper(models.Model):
    """A copy of an identity paper: the last resort, for a short time (Art. 12.6).

    Asked with a reason. Encrypted with a key outside the database, seen by who asked
    for it only, each look journalled, destroyed with the decision and after a month
    at the latest (CNIL).
    """

    _name = "rgpd.request.paper"
    _description = "Copy of an Identity Paper"
    _inherit = ["rgpd.request.sealed"]
    _order = "id desc"
    _rec_name = "request_id"

    request_id = fields.Many2one(
        "rgpd.request", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="request_id.company_id", store=True)
    handler_id = fields.Many2one(
        "res.users",
        string="Seen by",
        required=True,
        readonly=True,
        default=lambda self: self.env.user,
        help="Who asked for the copy, and nobody else.",
    )
    reason = fields.Text(
        required=True,
        help="Why nothing less settles it: no known address, no order, contradictory "
        "details. The person is told it.",
    )
    state = fields.Selection(
        [
            ("awaited", "Awaited"),
            ("received", "Received"),
            ("destroyed", "Destroyed"),
        ],
        required=True,
        readonly=True,
        default="awaited",
    )
    date_received = fields.Datetime(readonly=True)
    date_destroyed = fields.Datetime(readonly=True)

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Ask for the copy: with a reason, by who will look at it."""
        if any(not (vals.get("reason") or "").strip() for vals in vals_list):
            raise UserError(
                self.env._(
                    "Say why nothing less settles it: a copy of an identity paper is "
                    "the last resort (Art. 12.6 GDPR, CNIL)."
                )
            )
        fixed = {"handler_id": self.env.uid, "state": "awaited"}
        papers = super().create([vals | fixed for vals in vals_list])
        if self.env.context.get("rgpd_paper_came") is CAME_SENTINEL:
            return papers
        for paper in papers:
            paper.request_id._ask_paper(paper.state == "awaited")
        return papers

    @api.model
    def _keep(self, request, content):
        """Keep a copy that came by itself: the one that is awaited, or another one.

        Nothing is asked of the person and the clock goes on.

        :param bytes content: the file
        :raise UserError: it is not a document, or too large
        """
        paper = request.paper_ids.filtered(
            lambda paper: paper.state == "awaited" and paper.handler_id == self.env.user
        )[:1]
        paper = paper or self.with_context(rgpd_paper_came=CAME_SENTINEL).create(
            [
                {
                    "request_id": request.id,
                    "reason": self.env._("Sent by the person by themselves."),
                }
            ]
        )
        paper._take(content)
        return paper

    def write(self, vals):
        """What was asked and who sees it do not change."""
        if not self.env.su and vals.keys() & {"handler_id", "request_id", "state"}:
            raise UserError(
                self.env._("Only who asked for a copy sees it: ask again instead.")
            )
        return super().write(vals)

    # === ACTION METHODS === #

    def action_look(self):
        """Show the copy to who asked for it, in a tab of its own."""
        self.ensure_one()
        self._check_handler()
        return self._get_look_action("paper")

    def action_destroy(self):
        """Destroy the copy now."""
        self.check_access("write")
        self._destroy()

    # === BUSINESS METHODS === #

    def _take(self, content):
        """Keep a copy, sealed.

        :raise UserError: not awaited any more
        """
        self._read_kind(content)
        if self.state != "awaited":
            raise UserError(self.env._("No copy is awaited any more."))
        result = super()._take(content)
        # sudo: rgpd.request.paper - the state follows what comes in
        self.sudo().write({"state": "received", "date_received": fields.Datetime.now()})
        self.request_id._journal("paper_received")
        return result

    def _look(self):
        """Return the bytes of the copy to who asked for it, and journal the look.

        :raise AccessError: somebody else, or destroyed
        """
        self.ensure_one()
        self._check_handler()
        content = self._open_content()
        self.request_id._journal("paper_seen")
        return content

    def _check_handler(self):
        """Raise unless the user is who asked for the copy, and it is there."""
        self.check_access("read")
        if self.handler_id != self.env.user or self.state != "received":
            raise AccessError(
                self.env._(
                    "Only who asked for this copy sees it, until it is destroyed."
                )
            )

    def _destroy(self):
        """Destroy the copies; what stays says when."""
        # sudo: rgpd.request.paper - also by the cron and by a decision
        for paper in self.sudo().filtered(lambda paper: paper.state != "destroyed"):
            paper.write(
                {
                    "content_sealed": False,
                    "state": "destroyed",
                    "date_destroyed": fields.Datetime.now(),
                }
            )
            paper.request_id._journal("paper_destroyed")

    def _get_context(self):
        """Return what binds a sealed copy to its row."""
        return f"rgpd.request.paper,{self.id},{self.request_id.id}"

    # === CRON METHODS === #

    @api.model
    def _cron_destroy(self, batch=100):
        """Destroy what a decision left behind, and what is older than a month."""
        limit = fields.Datetime.now() - timedelta(days=KEEP_DAYS)
        domain = Domain("state", "!=", "destroyed") & (
            Domain("request_id.is_done", "=", True)
            | Domain("date_received", "<", limit)
            | (Domain("state", "=", "awaited") & Domain("create_date", "<", limit))
        )
        while papers := self.search(domain, limit=batch):
            papers._destroy()
            left = self.env["ir.cron"]._commit_progress(
                len(papers), remaining=self.search_count(domain)
            )
            if not left:
                break
