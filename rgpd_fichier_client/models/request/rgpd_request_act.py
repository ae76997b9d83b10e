from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

DPO = "rgpd_fichier_client.group_rgpd_dpo"
# Rights whose act is done once the objection or the withdrawal is recorded
CHOICES = {"objection": "objected", "withdraw": "withdrawn"}
# How staff learnt of the choice: channel of the request -> (collection point, method)
HOW = {
    "portal": ("portal", "button"),
    "form": ("web_form", "form"),
    "phone": ("phone", "spoken"),
    "person": ("till", "spoken"),
    "email": ("email", "written"),
    "post": ("email", "written"),
}


class RgpdRequest(models.Model):
    """Doing what the person asks for: each right has its act, each act its trace."""

    _inherit = "rgpd.request"

    change_ids = fields.One2many(
        "rgpd.request.change", "request_id", string="Corrections"
    )
    restriction_ids = fields.One2many("rgpd.restriction", "request_id")
    directive_ids = fields.One2many("rgpd.directive", "request_id")
    restriction_ground = fields.Selection(
        selection=lambda self: (
            self.env["rgpd.restriction"]
            ._fields["ground"]
            ._description_selection(self.env)
        ),
        help="Why the person asks for the restriction (Art. 18.1 GDPR).",
    )
    date_erase_planned = fields.Date(
        string="Erasure planned on",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The person may change their mind until that day; then the erasure is "
        "carried out by itself.",
    )
    has_rectification = fields.Boolean(compute="_compute_has")
    has_restriction = fields.Boolean(compute="_compute_has")
    has_erasure = fields.Boolean(compute="_compute_has")
    has_directives = fields.Boolean(compute="_compute_has")
    is_restricted = fields.Boolean(compute="_compute_is_restricted")

    # === COMPUTE METHODS === #

    @api.depends("item_ids.right")
    def _compute_has(self):
        for request in self:
            rights = set(request.item_ids.mapped("right"))
            request.has_rectification = "rectification" in rights
            request.has_restriction = "restriction" in rights
            request.has_erasure = "erasure" in rights
            request.has_directives = "post_mortem" in rights

    @api.depends("restriction_ids.date_lifted")
    def _compute_is_restricted(self):
        for request in self:
            request.is_restricted = any(
                not restriction.date_lifted for restriction in request.restriction_ids
            )

    # === ACTION METHODS - RECTIFICATION === #

    def action_apply_changes(self):
        """Write the corrections on the record of the person (Art. 16)."""
        self.ensure_one()
        self._check_actable()
        if not self.change_ids.filtered(lambda change: not change.date_applied):
            raise UserError(
                self.env._("Say first what is to be corrected, under “Corrections”.")
            )
        self.change_ids._apply()
        self._set_done("rectification")
        self.env["rgpd.request.notice"]._prepare_for(self, "rectification")
        return True

    # === ACTION METHODS - ERASURE === #

    def action_erase(self):
        """Open the erasure with its preview: what goes, what stays and why (Art. 17).

        :raise AccessError: for anybody but a DPO
        """
        self.ensure_one()
        self._check_actable()
        action = self.env["rgpd.erasure.wizard"]._open_for(self._get_required_person())
        action["context"] |= {
            "default_request_id": self.id,
            "default_ground": "request",
            "default_motive": self.name,
        }
        return action

    def action_cancel_erasure(self):
        """The person changed their mind before the day came."""
        for request in self:
            request._check_open()
            if not request.date_erase_planned:
                raise UserError(request.env._("No erasure is planned."))
            request._cancel_erasure("staff")

    # === ACTION METHODS - RESTRICTION === #

    def action_restrict(self):
        """Restrict the use of the data from now on (Art. 18)."""
        self.ensure_one()
        self._check_actable()
        self.env["rgpd.restriction"]._set(
            self._get_required_person(),
            self.restriction_ground or "accuracy",
            company=self.company_id,
            request=self,
        )
        self._set_done("restriction")
        self.env["rgpd.request.notice"]._prepare_for(self, "restriction")
        return True

    def action_tell_lifting(self):
        """Prepare the letter that tells the person before the restriction ends."""
        self.ensure_one()
        return self.restriction_ids.filtered(lambda r: not r.date_lifted)[
            :1
        ].action_tell()

    def action_lift_restriction(self):
        """End the restriction, once the person was told (Art. 18.3)."""
        self.ensure_one()
        return self.restriction_ids.action_lift()

    # === BUSINESS METHODS - COMMON === #

    def _get_required_person(self):
        """Return who is meant.

        :raise UserError: nobody was chosen yet
        """
        person = self._get_person()
        if not person:
            raise UserError(self.env._("Say first who is meant."))
        return person

    def _check_actable(self):
        """Raise unless the act may be done now: open, and who asks is established."""
        self._check_open()
        self.check_access("write")
        self._check_identity()
        self._get_required_person()

    def _set_done(self, right, decision="granted", **values):
        """Note that the company did what was asked, and how it decided."""
        items = self.item_ids.filtered(
            lambda item: item.right == right and not item.letter_id
        )
        for item in items:
            item.sudo().write(  # sudo: date_done is a field nobody writes
                {
                    "date_done": fields.Date.context_today(self),
                    "decision": item.decision or decision,
                    **values,
                }
            )
            self._journal("done", right=right, decision=item.decision)
        if self.state == "new":
            self.action_start()
        return items

    # === BUSINESS METHODS - ERASURE === #

    def _link_erasures(self, erasures):
        """Note the certificates and decide the item by what had to stay (Art. 17.3)."""
        self.ensure_one()
        done = erasures.filtered(lambda e: e.state != "failed")
        # sudo: rgpd.request - links nobody writes by hand
        self.sudo().write(
            {
                "erasure_ids": [fields.Command.link(e.id) for e in done],
                "date_erase_planned": False,
            }
        )
        if not done:
            return
        if any(erasure.is_partial for erasure in done):
            self._set_done("erasure", "partial", ground="legal_obligation")
        else:
            self._set_done("erasure", "granted")
        self.env["rgpd.request.notice"]._prepare_for(self, "erasure")

    def _plan_erasure(self):
        """Plan the erasure after the days of grace the company chose."""
        self.ensure_one()
        day = fields.Date.context_today(self) + timedelta(
            days=self.company_id.rgpd_erasure_grace_days
        )
        self.sudo().date_erase_planned = day  # sudo: a field nobody writes
        if self.state == "new":
            self.action_start()
        self._journal("erasure_planned", day=fields.Date.to_string(day))
        self._tell_planned_erasure()
        return day

    def _cancel_erasure(self, actor):
        """Take the planned erasure back and note who asked for it."""
        self.sudo().date_erase_planned = False  # sudo: as above
        self._journal("erasure_cancelled", by=actor)

    @api.model
    def _cron_erase_planned(self, batch=20):
        """Carry out the planned erasures whose day has come; commits one by one."""
        today = fields.Date.context_today(self)
        due = self.search(
            [
                ("date_erase_planned", "<=", today),
                ("is_done", "=", False),
                ("is_suspended", "=", False),
            ],
            limit=batch,
        )
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(due))
        for request in due:
            locked = request.try_lock_for_update()
            # Cancelled meanwhile by the person: the row is read again
            locked.invalidate_recordset(["date_erase_planned"])
            if locked and locked.date_erase_planned:
                locked._erase_planned()
            if not cron._commit_progress(1):
                return

    def _erase_planned(self):
        """Erase the person of one request; a failure goes to the officer."""
        self._keep_contact()
        erasures = self.env["rgpd.eraser"]._erase(
            self._get_person(), "request", self.name
        )
        self._link_erasures(erasures)
        failed = erasures.filtered(lambda e: e.state == "failed")
        if failed:
            # Nothing may try again every night by itself: the officer decides
            self.sudo().date_erase_planned = False  # sudo: as above
            self.activity_schedule(
                "mail.mail_activity_data_warning",
                summary=self.env._(
                    "The erasure of request %(name)s failed: %(cause)s",
                    name=self.name,
                    cause=failed[0].error or "",
                ),
                user_id=(self.officer_id or self.env.user).id,
            )

    # === BUSINESS METHODS - CHOICES === #

    def _record_choice(self, item):
        """Record an objection to prospecting, or a withdrawal, at once (Art. 21.3).

        Nothing is weighed and no identity is needed: stopping offers harms nobody.
        """
        point, method = HOW.get(self.channel, ("email", "written"))
        self.env["rgpd.consent"]._record(
            self._get_required_person(),
            None,
            "all",
            CHOICES[item.right],
            method=method,
            collection_point=point,
            company=self.company_id,
            request_key=f"rgpd.request,{self.id},{item.right}",
            actor="self" if self.channel in ("portal", "form") else "staff",
        )
        self._set_done(item.right)

    # === BUSINESS METHODS - WHAT LETTERS TELL === #

    def _get_rectified_rows(self):
        """Return rows (datum, before, after); sensitive values are not repeated."""
        self.ensure_one()
        hidden = self.env._("(not repeated here)")
        return [
            [
                change.field_label or "",
                hidden if change.is_sensitive else change.before or "–",
                hidden if change.is_sensitive else change.after or "–",
            ]
            for change in self.change_ids
            if change.date_applied
        ]

    def _get_rectified_on(self):
        """Return the day of the last correction, today when none is noted."""
        self.ensure_one()
        moments = [m for m in self.change_ids.mapped("date_applied") if m]
        return max(moments).date() if moments else fields.Date.context_today(self)

    def _get_directives(self):
        """Return the directives in force of the person."""
        self.ensure_one()
        return self.env["rgpd.directive"]._get_in_force(
            self.with_context(active_test=False).partner_id, self.company_id
        )

    def _check_dpo(self):
        if not self.env.user.has_group(DPO):
            raise AccessError(self.env._("Only the DPO may erase a person."))
