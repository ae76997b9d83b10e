from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..core.register import activity


class RgpdRegisterSetup(models.TransientModel):
    """Start the register: choose what the company does, keep the sheets that fit.

    The sheets of a customer file are shipped with their legal bases and periods. This
    proposes some by activity; the DPO decides of each, and an update of the add-on
    brings nothing back.
    """

    _name = "rgpd.register.setup"
    _description = "Set up the register"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    has_companies = fields.Boolean(default=lambda self: self._default_has_companies())
    scope = fields.Selection(
        [
            ("common", "One register for all companies"),
            ("own", "A register of its own for this company"),
        ],
        required=True,
        default=lambda self: self._default_scope(),
        help="Each controller has its own register (Art. 30.1). Companies that use the "
        "data for the same purposes and in the same way may share the sheets.",
    )
    is_shop = fields.Boolean(
        string="Shop", help="You sell to consumers at a counter, in one or more shops."
    )
    is_ecommerce = fields.Boolean(
        string="E-commerce", help="You sell to consumers on a website."
    )
    is_b2b = fields.Boolean(
        string="Services or sales to companies",
        help="Your customers are companies and their staff.",
    )
    is_association = fields.Boolean(
        string="Association", help="You have members, donors or beneficiaries."
    )
    line_ids = fields.One2many(
        "rgpd.register.setup.line",
        "wizard_id",
        string="Purposes",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
    )
    kept_count = fields.Integer(string="Purposes kept", compute="_compute_kept_count")

    def _default_has_companies(self):
        return bool(self.env["res.company"].sudo().search_count([], limit=2) > 1)

    def _default_scope(self):
        # sudo: res.company - a company that left the common register stays out of it
        own = self.env.company.sudo().rgpd_has_own_register
        return "own" if own else "common"

    # === COMPUTE METHODS === #

    @api.depends("is_shop", "is_ecommerce", "is_b2b", "is_association")
    def _compute_line_ids(self):
        for wizard in self:
            activities = wizard._get_activities()
            in_use = wizard._get_codes_in_use()
            wizard.line_ids = [
                fields.Command.clear(),
                *(
                    fields.Command.create(
                        wizard._prepare_line(purpose, activities, in_use)
                    )
                    for purpose in wizard._get_shipped()
                ),
            ]

    @api.depends("line_ids.is_kept")
    def _compute_kept_count(self):
        for wizard in self:
            wizard.kept_count = sum(wizard.line_ids.mapped("is_kept"))

    def _get_activities(self):
        self.ensure_one()
        return [name for name in activity.ACTIVITIES if self[f"is_{name}"]]

    def _get_shipped(self):
        """Return the common purposes that come with the add-ons, archived ones too."""
        rows = self.env["ir.model.data"].sudo()
        ids = rows.search(
            [
                # Those that serve only with another module of Odoo come with it
                ("module", "=like", r"rgpd\_fichier\_client%"),
                ("model", "=", "rgpd.purpose"),
            ]
        ).mapped("res_id")
        purposes = self.env["rgpd.purpose"].with_context(active_test=False)
        return purposes.search([("id", "in", ids), ("company_id", "=", False)])

    def _get_codes_in_use(self):
        """Return the codes of the purposes in force for the company."""
        purposes = self.env["rgpd.purpose"]._get_purposes(self.company_id)
        return set(purposes.mapped("code"))

    def _prepare_line(self, purpose, activities, in_use):
        """Propose what is usual; before any activity is said, what is in use stays."""
        ground = activity.get_ground(purpose.code, activities)
        return {
            "purpose_id": purpose.id,
            "ground": ground,
            "is_kept": ground != "unusual" if activities else purpose.code in in_use,
        }

    # === ACTIONS === #

    def action_apply(self):
        """Keep the chosen sheets and purposes, put the others away."""
        self.ensure_one()
        if not self.env.user.has_group("rgpd_fichier_client.group_rgpd_dpo"):
            raise AccessError(self.env._("Only the DPO sets up the register."))
        kept = self.line_ids.filtered("is_kept").purpose_id
        if not kept:
            raise UserError(self.env._("Keep at least one purpose."))
        if self.scope == "own":
            self._make_own(kept)
        else:
            self._put_in_state(self.line_ids.purpose_id, kept)
        self.env["rgpd.journal"]._record(
            "register.set_up",
            None,
            {"scope": self.scope, "purposes": sorted(kept.mapped("code"))},
            company=self.company_id,
        )
        return self.env["ir.actions.act_window"]._for_xml_id(
            "rgpd_fichier_client.rgpd_processing_action"
        )

    # === HELPERS === #

    def _put_in_state(self, purposes, kept):
        """Keep some purposes and their sheets, put the others away."""
        sheets = purposes.processing_id
        dropped = purposes - kept
        kept.processing_id.action_draft()
        kept.filtered(lambda purpose: not purpose.active).action_unarchive()
        dropped.filtered("active").action_archive()
        # A sheet may hold purposes of the company's own besides the shipped ones
        empty = sheets.filtered(lambda sheet: not sheet.purpose_ids.filtered("active"))
        empty.action_archive_sheet()

    def _make_own(self, kept):
        """Copy the chosen sheets into a register of the company alone.

        What it has of the others already is put away.
        """
        company = self.company_id
        domain = [
            ("company_id", "=", company.id),
            ("code", "in", self.line_ids.purpose_id.mapped("code")),
        ]
        own = self.env["rgpd.purpose"].with_context(active_test=False)
        known = set(own.search(domain).mapped("code"))
        for sheet, purposes in kept.grouped("processing_id").items():
            new = purposes.filtered(lambda purpose: purpose.code not in known)
            if not new:
                continue
            copy = self._copy_sheet(sheet)
            for purpose in new:
                purpose.copy(
                    {
                        "code": purpose.code,
                        "processing_id": copy.id,
                        "company_id": company.id,
                        "active": True,
                    }
                )
        copies, codes = own.search(domain), set(kept.mapped("code"))
        self._put_in_state(copies, copies.filtered(lambda copy: copy.code in codes))
        # sudo: res.company - the DPO decides, and is no administrator
        company.sudo().rgpd_has_own_register = True

    def _copy_sheet(self, sheet):
        """Return the copy in the register of the company; made once, then completed."""
        found = sheet.search(
            [
                ("reference", "=", sheet.reference),
                ("company_id", "=", self.company_id.id),
            ],
            limit=1,
        )
        return found or sheet.with_context(rgpd_same_name=True).copy(
            {"reference": sheet.reference, "company_id": self.company_id.id}
        )
