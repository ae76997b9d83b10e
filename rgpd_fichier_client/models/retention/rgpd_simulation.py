from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

# What the night does with these rules. A new number asks every DPO for a new approval:
# 2 moves persons to the intermediate archive, 3 erases documents of persons who stay,
# 4 erases what is left of the person on their released and unfinished invoices, 5 lets
# persons who stay leave their leads, and counts the invoices whose texts leave, 6 lets
# them leave the books of what was erased in an earlier night, 7 lets the persons whom
# documents of organisations name leave them, 8 erases invoices and payments no order
# leads to, 9 lets whoever paid for an organisation, or is an address on its documents,
# leave them, 10 empties who signed for an organisation on the last day of its order,
# and lets go of groups of more than 500 entries.
NIGHT_VERSION = 10
DECISIONS = [
    ("erase", "To erase"),
    ("review", "To review by hand"),
    ("request", "Held back: open request or restricted use"),
    ("hold", "Held back: dispute or inspection"),
    ("other_company", "Held back: another company decides too"),
    ("archive", "To the intermediate archive"),
    ("keep", "Kept: in use"),
]
# Only the methods of this file write these: an approval is a decision, not a value
DECISIVE_FIELDS = {
    "state",
    "date_computed",
    "date_approved",
    "approved_by",
    "date_lapsed",
    "fingerprint",
    "erase_count",
    "review_count",
    "held_count",
    "archive_count",
    "keep_count",
    "document_count",
    "document_held_count",
    "invoice_count",
}
# An identity that no remote call can send
ENGINE = object()


