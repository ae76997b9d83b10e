from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ...core.datamap import normalise
from ...core.request import representation

# What a person may ask for by themselves, in the order shown
RIGHTS = (
    "access",
    "rectification",
    "erasure",
    "objection",
    "withdraw",
    "portability",
    "restriction",
    "automated",
    "post_mortem",
)
CORRECTABLE = ("name", "email", "phone", "street", "street2", "zip", "city")
VALUE_LIMIT = 200


class RgpdRequest(models.Model):
    """What persons do by themselves: on their account, or by the public form."""

    _inherit = "rgpd.request"

    # === WHAT MAY BE ASKED === #

    @api.model
    def _get_right_choices(self):
        """Return the rights as a lay reader understands them: code, name, help."""
        texts = {
            "access": (
                self.env._("Receive a copy of my data"),
                self.env._("Everything held about you, and why (Art. 15 GDPR)."),
            ),
            "rectification": (
                self.env._("Have my data corrected"),
                self.env._("Say what is wrong and what is right (Art. 16 GDPR)."),
            ),
            "erasure": (
                self.env._("Have my data erased"),
                self.env._(
                    "All but what the law obliges to keep, such as invoices "
                    "(Art. 17 GDPR)."
                ),
            ),
            "objection": (
                self.env._("Object to the use of my data"),
                self.env._(
                    "For advertising no reason is needed and it counts at once "
                    "(Art. 21 GDPR)."
                ),
            ),
            "withdraw": (
                self.env._("Take back a consent"),
                self.env._("At any time, without consequence (Art. 7.3 GDPR)."),
            ),
            "portability": (
                self.env._("Take my data to another service"),
                self.env._("What you provided, in a reusable file (Art. 20 GDPR)."),
            ),
            "restriction": (
                self.env._("Have the use of my data frozen"),
                self.env._("For example while a mistake is checked (Art. 18 GDPR)."),
            ),
            "automated": (
                self.env._("Have a human look at a decision"),
                self.env._("When a machine alone decided about you (Art. 22 GDPR)."),
            ),
            "post_mortem": (
                self.env._("Say what becomes of data after a death"),
                self.env._(
                    "Your own directives, or those of a relative (LIL art. 85)."
                ),
            ),
        }
        return [(code, *texts[code]) for code in RIGHTS]

    @api.model
    def _get_kind_choices(self):
        """Return who may ask, as said on the form: code, name, what to show."""
        kinds = self._fields["requester_kind"]._description_selection(self.env)
        proofs = dict(
            self.env["rgpd.request.proof"]
            ._fields["kind"]
            ._description_selection(self.env)
        )
        either = self.env._(" or ")
        own = self.env._("Myself")
        return [
            (
                code,
                own if code == representation.PERSON else label,
                "; ".join(
                    either.join(proofs[proof] for proof in group)
                    for group in representation.REQUIRED[code]
                ),
            )
            for code, label in kinds
        ]

    @api.model
    def _read_rights(self, asked):
        """Return the rights that exist among what a browser sent, once each."""
        return [code for code in RIGHTS if code in set(asked)]

    # === THE ACCOUNT === #

    @api.model
    def _get_own_domain(self, user):
        """Return the requests about oneself by oneself, and those of one's account.

        What an agent asked elsewhere in the name of the person is not shown.
        """
        partner = user.partner_id
        about = Domain("partner_id", "=", partner.id) & Domain(
            "requester_kind", "=", representation.PERSON
        )
        return about | Domain("asker_id", "=", partner.id)

    @api.model
    def _get_own(self, user, request_id=None):
        """Return the requests of an account, in sudo.

        :param int request_id: only this one; empty when it is somebody else's
        """
        domain = self._get_own_domain(user)
        if request_id is not None:
            domain &= Domain("id", "=", request_id)
        # sudo: rgpd.request - persons see their own requests, found by their account
        return self.sudo().search(domain, order="date_received DESC, id DESC")

    def _is_about(self, user):
        """Whether the request is about the person of the account, by themselves.

        Who asks for somebody else gets the answer as their mandate says, not here.
        """
        self.ensure_one()
        return (
            self.partner_id == user.partner_id
            and self.requester_kind == representation.PERSON
        )

    @api.model
    def _ask_from_account(self, user, rights, text="", company=None, **about):
        """Take a request of a logged-in person, for themselves or for another one.

        The account is proof enough for the data of that account (Art. 12.6); who asks
        for somebody else still shows that they may.

        :param about: `requester_kind`, `person_name`, `person_email` as typed
        :return: as `_receive`, in sudo
        :raise UserError: no right was chosen, or it is not said who is meant
        """
        rights = self._read_rights(rights)
        if not rights:
            raise UserError(self.env._("Choose at least one right."))
        # sudo: rgpd.request - the account is the right to open a request
        requests = self.sudo()
        partner = user.partner_id.sudo()
        values = self._read_about(about)
        own = values["requester_kind"] == representation.PERSON
        return requests._receive(
            partner if own else partner.browse(),
            rights,
            company=company or self.env.company,
            text=text,
            channel="portal",
            asker_id=partner.id,
            requester_name=partner.name,
            requester_email=partner.email or user.login,
            identity_status="known" if own else "doubt",
            identity_means="account",
            **values,
        )

    @api.model
    def _read_about(self, typed):
        """Return whom a request of an account is about: clean values.

        :raise UserError: somebody else, without a name
        """
        kinds = dict(self._fields["requester_kind"]._description_selection(self.env))
        kind = typed.get("requester_kind")
        if kind not in kinds or kind == representation.PERSON:
            return {"requester_kind": representation.PERSON}
        values = {
            name: (typed.get(name) or "").strip()[:VALUE_LIMIT]
            for name in ("person_name", "person_email")
        }
        if not values["person_name"]:
            raise UserError(self.env._("Give the name of the person."))
        return {"requester_kind": kind, **values}

    def _cancel_by_person(self):
        """Let the person give up a request that is not answered yet."""
        for request in self:
            if request.is_done:
                raise UserError(
                    self.env._("This request is over: it cannot be given up any more.")
                )
            request._move("cancel")

    # === CORRECTING ONE'S DETAILS === #

    @api.model
    def _get_correctable(self, partner):
        """Return what a person may have corrected: field, name, present value."""
        labels = partner.fields_get(CORRECTABLE, ["string"])
        return [
            (name, labels[name]["string"], partner[name] or "") for name in CORRECTABLE
        ]

    @api.model
    def _correct_from_account(self, user, values, text="", company=None):
        """Ask for a rectification of one's own details (Art. 16 GDPR).

        :param dict values: the right values by field; equal ones are no correction
        :return: the request, or nothing when nothing differs and nothing is said
        """
        partner = user.partner_id.sudo()  # sudo: res.partner - the person's own details
        changes = [
            (name, label, before, after)
            for name, label, before in self._get_correctable(partner)
            if name in values
            and (after := (values[name] or "").strip()[:VALUE_LIMIT]) != before
        ]
        if not changes and not (text or "").strip():
            return self.browse()
        lines = [
            self.env._(
                "%(field)s: “%(before)s” becomes “%(after)s”",
                field=label,
                before=before,
                after=after,
            )
            for _name, label, before, after in changes
        ]
        full_text = "\n".join([*lines, (text or "").strip()]).strip()
        request, _repeated = self._ask_from_account(
            user, ["rectification"], full_text, company
        )
        request._note_corrections(
            {name: (before, after) for name, _label, before, after in changes}
        )
        return request

    def _note_corrections(self, changes):
        """Prepare the corrections a person asks for: the officer applies them.

        Asked again, the last right value counts.

        :param dict changes: `{field of res.partner: (present value, right value)}`
        """
        self.ensure_one()
        # sudo: rgpd.data.field, rgpd.request.change - prepared for the officer
        rows = (
            self.env["rgpd.data.field"]
            .sudo()
            .search([("model", "=", "res.partner"), ("name", "in", list(changes))])
        )
        waiting = self.sudo().change_ids.filtered(lambda c: not c.date_applied)
        for row in rows:
            _before, after = changes[row.name]
            known = waiting.filtered(lambda c, row=row: c.field_id == row)
            if known:
                known.after = after
            else:
                waiting.create(
                    {"request_id": self.id, "field_id": row.id, "after": after}
                )

    # === THE PUBLIC FORM === #

    @api.model
    def _read_demand(self, typed, rights):
        """Return the clean content of a demand, and what is wrong with it.

        :param typed: what a browser sent, by field
        :param rights: the rights that were ticked
        :return: the values, and `{field: message}`
        :rtype: tuple(dict, dict)
        """
        kinds = dict(self._fields["requester_kind"]._description_selection(self.env))
        names = ("requester_name", "requester_phone", "person_name", "person_email")
        values = {name: (typed.get(name) or "").strip()[:VALUE_LIMIT] for name in names}
        values |= {
            "requester_email": normalise.email(typed.get("requester_email")),
            "requester_kind": typed.get("requester_kind") or representation.PERSON,
            "rights": self._read_rights(rights),
            "text": (typed.get("text") or "").strip()[:5000],
        }
        errors = {}
        if values["requester_kind"] not in kinds:
            values["requester_kind"] = representation.PERSON
        if not values["requester_name"]:
            errors["requester_name"] = self.env._("Give your name.")
        if not values["requester_email"]:
            errors["requester_email"] = self.env._("Give an e-mail address that works.")
        if not values["rights"]:
            errors["rights"] = self.env._("Tick at least one right.")
        own = values["requester_kind"] == representation.PERSON
        if not own and not values["person_name"]:
            errors["person_name"] = self.env._("Give the name of the person.")
        return values, errors

    @api.model
    def _receive_confirmed(self, values, company):
        """Open the request of a demand whose address was confirmed.

        The address proves who asks for the data that is known by it, when one record
        alone is, under a name that does not speak against it.

        :param dict values: of `_read_demand`
        :return: the request
        """
        values = dict(values)
        rights, text = values.pop("rights"), values.pop("text")
        person = self.env["res.partner"]
        own = values["requester_kind"] == representation.PERSON
        if own:
            person = self._find_by_address(values)
            values.pop("person_name", None)
            values.pop("person_email", None)
        request, _repeated = self._receive(
            person,
            rights,
            company=company,
            text=text,
            channel="form",
            identity_status="known" if person else "doubt",
            identity_means="email",
            **values,
        )
        request._look_for_person()
        return request

    @api.model
    def _find_by_address(self, values):
        """Return the one record that a confirmed address and a name stand for.

        Several records with the address, or another name: the officer looks.
        """
        self.env.flush_all()
        finder = self.env["rgpd.person.finder"]
        found = finder._match({"email": [values["requester_email"]]})
        records = [
            self.env[model].browse(res_id)
            for model, ids in found.items()
            for res_id in ids
        ]
        if len(records) != 1:
            return self.env["res.partner"]
        [record] = records
        sought = [
            ("email", values["requester_email"]),
            ("name", normalise.name(values["requester_name"])),
        ]
        matches = self.env["rgpd.request.candidate"]._compare(
            record._name, record.ids, sought
        )
        match = next(iter(matches.values()), None)
        if not match or "name_differs" in match.evidence:
            return self.env["res.partner"]
        return record

    @api.constrains("text")
    def _check_text_size(self):
        """A wall of text is sent as a file."""
        if any(len(request.text or "") > 100_000 for request in self):
            raise ValidationError(
                self.env._("This text is too long: keep it as an attached file.")
            )

    # === WHAT THE PERSON SEES === #

    def _get_timeline(self):
        """Return what happened so far in plain words: pairs (day, text)."""
        self.ensure_one()
        steps = [
            (self.date_received, self.env._("We received your request.")),
            (
                self.date_identity_asked,
                self.env._("We asked you to establish who you are."),
            ),
            (self.date_identity_received, self.env._("You established who you are.")),
            (
                fields.Date.to_date(self.date_clarification_asked),
                self.env._("We asked you to make clear what you mean."),
            ),
            (
                self.date_extended,
                self.env._("We need two more months, and told you why."),
            ),
            (self.date_answered, self.env._("We answered.")),
        ]
        return sorted(
            ((day, text) for day, text in steps if day), key=lambda step: step[0]
        )

    def _get_state_label(self):
        """Return the state as the person understands it."""
        self.ensure_one()
        return {
            "new": self.env._("Registered"),
            "identity": self.env._("Waiting for you: who are you?"),
            "clarification": self._is_reply_awaited()
            and self.env._("Waiting for your clarification")
            or self.env._("We are reading your answer"),
            "in_progress": self.env._("In progress"),
            "extended": self.env._("In progress, two more months"),
            "answered": self.env._("Answered"),
            "refused": self.env._("Refused"),
            "closed": self.env._("Closed"),
            "cancelled": self.env._("Given up"),
        }[self.state]

    def _get_status_color(self):
        """Return the colour of the badge in the account."""
        self.ensure_one()
        if self.state == "identity" or self._is_reply_awaited():
            return "warning"
        if self.state in ("answered", "closed"):
            return "success"
        return "secondary" if self.is_done else "info"
