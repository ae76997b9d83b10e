from odoo import api, fields, models

FATES = [
    ("erase", "To erase"),
    ("archive", "To the intermediate archive"),
    ("review", "To review by hand"),
]


class RgpdEndWarning(models.Model):
    """Somebody who leaves the daily file soon: who was told, and what came of it.

    One row per person, company and term. It holds no data of the person but the link
    to them, and is written by the nightly job alone.
    """

    _name = "rgpd.end.warning"
    _description = "Warning before the End of Retention"
    _order = "date_end, id"
    _rec_name = "subject_id"
    # Filled in bulk by SQL
    _log_access = False

    subject_id = fields.Many2one(
        "rgpd.subject",
        string="Person",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        "res.company",
        string="Controller",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    date_end = fields.Date(
        string="In use until",
        required=True,
        readonly=True,
        help="Last day of daily use, as announced. The night after it, nothing keeps "
        "the person in the daily file.",
    )
    fate = fields.Selection(
        FATES,
        string="Afterwards",
        required=True,
        readonly=True,
        help="Erased when no reason is left; in the intermediate archive when the law "
        "or a possible dispute still needs the data (Art. 5.1.e GDPR).",
    )
    date_warned = fields.Date(string="Noticed on", required=True, readonly=True)
    user_id = fields.Many2one(
        "res.users",
        string="Salesperson told",
        readonly=True,
        ondelete="set null",
        help="Got a task with the date and the reason. Empty: the person has no "
        "salesperson.",
    )
    activity_id = fields.Many2one("mail.activity", readonly=True, ondelete="set null")
    date_asked = fields.Datetime(
        string="Person asked on",
        readonly=True,
        help="The one message that asks whether to stay in touch left on that day.",
    )
    refusal_code = fields.Char(readonly=True)
    refusal_text = fields.Char(
        string="Why not asked",
        compute="_compute_refusal_text",
        help="Company setting, contact check, or the person was asked before.",
    )
    date_answered = fields.Datetime(string="Answered on", readonly=True)
    state = fields.Selection(
        [
            ("warned", "Coming"),
            ("asked", "Person asked"),
            ("stayed", "Wants to stay in touch"),
            ("erasure", "Asked for erasure"),
            ("postponed", "Came back otherwise"),
            ("ended", "Term passed"),
        ],
        required=True,
        readonly=True,
        index=True,
    )
    explanation = fields.Text(string="Why", compute="_compute_explanation")

    _term_unique = models.Constraint(
        "UNIQUE(subject_id, company_id, date_end)",
        "A person is announced once per term.",
    )

    # === COMPUTE METHODS === #

    @api.depends("refusal_code")
    @api.depends_context("lang")
    def _compute_refusal_text(self):
        labels = self._get_refusal_labels()
        sentences = self.env["rgpd.contact.sentence"]
        for warning in self:
            code = warning.refusal_code
            warning.refusal_text = labels.get(code) or (
                sentences._get(code) if code else False
            )

    @api.depends("subject_id")
    @api.depends_context("lang", "allowed_company_ids")
    def _compute_explanation(self):
        for warning in self:
            warning.explanation = warning.subject_id._get_explanation_text()

    # === ACTION METHODS === #

    def action_open_record(self):
        """Open the record of the person."""
        self.ensure_one()
        return self.subject_id.action_open_record()

    # === BUSINESS METHODS === #

    @api.model
    def _get_refusal_labels(self):
        """Return the reasons of the company not to ask; the contact check has more."""
        return {
            "not_wanted": self.env._("The company does not ask."),
            "review": self.env._("What becomes of the data is decided by hand first."),
            "asked_before": self.env._(
                "Asked before, and nothing came from the person since: one message "
                "only."
            ),
            "too_late": self.env._("Too few days are left to answer."),
            "no_purpose": self.env._(
                "No purpose lets offers reach this person by e-mail."
            ),
            "failed": self.env._("The message could not be prepared."),
        }

    def _note_answer(self, state):
        """Note what the person chose on the page of the message, once.

        :param str state: ``stayed`` or ``erasure``
        """
        for warning in self.filtered(lambda w: w.state in ("warned", "asked")):
            warning.write({"state": state, "date_answered": fields.Datetime.now()})
            warning._close_activity()
            self.env["rgpd.journal"]._record(
                f"retention.{state}",
                warning.subject_id,
                {"warning": warning.id},
                warning.company_id,
            )

    def _close_activity(self):
        """Take back the tasks of the salespeople: they have no object any more."""
        # sudo: mail.activity - the task was made by the job
        self.sudo().activity_id.exists().unlink()

    @api.autovacuum
    def _gc_closed(self):
        """Forget after a year what came of a warning; the journal knows."""
        year_ago = fields.Date.subtract(fields.Date.today(), years=1)
        self.search(
            [("state", "in", ("postponed", "ended")), ("date_end", "<", year_ago)],
            limit=10000,
        ).unlink()
