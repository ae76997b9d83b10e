from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...core.register import completeness
from .rgpd_selection import get_label, to_text

TASK = "mail.mail_activity_data_todo"
YEAR = relativedelta(years=1)
# Renewing a contract takes time: the task comes two months before it ends.
NOTICE = relativedelta(months=2)
# Field -> what the contract must say (Art. 28.3); the order of the law.
CLAUSES = (
    "has_object",
    "has_instructions",
    "has_confidentiality",
    "has_security",
    "has_subprocessing",
    "has_rights_help",
    "has_breach_help",
    "has_end",
    "has_audit",
    "has_alert",
)
# Field -> what joint controllers settle (Art. 26.1) and tell the persons (26.2)
ARRANGEMENT = ("has_duties", "has_essence")
POINTS = {"processor": CLAUSES, "joint": ARRANGEMENT, "separate": ()}


class RgpdProcessor(models.Model):
    """A supplier that handles the data on our behalf, and its contract (Art. 28)."""

    _name = "rgpd.processor"
    _description = "Processor"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "rgpd.task.mixin",
        "rgpd.sheet.part.mixin",
        "rgpd.day.mixin",
    ]
    _order = "name"
    _parent_name = "parent_id"
    _check_company_auto = True

    name = fields.Char(required=True, tracking=True)
    active = fields.Boolean(default=True)
    partner_id = fields.Many2one("res.partner", ondelete="restrict")
    role = fields.Selection(
        [
            ("processor", "Processor"),
            ("joint", "Joint controller"),
            ("separate", "Separate controller"),
        ],
        required=True,
        default="processor",
        help="A processor acts on your instructions only (Art. 28). Who decides why "
        "the data are used, with you or for itself, is a controller (Art. 26).",
    )
    service = fields.Char(
        translate=True, help="What it does for you: hosting, mailing…"
    )
    registry_number = fields.Char(string="SIREN or company number")
    country_id = fields.Many2one("res.country", string="Country of establishment")
    hosting_country_ids = fields.Many2many(
        "res.country",
        "rgpd_processor_hosting_rel",
        string="Hosting countries",
    )
    access_country_ids = fields.Many2many(
        "res.country",
        "rgpd_processor_access_rel",
        string="Remote access from",
        help="Reading the data from outside the EEA is a transfer, wherever they lie.",
    )
    parent_id = fields.Many2one(
        "rgpd.processor", string="Sub-processor of", ondelete="restrict", index=True
    )
    child_ids = fields.One2many("rgpd.processor", "parent_id", string="Sub-processors")
    certifications = fields.Char(help="ISO 27001, HDS, SecNumCloud, DPF…")
    certification_end = fields.Date(
        string="Certifications valid until", help="The first of them that ends."
    )
    contact_email = fields.Char(string="Data protection contact")
    breach_hours = fields.Integer(
        string="Breach notice (hours)",
        help="The processor warns you without undue delay (Art. 33.2), so that you "
        "keep your 72 hours: 24 to 48 hours is usual.",
    )
    contract_date = fields.Date(string="Signed on", tracking=True)
    contract_end = fields.Date(string="Ends on", tracking=True)
    contract_file = fields.Binary(string="Signed document", attachment=True)
    contract_filename = fields.Char()
    date_review = fields.Date(
        string="Next review",
        compute="_compute_date_review",
        store=True,
        readonly=False,
        tracking=True,
        help="Every year: does it still do what the contract says? (Art. 28.1)",
    )
    date_clauses = fields.Date(
        string="Clauses read on",
        readonly=True,
        help="When the contract was last read against Art. 28.",
    )
    company_id = fields.Many2one("res.company")
    processing_ids = fields.Many2many("rgpd.processing", string="Sheets")

    has_object = fields.Boolean(
        string="Object, duration, purpose, data and persons are described",
        help="Art. 28.3, first sentence.",
    )
    has_instructions = fields.Boolean(
        string="Acts on documented instructions only", help="Art. 28.3.a."
    )
    has_confidentiality = fields.Boolean(
        string="Its staff is bound to confidentiality", help="Art. 28.3.b."
    )
    has_security = fields.Boolean(
        string="Takes the security measures of Art. 32", help="Art. 28.3.c."
    )
    has_subprocessing = fields.Boolean(
        string="Asks before using a sub-processor, with the same duties",
        help="Art. 28.2, 28.3.d and 28.4.",
    )
    has_rights_help = fields.Boolean(
        string="Helps to answer the requests of persons", help="Art. 28.3.e."
    )
    has_breach_help = fields.Boolean(
        string="Helps with security, breaches and impact assessments",
        help="Art. 28.3.f.",
    )
    has_end = fields.Boolean(
        string="Erases or returns the data at the end", help="Art. 28.3.g."
    )
    has_audit = fields.Boolean(
        string="Gives the proof and accepts audits", help="Art. 28.3.h."
    )
    has_alert = fields.Boolean(
        string="Warns of an unlawful instruction", help="Art. 28.3, last sentence."
    )
    has_duties = fields.Boolean(
        string="Says who informs the persons, who answers them, who secures the data",
        help="Art. 26.1. A person may turn to either of you all the same (Art. 26.3).",
    )
    has_essence = fields.Boolean(
        string="Its essence is made available to the persons",
        help="Art. 26.2: in the privacy policy, for instance.",
    )
    missing_clause_count = fields.Integer(
        string="Missing clauses", compute="_compute_contract", store=True
    )
    contract_state = fields.Selection(
        [
            ("missing", "No contract"),
            ("incomplete", "Clauses missing"),
            ("expired", "Expired"),
            ("no_arrangement", "No arrangement"),
            ("open", "Arrangement incomplete"),
            ("none", "None needed"),
            ("complete", "Complete"),
        ],
        compute="_compute_contract_state",
        search="_search_contract_state",
    )

    _no_own_parent = models.Constraint(
        "CHECK(parent_id IS NULL OR parent_id <> id)",
        "A processor cannot be its own sub-processor.",
    )

    @api.depends("contract_date")
    def _compute_date_review(self):
        for processor in self:
            if processor.contract_date and not processor.date_review:
                processor.date_review = processor.contract_date + YEAR

    @api.constrains("parent_id")
    def _check_parent_id(self):
        if self._has_cycle():
            raise ValidationError(
                self.env._("A processor cannot be its own sub-processor.")
            )

    @api.depends("role", *CLAUSES, *ARRANGEMENT)
    def _compute_contract(self):
        for processor in self:
            points = POINTS[processor.role or "processor"]
            processor.missing_clause_count = sum(not processor[p] for p in points)

    @api.model
    def _count_points_again(self):
        """Count what is missing by the role; older versions counted Art. 28 for all."""
        others = self.with_context(active_test=False).search(
            [("role", "!=", "processor")]
        )
        self.env.add_to_compute(self._fields["missing_clause_count"], others)

    @api.depends("role", "contract_date", "contract_end", "missing_clause_count")
    @api.depends_context("tz")
    def _compute_contract_state(self):
        today = fields.Date.context_today(self)
        for processor in self:
            is_joint = processor.role == "joint"
            if processor.role == "separate":
                state = "none"
            elif not processor.contract_date:
                state = "no_arrangement" if is_joint else "missing"
            elif processor.contract_end and processor.contract_end < today:
                state = "expired"
            elif processor.missing_clause_count:
                state = "open" if is_joint else "incomplete"
            else:
                state = "complete"
            processor.contract_state = state

    def _search_contract_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = fields.Date.context_today(self)
        separate = fields.Domain("role", "=", "separate")
        joint = fields.Domain("role", "=", "joint")
        unsigned = ~separate & fields.Domain("contract_date", "=", False)
        signed = ~separate & fields.Domain("contract_date", "!=", False)
        expired = signed & fields.Domain("contract_end", "<", today)
        alive = signed & ~fields.Domain("contract_end", "<", today)
        lacking = alive & fields.Domain("missing_clause_count", ">", 0)
        domains = {
            "missing": unsigned & ~joint,
            "no_arrangement": unsigned & joint,
            "expired": expired,
            "incomplete": lacking & ~joint,
            "open": lacking & joint,
            "none": separate,
            "complete": alive & fields.Domain("missing_clause_count", "=", 0),
        }
        return fields.Domain.OR(domains[state] for state in value if state in domains)

    # === ACTIONS === #

    def action_check_clauses(self):
        """Read the contract clause by clause."""
        self.ensure_one()
        return self.env["rgpd.processor.checklist"]._open_for(self)

    def action_reviewed(self):
        """Note that the yearly review was done, and set the next."""
        self.check_access("write")
        for processor in self:
            processor.date_review = fields.Date.context_today(self) + YEAR
            processor.message_post(body=self.env._("Yearly review done."))
            self.env["rgpd.journal"]._record(
                "register.processor_reviewed",
                None,
                {"processor": processor.id},
                company=processor.company_id or None,
            )
        self.activity_feedback([TASK])
        return True

    # === CRON === #

    @api.model
    def _cron_review(self):
        """Make tasks of contracts and certifications that end, and yearly reviews."""
        self._notice_day()
        today = fields.Date.context_today(self)
        soon = today + NOTICE
        for processor in self.search([("role", "!=", "separate")]):
            for name, limit in (
                ("contract_end", soon),
                ("certification_end", soon),
                ("date_review", today),
            ):
                if processor[name] and processor[name] <= limit:
                    processor._schedule_once(
                        lambda record, name=name: record._get_task(name),
                        processor[name],
                    )

    def _get_task(self, name):
        """Return what is to be done when one of the dates comes."""
        if self.role == "joint" and name != "certification_end":
            return {
                "contract_end": self.env._("Renew the arrangement"),
                "date_review": self.env._("Yearly review of this arrangement"),
            }[name]
        return {
            "contract_end": self.env._("Renew the contract"),
            "certification_end": self.env._("Ask for the new certificate"),
            "date_review": self.env._("Yearly review of this processor"),
        }[name]

    # === HELPERS === #

    def _prepare_processor_facts(self, covered=()):
        """Return the contract as the core reads it.

        :param covered: countries that a transfer of the sheet explains
        """
        self.ensure_one()
        return completeness.ProcessorFacts(
            name=self.name or "",
            role=self.role or "processor",
            has_contract=bool(self.contract_date),
            is_expired=self.contract_state == "expired",
            missing_clauses=self.missing_clause_count,
            is_certificate_expired=self._has_expired_certificate(),
            missing_transfers=len(self._get_outside_countries() - set(covered)),
        )

    def _has_expired_certificate(self):
        """Tell whether a certification that the register names has ended."""
        self.ensure_one()
        today = fields.Date.context_today(self)
        return bool(self.certification_end and self.certification_end < today)

    # === WHAT THE DAY DECIDES === #

    @api.model
    def _get_day_fields(self):
        return (
            "role",
            "contract_date",
            "contract_end",
            "missing_clause_count",
            "certification_end",
            "country_id",
            "hosting_country_ids",
            "access_country_ids",
        )

    @api.model
    def _get_day_computed(self):
        return ["contract_state"]

    def _get_day_state(self):
        """Return the contract, the certificate, and the countries outside the EEA."""
        places = self._get_own_countries()
        return " ".join(
            [
                self.contract_state or "",
                "lapsed" if self._has_expired_certificate() else "",
                *sorted(country.code or "" for country in places),
            ]
        )

    def _get_outside_countries(self):
        """Return the countries outside the EEA where it works, at every rank.

        Reading from there is a transfer, wherever the data lie (chapter V).
        """
        ranks = self | self._get_all_children()
        return ranks._get_own_countries()

    def _get_own_countries(self):
        """Return the countries outside the EEA where these processors work."""
        countries = self.country_id | self.hosting_country_ids | self.access_country_ids
        today = fields.Date.context_today(self)
        inside = {
            line.country
            for line in self.env["rgpd.adequacy"]._get_adequacies()
            if line.kind == "eea" and line.is_in_force(today)
        }
        return {country for country in countries if country.code not in inside}

    def _get_snapshot(self):
        """Return the processor as JSON-able values, in the language of the user."""
        self.ensure_one()
        return {
            "name": self.name,
            "role": get_label(self, "role"),
            "service": self.service or "",
            "country": self.country_id.name or "",
            "hosting": self.hosting_country_ids.mapped("name"),
            "access": self.access_country_ids.mapped("name"),
            "certifications": self.certifications or "",
            "certification_end": to_text(self.certification_end),
            "certificate": self.env._("certificate expired")
            if self._has_expired_certificate()
            else "",
            "contract": get_label(self, "contract_state"),
            "contract_date": to_text(self.contract_date),
            "contract_end": to_text(self.contract_end),
            "subprocessors": [
                {"name": child.name, "country": child.country_id.name or ""}
                for child in self._get_all_children()
            ],
        }

    def _get_parts(self):
        """Return these and those they work for: a sheet names every rank."""
        found = parts = self
        while parts:
            parts = parts.parent_id - found
            found |= parts
        return found

    def _get_all_children(self):
        """Return the sub-processors at every rank."""
        found = self.browse()
        children = self.child_ids
        while children:
            found |= children
            children = children.child_ids - found
        return found
