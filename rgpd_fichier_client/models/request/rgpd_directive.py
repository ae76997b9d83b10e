from odoo import api, fields, models
from odoo.exceptions import UserError


class RgpdDirective(models.Model):
    """What a person wants done with their data after their death (LIL Art. 85).

    Specific directives registered with the controller, or general ones it was told of.
    The person changes or revokes them at any time; after the death they prevail over
    the wishes of the heirs.
    """

    _name = "rgpd.directive"
    _description = "Directives after Death"
    _order = "id desc"
    _rec_name = "partner_id"
    _check_company_auto = True

    partner_id = fields.Many2one(
        "res.partner", string="Person", required=True, index=True, ondelete="cascade"
    )
    request_id = fields.Many2one(
        "rgpd.request", readonly=True, ondelete="set null", index="btree_not_null"
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    kind = fields.Selection(
        [
            ("specific", "Specific, registered with us"),
            ("general", "General, registered with a third party"),
        ],
        required=True,
        default="specific",
    )
    wish = fields.Selection(
        [
            ("erase", "Erase my data"),
            ("keep", "Keep my data as long as the law allows"),
            ("hand_over", "Hand my data over to the person I name"),
        ],
        required=True,
        default="erase",
        help="Conservation, erasure or communication of the data (LIL Art. 85.I).",
    )
    text = fields.Text(string="Words of the person")
    heir_name = fields.Char(string="Person named to carry them out")
    heir_email = fields.Char(string="Their e-mail")
    date_given = fields.Date(
        string="Given on", required=True, default=fields.Date.context_today
    )
    date_revoked = fields.Date(string="Revoked on", readonly=True)
    date_death = fields.Date(string="Death recorded on", readonly=True)
    date_obeyed = fields.Date(string="Carried out on", readonly=True)
    state = fields.Selection(
        [
            ("on", "Registered"),
            ("revoked", "Revoked"),
            ("due", "To carry out"),
            ("done", "Carried out"),
        ],
        compute="_compute_state",
        store=True,
    )

    @api.depends("date_revoked", "date_death", "date_obeyed")
    def _compute_state(self):
        for directive in self:
            if directive.date_obeyed:
                directive.state = "done"
            elif directive.date_revoked:
                directive.state = "revoked"
            else:
                directive.state = "due" if directive.date_death else "on"

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        directives = super().create(vals_list)
        directives._journal("directive.given")
        return directives

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_force(self):
        if any(directive.state in ("on", "due") for directive in self):
            raise UserError(
                self.env._("Revoke the directives instead: only the person may.")
            )

    # === ACTION METHODS === #

    def action_revoke(self):
        """The person takes their directives back."""
        for directive in self:
            if directive.state != "on":
                raise UserError(
                    self.env._("These directives are no longer in the person's hands.")
                )
        self.sudo().date_revoked = self._get_day()  # sudo: a field nobody writes
        self._journal("directive.revoked")

    def action_record_death(self):
        """Record the death: prospecting stops, and the directives are to be obeyed."""
        for directive in self:
            if directive.state != "on":
                raise UserError(self.env._("The death was recorded already."))
            self.env["rgpd.consent"]._record(
                directive.partner_id,
                None,
                "all",
                "objected",
                method="written",
                company=directive.company_id,
                actor="staff",
            )
        self.sudo().date_death = self._get_day()  # sudo: as above
        self._journal("directive.death")

    def action_obey(self):
        """Do what the person wanted: erase, keep, or hand over."""
        self.ensure_one()
        if self.state != "due":
            raise UserError(self.env._("There is nothing to carry out."))
        if self.wish == "erase":
            return self.env["rgpd.erasure.wizard"]._open_for(self.partner_id) | {
                "name": self.env._("Carry the directives out: erase")
            }
        self._set_obeyed()
        if self.wish == "keep":
            return True
        request = self.env["rgpd.request"].create(
            {
                "partner_id": self.partner_id.id,
                "company_id": self.company_id.id,
                "requester_kind": "heir",
                "requester_name": self.heir_name,
                "requester_email": self.heir_email,
                "channel": "other",
                "text": self.env._("Directives of the person: hand their data over."),
                "item_ids": [
                    fields.Command.create({"right": "post_mortem"}),
                    fields.Command.create({"right": "access"}),
                ],
            }
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": "rgpd.request",
            "res_id": request.id,
            "views": [[False, "form"]],
        }

    # === BUSINESS METHODS === #

    @api.model
    def _get_in_force(self, partner, company):
        """Return the directives of a person that are neither revoked nor done."""
        return self.search(
            [
                ("partner_id", "in", partner.ids),
                ("company_id", "=", company.id),
                ("state", "in", ("on", "due")),
            ]
        )

    def _set_obeyed(self):
        self.sudo().date_obeyed = self._get_day()  # sudo: as above
        self._journal("directive.obeyed")

    def _get_day(self):
        return fields.Date.context_today(self)

    def _journal(self, kind):
        for directive in self:
            self.env["rgpd.journal"]._record(
                kind,
                directive.partner_id,
                {"directive": directive.id, "wish": directive.wish},
                company=directive.company_id,
            )
