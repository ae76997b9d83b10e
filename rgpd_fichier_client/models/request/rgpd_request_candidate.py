from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...core.datamap import normalise
from ...core.request import matching
from ..datamap.contact_index import get_digits_condition

LIMIT = 50


class RgpdRequestCandidate(models.Model):
    """A record that may stand for the person of a request; the officer says so.

    It holds no personal data: the record, points, and the codes of what they come
    from. Who decided and when is evidence.
    """

    _name = "rgpd.request.candidate"
    _description = "Record That May Be the Person"
    _order = "score desc, id"

    request_id = fields.Many2one(
        "rgpd.request", required=True, ondelete="cascade", index=True, readonly=True
    )
    company_id = fields.Many2one(related="request_id.company_id", store=True)
    subject_id = fields.Many2one(
        "rgpd.subject",
        string="Record",
        required=True,
        ondelete="cascade",
        index=True,
        readonly=True,
        context={"active_test": False},
    )
    model_label = fields.Char(related="subject_id.model_label")
    is_natural = fields.Boolean(
        related="subject_id.is_natural", related_sudo=True, string="Natural person"
    )
    score = fields.Integer(string="Points", readonly=True, aggregator="max")
    level = fields.Selection(
        [("strong", "Very likely"), ("likely", "Likely"), ("weak", "Possible")],
        string="Likelihood",
        readonly=True,
    )
    evidence = fields.Json(readonly=True)
    why = fields.Char(compute="_compute_why", string="What speaks for it")
    decision = fields.Selection(
        [("same", "The person"), ("other", "Somebody else")],
        help="Say “the person” only when sure: giving one person the data of another "
        "is a breach of personal data.",
    )
    decided_by_id = fields.Many2one("res.users", string="Decided by", readonly=True)
    decided_on = fields.Datetime(readonly=True)

    _subject_once = models.UniqueIndex(
        "(request_id, subject_id)", "This record is in the list already."
    )

    # === COMPUTE METHODS === #

    @api.depends("evidence")
    @api.depends_context("lang")
    def _compute_why(self):
        labels = self._get_evidence_labels()
        for candidate in self:
            candidate.why = ", ".join(labels[code] for code in candidate.evidence or ())

    @api.model
    def _get_evidence_labels(self):
        return {
            "email": self.env._("Same e-mail address"),
            "email_alias": self.env._("Same mailbox"),
            "phone": self.env._("Same phone number"),
            "name": self.env._("Same name"),
            "name_like": self.env._("Similar name"),
            "address": self.env._("Same postal address"),
            "name_differs": self.env._("Another name"),
            "opened": self.env._("The request was opened from it"),
            "child": self.env._("Address or contact of a confirmed record"),
        }

    # === ACTION METHODS === #

    def action_same(self):
        """This record is the person."""
        self._decide("same")

    def action_other(self):
        """This record is somebody else, or nobody knows."""
        self._decide("other")

    def action_open_record(self):
        """Open the record, with the officer's own rights."""
        return self.subject_id.action_open_record()

    # === BUSINESS METHODS === #

    def _decide(self, decision):
        """Keep who is meant, by whom and when it was decided."""
        self.request_id.check_access("write")
        # sudo: rgpd.request.candidate - officers decide by the buttons only, so that
        # each decision carries its author
        self.sudo().write(
            {
                "decision": decision,
                "decided_by_id": self.env.uid,
                "decided_on": fields.Datetime.now(),
            }
        )
        for candidate in self:
            candidate._apply()
            candidate.request_id._journal(
                "person_confirmed" if decision == "same" else "person_ruled_out",
                record=candidate.subject_id.uid,
                score=candidate.score,
            )

    def _apply(self):
        """Carry a decision over to the request."""
        self.ensure_one()
        request = self.request_id
        # sudo: rgpd.subject - the record may be out of the officer's sight
        subject = self.subject_id.sudo()
        person = subject._records().get(subject.res_model)
        if self.decision == "same" and person:
            request._take_person(person.sudo(False))
            self._add_children(person)
        elif self.decision == "other" and person == request._get_person():
            request.write({"partner_id": False, "subject_id": False})

    @api.model
    def _fill(self, request):
        """Look for the records that may be the person of a request.

        What the officer decided before stays. The confirmed records are looked at
        too: whatever shares an address with them may be a duplicate.
        """
        request.check_access("write")
        finder = self.env["rgpd.person.finder"]
        sought = request._get_sought()
        confirmed = request.candidate_ids.filtered(lambda c: c.decision == "same")
        # sudo: rgpd.subject - duplicates may be out of the officer's sight
        subjects = confirmed.subject_id.sudo() | self._get_request_subject(request)
        for records in subjects._records().values():
            for identifiers in finder._get_identifiers(records).values():
                sought += [(item.kind, item.value) for item in identifiers]
        found = self._search_anchors(request, list(dict.fromkeys(sought)))
        known = {candidate.subject_id: candidate for candidate in request.candidate_ids}
        for subject, match in found.items():
            vals = {
                "score": match.score,
                "level": match.level,
                "evidence": list(match.evidence),
            }
            # sudo: rgpd.request.candidate - written by this search alone
            if subject in known:
                known[subject].sudo()._update_match(vals)
            else:
                self.sudo().create(
                    {"request_id": request.id, "subject_id": subject.id, **vals}
                )

    def _update_match(self, vals):
        """Keep new points, and that the officer opened the request from the record."""
        self.ensure_one()
        if "opened" in (self.evidence or ()):
            vals = {
                "score": max(self.score, vals["score"]),
                "level": "strong",
                "evidence": ["opened", *vals["evidence"]],
            }
        self.write(vals)

    @api.model
    def _get_request_subject(self, request):
        person = request._get_person()
        subjects = self.env["rgpd.subject"].sudo()
        return subjects._of(person).sudo() if person else subjects

    @api.model
    def _search_anchors(self, request, sought):
        """Return `{subject: Match}` of the records with something in common.

        :param list sought: pairs (kind, normalised value)
        """
        self.env.flush_all()
        finder = self.env["rgpd.person.finder"]
        values = {
            kind: [value for code, value in sought if code == kind]
            for kind in ("email", "phone")
        }
        ids = {model: set(found) for model, found in finder._match(values).items()}
        for model in self.env["rgpd.data.map"]._get_anchor_models():
            if model in self.env:
                known = ids.setdefault(model, set())
                known.update(self._search_text(model, request)._ids)
                known.update(self._search_digits(model, values["phone"]))
        result = {}
        for model, found in ids.items():
            result |= self._compare(model, sorted(found), sought)
        return result

    @api.model
    def _compare(self, model, ids, sought):
        """Return `{subject: Match}` of the records that resemble what is sought."""
        if model in self.env["rgpd.data.map"]._get_stranger_models():
            # The others are found with whoever stands for them
            ids = sorted(self.env["rgpd.subject"]._filter_strangers(model, ids))
        if not ids:
            return {}
        finder = self.env["rgpd.person.finder"]
        identifiers = finder._get_identifiers(self.env[model].browse(ids))
        subjects = self.env["rgpd.subject"]._of(self.env[model].browse(ids))
        # sudo: rgpd.subject - which record a row stands for
        by_record = {subject.res_id: subject.sudo(False) for subject in subjects.sudo()}
        result = {}
        for res_id, held in identifiers.items():
            match = matching.compare(sought, [(i.kind, i.value) for i in held])
            if match.evidence and res_id in by_record:
                result[by_record[res_id]] = match
        return result

    @api.model
    def _search_text(self, model, request):
        """Return records of a similar name or at the same postal address."""
        # sudo: anchors - the person may be known out of the officer's sight
        records = self.env[model].sudo().with_context(active_test=False)
        domains = []
        name_fields = self._get_name_fields(records)
        own = request.requester_kind == "person"
        names = [request.person_name, request.requester_name if own else None]
        for words in filter(None, (normalise.name(name).split() for name in names)):
            domains += [
                Domain.AND(Domain(name, "ilike", word) for word in words)
                for name in name_fields
            ]
        if request.person_zip and request.person_street and "zip" in records._fields:
            domains.append(
                Domain("zip", "=", request.person_zip.strip())
                & Domain("street", "=ilike", request.person_street.strip())
            )
        if not domains:
            return records.browse()
        return records.search(Domain.OR(domains), limit=LIMIT)

    @api.model
    def _search_digits(self, model, phones):
        """Return ids of records whose phone has the same digits, however written.

        Odoo leaves numbers it does not know without their normal form.
        """
        field = self.env[model]._fields.get("phone")
        if not phones or field is None or not field.store:
            return []
        query = SQL(
            "SELECT id FROM %s WHERE %s LIMIT %s",
            SQL.identifier(self.env[model]._table),
            get_digits_condition(
                model, "phone", [normalise.phone_digits(phone) for phone in phones]
            ),
            LIMIT,
        )
        return [row[0] for row in self.env.execute_query(query)]

    @api.model
    def _get_name_fields(self, records):
        """Return the fields that hold the name of the human."""
        finder = self.env["rgpd.person.finder"]
        columns = finder._get_stranger_columns(records._name)
        if columns is not None:
            return columns.names
        return ["contact_name" if "contact_name" in records._fields else "name"]

    def _add_children(self, person):
        """Propose the addresses and contacts of a confirmed contact.

        An address is part of the person's data; a contact of a company is somebody
        else: the officer looks at each.
        """
        self.ensure_one()
        if person._name != "res.partner":
            return
        # sudo: res.partner - addresses may be out of the officer's sight
        children = person.sudo().with_context(active_test=False).child_ids
        subjects = self.env["rgpd.subject"]._of(children)
        new = subjects - self.request_id.candidate_ids.subject_id
        # sudo: rgpd.request.candidate - written by the search alone
        self.sudo().create(
            [
                {
                    "request_id": self.request_id.id,
                    "subject_id": subject.id,
                    "score": 0,
                    "level": "weak",
                    "evidence": ["child"],
                }
                for subject in new
            ]
        )

    @api.model
    def _add_opened(self, request, person):
        """Take the record that the request was opened from for the person."""
        subject = self.env["rgpd.subject"]._of(person)
        if not subject or subject in request.candidate_ids.subject_id:
            return
        # sudo: rgpd.request.candidate - written by this method alone
        candidate = self.sudo().create(
            {
                "request_id": request.id,
                "subject_id": subject.id,
                "score": 100,
                "level": "strong",
                "evidence": ["opened"],
            }
        )
        candidate.sudo(False)._decide("same")
