from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import formatLang

from .copy_parts import SealedParts
from .copy_review import ScanReview

# More records than this are read and written in the background
BIG = 3000


class RgpdRequestCopy(models.Model):
    """The preparation of one copy: read, checked by an officer, then made.

    What the rules hide is listed line by line (Art. 15.4 GDPR). A small copy is made
    while it leaves; a big one in the background, sealed from the start.
    """

    _name = "rgpd.request.copy"
    _description = "Copy in Preparation"
    _order = "id desc"

    request_id = fields.Many2one(
        "rgpd.request", required=True, ondelete="cascade", index=True, readonly=True
    )
    company_id = fields.Many2one(related="request_id.company_id", store=True)
    right = fields.Selection(
        [("access", "Access (Art. 15)"), ("portability", "Portability (Art. 20)")],
        required=True,
        readonly=True,
    )
    user_id = fields.Many2one(
        "res.users",
        string="Prepared by",
        required=True,
        readonly=True,
        help="Who is told when it is ready.",
    )
    partner_ids = fields.Many2many(
        "res.partner",
        string="Contacts of the person",
        readonly=True,
        context={"active_test": False},
    )
    state = fields.Selection(
        [
            ("scan", "Being read"),
            ("review", "To check"),
            ("build", "Being made"),
            ("ready", "Ready"),
            ("failed", "Failed"),
        ],
        required=True,
        default="scan",
        readonly=True,
        index=True,
    )
    is_big = fields.Boolean(readonly=True)
    # Progress
    record_total = fields.Integer(string="Records", readonly=True)
    record_done = fields.Integer(readonly=True)
    progress = fields.Float(string="Share done", compute="_compute_progress")
    progress_text = fields.Char(string="Progress", compute="_compute_progress")
    position = fields.Json(readonly=True)
    scan = fields.Integer(readonly=True, help="How many times it was read.")
    date_checked = fields.Datetime(string="Read on", readonly=True)
    # Review
    line_ids = fields.One2many("rgpd.request.copy.line", "copy_id", readonly=True)
    line_count = fields.Integer(string="Passages", compute="_compute_counts")
    todo_count = fields.Integer(
        string="To decide",
        compute="_compute_counts",
        help="Passages on which the rules cannot decide by themselves.",
    )
    can_leave = fields.Boolean(compute="_compute_can_leave")

    # === COMPUTE METHODS === #

    @api.depends("request_id.name", "right")
    def _compute_display_name(self):
        labels = dict(self._fields["right"]._description_selection(self.env))
        for copy in self:
            parts = (copy.request_id.name, labels.get(copy.right))
            copy.display_name = " · ".join(filter(None, parts))

    @api.depends("record_done", "record_total")
    @api.depends_context("lang")
    def _compute_progress(self):
        for copy in self:
            total = copy.record_total
            copy.progress = 100 * copy.record_done / total if total else 0
            copy.progress_text = self.env._(
                "%(done)s of %(total)s records",
                done=formatLang(self.env, copy.record_done, digits=0),
                total=formatLang(self.env, total, digits=0),
            )

    @api.depends("line_ids.decision", "line_ids.doubt", "line_ids.covered")
    def _compute_counts(self):
        lines = self.env["rgpd.request.copy.line"]
        own = [("copy_id", "in", self.ids)]
        undecided = lines._get_undecided_domain() & fields.Domain(own)
        every = dict(lines._read_group(own, ["copy_id"], ["__count"]))
        todo = dict(lines._read_group(undecided, ["copy_id"], ["__count"]))
        for copy in self:
            copy.line_count = every.get(copy._origin, 0)
            copy.todo_count = todo.get(copy._origin, 0)

    @api.depends("state", "is_big", "todo_count")
    def _compute_can_leave(self):
        for copy in self:
            is_made = copy.state == "ready" if copy.is_big else copy.state == "review"
            copy.can_leave = is_made and not copy.todo_count

    # === ACTION METHODS === #

    def action_check(self):
        """Show the passages, those to decide first."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "rgpd_fichier_client.rgpd_request_copy_line_action"
        )
        context = {"search_default_todo": 1} if self.todo_count else {}
        return {
            **action,
            "name": self.display_name,
            "domain": [("copy_id", "=", self.id)],
            "context": {**context, "search_default_group_kind": 1},
        }

    def action_scan(self):
        """Read everything again; what was decided stays."""
        self.ensure_one()
        self.request_id.check_access("write")
        self._start_scan()
        return self._get_action()

    def action_leave(self):
        """Download the copy, now that everything is decided."""
        self.ensure_one()
        return self.request_id._get_copy_download(self)

    def _get_action(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Copy of the data"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "current",
        }

    # === BUSINESS METHODS === #

    @api.model
    def _prepare_for(self, request, right, persons):
        """Return the copy of a request, read as it is now.

        A small one is read at once. A big one is read in the background, once: it is
        read again when an officer asks for it.

        :param request: `rgpd.request`
        :param persons: contacts confirmed to be the person, or one other anchor
        :return: the copy; it may leave when `can_leave`
        """
        request.check_access("write")
        copy = self.search(
            [("request_id", "=", request.id), ("right", "=", right)], limit=1
        )
        partners = persons.ids if persons._name == "res.partner" else []
        is_other = set(copy.partner_ids.ids) != set(partners)
        if not copy:
            # sudo: rgpd.request.copy - written by its methods alone
            copy = self.sudo().create(
                {
                    "request_id": request.id,
                    "right": right,
                    "user_id": self.env.uid,
                    "partner_ids": [fields.Command.set(partners)],
                }
            )
            copy = copy.sudo(False)
            copy._start_scan()
        elif is_other or not copy.is_big:
            copy.sudo().partner_ids = [fields.Command.set(partners)]
            copy._start_scan()
        return copy

    def _check_can_leave(self):
        """Raise while something doubtful waits for a human, or is not made yet."""
        self.ensure_one()
        if self.can_leave:
            return
        if self.todo_count:
            raise UserError(
                self.env._(
                    "Passages of the copy that wait for a decision: %(count)s. The "
                    "rules cannot tell whether they are about others (Art. 15.4 GDPR).",
                    count=self.todo_count,
                )
            )
        raise UserError(self.env._("The copy is not ready yet."))

    def _get_persons(self):
        """Return the records the copy is about."""
        self.ensure_one()
        person = self.request_id._get_person()
        if person._name != "res.partner":
            return person
        partners = self.with_context(active_test=False).partner_ids
        return partners.exists() or person

    def _start_scan(self):
        """Read everything again: at once when it is small, else in the background."""
        self.ensure_one()
        self._drop_file()
        # sudo: rgpd.request.copy - written by its methods alone
        self.sudo().write(
            {
                "state": "scan",
                "user_id": self.env.uid,
                "position": False,
                "scan": self.scan + 1,
                "record_done": 0,
                "attempts": 0,
                "failure": False,
                "date_checked": False,
                "date_made": False,
            }
        )
        steps = self._iterate()
        _position, _done, total = next(steps)
        self.sudo().write({"record_total": total, "is_big": total > BIG})
        if self.is_big:
            self._trigger()
            return
        for position, done, _total in steps:
            self._note_step(position, done)
        self._end_scan()

    def _iterate(self):
        """Return the steps of the scan, from where it stopped."""
        # One controller answers for itself, whatever companies the officer works in.
        copy = self.sudo().with_context(
            allowed_company_ids=self.company_id.ids, lang=self.user_id.lang
        )
        review, parts = ScanReview(copy), SealedParts(copy)
        steps = copy.env["rgpd.person.exporter"]._scan(
            copy._get_persons(),
            self.right == "portability",
            review,
            parts.step,
            self.position,
        )
        for step in steps:
            review.flush()
            # A small copy is read in one transaction: nobody goes on from its middle
            if self.is_big and parts.size:
                parts.keep(None)
            yield step

    def _note_step(self, position, done):
        self.sudo().write({"position": position, "record_done": done})

    def _end_scan(self):
        """Forget what is not there any more; the officer may decide now."""
        self._mask_own()
        self._forget_gone()
        self._cover()
        self._drop_parts()
        # sudo: rgpd.request.copy - written by its methods alone
        self.sudo().write(
            {
                "state": "review",
                "record_done": self.record_total,
                "date_checked": fields.Datetime.now(),
            }
        )
        self.request_id._journal(
            "copy_read",
            right=self.right,
            records=self.record_total,
            passages=self.line_count,
            doubtful=self.todo_count,
        )

    def _after_decision(self, decision, count, ground):
        """Journal a decision; a file made before it is not right any more."""
        self.ensure_one()
        if self.state != "scan":
            self._drop_file()
        if self.state in ("build", "ready"):
            self.sudo().state = "review"  # sudo: written by its methods alone
        self.request_id._journal(
            "copy_reviewed",
            right=self.right,
            decision=decision,
            passages=count,
            ground=ground or "",
        )

    def _erase(self):
        """Delete the extracts and the file: they are data of the person and of others.

        The journal keeps how many passages were decided on, by whom and when.
        """
        self._drop_file()
        # sudo: rgpd.request.copy - nobody else may delete them
        self.sudo().unlink()
