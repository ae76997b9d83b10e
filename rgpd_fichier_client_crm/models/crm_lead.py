import logging

from odoo import api, fields, models

from odoo.addons.rgpd_fichier_client.models.datamap.digits_index import get_digits_index
from odoo.addons.rgpd_fichier_client.models.datamap.later_index import LaterIndex
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
# The person did not give these data to us: they are told where from (art. 14).
OUTSIDE = ("referral", "partner", "bought", "public")
# What tells where a lead comes from
ORIGIN_FIELDS = frozenset({"rgpd_origin", "referred", "source_id"})
# Whoever left a purpose out of the register still tells the person.
FALLBACK = ("prospect_email_b2c", "quote")
PURPOSE_OF = {"asked": "quote", "called": "quote", "referral": "referral"}

_logger = logging.getLogger(__name__)


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
    _rgpd_email_idx = LaterIndex("USING hash (email_normalized)")
    _rgpd_digits_idx = LaterIndex(get_digits_index())
    _rgpd_words_idx = LaterIndex(get_words_index(("contact_name", "partner_name")))

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

    @api.model_create_multi
    def create(self, vals_list):
        """Put in the queue of Art. 14 the persons who did not give their data."""
        leads = super().create(vals_list)
        leads._rgpd_queue_information()
        return leads

    def write(self, vals):
        result = super().write(vals)
        if ORIGIN_FIELDS & vals.keys():
            self._rgpd_queue_information()
        return result

    @api.model
    def message_new(self, msg_dict, custom_values=None):
        """Who writes to us asked for an answer: origin and purpose say so."""
        # sudo: rgpd.purpose - the mail gateway has no rights of its own
        purpose = self.env["rgpd.purpose"].sudo()._get_purpose("quote")
        values = {"rgpd_origin": "asked", "rgpd_purpose_id": purpose.id}
        return super().message_new(
            msg_dict, custom_values={**values, **(custom_values or {})}
        )

    # === BUSINESS METHODS === #

    def _rgpd_queue_information(self):
        """Put those whose data come from elsewhere in the queue (art. 14 GDPR).

        Within a month they are told who has their data and from where; whoever is in
        the queue already stays as they are. A fault here never stops a lead.
        """
        try:
            outside = self.filtered(lambda lead: lead._rgpd_get_outside())
            if not outside:
                # No savepoint for nothing: it writes all that waits, lead by lead when
                # many are merged
                return
            with self.env.cr.savepoint():
                groups = outside.grouped(
                    lambda lead: (
                        lead._rgpd_get_outside(),
                        lead._rgpd_get_purpose_code(),
                        lead.company_id or self.env.company,
                    )
                )
                for (source, code, company), leads in groups.items():
                    leads._rgpd_inform(source, code, company)
        except Exception as error:  # noqa: BLE001 - the lead is entered all the same
            _logger.warning(
                "Leads %s could not be queued for information: %s",
                self.ids,
                type(error).__name__,
            )

    def _rgpd_inform(self, source, code, company):
        """Add the persons of these leads to the queue."""
        information = self.env["rgpd.information"]
        # sudo: rgpd.purpose - whoever enters the lead
        purposes = self.env["rgpd.purpose"].sudo()
        codes = (code, *FALLBACK)
        code = next((c for c in codes if purposes._get_purpose(c, company)), code)
        known = self.filtered("partner_id")
        # sudo: res.partner - whoever enters the lead may not read the customer
        for persons in (known.sudo().partner_id, self - known):
            if persons:
                information._add(persons, source, code, company)

    def _rgpd_get_outside(self):
        """Return where the data come from, in words for the person; empty when they
        gave them themselves.
        """
        self.ensure_one()
        labels = dict(self._fields["rgpd_origin"]._description_selection(self.env))
        if self.rgpd_origin in OUTSIDE:
            return self.rgpd_origin_note or self.referred or labels[self.rgpd_origin]
        if self.rgpd_origin:
            return ""
        if self.referred:
            return self.referred
        if self.source_id.rgpd_is_outside:
            return self.source_id.name
        if self.env.context.get("import_file"):
            return self.env._("Imported file")
        return ""

    def _rgpd_get_purpose_code(self):
        """Return why the data are used: what the lead says, else by its origin."""
        self.ensure_one()
        if self.rgpd_purpose_id:
            return self.rgpd_purpose_id.code
        if self.referred or self.rgpd_origin == "referral":
            return "referral"
        return "prospect_b2b_email" if self.partner_name else "prospect_email_b2c"

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

    def _rgpd_get_subjects(self):
        """Return the persons these leads are about: their customer stands for them."""
        subjects = self.env["rgpd.subject"]
        self.partner_id.check_access("read")
        alone = self.filtered(lambda lead: not lead.partner_id)
        return subjects._of(alone) | subjects._of(self.partner_id)

    def action_rgpd_call(self):
        """Call the person if the gate allows it; the call is noted."""
        self.ensure_one()
        return self.env["rgpd.call"]._start(self)

    def action_rgpd_call_list(self):
        """Open the wizard that makes a call list of these leads."""
        return self.env["rgpd.call.list"]._open_for(self)
