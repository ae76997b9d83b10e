from odoo import api, fields, models
from odoo.exceptions import UserError

from ...core.register import completeness


class RgpdProcessing(models.Model):
    """What a sheet still lacks, said in plain words."""

    _inherit = "rgpd.processing"

    completeness = fields.Integer(
        string="Completeness (%)",
        compute="_compute_completeness",
        store=True,
        aggregator="avg",
    )
    is_complete = fields.Boolean(compute="_compute_completeness", store=True)
    completion = fields.Selection(
        [
            ("complete", "Nothing is missing"),
            ("improvable", "Can be validated"),
            ("blocked", "Cannot be validated yet"),
        ],
        string="What is missing",
        compute="_compute_completeness",
        store=True,
    )
    gap_text = fields.Text(string="Still missing", compute="_compute_gap_text")

    @api.depends(lambda self: self._get_gap_fields())
    def _compute_completeness(self):
        for sheet in self:
            facts = sheet._prepare_sheet_facts()
            sheet.completeness = completeness.get_score(facts)
            sheet.completion = completeness.get_completion(facts)
            sheet.is_complete = sheet.completion == "complete"

    @api.depends(lambda self: self._get_gap_fields())
    @api.depends_context("lang")
    def _compute_gap_text(self):
        labels = self._get_gap_labels()
        for sheet in self:
            gaps = completeness.get_gaps(sheet._prepare_sheet_facts())
            sheet.gap_text = "\n".join(sheet._get_gap_text(gap, labels) for gap in gaps)

    def _refresh_completeness(self):
        """Judge again what depends on the day: contracts and certifications age."""
        for name in ("completeness", "is_complete", "completion"):
            self.env.add_to_compute(self._fields[name], self)
        self.flush_recordset(["completeness", "is_complete", "completion"])

    def _check_complete(self):
        """Refuse to validate a sheet that lacks what the law asks for."""
        self.ensure_one()
        labels = self._get_gap_labels()
        gaps = completeness.get_gaps(self._prepare_sheet_facts())
        missing = [self._get_gap_text(g, labels) for g in gaps if g.is_blocking]
        if missing:
            raise UserError(
                self.env._(
                    "%(sheet)s cannot be validated yet:\n%(missing)s",
                    sheet=self.display_name,
                    missing="\n".join(f"- {text}" for text in missing),
                )
            )

    def _get_gap_text(self, gap, labels):
        text = labels[gap.code]
        if not gap.about:
            return text
        return self.env._("%(about)s: %(text)s", about=gap.about, text=text)

    def _prepare_sheet_facts(self):
        """Return the sheet as the core reads it."""
        self.ensure_one()
        company = self.company_id or self.env.company
        return completeness.SheetFacts(
            role=self.role or "controller",
            name=self.name or "",
            reference=self.reference or "",
            has_contact=bool(company.rgpd_contact_email or company.email),
            has_country=bool(company.country_id),
            has_contact_person=bool(company.rgpd_dpo_id or company.rgpd_referent_id),
            is_outside_union=company._is_outside_eea(),
            has_representative=bool(company.rgpd_representative_id),
            served_controllers=len(self.served_controller_ids),
            objective=self.objective or "",
            purposes=tuple(p._prepare_purpose_facts() for p in self.purpose_ids),
            person_categories=len(self.person_category_ids),
            data_categories=len(self.data_category_ids),
            recipients=len(self.recipient_ids),
            measures=len(self.measure_ids),
            has_sensitive=self.has_sensitive,
            sensitive_exception=self.sensitive_exception or "",
            sensitive_reason=self.sensitive_reason or "",
            data_origin=self.data_origin or "",
            origin_detail=self.origin_detail or "",
            dpia_criteria=self.dpia_count,
            dpia_conclusion=self.dpia_conclusion or "",
            has_responsible=bool(self.responsible_id),
            has_review_date=bool(self.date_review),
            processors=tuple(
                p._prepare_processor_facts(self.transfer_ids.country_id)
                for p in self.processor_ids
            ),
            transfers=tuple(
                completeness.TransferFacts(t.name or "", t.is_lawful)
                for t in self.transfer_ids
            ),
        )

    @api.model
    def _get_gap_fields(self):
        """Return the fields on which the completeness depends."""
        return (
            "role",
            "name",
            "reference",
            "company_id.rgpd_contact_email",
            "company_id.email",
            "company_id.country_id",
            "company_id.rgpd_dpo_id",
            "company_id.rgpd_referent_id",
            "company_id.rgpd_representative_id",
            "served_controller_ids",
            "objective",
            "purpose_ids.name",
            "purpose_ids.legal_basis",
            "purpose_ids.legal_reference",
            "purpose_ids.interest",
            "purpose_ids.balancing_interest",
            "purpose_ids.balancing_necessity",
            "purpose_ids.balancing_result",
            "purpose_ids.balancing_conclusion",
            "purpose_ids.notice_ids",
            "purpose_ids.start_event",
            "purpose_ids.active_delay",
            "purpose_ids.active_unit",
            "purpose_ids.archive_delay",
            "purpose_ids.archive_unit",
            "purpose_ids.rule_ids.active",
            "purpose_ids.rule_ids.is_limit",
            "purpose_ids.rule_ids.active_delay",
            "purpose_ids.rule_ids.active_unit",
            "purpose_ids.rule_ids.archive_delay",
            "purpose_ids.rule_ids.archive_unit",
            "purpose_ids.data_category_ids.is_sensitive",
            "person_category_ids",
            "recipient_ids",
            "measure_ids",
            "sensitive_exception",
            "sensitive_reason",
            "data_origin",
            "origin_detail",
            "dpia_count",
            "dpia_conclusion",
            "responsible_id",
            "date_review",
            "processor_ids.name",
            "processor_ids.role",
            "processor_ids.contract_date",
            "processor_ids.contract_end",
            "processor_ids.missing_clause_count",
            "processor_ids.certification_end",
            "processor_ids.country_id",
            "processor_ids.hosting_country_ids",
            "processor_ids.access_country_ids",
            "processor_ids.child_ids",
            "transfer_ids.name",
            "transfer_ids.country_id",
            "transfer_ids.is_commercial",
            "transfer_ids.safeguard",
            "transfer_ids.scc_module",
            "transfer_ids.art49_ground",
            "transfer_ids.certification_checked",
            "transfer_ids.fallback_safeguard",
            "transfer_ids.impact_assessment_date",
            "transfer_ids.document_url",
        )

    def _get_gap_labels(self):
        """Return the words for each code of the core."""
        return self._get_sheet_gap_labels() | self._get_line_gap_labels()

    def _get_sheet_gap_labels(self):
        return {
            "name": self.env._("give the sheet a name"),
            "reference": self.env._("give the sheet a reference"),
            "contact": self.env._(
                "give the contact e-mail of the company, in the settings"
            ),
            "country": self.env._("give the country of the company, in its address"),
            "contact_person": self.env._(
                "name a DPO or a personal data contact, in the settings"
            ),
            "representative": self.env._(
                "name a representative in the Union, in the settings (Art. 27)"
            ),
            "objective": self.env._("say what the processing is for"),
            "served_controllers": self.env._("say for which customers you act"),
            "purposes": self.env._("add at least one purpose"),
            "measures": self.env._("list the security measures (Art. 32)"),
            "persons": self.env._("say whose data they are"),
            "data": self.env._("say which data are used"),
            "recipients": self.env._("say who receives the data"),
            "origin": self.env._("say where the data come from"),
            "origin_detail": self.env._(
                "name the sources, as the persons must be told (Art. 14)"
            ),
            "sensitive_exception": self.env._(
                "choose the exception for sensitive data (Art. 9)"
            ),
            "sensitive_reason": self.env._(
                "explain why the exception of Art. 9 applies"
            ),
            "dpia": self.env._(
                "two DPIA criteria are met: write the conclusion (Art. 35)"
            ),
            "responsible": self.env._("name the person in charge"),
            "review_date": self.env._("set a date for the next review"),
        }

    def _get_line_gap_labels(self):
        return {
            "purpose_basis": self.env._("choose the legal basis (Art. 6)"),
            "purpose_period": self.env._("say how long the data are kept"),
            "purpose_data": self.env._("say which data this purpose needs"),
            "purpose_limit": self.env._(
                "kept longer than the upper limit: shorten it, or write down why"
            ),
            "purpose_text": self.env._("a legal obligation needs its text"),
            "purpose_interest": self.env._("say which legitimate interest is pursued"),
            "purpose_balancing": self.env._(
                "write the three steps of the balancing test"
            ),
            "purpose_lost": self.env._(
                "the balancing test is lost: choose another basis or stop"
            ),
            "purpose_notice": self.env._(
                "consent needs a notice: write the text to show"
            ),
            "processor_contract": self.env._(
                "the contract with this processor is missing"
            ),
            "processor_expired": self.env._(
                "the contract with this processor has ended"
            ),
            "processor_clauses": self.env._("the contract lacks clauses of Art. 28"),
            "arrangement": self.env._(
                "the arrangement with this joint controller is missing (Art. 26)"
            ),
            "arrangement_expired": self.env._(
                "the arrangement with this joint controller has ended"
            ),
            "arrangement_points": self.env._(
                "the arrangement must say who does what, and persons must be told its "
                "essence (Art. 26)"
            ),
            "processor_certificate": self.env._(
                "its certification has ended: ask for the new certificate"
            ),
            "processor_transfer": self.env._(
                "it works outside the EEA: add the transfer and its safeguard"
            ),
            "transfer": self.env._(
                "this transfer outside the EU has no valid safeguard"
            ),
        }
