from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...core.request import letters


class RgpdRequestItem(models.Model):
    """One right within a request, with the decision taken on it."""

    _name = "rgpd.request.item"
    _description = "Right Exercised in a Request"
    _order = "request_id, id"
    _rec_name = "right"

    request_id = fields.Many2one(
        "rgpd.request", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="request_id.company_id", store=True)
    right = fields.Selection(
        [
            ("access", "Access (Art. 15)"),
            ("rectification", "Rectification (Art. 16)"),
            ("erasure", "Erasure (Art. 17)"),
            ("restriction", "Restriction (Art. 18)"),
            ("portability", "Portability (Art. 20)"),
            ("objection", "Objection (Art. 21)"),
            ("withdraw", "Withdrawal of consent (Art. 7.3)"),
            ("automated", "Automated decision (Art. 22)"),
            ("post_mortem", "Directives after death (LIL Art. 85)"),
        ],
        required=True,
        default="access",
        help="What the person asks for. Objection to prospecting needs no reason and "
        "takes effect at once.",
    )
    decision = fields.Selection(
        [
            ("granted", "Granted"),
            ("partial", "Granted in part"),
            ("refused", "Refused"),
            ("none", "No data held"),
        ],
        help="What was decided; a refusal, even in part, needs a ground.",
    )
    ground = fields.Selection(
        [
            ("unfounded", "Manifestly unfounded (Art. 12.5)"),
            ("excessive", "Excessive, repeated (Art. 12.5)"),
            ("identity", "Identity not established (Art. 12.2, 12.6)"),
            ("others", "Rights of other people (Art. 15.4)"),
            ("legal_obligation", "Legal obligation to keep (Art. 17.3.b)"),
            ("legal_claims", "Legal claims (Art. 17.3.e)"),
            ("expression", "Freedom of expression (Art. 17.3.a)"),
            ("public_health", "Public health (Art. 17.3.c)"),
            ("archiving", "Archives, research, statistics (Art. 17.3.d)"),
            ("accurate", "The data are accurate (Art. 16)"),
            ("not_basis", "Neither consent nor contract (Art. 20.1)"),
            ("compelling", "Compelling legitimate grounds (Art. 21.1)"),
            ("contract_or_law", "Contract, law or explicit consent (Art. 22.2)"),
            ("heirs", "Directives, or outside the estate (LIL Art. 85)"),
            ("not_applicable", "Conditions of the right not met"),
        ],
        string="Ground of refusal",
    )
    ground_text = fields.Text(
        string="What the law says", compute="_compute_ground_text"
    )
    note = fields.Text(
        string="Facts",
        help="Facts that support the decision; a letter of refusal tells them.",
    )
    is_prospecting = fields.Boolean(
        string="Prospecting",
        help="The person objects to prospecting: no reason is asked, nothing is "
        "weighed, it takes effect at once (Art. 21.2 and 21.3 GDPR).",
    )
    balancing = fields.Text(
        help="Objection to anything but prospecting: the situation of the person, your "
        "grounds, and which weigh more (Art. 21.1 GDPR). The letter tells it.",
    )
    review_result = fields.Text(
        string="Result of the human review",
        help="Automated decision: what a person with the power to change it decided, "
        "after hearing the point of view of who asks (Art. 22.3 GDPR).",
    )
    reviewer_id = fields.Many2one(
        "res.users", string="Reviewed by", readonly=True, ondelete="set null"
    )
    date_reviewed = fields.Date(string="Reviewed on", readonly=True)
    date_done = fields.Date(
        string="Done on",
        readonly=True,
        copy=False,
        help="Day on which the company did what was asked.",
    )
    letter_id = fields.Many2one(
        "rgpd.request.letter",
        string="Answered by",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
    )

    _ground_required = models.Constraint(
        "CHECK(decision IS NULL OR decision NOT IN ('refused', 'partial')"
        " OR ground IS NOT NULL)",
        "A refusal, even in part, needs a ground of the law (Art. 12.4 GDPR).",
    )
    _right_once = models.UniqueIndex(
        '(request_id, "right")', "This right is in the request already."
    )

    # === COMPUTE METHODS === #

    @api.depends("ground")
    @api.depends_context("lang")
    def _compute_ground_text(self):
        for item in self:
            ground = self.env["rgpd.request.ground"]._of(item.ground or "")
            item.ground_text = ground and f"{ground.article}: {ground.text}"

    # === CONSTRAINT METHODS === #

    @api.constrains("right", "ground", "is_prospecting")
    def _check_ground(self):
        """A ground refuses the rights the law lets it refuse, and no other."""
        for item in self.filtered("ground"):
            known = letters.get_grounds(item.right, is_prospecting=item.is_prospecting)
            if item.ground not in known:
                labels = dict(self._fields["ground"]._description_selection(self.env))
                raise ValidationError(
                    self.env._(
                        "“%(ground)s” is no ground of the law for refusing this right: "
                        "%(right)s.",
                        ground=labels[item.ground],
                        right=item._get_right_label(),
                    )
                )

    # === CRUD METHODS === #

    def write(self, vals):
        """What a letter told the person no longer changes under it."""
        told = {"right", "decision", "ground", "note", "balancing", "review_result"}
        if not self.env.su and told & vals.keys() and any(i.letter_id for i in self):
            raise UserError(
                self.env._(
                    "The person was told this decision by a letter: reopen the request "
                    "and add the right again to decide otherwise."
                )
            )
        if "review_result" in vals:
            vals = {
                **vals,
                "reviewer_id": self.env.uid,
                "date_reviewed": fields.Date.context_today(self),
            }
        return super().write(vals)

    # === ACTION METHODS === #

    def action_do(self):
        """Do what is asked on this line: each right has its own act.

        :raise UserError: something is missing first, in plain words
        """
        self.ensure_one()
        request = self.request_id
        request._check_open()
        if self.right in ("access", "portability"):
            return request.action_download()
        if self.right == "rectification":
            return request.action_apply_changes()
        if self.right == "erasure":
            return request.action_erase()
        if self.right == "restriction":
            return request.action_restrict()
        if self.right == "automated":
            return self._note_review()
        if self.right == "post_mortem":
            return self._open_directives()
        return self._object()

    def action_letter(self):
        """Prepare the letter that tells the decision on this right."""
        self.ensure_one()
        if not self.decision:
            raise UserError(self.env._("Decide first: granted, in part, refused."))
        letter = self.env["rgpd.request.letter"]._prepare(
            self.request_id, self._get_letter_kind()
        )
        return letter._get_action()

    def action_open_form(self):
        """Open the line with its longer texts."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self._get_right_label(),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    # === BUSINESS METHODS === #

    def _object(self):
        """Record an objection or a withdrawal; weigh it unless it is absolute."""
        absolute = self.right == "withdraw" or self.is_prospecting
        if not absolute and not (self.balancing or "").strip():
            raise UserError(
                self.env._(
                    "Write the balancing first: the situation of the person, your "
                    "grounds, and which weigh more (Art. 21.1 GDPR). Or tick "
                    "“Prospecting”: such an objection takes effect at once."
                )
            )
        if not absolute and self.decision in ("refused", "none"):
            raise UserError(self.env._("This objection was refused: write the letter."))
        self.request_id._record_choice(self)
        return True

    def _note_review(self):
        """Note that a person looked at the automated decision (Art. 22.3)."""
        if not (self.review_result or "").strip():
            raise UserError(
                self.env._(
                    "Write what the person who looked at the decision concluded, and "
                    "the point of view of who asks (Art. 22.3 GDPR)."
                )
            )
        self.request_id._set_done("automated")
        return True

    def _open_directives(self):
        """Open the directives of the person, with those of this request first."""
        request = self.request_id
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "rgpd_fichier_client.rgpd_directive_action"
        )
        return {
            **action,
            "domain": [("partner_id", "=", request.partner_id.id)],
            "context": {
                "default_partner_id": request.partner_id.id,
                "default_request_id": request.id,
                "default_company_id": request.company_id.id,
            },
        }

    def _get_letter_kind(self):
        """Return the letter that tells the decision on this right."""
        self.ensure_one()
        return letters.get_answer(self.right, self.decision)

    def _get_right_label(self):
        """Return the label of the right in the user's language."""
        self.ensure_one()
        return dict(self._fields["right"]._description_selection(self.env))[self.right]
