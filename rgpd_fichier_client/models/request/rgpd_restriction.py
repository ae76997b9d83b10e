from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date


class RgpdRestriction(models.Model):
    """The use of a person's data is restricted (Art. 18): stored, and nothing else.

    It holds for one company. It hides nothing; it blocks contacting, changing and
    exporting, except what Art. 18.2 and the handling of rights allow. The person is
    told before it is lifted (Art. 18.3).
    """

    _name = "rgpd.restriction"
    _inherit = ["rgpd.ever.mixin"]
    _description = "Restriction of Use"
    _order = "date_lifted desc, id desc"
    _rec_name = "ground"

    subject_id = fields.Many2one(
        "rgpd.subject",
        string="Person",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    request_id = fields.Many2one(
        "rgpd.request", readonly=True, ondelete="set null", index="btree_not_null"
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    ground = fields.Selection(
        [
            ("accuracy", "Accuracy contested (Art. 18.1 a)"),
            ("unlawful", "Unlawful use, erasure refused by the person (Art. 18.1 b)"),
            ("claims", "Needed by the person for legal claims (Art. 18.1 c)"),
            ("objection", "Objection being examined (Art. 18.1 d)"),
        ],
        required=True,
        default="accuracy",
    )
    date_start = fields.Date(
        string="Since", required=True, default=fields.Date.context_today
    )
    date_told = fields.Date(
        string="Person told on",
        readonly=True,
        help="The person is told before the restriction is lifted (Art. 18.3 GDPR).",
    )
    date_end = fields.Date(
        string="May be lifted from", readonly=True, help="Day told to the person."
    )
    date_lifted = fields.Date(string="Lifted on", readonly=True, index=True)
    state = fields.Selection(
        [("on", "In force"), ("lifted", "Lifted")], compute="_compute_state"
    )

    _in_force_once = models.UniqueIndex(
        "(subject_id, company_id) WHERE date_lifted IS NULL",
        "The use of this person's data is restricted already.",
    )

    @api.depends("date_lifted")
    def _compute_state(self):
        for restriction in self:
            restriction.state = "lifted" if restriction.date_lifted else "on"

    # === CRUD METHODS === #

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_force(self):
        if any(not restriction.date_lifted for restriction in self):
            raise UserError(
                self.env._("Lift the restriction; the person is told before it.")
            )

    # === ACTION METHODS === #

    def action_tell(self):
        """Open the letter that tells the person before the restriction ends.

        The draft somebody began is taken up again.
        """
        self.ensure_one()
        if not self.request_id:
            raise UserError(self.env._("This restriction has no request."))
        kind, today = "restriction_lifting", fields.Date.context_today(self)
        letters = self.env["rgpd.request.letter"]
        letter = letters.search(
            [
                ("request_id", "=", self.request_id.id),
                ("kind", "=", kind),
                ("state", "=", "draft"),
            ],
            limit=1,
        )
        letter = letter or letters._prepare(self.request_id, kind)
        if not letter.date_effect or letter.date_effect < today:
            letter.date_effect = fields.Date.add(today, days=8)
        return letter._get_action()

    def action_lift(self):
        """Lift the restriction, once the person was told and the day has come.

        :raise UserError: the person was not told yet (Art. 18.3), or too early
        """
        self.check_access("write")
        today = fields.Date.context_today(self)
        for restriction in self.filtered(lambda r: not r.date_lifted):
            if not restriction.date_told:
                raise UserError(
                    self.env._(
                        "Tell the person first: a restriction is lifted only after "
                        "they were told (Art. 18.3 GDPR)."
                    )
                )
            if restriction.date_end and restriction.date_end > today:
                raise UserError(
                    self.env._(
                        "The person was told that it ends on %(date)s: wait for it.",
                        date=format_date(self.env, restriction.date_end),
                    )
                )
            restriction.sudo().date_lifted = today  # sudo: a field nobody writes
            self.env["rgpd.journal"]._record(
                "restriction.lifted",
                restriction.subject_id,
                {"restriction": restriction.id},
                company=restriction.company_id,
            )
        return True

    # === BUSINESS METHODS === #

    @api.model
    def _set(self, record, ground, *, company=None, request=None):
        """Restrict the use of a person's data from today on; twice changes nothing.

        :param record: one record of any anchor model
        :param str ground: accuracy, unlawful, claims or objection (Art. 18.1)
        :rtype: rgpd.restriction
        """
        company = company or self.env.company
        subject = self.env["rgpd.subject"]._of(record)
        if not subject:
            raise UserError(self.env._("Say first who is meant."))
        known = self._get_in_force(record, company)
        if known:
            return known
        # sudo: readonly fields, filled in by this method alone
        restriction = self.sudo().create(
            {
                "subject_id": subject.id,
                "company_id": company.id,
                "request_id": request.id if request else False,
                "ground": ground,
            }
        )
        self.env["rgpd.journal"]._record(
            "restriction.set",
            subject,
            {"restriction": restriction.id, "ground": ground},
            company=company,
        )
        return restriction.sudo(False)

    @api.model
    def _get_in_force(self, records, company):
        """Return the restrictions in force on these records for a company."""
        # sudo: rgpd.restriction, rgpd.subject - a verdict for whoever asks
        subjects = self.env["rgpd.subject"].sudo()._of(records, create=False)
        return self.sudo().search(
            [
                ("subject_id", "in", subjects.ids),
                ("company_id", "=", company.id),
                ("date_lifted", "=", False),
            ]
        )

    @api.model
    def _has_open(self, companies):
        """Tell whether one of these companies restricts anybody at all: few do."""
        self.flush_model(["company_id", "date_lifted"])
        query = SQL(
            """SELECT 1 FROM rgpd_restriction
                WHERE company_id = ANY(%s) AND date_lifted IS NULL LIMIT 1""",
            companies.ids,
        )
        return bool(self.env.execute_query(query))

    @api.model
    def _get_restricted_ids(self, records, company):
        """Return the ids of the records whose use is restricted."""
        self.flush_model(["subject_id", "company_id", "date_lifted"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT s.res_id
                  FROM rgpd_restriction r
                  JOIN rgpd_subject s ON s.id = r.subject_id
                 WHERE r.company_id = %s AND r.date_lifted IS NULL
                   AND s.res_model = %s AND s.res_id = ANY(%s)
                """,
                company.id,
                records._name,
                list(records.ids),
            )
        )
        return {res_id for (res_id,) in rows}
