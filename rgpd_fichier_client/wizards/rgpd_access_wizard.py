from odoo import api, fields, models
from odoo.exceptions import UserError


class RgpdAccessWizard(models.TransientModel):
    """Answer an access or portability request from a contact, in one screen.

    Shows who is meant and what is held, opens the request if none is open, and
    hands the bundle over to the officer's browser, once, without keeping it.
    """

    _name = "rgpd.access.wizard"
    _description = "Answer an Access Request"

    partner_id = fields.Many2one("res.partner", string="Person", readonly=True)
    subject_id = fields.Many2one(
        "rgpd.subject", string="Record of the person", readonly=True
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    right = fields.Selection(
        [
            ("access", "Access: everything held (Art. 15)"),
            ("portability", "Portability: data the person provided (Art. 20)"),
        ],
        required=True,
        default="access",
        help="Access gives a copy of everything held. Portability gives only what the "
        "person provided, to take it to another service.",
    )
    channel = fields.Selection(
        selection=lambda self: (
            self.env["rgpd.request"]._fields["channel"]._description_selection(self.env)
        ),
        string="Asked by",
        required=True,
        default="email",
        help="How the request reached the company.",
    )
    date_received = fields.Date(
        string="Received on",
        required=True,
        default=fields.Date.context_today,
        help="The month to answer runs from this day (Art. 12.3 GDPR).",
    )
    match_ids = fields.One2many(
        "rgpd.access.wizard.match", "wizard_id", string="Other contacts of this person?"
    )
    line_ids = fields.One2many(
        "rgpd.access.wizard.line", "wizard_id", string="What is held", readonly=True
    )
    record_total = fields.Integer(string="Records", compute="_compute_record_total")
    is_archived = fields.Boolean(compute="_compute_is_archived")
    request_id = fields.Many2one("rgpd.request", compute="_compute_request_id")

    # === COMPUTE METHODS === #

    @api.depends("line_ids.record_count")
    def _compute_record_total(self):
        for wizard in self:
            wizard.record_total = sum(wizard.line_ids.mapped("record_count"))

    @api.depends("partner_id.active", "subject_id")
    def _compute_is_archived(self):
        for wizard in self:
            person = wizard._get_person()
            wizard.is_archived = bool(
                person and "active" in person._fields and not person.active
            )

    @api.depends("partner_id", "subject_id", "right", "company_id")
    def _compute_request_id(self):
        for wizard in self:
            wizard.request_id = self.env["rgpd.request"]._find_open(
                wizard._get_person(), wizard.right, wizard.company_id
            )

    # === ACTION METHODS === #

    @api.model
    def _open_for(self, person):
        """Return the action that opens the wizard on one person.

        :param person: a record of any anchor model: contact, lead without customer,
            contact of a mailing list

        :raise AccessError: the user does not handle requests
        :raise UserError: none, several, or a contact that is gone
        """
        self.check_access("create")
        if len(person) > 1:
            raise UserError(
                self.env._("Answer one person at a time: choose a single contact.")
            )
        if not person.exists():
            raise UserError(
                self.env._("This contact does not exist any more: nothing is held.")
            )
        person.check_access("read")
        if person._name == "res.partner":
            wizard = self.create({"partner_id": person.id})
        else:
            wizard = self.create({"subject_id": self._get_subject(person).id})
        wizard._fill()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Access to personal data"),
            "res_model": self._name,
            "res_id": wizard.id,
            "view_mode": "form",
            "target": "new",
        }

    @api.model
    def _get_subject(self, person):
        """Return the subject of a record that is no contact.

        :raise UserError: the record stands for nobody (a lead that has a customer)
        """
        subject = self.env["rgpd.subject"]._of(person)
        if not subject:
            raise UserError(
                self.env._(
                    "This record stands for nobody by itself: answer from its contact."
                )
            )
        return subject

    def action_count(self):
        """Count again, after the choice of contacts changed."""
        self.ensure_one()
        self._fill_lines()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Access to personal data"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    def action_produce(self):
        """Open the request if none is open; download, or show what is to be decided."""
        copy = self._produce()
        return copy.request_id._get_copy_download(copy)

    # === BUSINESS METHODS === #

    def _produce(self):
        """Open the request and prepare its copy.

        :rtype: rgpd.request.copy
        """
        self.ensure_one()
        persons = self._get_persons()
        request = self.env["rgpd.request"]._open_for(
            self._get_person(),
            self.right,
            channel=self.channel,
            company=self.company_id,
            date_received=self.date_received,
        )
        request._check_identity()
        if request.state == "new":
            request.action_start()
        return request._prepare_copy(self.right, persons)

    def _get_person(self):
        """Return the record the wizard was opened on, if it still exists."""
        self.ensure_one()
        if not self.subject_id:
            return self.partner_id.exists()
        # sudo: rgpd.subject - the officer could read the record when opening
        subject = self.subject_id.sudo()
        return subject._records().get(subject.res_model) or self.env["res.partner"]

    def _get_persons(self):
        """Return the records that the officer takes for this person.

        :raise UserError: the person is gone
        """
        if self.subject_id and (person := self._get_person()):
            return person
        partners = self.partner_id | self.match_ids.filtered("is_same").partner_id
        partners = partners.exists()
        if not self.partner_id or self.partner_id not in partners:
            raise UserError(
                self.env._("This contact does not exist any more: nothing is held.")
            )
        return partners

    def _fill(self):
        """Fill in the likely matches and the counts."""
        self.match_ids = [
            fields.Command.create({"partner_id": partner.id, "why": why})
            for partner, why in self._find_matches()
        ]
        self._fill_lines()

    def _find_matches(self):
        """Return pairs (other contact, why it may be the same person)."""
        partner = self.partner_id
        reasons = {}
        if not partner:
            return []
        # sudo: duplicates may be out of the officer's sight and still be the person
        Partner = self.env["res.partner"].sudo().with_context(active_test=False)
        for field, why in (
            ("email_normalized", self.env._("Same e-mail address")),
            ("phone_sanitized", self.env._("Same phone number")),
        ):
            if not partner[field]:
                continue
            found = Partner.search(
                [
                    (field, "=", partner[field]),
                    ("id", "!=", partner.id),
                    ("is_company", "=", partner.is_company),
                ],
                limit=20,
            )
            for other in found:
                reasons.setdefault(other, []).append(why)
        return [(other, ", ".join(why)) for other, why in reasons.items()]

    def _fill_lines(self):
        found = self.env["rgpd.person.finder"]._find_own(self._get_persons())
        labels = self.env["ir.model"]
        counted = sorted(
            # sudo: names of models are for administrators
            (
                (labels.sudo()._get(model).name or model, model, len(ids))
                for model, ids in found.items()
                if ids
            )
        )
        self.line_ids = [
            fields.Command.clear(),
            *(
                fields.Command.create(
                    {"label": label, "model": model, "record_count": count}
                )
                for label, model, count in counted
            ),
        ]
