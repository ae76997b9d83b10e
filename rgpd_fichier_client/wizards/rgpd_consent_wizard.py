import uuid

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..core.consent.minor import is_child
from ..models.consent.selections import SCOPES

# What staff knows about how a choice reached them → (collection point, method)
HOW = {
    "paper": ("paper", "form"),
    "phone": ("phone", "spoken"),
    "counter": ("till", "spoken"),
    "email": ("email", "written"),
}


class RgpdConsentWizard(models.TransientModel):
    """A choice that a person told or wrote to the staff, entered in under a minute."""

    _name = "rgpd.consent.wizard"
    _description = "Record a choice"

    res_model = fields.Char(required=True, readonly=True)
    res_id = fields.Many2oneReference(
        string="Person", model_field="res_model", required=True, readonly=True
    )
    person_name = fields.Char(compute="_compute_person_name", string="Contact")
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    is_child = fields.Boolean(compute="_compute_is_child")
    actor = fields.Selection(
        [
            ("staff", "The person, told to the staff"),
            ("parent", "The holder of parental authority"),
        ],
        string="Who decides",
        compute="_compute_actor",
        store=True,
        readonly=False,
        help="Below 15 a consent counts only when the holder of parental authority "
        "gives it (art. 8 GDPR, art. 45 LIL).",
    )
    guardian = fields.Char(
        string="Name of the holder",
        help="Kept with the proof, and erased with it.",
    )
    decision = fields.Selection(
        [
            ("given", "Agrees"),
            ("refused", "Refuses"),
            ("withdrawn", "Withdraws consent"),
            ("objected", "Objects to offers"),
        ],
        required=True,
        default="given",
    )
    purpose_id = fields.Many2one(
        "rgpd.purpose",
        domain="[('id', 'in', allowed_purpose_ids)]",
        help="Leave empty for an objection to every kind of offer.",
    )
    allowed_purpose_ids = fields.Many2many(
        "rgpd.purpose", compute="_compute_allowed_purpose_ids"
    )
    channel = fields.Selection(SCOPES, required=True, default="email")
    how = fields.Selection(
        [
            ("paper", "Paper form"),
            ("phone", "By phone"),
            ("counter", "At the counter"),
            ("email", "E-mail or letter"),
        ],
        string="Received",
        required=True,
        default="paper",
    )
    moment = fields.Datetime(
        string="Decided on", required=True, default=fields.Datetime.now
    )
    version_id = fields.Many2one(
        "rgpd.notice.version",
        string="Earlier text",
        domain="[('purpose_id', '=', purpose_id), ('channel', 'in', (False, channel))]",
        help="Only when the form the person read is not the one of today.",
    )
    is_text_unknown = fields.Boolean(
        string="The text shown is not known",
        help="The consent is then flagged to be asked again.",
    )
    notice_text = fields.Text(string="Text shown", compute="_compute_notice_text")
    scan = fields.Binary(string="Scan or message", attachment=False)
    scan_name = fields.Char()
    note = fields.Text(
        help="Part of the copy of an access request; erased with the record."
    )
    request_key = fields.Char(default=lambda self: uuid.uuid4().hex, readonly=True)

    # === COMPUTE METHODS === #

    @api.depends("res_model", "res_id")
    def _compute_person_name(self):
        for wizard in self:
            record = wizard._get_record().exists()
            wizard.person_name = record.display_name if record else False

    @api.depends("res_model", "res_id", "moment")
    def _compute_is_child(self):
        minors = self.env["rgpd.contact.minor"]
        for wizard in self:
            # sudo: anchors - read only to tell whether a parent has to agree
            record = wizard._get_record().sudo().exists()
            addresses = self.env["rgpd.consent.recorder"]._get_addresses(record)
            partners = self.env["rgpd.contact.gate"]._get_partners(record)
            majority = minors._get(record, partners, addresses).get(record.id)
            day = (wizard.moment or fields.Datetime.now()).date()
            wizard.is_child = is_child(majority, day)

    @api.depends("is_child")
    def _compute_actor(self):
        for wizard in self:
            wizard.actor = "parent" if wizard.is_child else "staff"

    @api.depends("company_id")
    def _compute_allowed_purpose_ids(self):
        for wizard in self:
            purposes = self.env["rgpd.purpose"]._get_purposes(wizard.company_id)
            wizard.allowed_purpose_ids = purposes.filtered(
                lambda purpose: (
                    purpose.legal_basis in ("consent", "legitimate_interest")
                    and purpose._get_channels()
                )
            )

    @api.depends("purpose_id", "channel", "version_id", "is_text_unknown", "company_id")
    def _compute_notice_text(self):
        for wizard in self:
            if wizard.is_text_unknown:
                wizard.notice_text = False
            else:
                wizard.notice_text = wizard.version_id.text or wizard._get_text()

    @api.onchange("purpose_id")
    def _onchange_purpose_id(self):
        """Propose the first channel of the purpose."""
        channels = self.purpose_id._get_channels() if self.purpose_id else []
        if channels and self.channel not in channels:
            self.channel = channels[0]

    # === ACTIONS === #

    def action_record(self):
        """Record the choice; a second click finds the first and adds nothing."""
        self.ensure_one()
        self.env["rgpd.consent"].check_access("read")
        if not self.env.user.has_group("rgpd_fichier_client.group_rgpd_officer"):
            raise UserError(self.env._("Only officers may record a choice."))
        point, method = HOW[self.how]
        event = self.env["rgpd.consent"]._record(
            self._get_record(),
            self.purpose_id.code or None,
            self.channel,
            self.decision,
            version=self._get_version(),
            method=method,
            collection_point=point,
            proof=self._prepare_proof(),
            company=self.company_id,
            moment=self.moment,
            request_key=self.request_key,
            actor=self.actor or "staff",
            guardian=self.guardian,
        )
        close = {"type": "ir.actions.act_window_close"}
        # sudo: rgpd.consent.event - the choice that was just recorded
        if event.sudo().decision != "pending":
            return close
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "message": self.env._(
                    "A message asks the person to confirm. Until they do, no offers "
                    "are sent by e-mail."
                ),
                "next": close,
            },
        }

    # === HELPERS === #

    def _get_record(self):
        """Return the record the choice is about."""
        self.ensure_one()
        if self.res_model not in self.env:
            raise UserError(self.env._("Open the wizard from a contact."))
        return self.env[self.res_model].browse(self.res_id)

    def _get_lang(self):
        """Return the language the person reads."""
        record = self._get_record().exists()
        return ("lang" in record._fields and record.lang) or self.env.lang

    def _get_text(self):
        """Return the text of today for the purpose and channel, without storing it."""
        if not self.purpose_id or self.channel == "all":
            return False
        notice = self.env["rgpd.notice"]._find(
            self.purpose_id, self.channel, self.company_id, "choice"
        )
        if not notice:
            return False
        return notice._render_text(
            self.purpose_id, self.company_id, self._get_lang(), self.channel
        )

    def _get_version(self):
        """Return the version shown, stored at its first use."""
        if self.is_text_unknown or not self.purpose_id or self.channel == "all":
            return None
        return self.version_id or self.env["rgpd.notice"]._get_version(
            self.purpose_id, self.channel, self.company_id, self._get_lang()
        )

    def _prepare_proof(self):
        """Return the scan, if any."""
        if not self.scan:
            return None
        return {
            "name": self.scan_name or self.env._("Scan"),
            "content": self.scan,
            "note": self.note,
        }
