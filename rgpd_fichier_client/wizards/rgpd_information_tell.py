from odoo import api, fields, models
from odoo.exceptions import UserError

# How the staff told the person → place of the showing, see ``rgpd.notice.shown``
PLACE_OF = {"phone": "spoken", "counter": "spoken", "hand": "paper", "letter": "letter"}
# How many persons an error names
LISTED = 10


class RgpdInformationTell(models.TransientModel):
    """The staff told persons where their data come from: when, how, with which proof.

    By hand as by mail the person gets the same text (Art. 14.1 and 14.2 GDPR), and
    being spoken or written to is the first contact, if there was none (Art. 14.3.b).
    """

    _name = "rgpd.information.tell"
    _description = "The person was told"

    information_ids = fields.Many2many(
        "rgpd.information", required=True, readonly=True, string="Persons"
    )
    count = fields.Integer(compute="_compute_count", string="Persons chosen")
    way = fields.Selection(
        [
            ("phone", "By phone"),
            ("counter", "Face to face"),
            ("hand", "Paper handed over"),
            ("letter", "Letter posted"),
        ],
        string="How",
        required=True,
        default="letter",
    )
    told_on = fields.Datetime(string="When", required=True, default=fields.Datetime.now)
    text = fields.Text(
        string="What the person was told",
        compute="_compute_text",
        help="Read it aloud, print it or send it: this very text is kept as the proof.",
    )
    has_no_text = fields.Boolean(compute="_compute_text")
    scan = fields.Binary(
        string="Proof",
        attachment=False,
        help="Copy of the letter, receipt, recording of the call. Erased with the "
        "person.",
    )
    scan_name = fields.Char()
    note = fields.Text(
        help="Who told the person, for instance. Erased with the person."
    )

    # === COMPUTE METHODS === #

    @api.depends("information_ids")
    def _compute_count(self):
        for wizard in self:
            wizard.count = len(wizard.information_ids)

    @api.depends("information_ids", "told_on")
    def _compute_text(self):
        """Show the text of one person as it was then; several have one each."""
        for wizard in self:
            rows = wizard.information_ids
            wizard.text = rows._get_text(wizard.told_on) if len(rows) == 1 else False
            wizard.has_no_text = len(rows) == 1 and not wizard.text

    # === ACTION METHODS === #

    def action_confirm(self):
        """Record the act for each person; they leave the queue.

        :raise UserError: the moment is to come, before the data, or before the text
        """
        self.ensure_one()
        rows = self.information_ids.filtered(lambda row: row.state == "waiting")
        rows.check_access("write")
        if self.told_on > fields.Datetime.now():
            raise UserError(self.env._("Nobody was told anything in the future."))
        told_on = fields.Datetime.context_timestamp(self, self.told_on).date()
        if any(told_on < row.obtained_on for row in rows):
            raise UserError(
                self.env._("Nobody is told where data come from before they came in.")
            )
        self._tell(rows)
        return {"type": "ir.actions.act_window_close"}

    # === BUSINESS METHODS === #

    def _tell(self, rows):
        """Record that the persons were told by hand; other ways extend."""
        versions = {row: row._get_version_at(self.told_on) for row in rows}
        unknown = rows.filtered(lambda row: not versions[row])
        if unknown:
            raise UserError(self._get_no_text(unknown))
        for row, version in versions.items():
            row._close(version, PLACE_OF[self.way], self.told_on)
            row._note_contact_on(
                fields.Datetime.context_timestamp(row, self.told_on).date()
            )
            self._keep_proof(row)

    def _get_no_text(self, unknown):
        """Say whose text is not known, the first of them by name, and what to do."""
        names = unknown[:LISTED].mapped("display_name")
        return self.env._(
            "Which text was in force on that day is not certain for %(count)s of the "
            "persons chosen: the notice, or what the register or the company says in "
            "it, was written or changed later. Nobody was recorded.\n"
            "Not certain: %(names)s.\n"
            "Choose a later day, give the notice of today and record it, or leave them "
            "out. Whoever has the information from another paper need not be "
            "told: use “Need not be told”, say which, and attach it (Art. 14.5.a).",
            count=len(unknown),
            names=", ".join(names) + ("…" if len(unknown) > LISTED else ""),
        )

    def _keep_proof(self, row):
        """Keep the copy and the remark with the person, to be erased with them."""
        attachments = self.env["ir.attachment"]
        if self.scan:
            attachments = attachments.create(
                {
                    "name": self.scan_name or self.env._("Proof"),
                    "datas": self.scan,
                    "res_model": row._name,
                    "res_id": row.id,
                }
            )
        labels = dict(self._fields["way"]._description_selection(self.env))
        body = self.env._("Told: %(way)s.", way=labels[self.way])
        if self.note:
            body += f" {self.note}"
        row.message_post(body=body, attachment_ids=attachments.ids)
