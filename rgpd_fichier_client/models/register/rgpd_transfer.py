from dateutil.relativedelta import relativedelta

from odoo import api, fields, models

from ...core.register import transfer
from .rgpd_selection import get_label, to_text

# What the verdict depends on, besides the day and the list of adequate countries.
TRANSFER_FIELDS = (
    "country_id",
    "safeguard",
    "fallback_safeguard",
    "scc_module",
    "art49_ground",
    "certification_checked",
    "impact_assessment_date",
    "document_url",
    "is_commercial",
)
# A certification holds a year after it was checked: there is a month to check it.
CHECK_MONTHS = 11


class RgpdTransfer(models.Model):
    """Data that leave the European Economic Area, and what protects them (chap. V)."""

    _name = "rgpd.transfer"
    _description = "Transfer outside the EU"
    _inherit = ["rgpd.sheet.part.mixin", "rgpd.day.mixin"]
    _order = "processing_id, id"

    name = fields.Char(string="Recipient", required=True)
    processing_id = fields.Many2one(
        "rgpd.processing", string="Sheet", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="processing_id.company_id", store=True)
    processor_id = fields.Many2one("rgpd.processor", ondelete="restrict")
    country_id = fields.Many2one("res.country")
    is_commercial = fields.Boolean(string="Commercial organisation", default=True)
    safeguard = fields.Selection(
        [
            ("adequacy", "Adequate country (Art. 45)"),
            ("scc", "Standard contractual clauses (Art. 46.2.c)"),
            ("bcr", "Binding corporate rules (Art. 47)"),
            ("code", "Code of conduct (Art. 46.2.e)"),
            ("certification", "Certification (Art. 46.2.f)"),
            ("art49", "Derogation (Art. 49), occasional only"),
        ],
        help="What protects the data once they are there.",
    )
    scc_module = fields.Selection(
        [
            ("1", "1: controller to controller"),
            ("2", "2: controller to processor"),
            ("3", "3: processor to processor"),
            ("4", "4: processor to controller"),
        ],
        string="SCC module",
    )
    art49_ground = fields.Selection(
        [
            ("a", "a) explicit consent"),
            ("b", "b) contract with the person"),
            ("c", "c) contract in the person's interest"),
            ("d", "d) public interest"),
            ("e", "e) legal claims"),
            ("f", "f) vital interests"),
            ("g", "g) public register"),
        ],
        string="Ground of Art. 49",
    )
    certification_checked = fields.Date(
        string="Certification checked on",
        help="In the United States only organisations certified under the Data Privacy "
        "Framework are adequate: check the official list every year.",
    )
    fallback_safeguard = fields.Selection(
        [
            ("scc", "Standard contractual clauses (Art. 46.2.c)"),
            ("bcr", "Binding corporate rules (Art. 47)"),
            ("code", "Code of conduct (Art. 46.2.e)"),
            ("certification", "Certification (Art. 46.2.f)"),
        ],
        string="If the adequacy falls",
        help="Adequacy decisions were struck down in 2015 and in 2020 from one day to "
        "the next: what is signed already takes over.",
    )
    fallback = fields.Char(
        help="What protects the data if the adequacy decision falls: which document, "
        "signed when.",
    )
    impact_assessment_date = fields.Date(
        string="Transfer impact assessment",
        help="With a safeguard of Art. 46 you assess the law of the country (TIA).",
    )
    document_url = fields.Char(
        string="Document", help="Where the clauses, rules or certificate can be read."
    )
    verdict = fields.Selection(
        [
            ("no_country", "The country is missing."),
            ("eea", "Within the European Economic Area: not a transfer."),
            ("adequate", "Adequate country: allowed."),
            ("certified", "Certified organisation: allowed."),
            ("fallback", "No longer adequate: the safeguard signed for it takes over."),
            ("scc", "Standard contractual clauses: allowed."),
            ("bcr", "Binding corporate rules: allowed."),
            ("code", "Code of conduct: allowed."),
            ("certification", "Certification: allowed."),
            ("art49", "Derogation: allowed if occasional."),
            ("not_adequate", "The country is not adequate: choose a safeguard."),
            ("adequacy_expired", "The adequacy decision is no longer in force."),
            ("adequacy_scope", "The decision does not cover this organisation."),
            ("certification_unchecked", "Check that the organisation is certified."),
            ("certification_old", "The certification was checked over a year ago."),
            ("scc_module", "Say which module of the clauses was signed."),
            ("art49_ground", "Say which derogation of Art. 49 applies."),
            ("no_document", "Give the link to the document of the safeguard."),
            ("no_impact_assessment", "The transfer impact assessment is missing."),
        ],
        compute="_compute_verdict",
    )
    verdict_article = fields.Char(compute="_compute_verdict")
    is_lawful = fields.Boolean(compute="_compute_verdict")
    is_outside_eea = fields.Boolean(compute="_compute_is_outside_eea", store=True)

    @api.depends(*TRANSFER_FIELDS)
    def _compute_verdict(self):
        adequacies = self.env["rgpd.adequacy"]._get_adequacies()
        today = fields.Date.context_today(self)
        for line in self:
            verdict = transfer.get_verdict(line._prepare_facts(), adequacies, today)
            line.verdict = verdict.code
            line.verdict_article = verdict.article
            line.is_lawful = verdict.is_lawful

    @api.depends("country_id")
    def _compute_is_outside_eea(self):
        adequacies = self.env["rgpd.adequacy"]._get_adequacies()
        today = fields.Date.context_today(self)
        for line in self:
            verdict = transfer.get_verdict(line._prepare_facts(), adequacies, today)
            line.is_outside_eea = bool(line.country_id) and verdict.is_transfer

    def _prepare_facts(self):
        return transfer.TransferFacts(
            country=self.country_id.code or None,
            safeguard=self.safeguard or None,
            scc_module=self.scc_module or None,
            art49_ground=self.art49_ground or None,
            has_document=bool(self.document_url),
            has_impact_assessment=bool(self.impact_assessment_date),
            certification_checked=self.certification_checked or None,
            is_commercial=self.is_commercial,
            fallback=self.fallback_safeguard or None,
        )

    @api.model
    def _cron_review(self):
        """Tell when a certification must be checked again, or a transfer is unlawful.

        Adequacy ends on a date and certifications lapse while nobody touches the
        sheet: it goes back to review, with a task.
        """
        self._notice_day()
        today = fields.Date.context_today(self)
        transfers = self.search([("processing_id.state", "!=", "archived")])
        for line in transfers:
            checked = line.certification_checked
            is_due = line.verdict in ("certified", "certification") and (
                checked <= today - relativedelta(months=CHECK_MONTHS)
            )
            if line.is_lawful and not is_due:
                continue
            if not line.is_lawful:
                line.processing_id._reopen()
            line.processing_id._schedule_once(
                lambda sheet, name=line.name: sheet.env._(
                    "%(transfer)s: check the transfer", transfer=name
                )
            )

    # === WHAT THE DAY DECIDES === #

    @api.model
    def _get_day_domain(self):
        return [("processing_id.state", "!=", "archived")]

    @api.model
    def _get_day_fields(self):
        return TRANSFER_FIELDS

    @api.model
    def _get_day_computed(self):
        return ["verdict", "verdict_article", "is_lawful"]

    def _get_day_state(self):
        return self.verdict or ""

    def _follow_day(self):
        """Judge again whether there is a transfer at all, and what sheets say of it."""
        self.modified(["country_id"])
        return super()._follow_day()

    def _get_sheets(self):
        return self.processing_id

    def _get_snapshot(self):
        """Return the transfer as JSON-able values, in the language of the user."""
        self.ensure_one()
        return {
            "name": self.name,
            "country": self.country_id.name or "",
            "safeguard": get_label(self, "safeguard"),
            "detail": get_label(self, "scc_module")
            if self.safeguard == "scc"
            else get_label(self, "art49_ground")
            if self.safeguard == "art49"
            else "",
            "verdict": get_label(self, "verdict"),
            "checked": to_text(self.certification_checked),
            "assessment": to_text(self.impact_assessment_date),
            "fallback": get_label(self, "fallback_safeguard"),
            "document": self.document_url or "",
        }
