from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ...core.register import completeness, state
from .rgpd_selection import DATA_ORIGINS, SENSITIVE_EXCEPTIONS

DPIA_CRITERIA = (
    "dpia_scoring",
    "dpia_automated",
    "dpia_monitoring",
    "dpia_sensitive",
    "dpia_large_scale",
    "dpia_matching",
    "dpia_vulnerable",
    "dpia_innovative",
    "dpia_exclusion",
)
# What may change without making a validated sheet out of date.
NOT_CONTENT = {
    "state",
    "active",
    "sequence",
    "date_review",
    "date_validated",
    "date_closed",
    "completeness",
    "has_sensitive",
    "has_transfer",
    "is_complete",
    "completion",
    "dpia_count",
    "is_dpia_needed",
    "version_ids",
}
# Proof that a change of state comes from this file; it cannot come through RPC.
_STATE_KEY = object()


class RgpdProcessing(models.Model):
    """An entry of the register: what is done with the data, by whom, how (Art. 30).

    State machine: draft -> validated -> to_review -> validated…, archived at any
    time. Changing the content of a validated sheet sends it back to review; only
    the DPO validates, and each validation stores a version.
    """

    _name = "rgpd.processing"
    _description = "Processing sheet"
    _inherit = ["mail.thread", "mail.activity.mixin", "rgpd.task.mixin"]
    _order = "sequence, reference, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True, tracking=True)
    reference = fields.Char(required=True, copy=False, default="", index=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("to_review", "To review"),
            ("validated", "Validated"),
            ("archived", "Archived"),
        ],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        tracking=True,
        index=True,
        group_expand=True,
    )
    role = fields.Selection(
        [
            ("controller", "Controller (Art. 30.1)"),
            ("processor", "Processor (Art. 30.2)"),
        ],
        required=True,
        default="controller",
        tracking=True,
        help="Controller: you decide why and how. Processor: you act for customers, "
        "on their instructions.",
    )
    company_id = fields.Many2one(
        "res.company",
        tracking=True,
        help="The controller (or the processor) whose register this is. Empty: the "
        "sheet is common to all companies of the database.",
    )
    served_controller_ids = fields.Many2many(
        "res.partner",
        "rgpd_processing_served_rel",
        string="On behalf of",
        help="Each controller for whom you act (Art. 30.2.a).",
    )
    joint_controller_ids = fields.Many2many(
        "res.partner",
        "rgpd_processing_joint_rel",
        string="Joint controllers",
        help="Those who decide with you why and how (Art. 26).",
    )
    objective = fields.Text(
        string="Main objective",
        translate=True,
        help="What is it for, in one or two sentences a customer understands.",
    )
    purpose_ids = fields.One2many("rgpd.purpose", "processing_id", string="Purposes")
    person_category_ids = fields.Many2many(
        "rgpd.person.category",
        string="Categories of persons",
        help="Whose data are they? (Art. 30.1.c)",
    )
    data_category_ids = fields.Many2many(
        "rgpd.data.category",
        string="Data categories",
        compute="_compute_data_category_ids",
        help="Taken from the purposes.",
    )
    data_detail = fields.Text(
        string="Details of the data",
        translate=True,
        help="What each category holds, in plain words.",
    )
    has_sensitive = fields.Boolean(
        string="Sensitive data", compute="_compute_has_sensitive", store=True
    )
    sensitive_exception = fields.Selection(
        SENSITIVE_EXCEPTIONS,
        string="Exception for sensitive data",
        help="Health, beliefs, opinions, origin… are forbidden (Art. 9.1) unless one "
        "of these exceptions applies (Art. 9.2).",
    )
    sensitive_reason = fields.Text(
        string="Why the exception applies",
        translate=True,
        help="The facts that make the exception true here: which consent, which text, "
        "which claim. Without them the data may not be used (Art. 9.1).",
    )
    data_origin = fields.Selection(
        DATA_ORIGINS,
        string="Origin of the data",
        help="Data that do not come from the person: tell them from whom, within one "
        "month (Art. 14).",
    )
    origin_detail = fields.Text(
        string="Sources",
        translate=True,
        help="Who gives you the data: a partner, a directory, a public file… The "
        "persons are told, and whether it is open to the public (Art. 14.2.f).",
    )
    recipient_ids = fields.Many2many(
        "rgpd.recipient",
        string="Recipients",
        help="Who receives the data, inside and outside (Art. 30.1.d).",
    )
    processor_ids = fields.Many2many(
        "rgpd.processor",
        string="Processors",
        help="Suppliers that handle the data for you, each with a contract (Art. 28).",
    )
    transfer_ids = fields.One2many(
        "rgpd.transfer", "processing_id", string="Transfers outside the EU", copy=True
    )
    has_transfer = fields.Boolean(
        string="Transfer outside the EU", compute="_compute_has_transfer", store=True
    )
    measure_ids = fields.Many2many(
        "rgpd.measure",
        string="Security measures",
        help="How the data are protected (Art. 32).",
    )
    tools = fields.Text(
        translate=True, help="Software, paper files, forms in which the data live."
    )
    person_count = fields.Integer(
        string="Estimated number of persons",
        help="An order of magnitude is enough; it helps to tell whether the processing "
        "is on a large scale.",
    )
    dpia_scoring = fields.Boolean(
        string="Evaluation or scoring",
        help="You rate or predict what persons do or want: a score of solvency, a "
        "profile of purchases (WP248, criterion 1).",
    )
    dpia_automated = fields.Boolean(
        string="Automated decision with legal effect",
        help="A programme alone refuses or grants something that matters to the "
        "person, as a credit or a contract (Art. 22; WP248, criterion 2).",
    )
    dpia_monitoring = fields.Boolean(
        string="Systematic monitoring",
        help="Persons are watched continuously, often without knowing it: cameras, "
        "location, browsing (Art. 35.3.c; WP248, criterion 3).",
    )
    dpia_sensitive = fields.Boolean(
        string="Sensitive or highly personal data",
        help="Health, beliefs, offences (Art. 9 and 10), but also bank data, location "
        "or private messages (WP248, criterion 4).",
    )
    dpia_large_scale = fields.Boolean(
        string="Large scale",
        help="Many persons, many data, a long time or a wide area: no figure is fixed, "
        "judge all four (WP248, criterion 5).",
    )
    dpia_matching = fields.Boolean(
        string="Matching of data sets",
        help="Files made for different purposes, or by different companies, are put "
        "together in a way the person would not expect (WP248, criterion 6).",
    )
    dpia_vulnerable = fields.Boolean(
        string="Vulnerable persons",
        help="Those who can hardly refuse: children, employees, patients, elderly "
        "persons (WP248, criterion 7).",
    )
    dpia_innovative = fields.Boolean(
        string="Innovative use",
        help="A new technology, or a new way to use one, whose effects are not well "
        "known: artificial intelligence, biometrics, connected objects (WP248, "
        "criterion 8).",
    )
    dpia_exclusion = fields.Boolean(
        string="Exclusion from a right or a contract",
        help="The processing itself may keep persons from a right, a service or a "
        "contract, as a list of bad payers does (WP248, criterion 9).",
    )
    dpia_count = fields.Integer(
        string="Criteria met",
        compute="_compute_dpia",
        store=True,
        help="How many of the nine criteria of the European guidelines WP248 are met.",
    )
    is_dpia_needed = fields.Boolean(
        string="DPIA needed",
        compute="_compute_dpia",
        store=True,
        help="Two criteria out of nine: an impact assessment is due in principle "
        "(Art. 35, WP248).",
    )
    dpia_conclusion = fields.Text(
        string="Conclusion on the DPIA",
        translate=True,
        help="The assessment made, or why none is needed.",
    )
    responsible_id = fields.Many2one(
        "res.users",
        string="Person in charge",
        tracking=True,
        help="The department or person who can explain this processing.",
    )
    date_start = fields.Date(
        string="In use since", help="Date on which the processing began."
    )
    date_review = fields.Date(
        string="Next review",
        tracking=True,
        help="The sheet comes back to the person in charge on this day.",
    )
    date_closed = fields.Datetime(
        string="Stopped on",
        readonly=True,
        copy=False,
        help="Since then the sheet is no longer part of the register.",
    )
    date_validated = fields.Datetime(
        string="Last validated on", readonly=True, copy=False
    )
    version_ids = fields.One2many(
        "rgpd.processing.version", "processing_id", string="Versions"
    )
    version_count = fields.Integer(compute="_compute_version_count")

    _reference_unique = models.UniqueIndex(
        "(reference, COALESCE(company_id, 0))",
        "This reference exists already in this register.",
    )

    @api.depends("purpose_ids.data_category_ids")
    def _compute_data_category_ids(self):
        for sheet in self:
            sheet.data_category_ids = sheet.purpose_ids.data_category_ids

    @api.depends("purpose_ids.data_category_ids.is_sensitive", "sensitive_exception")
    def _compute_has_sensitive(self):
        for sheet in self:
            categories = sheet.purpose_ids.data_category_ids
            sheet.has_sensitive = bool(sheet.sensitive_exception) or any(
                categories.mapped("is_sensitive")
            )

    @api.depends("transfer_ids.is_outside_eea")
    def _compute_has_transfer(self):
        for sheet in self:
            sheet.has_transfer = any(sheet.transfer_ids.mapped("is_outside_eea"))

    @api.depends(*DPIA_CRITERIA)
    def _compute_dpia(self):
        for sheet in self:
            sheet.dpia_count = sum(sheet[name] for name in DPIA_CRITERIA)
            sheet.is_dpia_needed = completeness.is_dpia_needed(sheet.dpia_count)

    @api.depends("version_ids")
    def _compute_version_count(self):
        counts = dict(
            self.env["rgpd.processing.version"]._read_group(
                [("processing_id", "in", self.ids)], ["processing_id"], ["__count"]
            )
        )
        for sheet in self:
            sheet.version_count = counts.get(sheet, 0)

    @api.depends("name", "reference")
    def _compute_display_name(self):
        for sheet in self:
            sheet.display_name = " ".join(filter(None, (sheet.reference, sheet.name)))

    @api.model
    def _search_display_name(self, operator, value):
        domain = Domain("name", operator, value)
        reference = Domain("reference", operator, value)
        if operator in Domain.NEGATIVE_OPERATORS:
            return domain & reference
        return domain | reference

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            vals.pop("state", None)
            if not vals.get("reference"):
                vals["reference"] = (
                    # sudo: ir.sequence - an officer may number a new sheet
                    self.env["ir.sequence"].sudo().next_by_code("rgpd.processing")
                )
        return super().create(vals_list)

    def write(self, vals):
        if "state" in vals and self.env.context.get("rgpd_state") is not _STATE_KEY:
            raise UserError(
                self.env._("Use the buttons of the sheet to change its state.")
            )
        result = super().write(vals)
        if self._is_content(vals):
            self._reopen()
        return result

    def copy_data(self, default=None):
        vals_list = super().copy_data(default=default)
        for sheet, vals in zip(self, vals_list, strict=True):
            same_name = self.env.context.get("rgpd_same_name")
            if "name" not in (default or {}) and not same_name:
                vals["name"] = self.env._("%s (copy)", sheet.name)
        return vals_list

    @api.ondelete(at_uninstall=False)
    def _unlink_except_validated(self):
        if any(sheet.date_validated for sheet in self):
            raise UserError(
                self.env._(
                    "A sheet that was validated is not deleted: archive it, so that "
                    "the register can still be printed as it was."
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_shipped(self):
        if self._has_shipped(self):
            raise UserError(
                self.env._(
                    "This sheet comes with the add-on, and an update would bring it "
                    "back: say that the processing has stopped instead."
                )
            )

    @api.model
    def _has_shipped(self, records):
        """Tell whether the add-on brought one of these records."""
        # sudo: ir.model.data - only whether there is one
        return bool(
            self.env["ir.model.data"]
            .sudo()
            .search_count(
                [
                    ("module", "=", "rgpd_fichier_client"),
                    ("model", "=", records._name),
                    ("res_id", "in", records.ids),
                ],
                limit=1,
            )
        )

    @api.model
    def _get_register_domain(self, company=None):
        """Return the domain of the sheets that make the register of a company."""
        company = company or self.env.company
        # sudo: res.company - whose register applies does not depend on who asks
        own = company.sudo().rgpd_has_own_register
        return Domain("state", "!=", "archived") & Domain(
            "company_id", "in", [company.id] if own else [False, company.id]
        )

    def action_validate(self):
        """Validate complete sheets and store a version of each (DPO only)."""
        if not self.env.user.has_group("rgpd_fichier_client.group_rgpd_dpo"):
            raise AccessError(self.env._("Only the DPO validates a sheet."))
        for sheet in self.filtered(lambda s: s.state != "validated"):
            sheet._check_complete()
            sheet._set_state("validated", date_validated=fields.Datetime.now())
            sheet._make_version()
        return True

    def action_review(self):
        """Open a validated sheet again, so that it can be corrected."""
        self.check_access("read")
        if not self.env.user.has_group("rgpd_fichier_client.group_rgpd_officer"):
            raise AccessError(self.env._("Only the officer or the DPO reviews sheets."))
        self._reopen()
        return True

    def action_archive_sheet(self):
        """Close a sheet: the processing has stopped. It stays readable."""
        self._check_dpo()
        self.filtered(lambda s: s.state != "archived")._set_state(
            "archived", date_closed=fields.Datetime.now()
        )
        return True

    def action_draft(self):
        """Take an archived sheet up again."""
        self._check_dpo()
        self.filtered(lambda s: s.state == "archived")._set_state(
            "draft", date_closed=False
        )
        return True

    def _check_dpo(self):
        if not self.env.user.has_group("rgpd_fichier_client.group_rgpd_dpo"):
            raise AccessError(self.env._("Only the DPO closes or reopens a sheet."))

    def _reopen(self):
        """Send the validated sheets among these back to review."""
        validated = self.filtered(lambda sheet: sheet.state == "validated")
        # sudo: rgpd.processing - an officer may ask for a review, not edit the sheet
        validated.sudo()._set_state("to_review")

    def _reopen_for(self, name):
        """Send validated sheets back to review, as something they quote changed."""
        # sudo: rgpd.processing - whoever changed it may not write on the sheets
        for sheet in self.sudo().filtered(lambda s: s.state == "validated"):
            sheet._reopen()
            sheet.message_post(
                body=self.env._(
                    "Back to review, as what it says of %(name)s changed.", name=name
                )
            )

    def _set_state(self, new_state, **vals):
        for sheet in self:
            if not state.is_allowed(sheet.state, new_state):
                raise UserError(
                    self.env._(
                        "The sheet %(sheet)s cannot go from this state to that one.",
                        sheet=sheet.display_name,
                    )
                )
        self.with_context(rgpd_state=_STATE_KEY).write(vals | {"state": new_state})

    @api.model
    def _is_content(self, vals):
        """Tell whether these values change what the register says."""
        return any(
            name not in NOT_CONTENT and not name.startswith(("message_", "activity_"))
            for name in vals
        )

    @api.model
    def _cron_review(self):
        """Put the sheets whose review date has come back to review, with a task.

        What is missing is judged again first: a contract that ended last night makes
        a sheet incomplete that nobody touched.
        """
        self.search([("state", "!=", "archived")])._refresh_completeness()
        due = self.search(
            [
                ("state", "=", "validated"),
                ("date_review", "<=", fields.Date.context_today(self)),
            ]
        )
        due._reopen()
        for sheet in due:
            sheet._schedule_once(
                lambda sheet: sheet.env._("Review this sheet of the register")
            )

    def _get_task_user(self):
        return self.responsible_id or super()._get_task_user()
