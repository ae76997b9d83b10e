from odoo import api, fields, models
from odoo.exceptions import UserError

from ..core.request import representation


class RgpdRequestIntake(models.TransientModel):
    """Record a request that came by phone, by post, at the counter, or to a colleague.

    Opened from a contact, a lead, an order, or from nothing: the person is then looked
    for in the file, and the officer says who it is.
    """

    _name = "rgpd.request.intake"
    _description = "Record a Request"

    partner_id = fields.Many2one("res.partner", string="Person", readonly=True)
    subject_id = fields.Many2one(
        "rgpd.subject", string="Record of the person", readonly=True
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    channel = fields.Selection(
        selection=lambda self: (
            self.env["rgpd.request"]._fields["channel"]._description_selection(self.env)
        ),
        string="Received by",
        required=True,
        default="phone",
        help="A request is valid however it comes (Art. 12 GDPR).",
    )
    date_received = fields.Date(
        string="Received on",
        required=True,
        default=fields.Date.context_today,
        help="Day on which it reached anybody in the company: the month to answer runs "
        "from it (Art. 12.3 GDPR).",
    )
    right_ids = fields.One2many(
        "rgpd.request.intake.right",
        "intake_id",
        string="Rights",
        default=lambda self: self._default_right_ids(),
    )
    requester_kind = fields.Selection(
        selection=lambda self: (
            self.env["rgpd.request"]
            ._fields["requester_kind"]
            ._description_selection(self.env)
        ),
        string="Asked by",
        required=True,
        default=representation.PERSON,
    )
    requester_name = fields.Char(string="Name")
    requester_email = fields.Char(string="E-mail to answer to")
    requester_phone = fields.Char(string="Phone")
    person_name = fields.Char(string="Name of the person")
    person_email = fields.Char(string="E-mail of the person")
    person_phone = fields.Char(string="Phone of the person")
    person_street = fields.Char(string="Street")
    person_zip = fields.Char(string="ZIP")
    person_city = fields.Char(string="Town")
    identity_means = fields.Selection(
        selection=lambda self: [
            choice
            for choice in self.env["rgpd.request"]
            ._fields["identity_means"]
            ._description_selection(self.env)
            if choice[0] not in ("code", "paper")
        ],
        string="How do you know who asks?",
        help="Leave empty when you do not: the least that settles it is asked later, "
        "for example a code sent to a known address (Art. 12.6 GDPR).",
    )
    text = fields.Text(
        string="What was said",
        help="The words of the person, or a summary. Only what is needed.",
    )
    attachment_ids = fields.Many2many(
        "ir.attachment", string="Files", help="The letter, the mandate…"
    )
    repeated_id = fields.Many2one(
        "rgpd.request", string="Open already", compute="_compute_repeated_id"
    )

    @api.model
    def _default_right_ids(self):
        items = self.env["rgpd.request.item"]
        rights = items._fields["right"]._description_selection(self.env)
        return [
            fields.Command.create({"right": code, "is_asked": code == "access"})
            for code, _label in rights
        ]

    # === COMPUTE METHODS === #

    @api.depends(
        "partner_id", "subject_id", "requester_email", "requester_kind", "company_id"
    )
    def _compute_repeated_id(self):
        """Show an open request of the same person or address."""
        for intake in self:
            request = self.env["rgpd.request"].new(
                {
                    "partner_id": intake.partner_id.id,
                    "subject_id": intake.subject_id.id,
                    "requester_email": intake.requester_email,
                    "requester_kind": intake.requester_kind,
                    "company_id": intake.company_id.id,
                }
            )
            domain = request._get_same_domain()
            intake.repeated_id = domain and self.env["rgpd.request"].search(
                domain, order="date_received, id", limit=1
            )

    # === ACTION METHODS === #

    @api.model
    def _open_for(self, person):
        """Return the action that records a request about one person.

        :param person: one record of any anchor model, or nothing
        :raise AccessError: the user does not handle requests
        :raise UserError: several records
        """
        self.check_access("create")
        if len(person) > 1:
            raise UserError(
                self.env._("Record one request at a time: choose a single line.")
            )
        intake = self.create(self._prepare_vals(person))
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Record a request"),
            "res_model": self._name,
            "res_id": intake.id,
            "view_mode": "form",
            "target": "new",
        }

    @api.model
    def _prepare_vals(self, person):
        if not person:
            return {}
        person.check_access("read")
        vals = self.env["rgpd.request"]._prepare_person_vals(person)
        finder = self.env["rgpd.person.finder"]
        identifiers = finder._get_identifiers(person).get(person.id, ())
        phones = [item.value for item in identifiers if item.kind == "phone"]
        return {**vals, "requester_phone": phones[0] if phones else False}

    def action_receive(self):
        """Open the request, look for the person, and show it."""
        self.ensure_one()
        rights = self.right_ids.filtered("is_asked").mapped("right")
        if not rights:
            raise UserError(self.env._("Tick at least one right."))
        person = self._get_person()
        request, repeated = self.env["rgpd.request"]._receive(
            person, rights, company=self.company_id, text=self.text, **self._get_told()
        )
        for one in request | repeated:
            self._add_files(one)
        if request not in repeated:
            if person:
                self.env["rgpd.request.candidate"]._add_opened(request, person)
            request._look_for_person()
        return request._get_form_action()

    # === BUSINESS METHODS === #

    def _get_person(self):
        """Return the record the wizard was opened from, if any."""
        self.ensure_one()
        if not self.subject_id:
            return self.partner_id.exists()
        # sudo: rgpd.subject - the officer could read the record when opening
        subject = self.subject_id.sudo()
        person = subject._records().get(subject.res_model)
        return person.sudo(False) if person else self.env["res.partner"]

    def _get_told(self):
        """Return what was told, as values of the request."""
        names = (
            "channel",
            "date_received",
            "requester_kind",
            "requester_name",
            "requester_email",
            "requester_phone",
            "person_street",
            "person_zip",
            "person_city",
            "identity_means",
        )
        told = {name: self[name] for name in names}
        if self.requester_kind != representation.PERSON:
            for name in ("person_name", "person_email", "person_phone"):
                told[name] = self[name]
        return {
            **told,
            "identity_status": "known" if self.identity_means else "doubt",
            "officer_id": self.env.uid,
        }

    def _add_files(self, request):
        """Give the files to the request; they are opened by nobody but its readers."""
        for attachment in self.attachment_ids:
            attachment.copy({"res_model": request._name, "res_id": request.id})
