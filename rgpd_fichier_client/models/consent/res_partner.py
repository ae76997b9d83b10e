from odoo import api, fields, models
from odoo.exceptions import AccessError

from ...core.consent.gate import CHANNELS_OF


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "rgpd.suppression.mixin", "rgpd.contactable.mixin"]

    rgpd_consent_ids = fields.Many2many(
        "rgpd.consent",
        string="Choices",
        compute="_compute_rgpd_consent_ids",
        groups="rgpd_fichier_client.group_rgpd_reader",
    )
    rgpd_consent_event_ids = fields.Many2many(
        "rgpd.consent.event",
        string="History of choices",
        compute="_compute_rgpd_consent_ids",
        groups="rgpd_fichier_client.group_rgpd_reader",
    )
    rgpd_consent_count = fields.Integer(
        compute="_compute_rgpd_consent_count",
        groups="rgpd_fichier_client.group_rgpd_reader",
    )

    rgpd_email_bounces = fields.Boolean(
        string="Mail comes back",
        compute="_compute_rgpd_email_bounces",
        groups="rgpd_fichier_client.group_rgpd_reader",
        help="A mailing to the present address came back (accuracy, art. 5.1.d GDPR). "
        "Correct the address, or say that it works.",
    )
    rgpd_is_minor = fields.Boolean(
        string="Under 15",
        compute="_compute_rgpd_is_minor",
        inverse="_inverse_rgpd_is_minor",
        groups="rgpd_fichier_client.group_rgpd_reader",
        help="Below 15 a consent counts only when the holder of parental authority "
        "gives it (art. 8 GDPR, art. 45 LIL). The day of the 15th birthday can be "
        "given on the person, in RGPD > Persons.",
    )

    def _compute_rgpd_consent_ids(self):
        """Read the choices of the companies the user works in."""
        subjects = self.env["rgpd.subject"].sudo()._of(self, create=False)
        by_partner = {subject.res_id: subject for subject in subjects}
        for partner in self:
            subject = by_partner.get(partner.id)
            domain = [
                ("subject_id", "=", subject.id if subject else 0),
                ("company_id", "in", self.env.companies.ids),
            ]
            partner.rgpd_consent_ids = self.env["rgpd.consent"].search(domain)
            partner.rgpd_consent_event_ids = self.env["rgpd.consent.event"].search(
                domain
            )

    @api.depends_context("company")
    def _compute_rgpd_email_bounces(self):
        """Ask what the contact check asks."""
        addresses = self.env["rgpd.contact.address"]._get(self)
        bounces = self.env["rgpd.contact.bounce"]
        found = bounces._get(addresses, "email", self.env.company)
        for partner in self:
            partner.rgpd_email_bounces = partner.id in found

    def _compute_rgpd_is_minor(self):
        """Read the tick of the persons these contacts stand for."""
        subjects = self.env["rgpd.subject"].sudo()._of(self, create=False)
        children = set(subjects.filtered("is_minor").mapped("res_id"))
        for partner in self:
            partner.rgpd_is_minor = partner.id in children

    def _inverse_rgpd_is_minor(self):
        """Tick the persons, with the rights of the user on them."""
        for is_minor, partners in self.grouped("rgpd_is_minor").items():
            subjects = self.env["rgpd.subject"]._of(partners)
            subjects.write(
                {"is_minor": is_minor}
                if is_minor
                else {"is_minor": False, "minor_until": False}
            )

    def _compute_rgpd_consent_count(self):
        for partner in self:
            partner.rgpd_consent_count = len(partner.rgpd_consent_event_ids)

    # === ACTIONS === #

    def action_rgpd_address_works(self):
        """Record that the staff checked the address: it returns mail no more.

        :raise AccessError: the user is not an officer
        """
        self.ensure_one()
        if not self.env.user.has_group("rgpd_fichier_client.group_rgpd_officer"):
            raise AccessError(self.env._("Only officers may record a choice."))
        self.env["rgpd.contact.bounce"]._record(
            self,
            "reachable",
            self.env.company,
            method="checked",
            collection_point="system",
            actor="staff",
        )

    def action_rgpd_record_choice(self):
        """Open the wizard that records a consent or an objection."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Record a choice"),
            "res_model": "rgpd.consent.wizard",
            "view_mode": "form",
            "target": "new",
            "context": {"default_res_model": self._name, "default_res_id": self.id},
        }

    def action_rgpd_consent_events(self):
        """Open the whole history of the person."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "rgpd_fichier_client.rgpd_consent_event_action"
        )
        # sudo: rgpd.subject - the row holds no personal data
        subject = self.env["rgpd.subject"].sudo()._of(self, create=False)
        return action | {"domain": [("subject_id", "in", subject.ids)]}

    def action_rgpd_call_list(self):
        """Open the wizard that makes a call list of these contacts."""
        return self.env["rgpd.call.list"]._open_for(self)

    def action_rgpd_call(self):
        """Call the person if the gate allows it; the call is noted."""
        self.ensure_one()
        return self.env["rgpd.call"]._start(self)

    # === BUSINESS METHODS === #

    @api.readonly
    def rgpd_get_verdicts(self):
        """Return what the gate answers for each purpose and channel of the register.

        Called by the panel of the form; whoever may read the contact may know whether
        to call them (invariant 9).
        """
        self.ensure_one()
        self.check_access("read")
        gate = self.env["rgpd.contact.gate"]
        # sudo: rgpd.purpose - a salesperson does not read the register
        purposes = self.env["rgpd.purpose"].sudo()._get_purposes(self.env.company)
        is_professional = (
            self.env["rgpd.contact.address"]._get(self)[self.id].is_professional
        )
        names = dict(
            self.env["rgpd.consent.event"]
            ._fields["channel"]
            ._description_selection(self.env)
        )
        return [
            {
                "purpose": purpose.code,
                "purpose_name": purpose.name,
                "channel": channel,
                "channel_name": names[channel],
                **gate._check(self, purpose.code, channel)[self.id],
            }
            for purpose in purposes
            if purpose.code in CHANNELS_OF
            and (is_professional or "b2b" not in purpose.code)
            for channel in purpose._get_channels()
            if channel in CHANNELS_OF[purpose.code]
        ]
