from odoo import api, fields, models

from odoo.addons.rgpd_fichier_client.models.datamap.rgpd_words import get_words_index

ORIGINS = [
    ("asked", "The person wrote to us (form, e-mail)"),
    ("called", "The person called us"),
    ("met", "Met at a fair or in a shop"),
    ("referral", "Recommended by somebody"),
    ("partner", "Given by a partner"),
    ("bought", "Bought or rented file"),
    ("public", "Public source (website, register)"),
    ("other", "Other"),
]
# Who came to us asked for an answer: exchanges before a contract (art. 6.1.b).
ASKED = ("asked", "called")
PURPOSE_OF = {"asked": "quote", "called": "quote", "referral": "referral"}


class CrmLead(models.Model):
    _name = "crm.lead"
    _inherit = ["crm.lead", "rgpd.suppression.mixin", "rgpd.contactable.mixin"]

    rgpd_origin = fields.Selection(
        ORIGINS,
        string="Origin of the data",
        tracking=True,
        help="Where the contact details come from. Not from the person: they are told "
        "within a month, or at the first contact (art. 14 GDPR).",
    )
    rgpd_origin_note = fields.Char(
        string="Which one",
        help="Name of the fair, of the file or of the source: it is told to the person "
        "(art. 14.2.f GDPR).",
    )
    rgpd_purpose_id = fields.Many2one(
        "rgpd.purpose",
        string="Purpose",
        ondelete="restrict",
        index="btree_not_null",
        help="Why these data are used; it gives the legal basis (art. 6 GDPR).",
    )
    rgpd_legal_basis = fields.Selection(
        related="rgpd_purpose_id.legal_basis", string="Legal basis"
    )
    rgpd_call_allowed = fields.Boolean(
        string="May be called now", compute="_compute_rgpd_call"
    )
    rgpd_call_sentence = fields.Char(
        string="Calls",
        compute="_compute_rgpd_call",
        help="Answer of the contact check.",
    )

    # That of Odoo on the e-mail is a trigram index, made for parts of it
    _rgpd_email_idx = models.Index(
        "(email_normalized) WHERE email_normalized IS NOT NULL"
    )
    _rgpd_words_idx = models.Index(get_words_index(("contact_name", "partner_name")))

    # === COMPUTE METHODS === #

    @api.depends("phone", "partner_id", "rgpd_purpose_id", "partner_name")
    @api.depends_context("lang", "company")
    def _compute_rgpd_call(self):
        """Ask the gate, now: the answer changes with the hour and the day."""
        saved = self.filtered(lambda lead: isinstance(lead.id, int))
        verdicts = self.env["rgpd.call"]._check(saved) if saved else {}
        for lead in self:
            verdict = verdicts.get(lead.id)
            lead.rgpd_call_allowed = bool(verdict and verdict["allowed"])
            lead.rgpd_call_sentence = (
                f"{verdict['sentence']} ({verdict['article']})" if verdict else False
            )

    @api.onchange("rgpd_origin")
    def _onchange_rgpd_origin(self):
        """Propose the purpose that goes with the origin."""
        code = PURPOSE_OF.get(self.rgpd_origin)
        if code:
            company = self.company_id or self.env.company
            self.rgpd_purpose_id = self.env["rgpd.purpose"]._get_purpose(code, company)

    # === CRUD === #

    @api.model
    def message_new(self, msg_dict, custom_values=None):
        """Who writes to us asked for an answer: origin and purpose say so."""
        # sudo: rgpd.purpose - the mail gateway has no rights of its own
        purpose = self.env["rgpd.purpose"].sudo()._get_purpose("quote")
        values = {"rgpd_origin": "asked", "rgpd_purpose_id": purpose.id}
        return super().message_new(
            msg_dict, custom_values={**values, **(custom_values or {})}
        )

    # === ACTIONS === #

    def action_rgpd_access(self):
        """Open the access wizard for the person this record stands for.

        :raise AccessError: the user is not an officer (rights of the wizard)
        """
        if len(self) == 1 and self.partner_id:
            return self.partner_id.action_rgpd_access()
        return self.env["rgpd.access.wizard"]._open_for(self)

    def action_rgpd_request(self):
        """Record a request of the person this record stands for.

        :raise AccessError: the user is not an officer (rights of the wizard)
        """
        person = self.partner_id if len(self) == 1 and self.partner_id else self
        return self.env["rgpd.request.intake"]._open_for(person)

    def action_rgpd_call(self):
        """Call the person if the gate allows it; the call is noted."""
        self.ensure_one()
        return self.env["rgpd.call"]._start(self)

    def action_rgpd_call_list(self):
        """Open the wizard that makes a call list of these leads."""
        return self.env["rgpd.call.list"]._open_for(self)
