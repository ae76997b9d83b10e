import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...core.register import basis, canonical, completeness, period
from .rgpd_selection import LEGAL_BASES, get_label

CHANNELS = ("email", "sms", "phone", "post", "partners", "tracking")


class RgpdPurpose(models.Model):
    """Why data are used: one legal basis, its periods, its channels (Art. 6).

    A purpose without company serves every company; a company that wants its own
    rule makes a purpose with the same code, which then replaces the common one.
    """

    _name = "rgpd.purpose"
    _description = "Purpose"
    _inherit = ["mail.thread", "rgpd.retention.mixin"]
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True, tracking=True)
    public_name = fields.Char(
        string="Name for the public",
        translate=True,
        help="What persons read on their preference page, in everyday words.",
    )
    is_in_preferences = fields.Boolean(
        string="In the preference centre",
        default=True,
        help="Persons see this purpose on their preference page. A purpose about which "
        "somebody decided is shown to them whatever is ticked here.",
    )
    code = fields.Char(
        required=True,
        help="Short technical name. Consents, reasons to keep and journal entries "
        "refer to it: it does not change.",
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    processing_id = fields.Many2one(
        "rgpd.processing", string="Sheet", ondelete="restrict", index=True
    )
    company_id = fields.Many2one(
        "res.company",
        compute="_compute_company_id",
        store=True,
        readonly=False,
        precompute=True,
        index=True,
        help="Empty: the purpose serves every company.",
    )
    legal_basis = fields.Selection(
        LEGAL_BASES,
        required=True,
        tracking=True,
        help="Exactly one per purpose (Art. 6.1), chosen before the data are used. "
        "Prospecting never rests on the contract.",
    )
    legal_reference = fields.Char(
        translate=True,
        tracking=True,
        help="A legal obligation needs its text, for instance L123-22 C. com.",
    )
    interest = fields.Text(
        translate=True,
        help="The legitimate interest pursued; the person is told (Art. 13.1.d).",
    )
    balancing_interest = fields.Text(
        string="1. Is the interest lawful, precise and real?", translate=True
    )
    balancing_necessity = fields.Text(
        string="2. Is the processing necessary for it?", translate=True
    )
    balancing_result = fields.Text(
        string="3. Do the rights of the persons weigh less?",
        translate=True,
        help="What the persons may reasonably expect, the effect on them, what "
        "protects them.",
    )
    balancing_conclusion = fields.Selection(
        [
            ("holds", "The interest prevails"),
            ("guarded", "The interest prevails thanks to the safeguards"),
            ("lost", "The rights of the persons prevail"),
        ],
        string="Conclusion of the test",
        tracking=True,
    )
    balancing_date = fields.Date(string="Test done on", readonly=True)
    balancing_user_id = fields.Many2one(
        "res.users", string="Test done by", readonly=True, ondelete="set null"
    )
    condition = fields.Text(
        translate=True, help="What must be true for this purpose to be lawful."
    )
    is_prospecting = fields.Boolean(
        string="Prospecting",
        help="The person may object at any time, without reason (Art. 21.2).",
    )
    channel_email = fields.Boolean(string="E-mail")
    channel_sms = fields.Boolean(string="SMS")
    channel_phone = fields.Boolean(string="Phone")
    channel_post = fields.Boolean(string="Post")
    channel_partners = fields.Boolean(string="Partners")
    channel_tracking = fields.Boolean(string="Trackers")
    data_category_ids = fields.Many2many(
        "rgpd.data.category",
        string="Data categories",
        help="The data this purpose needs, and nothing more (Art. 5.1.c).",
    )
    rule_ids = fields.Many2many(
        "rgpd.retention.rule",
        string="Other retention rules",
        help="Data of this purpose that are kept for another time.",
    )
    notice_ids = fields.One2many("rgpd.notice", "purpose_id", string="Notices")
    rights_text = fields.Char(
        string="Rights of the person", compute="_compute_rights_text"
    )

    _code_company_unique = models.UniqueIndex(
        "(code, COALESCE(company_id, 0))",
        "This code exists already for this company.",
    )

    @api.depends("processing_id.company_id")
    def _compute_company_id(self):
        for purpose in self:
            if purpose.processing_id:
                purpose.company_id = purpose.processing_id.company_id

    @api.depends("legal_basis", "is_prospecting")
    @api.depends_context("lang")
    def _compute_rights_text(self):
        labels = self._get_right_labels()
        for purpose in self:
            if not purpose.legal_basis:
                purpose.rights_text = False
                continue
            opened = basis.get_opened_rights(
                purpose.legal_basis, is_prospecting=purpose.is_prospecting
            )
            purpose.rights_text = ", ".join(labels[right] for right in opened)

    @api.depends("name", "code")
    @api.depends_context("show_code")
    def _compute_display_name(self):
        for purpose in self:
            purpose.display_name = purpose.name or purpose.code

    @api.constrains("code")
    def _check_code(self):
        for purpose in self:
            if not re.fullmatch(r"[a-z][a-z0-9_]*", purpose.code):
                raise ValidationError(
                    self.env._(
                        "The code %(code)s may hold small letters, figures and _ only.",
                        code=purpose.code,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        purposes = super().create(vals_list)
        purposes.processing_id._reopen()
        return purposes

    def write(self, vals):
        if "code" in vals and any(p.code != vals["code"] for p in self):
            raise ValidationError(
                self.env._("The code of a purpose does not change: evidence uses it.")
            )
        sheets = self.processing_id
        result = super().write(vals)
        if not vals.keys().isdisjoint(self._get_content_fields()):
            (sheets | self.processing_id)._reopen()
        return result

    def copy_data(self, default=None):
        vals_list = super().copy_data(default=default)
        for purpose, vals in zip(self, vals_list, strict=True):
            if "code" not in (default or {}):
                vals["code"] = f"{purpose.code}_copy"
        return vals_list

    @api.ondelete(at_uninstall=False)
    def _unlink_except_validated(self):
        if any(purpose.processing_id.date_validated for purpose in self):
            raise ValidationError(
                self.env._(
                    "This purpose was in a validated sheet: archive it, so that the "
                    "register can still explain the past."
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_shipped(self):
        if self.env["rgpd.processing"]._has_shipped(self):
            raise ValidationError(
                self.env._(
                    "This purpose comes with the add-on, and an update would bring it "
                    "back: archive it instead."
                )
            )

    @api.model
    def _get_purposes(self, company=None):
        """Return the purposes in force for a company.

        A purpose of the company itself replaces the common one of the same code;
        purposes of archived sheets are out, and so are all the common ones for a
        company that has a register of its own.
        """
        company = company or self.env.company
        # sudo: res.company - whose register applies does not depend on who asks
        has_own = company.sudo().rgpd_has_own_register
        purposes = self.search(
            [
                ("company_id", "in", (company.id,) if has_own else (False, company.id)),
                "|",
                ("processing_id", "=", False),
                ("processing_id.state", "!=", "archived"),
            ]
        )
        own_codes = set(purposes.filtered("company_id").mapped("code"))
        return purposes.filtered(lambda p: p.company_id or p.code not in own_codes)

    @api.model
    def _get_purpose(self, code, company=None):
        """Return the purpose in force that has this code, or an empty recordset."""
        purposes = self._get_purposes(company)
        return purposes.filtered(lambda purpose: purpose.code == code)[:1]

    @api.model
    def _get_rule_fingerprint(self, company=None):
        """Return a SHA-256 of all that decides how long data are kept.

        An approved simulation holds for this fingerprint only: a changed period,
        basis or category asks for a new approval.
        """
        # sudo: rgpd.purpose - the fingerprint is the same whoever computes it
        rules = [
            {
                "code": purpose.code,
                "basis": purpose.legal_basis,
                "start": purpose.start_event,
                "active": [purpose.active_delay, purpose.active_unit],
                "archive": [purpose.archive_delay, purpose.archive_unit],
                "end": purpose.end_action,
                "categories": sorted(purpose.data_category_ids.mapped("code")),
                "rules": purpose.rule_ids._get_fingerprint(),
            }
            for purpose in self.sudo()._get_purposes(company).sorted("code")
        ]
        return canonical.get_digest(rules)

    def _get_public_name(self):
        """Return the name of the purpose in everyday words (Art. 12.1)."""
        self.ensure_one()
        return self.public_name or self.name

    def _get_channels(self):
        """Return the channels of the purpose: ``["email", "sms", …]``."""
        self.ensure_one()
        return [channel for channel in CHANNELS if self[f"channel_{channel}"]]

    def action_balancing(self):
        """Write the balancing test in three steps."""
        self.ensure_one()
        return self.env["rgpd.balancing.wizard"]._open_for(self)

    def action_print_balancing(self):
        """Print the balancing test, for the CNIL or whoever asks."""
        report = self.env.ref("rgpd_fichier_client.rgpd_balancing_report")
        return report.report_action(self)

    def _has_balancing(self):
        """Tell whether the three steps of the balancing test are written."""
        self.ensure_one()
        return bool(
            self.balancing_interest
            and self.balancing_necessity
            and self.balancing_result
        )

    def _has_notice(self):
        """Tell whether a text is shown: its own, or that of its code for everyone."""
        self.ensure_one()
        return bool(self.notice_ids) or bool(
            self.env["rgpd.notice"].search_count(
                [
                    ("purpose_id.code", "=", self.code),
                    ("company_id", "in", (False, self.company_id.id)),
                ],
                limit=1,
            )
        )

    def _has_period(self):
        self.ensure_one()
        return period.is_set(self.start_event, self.active_delay, self.archive_delay)

    @api.model
    def _get_content_fields(self):
        """Return the fields whose change makes the validated sheet out of date."""
        return {
            "name",
            "active",
            "processing_id",
            "legal_basis",
            "legal_reference",
            "interest",
            "balancing_interest",
            "balancing_necessity",
            "balancing_result",
            "balancing_conclusion",
            "condition",
            "is_prospecting",
            "data_category_ids",
            "rule_ids",
            "start_event",
            "active_delay",
            "active_unit",
            "archive_delay",
            "archive_unit",
            "end_action",
            "retention_reference",
            *(f"channel_{channel}" for channel in CHANNELS),
        }

    def _get_right_labels(self):
        return {
            "access": self.env._("access"),
            "rectification": self.env._("rectification"),
            "erasure": self.env._("erasure"),
            "restriction": self.env._("restriction"),
            "portability": self.env._("portability"),
            "objection": self.env._("objection"),
            "withdraw": self.env._("withdrawal of consent"),
        }

    def _prepare_purpose_facts(self):
        """Return the purpose as the core reads it."""
        self.ensure_one()
        return completeness.PurposeFacts(
            name=self.name or "",
            legal_basis=self.legal_basis or None,
            legal_reference=self.legal_reference or "",
            interest=self.interest or "",
            has_balancing=self._has_balancing(),
            is_balancing_lost=self.balancing_conclusion == "lost",
            has_notice=self._has_notice(),
            has_period=self._has_period(),
            has_data=bool(self.data_category_ids),
            has_limit=bool(self._get_limits()),
            is_over_limit=self._is_over_limit(),
        )

    def _get_limits(self):
        """Return the rules that say how long this purpose may keep data at most."""
        return self.rule_ids.filtered(lambda rule: rule.is_limit and rule.active)

    def _is_over_limit(self):
        """Tell whether the period chosen exceeds one of its limits."""
        self.ensure_one()
        chosen = self._get_periods()
        return any(
            period.is_longer(chosen, limit._get_periods())
            for limit in self._get_limits()
        )

    def _get_snapshot(self):
        """Return the purpose as JSON-able values, in the language of the user."""
        self.ensure_one()
        return {
            "code": self.code,
            "name": self.name,
            "basis": self.legal_basis,
            "basis_label": get_label(self, "legal_basis"),
            "article": basis.ARTICLES.get(self.legal_basis, ""),
            "legal_reference": self.legal_reference or "",
            "interest": self.interest or "",
            "balancing": [
                self.balancing_interest or "",
                self.balancing_necessity or "",
                self.balancing_result or "",
            ],
            "condition": self.condition or "",
            "channels": self._get_channels(),
            "start_event": self.start_event or "",
            "active": [self.active_delay, self.active_unit],
            "archive": [self.archive_delay, self.archive_unit],
            "end_action": self.end_action,
            "retention": self.retention_text or "",
            "retention_reference": self.retention_reference or "",
            "rights": self.rights_text or "",
            "data": self.data_category_ids.mapped("code"),
        }
