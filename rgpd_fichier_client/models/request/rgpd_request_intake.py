from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ...core.datamap import normalise
from ...core.request import representation

TEXT_LIMIT = 10_000
# identity established by the way the request came, for the data of that account only
MEANS_OF_ADDRESS = ("email", "account")


class RgpdRequest(models.Model):
    """How a request comes in: who asks, for whom, what for, once."""

    _inherit = "rgpd.request"

    # What the person told about themselves, to find them in the file
    requester_phone = fields.Char(string="Phone of who asks")
    person_name = fields.Char(
        string="Name of the person",
        help="As it was told. When somebody acts for the person: the person's name, "
        "not theirs.",
    )
    person_email = fields.Char(string="E-mail of the person")
    person_phone = fields.Char(string="Phone of the person")
    person_street = fields.Char(string="Street of the person")
    person_zip = fields.Char(string="ZIP of the person")
    person_city = fields.Char(string="City of the person")
    # Who acts for the person
    asker_id = fields.Many2one(
        "res.partner",
        string="Account of who asks",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The customer account the request was made on; it follows it there.",
    )
    proof_ids = fields.One2many("rgpd.request.proof", "request_id", string="Proofs")
    missing_proof = fields.Char(
        compute="_compute_missing_proof",
        help="What who asks has still to show to act for the person.",
    )
    # Who is meant
    candidate_ids = fields.One2many(
        "rgpd.request.candidate", "request_id", string="Records that may be the person"
    )
    candidate_count = fields.Integer(compute="_compute_candidate_count")
    undecided_count = fields.Integer(compute="_compute_candidate_count")
    # Asked twice
    duplicate_of_id = fields.Many2one(
        "rgpd.request",
        string="Joined to",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The request that this one repeated.",
    )
    likely_duplicate_id = fields.Many2one(
        "rgpd.request",
        string="Asked before",
        compute="_compute_likely_duplicate_id",
        help="An older request, still open, of the same person or the same address.",
    )

    # === COMPUTE METHODS === #

    @api.depends("requester_kind", "proof_ids.state", "proof_ids.kind")
    @api.depends_context("lang")
    def _compute_missing_proof(self):
        for request in self:
            groups = request._get_missing_proofs()
            labels = dict(
                self.env["rgpd.request.proof"]
                ._fields["kind"]
                ._description_selection(self.env)
            )
            either = self.env._(" or ")
            request.missing_proof = "; ".join(
                either.join(labels[kind] for kind in group) for group in groups
            )

    @api.depends("candidate_ids.decision")
    def _compute_candidate_count(self):
        for request in self:
            candidates = request.candidate_ids
            request.candidate_count = len(candidates)
            request.undecided_count = len(candidates.filtered(lambda c: not c.decision))

    @api.depends("partner_id", "subject_id", "requester_email", "is_done")
    def _compute_likely_duplicate_id(self):
        for request in self:
            domain = request._get_duplicate_domain()
            request.likely_duplicate_id = (
                self.search(domain, order="date_received, id", limit=1)
                if domain
                else False
            )

    # === CRUD METHODS === #

    def write(self, vals):
        """Doubt who asks when another person is meant than the one who proved it."""
        result = super().write(vals)
        if vals.keys() & {"partner_id", "subject_id"}:
            self._doubt_other_person()
        return result

    # === ACTION METHODS === #

    def action_look_for_person(self):
        """Look in the whole file for the person; the officer then says who it is."""
        for request in self:
            request._look_for_person()

    def action_join_duplicate(self):
        """Bring this request into the older one of the same person, and end it."""
        for request in self:
            older = request.likely_duplicate_id
            if not older:
                raise UserError(
                    self.env._("No older request of the same person is open.")
                )
            request._join(older)
        if len(self) == 1:
            return self.duplicate_of_id._get_form_action()
        return True

    def _get_form_action(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "current",
        }

    # === BUSINESS METHODS - RECEIVING === #

    @api.model
    def _receive(self, person, rights, *, company=None, text="", **values):
        """Take a request of one person for one or several rights.

        What is asked already by the same person is not opened twice: the older
        request says that it was asked again. The clock of the older one goes on.

        :param person: one record of any anchor model, or an empty recordset
        :param list rights: keys of `rgpd.request.item.right`
        :return: the request of the rights that are new (or the older one when none
            is), and the older requests that were repeated
        :rtype: tuple(rgpd.request, rgpd.request)
        """
        company = company or self.env.company
        text = (text or "").strip()[:TEXT_LIMIT]
        email = normalise.email(values.get("requester_email"))
        kind = values.get("requester_kind", representation.PERSON)
        self._lock_person(person)
        self._lock_address(email)
        about = (kind, (values.get("person_name") or "").strip())
        older = {
            right: found
            for right in rights
            if (found := self._find_repeated(person, email, about, right, company))
        }
        repeated = self.browse().union(*older.values())
        for request in repeated:
            request._repeat(
                [right for right in rights if older.get(right) == request], text
            )
        fresh = [right for right in rights if right not in older]
        if rights and not fresh:
            return repeated[:1], repeated
        vals = self._prepare_person_vals(person) if person else {}
        vals |= {
            "company_id": company.id,
            "officer_id": company.rgpd_request_officer_id.id,
            "text": text,
            "item_ids": [fields.Command.create({"right": right}) for right in fresh],
        }
        request = self.create(vals | values)
        request._announce()
        return request, repeated

    @api.model
    def _lock_address(self, email):
        """Serialise the requests that come from one address."""
        if email:
            self.env.cr.execute(
                SQL(
                    "SELECT pg_advisory_xact_lock(hashtext('rgpd.request'),"
                    " hashtext(%s))",
                    email,
                )
            )

    @api.model
    def _find_repeated(self, person, email, about, right, company):
        """Return the open request that already asks for this right, or none.

        :param tuple about: who asks (`requester_kind`), and the name of the person
        """
        found = self.browse()
        kind, name = about
        if kind == representation.PERSON:
            found = self._find_open(person, right, company)
        if found or not email:
            return found
        domain = Domain("requester_email", "=ilike", email)
        domain &= Domain("requester_kind", "=", kind)
        domain &= Domain("company_id", "=", company.id)
        domain &= Domain("is_done", "=", False) & Domain("item_ids.right", "=", right)
        if kind != representation.PERSON:
            # An agent asks for many persons from one address
            domain &= (
                Domain("person_name", "=ilike", name)
                if name
                else Domain("person_name", "=", False)
            )
        if person:
            # Another person asked for from the same address is another request
            domain &= Domain("partner_id", "=", False)
            domain &= Domain("subject_id", "=", False)
        return self.search(domain, order="date_received, id", limit=1)

    def _repeat(self, rights, text):
        """Note on an open request that the same was asked again."""
        self.ensure_one()
        labels = dict(self.item_ids._fields["right"]._description_selection(self.env))
        body = self.env._(
            "Asked again: %(rights)s.",
            rights=", ".join(labels[right] for right in rights),
        )
        if text:
            body = f"{body}\n{text}"
        self.message_post(body=body, subtype_xmlid="mail.mt_note")
        self._journal("repeated", again=sorted(rights))

    def _announce(self):
        """Tell the officer in charge that a request has come, if there is one."""
        for request in self:
            request._tell_officer(
                self.env._(
                    "Request %(name)s has come: answer due on %(date)s",
                    name=request.name,
                    date=format_date(self.env, request.date_due),
                )
            )

    def _tell_officer(self, summary):
        """Give the officer in charge something to do, once until it is done."""
        self.ensure_one()
        officer = self.officer_id
        waiting = self.activity_ids.filtered(
            lambda a: a.summary == summary and a.user_id == officer
        )
        if officer and not waiting:
            self.activity_schedule(
                "mail.mail_activity_data_todo", summary=summary, user_id=officer.id
            )

    # === BUSINESS METHODS - DUPLICATES === #

    def _get_duplicate_domain(self):
        """Return the domain of the older open requests of the same person."""
        self.ensure_one()
        if self.is_done or not isinstance(self.id, int):
            return None
        domain = self._get_same_domain()
        return domain and domain & Domain("id", "<", self.id)

    def _get_same_domain(self):
        """Return the domain of the open requests of the same person or address."""
        self.ensure_one()
        same = []
        if self.partner_id:
            same.append(Domain("partner_id", "=", self.partner_id.id))
        if self.subject_id:
            same.append(Domain("subject_id", "=", self.subject_id.id))
        email = normalise.email(self.requester_email)
        if email:
            same.append(
                Domain("requester_email", "=ilike", email)
                & Domain("requester_kind", "=", self.requester_kind)
            )
        if not same:
            return None
        return (
            Domain.OR(same)
            & Domain("company_id", "=", self.company_id.id)
            & Domain("is_done", "=", False)
        )

    def _join(self, older):
        """Move what is asked here into the older request and cancel this one."""
        self.ensure_one()
        older.check_access("write")
        held = older.item_ids.mapped("right")
        older.write(
            {
                "item_ids": [
                    fields.Command.create({"right": right})
                    for right in self.item_ids.mapped("right")
                    if right not in held
                ],
                # The day that comes first is the one the law counts from
                "date_received": min(older.date_received, self.date_received),
            }
        )
        older._repeat(self.item_ids.mapped("right"), self.text)
        # The files go along, with their own rights on the older request
        self.env["ir.attachment"].search(
            [("res_model", "=", self._name), ("res_id", "=", self.id)]
        ).res_id = older.id
        # sudo: rgpd.request.proof - accepted ones too, as they are
        self.proof_ids.sudo().request_id = older
        self.duplicate_of_id = older
        self.action_cancel()

    # === BUSINESS METHODS - WHO IS MEANT === #

    def _get_sought(self):
        """Return what was told about the person, normalised: pairs (kind, value)."""
        self.ensure_one()
        own = self.requester_kind == representation.PERSON
        country = self.company_id.country_id.code or "FR"
        emails = normalise.emails(self.person_email)
        phones = [self.person_phone]
        names = [self.person_name]
        if own:
            emails += normalise.emails(self.requester_email)
            phones.append(self.requester_phone)
            names.append(self.requester_name)
        pairs = [("email", email) for email in emails]
        pairs += [("phone", normalise.phone(phone, country)) for phone in phones]
        pairs += [("name", normalise.name(name)) for name in names]
        pairs.append(
            (
                "address",
                normalise.address(
                    self.person_street, self.person_zip, self.person_city
                ),
            )
        )
        return list(dict.fromkeys(pair for pair in pairs if pair[1]))

    def _look_for_person(self):
        """Fill in the records that may be the person, with what speaks for them."""
        self.ensure_one()
        self.env["rgpd.request.candidate"]._fill(self)

    def _get_confirmed_partners(self):
        """Return the contacts that the officer confirmed to be the person."""
        self.ensure_one()
        # sudo: rgpd.subject - duplicates may be out of the officer's sight
        same = self.candidate_ids.filtered(lambda c: c.decision == "same")
        subjects = same.subject_id.sudo().filtered(
            lambda subject: subject.res_model == "res.partner"
        )
        partners = self.env["res.partner"].with_context(active_test=False)
        return partners.browse(subjects.mapped("res_id")).exists()

    def _take_person(self, person):
        """Say who is meant, unless it is said already."""
        self.ensure_one()
        if self.partner_id or self.subject_id:
            return
        if person._name == "res.partner":
            self.partner_id = person
        else:
            self.subject_id = self.env["rgpd.subject"]._of(person)

    def _doubt_other_person(self):
        """Doubt an identity that was established for another account.

        A confirmed address or a logged-in account proves who asks for the data of
        that account only (Art. 12.6 GDPR).
        """
        for request in self:
            person = request._get_person()
            if (
                request.identity_means in MEANS_OF_ADDRESS
                and request.identity_status == "known"
                and not request.is_done
                and person
                and not request._is_account_of(person)
            ):
                request.identity_status = "doubt"

    def _is_account_of(self, person):
        """Whether the address that was proved is one of this person's."""
        self.ensure_one()
        email = normalise.email(self.requester_email)
        finder = self.env["rgpd.person.finder"]
        held = finder._get_identifiers(person).get(person.id, ())
        return self.requester_kind == representation.PERSON and any(
            item.kind == "email" and item.value == email for item in held
        )

    # === BUSINESS METHODS - WHO ACTS === #

    def _get_missing_proofs(self):
        """Return the groups of proofs of which none was accepted yet."""
        self.ensure_one()
        accepted = self.proof_ids.filtered(lambda proof: proof.state == "accepted")
        return representation.get_missing(
            self.requester_kind or representation.PERSON, accepted.mapped("kind")
        )

    def _get_awaited_proofs(self):
        """Return the papers that would be enough, as told to who asks: code, name."""
        self.ensure_one()
        kinds = self.proof_ids._fields["kind"]._description_selection(self.env)
        names = dict(kinds)
        groups = self._get_missing_proofs()
        return [(code, names[code]) for group in groups for code in group]

    def _check_identity(self):
        """Wait also for the proof of who acts for the person."""
        result = super()._check_identity()
        if self.missing_proof:
            raise UserError(
                self.env._(
                    "Who asks has not shown that they act for the person: "
                    "%(missing)s is missing.",
                    missing=self.missing_proof,
                )
            )
        return result
