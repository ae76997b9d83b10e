from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...core.datamap import bundle_review

DECISIONS = [
    ("mask", "Keep masked"),
    ("show", "Show"),
    ("withhold", "Withhold the whole record"),
]
GROUNDS = [
    ("others", "Rights of other people (Art. 15.4)"),
    ("secret", "Business secret (Art. 15.4, recital 63)"),
]


class RgpdRequestCopyLine(models.Model):
    """One passage that the rules hide in a copy, and what the officer decided.

    Extracts are personal data: the lines go with the person and with the request.
    """

    _name = "rgpd.request.copy.line"
    _description = "Masked Passage of a Copy"
    _order = "doubt, kind, id"
    _rec_name = "place"

    copy_id = fields.Many2one(
        "rgpd.request.copy",
        required=True,
        ondelete="cascade",
        index=True,
        readonly=True,
    )
    # Where
    model = fields.Char(required=True, readonly=True)
    res_id = fields.Integer(string="Record number", required=True, readonly=True)
    field = fields.Char(readonly=True)
    place = fields.Char(string="Where", readonly=True)
    title = fields.Char(string="Record", readonly=True)
    # What
    key = fields.Char(required=True, readonly=True)
    kind = fields.Selection(
        [
            ("person", "Name of another person"),
            ("staff", "Name of a colleague"),
            ("email", "E-mail of another person"),
            ("phone", "Phone of another person"),
            ("author", "Written by another person"),
            ("note", "Internal note"),
            ("file", "File"),
            ("other", "Record of another person"),
            ("record", "Chosen as a whole"),
        ],
        string="Why",
        required=True,
        readonly=True,
        help="Other people are masked in the copy (Art. 15.4 GDPR). A file is not "
        "rewritten: it leaves as it is, or not at all.",
    )
    before = fields.Text(string="As it is stored", readonly=True)
    after = fields.Text(string="As it leaves", readonly=True)
    doubt = fields.Selection(
        [
            ("author", "1. Tells about who wrote it"),
            ("content", "2. The file names somebody else"),
            ("unreadable", "3. The file could not be read"),
            ("family", "4. A relative, or the person?"),
            ("own", "5. Perhaps an address of the person"),
            ("word", "6. Perhaps an ordinary word"),
            ("other", "7. It names the person and is about somebody else"),
        ],
        readonly=True,
        help="What the rules cannot tell by themselves: the copy does not leave before "
        "a human has decided.",
    )
    # Decision
    decision = fields.Selection(DECISIONS, readonly=True, copy=False)
    reason = fields.Char(readonly=True, help="Why it may be shown.")
    ground = fields.Selection(GROUNDS, readonly=True)
    covered = fields.Selection(
        GROUNDS,
        string="Stays out with its record",
        readonly=True,
        help="It belongs to a record that is withheld whole: nothing to decide.",
    )
    decided_by_id = fields.Many2one("res.users", string="Decided by", readonly=True)
    decided_on = fields.Datetime(readonly=True)
    scan = fields.Integer(readonly=True)

    _place_once = models.UniqueIndex("(copy_id, model, res_id, field, key)")

    # === ACTION METHODS === #

    def action_mask(self):
        """Leave these passages masked, as the rules do."""
        self._decide("mask")

    def action_show(self):
        """Ask for the reason, then show these passages."""
        return self._open_wizard("show")

    def action_withhold(self):
        """Ask for the ground, then keep the whole records out of the copy."""
        return self._open_wizard("withhold")

    def action_open_record(self):
        """Open the record a passage stands in, with the officer's own rights."""
        self.ensure_one()
        record = self.env[self.model].browse(self.res_id).exists()
        if not record:
            raise UserError(self.env._("This record does not exist any more."))
        record.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": self.model,
            "res_id": self.res_id,
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
        }

    def _open_wizard(self, decision):
        self.copy_id.request_id.check_access("write")
        wizard = self.env["rgpd.request.copy.decide"].create(
            {"decision": decision, "line_ids": [fields.Command.set(self.ids)]}
        )
        return wizard._get_action()

    # === BUSINESS METHODS === #

    def _decide(self, decision, *, reason=None, ground=None):
        """Keep a decision about these passages, with who took it and when.

        A record about somebody else is no passage that can be masked: what is not
        shown of it stays out, with all that hangs on it (Art. 15.4 GDPR).

        :param str decision: `mask`, `show` with its reason, `withhold` with its ground
        :raise UserError: reason or ground is missing, or the person's own contact
            record would stay out
        """
        self.copy_id.request_id.check_access("write")
        if decision == "mask" and (
            of_others := self.filtered(lambda line: line.kind == bundle_review.OTHER)
        ):
            (self - of_others)._decide("mask")
            of_others._decide("withhold", ground="others")
            return
        reason = (reason or "").strip()
        if decision == "show" and not reason:
            raise UserError(
                self.env._("Say why this may be shown: it is about somebody else.")
            )
        if decision == "withhold" and not ground:
            raise UserError(self.env._("Choose the ground: the person is told it."))
        if decision == "withhold":
            for copy, part in self.grouped("copy_id").items():
                copy._check_not_own({(line.model, line.res_id) for line in part})
        # sudo: rgpd.request.copy.line - officers decide by this method alone, so that
        # each decision carries its author
        lines = self.sudo()
        roots = {copy: copy._get_withheld_roots() for copy in lines.copy_id}
        if decision == "withhold":
            lines |= lines._get_same_records()
        else:
            lines._give_back()
        lines.write(
            {
                "decision": decision,
                "reason": reason if decision == "show" else False,
                "ground": ground if decision == "withhold" else False,
                "decided_by_id": self.env.uid,
                "decided_on": fields.Datetime.now(),
            }
        )
        if decision == "show":
            # There is no passage to show: the rules apply to the record again
            chosen = lines.filtered(lambda line: line.kind == bundle_review.RECORD)
            chosen.write({"decision": "mask", "reason": False})
        for copy, part in lines.grouped("copy_id").items():
            if copy._get_withheld_roots() != roots[copy]:
                copy.sudo(False)._cover()
            copy.sudo(False)._after_decision(decision, len(part), ground)

    def _give_back(self):
        """Make the passages of records chosen as a whole wait for a decision again."""
        whole = (bundle_review.RECORD, bundle_review.OTHER)
        chosen = self.filtered(lambda line: line.kind in whole)
        others = chosen._get_same_records() - self
        others.filtered(lambda line: line.decision == "withhold").write(
            {
                "decision": False,
                "ground": False,
                "decided_by_id": False,
                "decided_on": False,
            }
        )

    def _get_same_records(self):
        """Return every line of the records of these lines: they go as a whole."""
        found = self.browse()
        for (copy, model), part in self.grouped(lambda x: (x.copy_id, x.model)).items():
            found |= self.search(
                [
                    ("copy_id", "=", copy.id),
                    ("model", "=", model),
                    ("res_id", "in", part.mapped("res_id")),
                ]
            )
        return found

    @api.model
    def _get_undecided_domain(self):
        """Return the domain of what is doubtful and waits for a human."""
        return (
            Domain("doubt", "!=", False)
            & Domain("decision", "=", False)
            & Domain("covered", "=", False)
        )

    @api.model
    def _store(self, copy, found):
        """Write what a scan found; the decisions taken before stay.

        :param dict found: ``{(model, res_id, field, key): values}``
        """
        known = {}
        for model in {place[0] for place in found}:
            ids = [place[1] for place in found if place[0] == model]
            for line in self._search_places(copy, model, ids):
                known[line.model, line.res_id, line.field or "", line.key] = line
        again = self.browse()
        missing = []
        for place, values in found.items():
            if line := known.get(place):
                again |= line
                continue
            names = ("model", "res_id", "field", "key")
            missing.append(
                {
                    "copy_id": copy.id,
                    "scan": copy.scan,
                    **dict(zip(names, place, strict=True)),
                    **values,
                }
            )
        again.write({"scan": copy.scan})
        self.create(missing)

    @api.model
    def _load(self, copy, model, ids):
        """Return the decisions, ``{res_id: {(field, key): (decision, ground)}}``."""
        decisions = {}
        for line in self._search_places(copy, model, ids).filtered("decision"):
            place = (line.field or "", line.key)
            decisions.setdefault(line.res_id, {})[place] = (line.decision, line.ground)
        return decisions

    @api.model
    def _get_undecided_files(self, copy):
        """Return the ids of the files that are doubtful and wait for a human."""
        files = Domain("copy_id", "=", copy.id) & Domain("model", "=", "ir.attachment")
        return set(self.search(files & self._get_undecided_domain()).mapped("res_id"))

    @api.model
    def _search_places(self, copy, model, ids):
        return self.search(
            [
                ("copy_id", "=", copy.id),
                ("model", "=", model),
                ("res_id", "in", list(set(ids))),
            ],
            order="id",
        )