class RgpdSimulation(models.Model):
    """What retention would erase for a company, shown to the DPO before anything goes.

    Nothing is erased by a cron until a simulation of that company is approved
    (invariant 3). The approval holds for the rules it was computed with: any change of
    a period, a basis or a masking asks for a new one.
    """

    _name = "rgpd.simulation"
    _description = "Retention Simulation"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char(compute="_compute_name")
    company_id = fields.Many2one(
        "res.company",
        string="Controller",
        required=True,
        default=lambda self: self.env.company,
        index=True,
        ondelete="cascade",
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("computing", "Being computed"),
            ("computed", "Computed"),
            ("approved", "Approved"),
            ("replaced", "Replaced"),
            ("revoked", "Revoked"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    date_computed = fields.Datetime(string="Computed on", readonly=True, copy=False)
    date_approved = fields.Datetime(string="Approved on", readonly=True, copy=False)
    approved_by = fields.Many2one(
        "res.users", readonly=True, copy=False, ondelete="set null"
    )
    date_lapsed = fields.Datetime(
        string="Suspended on",
        readonly=True,
        copy=False,
        help="First night that found the rules changed since the approval.",
    )
    fingerprint = fields.Char(
        readonly=True,
        copy=False,
        help="SHA-256 of the rules the simulation was computed with.",
    )
    is_current = fields.Boolean(
        string="Rules unchanged",
        compute="_compute_is_current",
        help="The rules are still those of the simulation. When they changed, the "
        "nightly run waits for a new approval.",
    )
    line_ids = fields.One2many("rgpd.simulation.line", "simulation_id", readonly=True)
    erase_count = fields.Integer(string="To erase", readonly=True, copy=False)
    review_count = fields.Integer(string="To review", readonly=True, copy=False)
    held_count = fields.Integer(string="Held back", readonly=True, copy=False)
    archive_count = fields.Integer(
        string="In intermediate archive", readonly=True, copy=False
    )
    keep_count = fields.Integer(string="In use", readonly=True, copy=False)
    confirm_count = fields.Integer(
        string="Number of persons to erase",
        copy=False,
        help="Type the number of persons to erase as shown above: it proves that you "
        "have read it.",
    )
    kept_count = fields.Integer(
        string="Kept",
        readonly=True,
        copy=False,
        help="Persons of the company whom a reason still kept at the last refresh of "
        "all reasons.",
    )
    run_ids = fields.One2many("rgpd.retention.run", "simulation_id", readonly=True)

    # === COMPUTE METHODS === #

    @api.depends("company_id", "date_computed")
    def _compute_name(self):
        for simulation in self:
            moment = simulation.date_computed or fields.Datetime.now()
            day = fields.Date.context_today(simulation, moment)
            simulation.name = self.env._(
                "Simulation of %(date)s, %(company)s",
                date=day.strftime("%d/%m/%Y"),
                company=simulation.company_id.sudo().name or "",
            )

    def _compute_is_current(self):
        for simulation in self:
            simulation.is_current = simulation._has_same_rules()

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        simulations = super().create(vals_list)
        # After the fact: a default in the context is a value too
        for name in DECISIVE_FIELDS - {"state"}:
            simulations._check_engine(any(simulations.mapped(name)))
        simulations._check_engine({"draft"} != set(simulations.mapped("state")))
        return simulations

    def write(self, vals):
        self._check_engine(DECISIVE_FIELDS & vals.keys())
        return super().write(vals)

    def _check_engine(self, is_decisive):
        """Refuse to write by hand what only computing and deciding may write."""
        if is_decisive and self.env.context.get("rgpd_engine") is not ENGINE:
            raise AccessError(
                self.env._("A simulation is computed and approved by its buttons.")
            )

    def _decide(self, vals):
        """Write the result of a computation or of a decision."""
        return self.with_context(rgpd_engine=ENGINE).write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_approved(self):
        if any(simulation.date_approved for simulation in self):
            raise UserError(
                self.env._(
                    "An approved simulation is evidence of the decision: it cannot be "
                    "deleted. Revoke it to stop the nightly run."
                )
            )

    # === ACTION METHODS === #

    def action_compute(self):
        """Compute what the nightly run would do today, person by person.

        While the reasons of most persons were never computed, the user is told how many
        are left, and nothing else happens.
        """
        for simulation in self:
            simulation._check_dpo()
            if simulation.state not in ("draft", "computing", "computed"):
                raise UserError(
                    self.env._(
                        "This simulation is closed. Make a new one to see what would "
                        "happen today."
                    )
                )
            # sudo: rgpd.reason - computed from the facts, no one chooses the result
            reasons_sudo = self.env["rgpd.reason"].sudo()
            if count := reasons_sudo._count_to_compute():
                return reasons_sudo._go_on_first(count)
            simulation._start_computing()
        return None

    def action_approve(self):
        """Let the nightly run erase, for this company, with these rules.

        :raise AccessError: for anybody but a DPO
        :raise UserError: not computed, rules changed since, a source of facts cannot be
            read, the reasons of most persons were never computed, or the number of
            persons typed is not the one shown
        """
        self.ensure_one()
        self._check_dpo()
        if self.state == "approved":
            raise UserError(self.env._("This simulation is approved already."))
        if self.state != "computed":
            raise UserError(self.env._("Compute the simulation before approving it."))
        self.env["rgpd.fact.collector"]._check_sources()
        self.env["rgpd.reason"]._check_first()
        if not self._has_same_rules():
            raise UserError(
                self.env._(
                    "The rules have changed since this simulation was computed. "
                    "Compute it again and read the new result."
                )
            )
        if self.confirm_count != self.erase_count:
            raise UserError(
                self.env._(
                    "Type the number of persons to erase (%(count)s) to approve.",
                    count=self.erase_count,
                )
            )
        self._get_approved(self.company_id)._end_approval("replaced")
        self._decide(
            {
                "state": "approved",
                "date_approved": fields.Datetime.now(),
                "approved_by": self.env.uid,
            }
        )
        self._journal("retention.approved")

    def action_revoke(self):
        """Stop the nightly run of this company, at once."""
        for simulation in self:
            simulation._check_dpo()
            if simulation.state != "approved":
                raise UserError(
                    self.env._("Only an approved simulation can be revoked.")
                )
            simulation._end_approval("revoked")
            simulation._journal("retention.revoked")

    # === BUSINESS METHODS === #

    def _end_approval(self, state):
        """Let nothing be erased any more by these approvals: their nights are over."""
        self._decide({"state": state})
        # sudo: rgpd.retention.run - the night alone writes its runs
        self.sudo().run_ids._lapse()

    @api.model
    def _get_approved(self, company):
        """Return the approved simulation of a company, valid or not."""
        return self.search(
            [("company_id", "=", company.id), ("state", "=", "approved")], limit=1
        )

    @api.model
    def _get_valid(self):
        """Return the approved simulations whose rules have not changed since."""
        approved = self.search([("state", "=", "approved")], order="company_id, id")
        return approved.filtered(lambda simulation: simulation._has_same_rules())

    def _has_same_rules(self):
        """True when no rule has changed since the computation; read anew each time."""
        self.ensure_one()
        return bool(self.fingerprint) and self.fingerprint == self._get_fingerprint()

    def _get_fingerprint(self):
        """Return the digest of the rules in force for the company.

        Periods, bases and categories of the purposes, the maskings the company decided
        otherwise than shipped, and the sources of facts that can be read: one that is
        lost takes reasons away.
        """
        self.ensure_one()
        rules = self.env["rgpd.purpose"]._get_rule_fingerprint(self.company_id)
        maskings = self.env["rgpd.data.map"]._get_override_fingerprint()
        sources = self.env["rgpd.fact.collector"]._get_source_fingerprint()
        return f"{rules}{maskings}{sources}{NIGHT_VERSION:02d}"

    def _check_dpo(self):
        if not self.env.user.has_group("rgpd_fichier_client.group_rgpd_dpo"):
            raise AccessError(
                self.env._("Only the DPO may decide what retention erases.")
            )
        self.check_access("write")
