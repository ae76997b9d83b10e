from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import get_lang

from ...core.consent.information import MONTHS, get_due_date

# How long before the last day the notice leaves, so that a failure can be repaired.
AHEAD = timedelta(days=5)
BATCH = 100


class RgpdInformation(models.Model):
    """A person to tell about data that did not come from them (Art. 14 GDPR)."""

    _name = "rgpd.information"
    _description = "Person to Inform"
    _inherit = ["rgpd.task.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "due_on, id"
    _check_company_auto = True

    subject_id = fields.Many2one(
        "rgpd.subject",
        string="Person",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    purpose_id = fields.Many2one(
        "rgpd.purpose",
        required=True,
        ondelete="restrict",
        help="Why the data are used; the notice says it.",
    )
    source = fields.Char(
        required=True,
        help="Who gave the data, or the public source: it is told to the person "
        "(Art. 14.2.f).",
    )
    obtained_on = fields.Date(
        required=True, default=fields.Date.context_today, string="Obtained on"
    )
    first_contact_on = fields.Date(
        string="First contact",
        help="A person who is written to is told then at the latest (Art. 14.3.b).",
    )
    first_disclosure_on = fields.Date(
        string="First disclosure",
        help="Passed on to somebody else: the person is told then at the latest "
        "(Art. 14.3.c).",
    )
    due_on = fields.Date(
        string="To inform before",
        compute="_compute_due_on",
        store=True,
        index=True,
        help="One month after the data were obtained, or the first contact or "
        "disclosure if it comes earlier (Art. 14.3).",
    )
    state = fields.Selection(
        [
            ("waiting", "To inform"),
            ("informed", "Informed"),
            ("exempt", "Exempt"),
        ],
        required=True,
        default="waiting",
        readonly=True,
        index=True,
        group_expand=True,
    )
    is_late = fields.Boolean(compute="_compute_is_late", search="_search_is_late")
    exemption = fields.Selection(
        [
            ("known", "The person has the information already (Art. 14.5.a)"),
            ("effort", "Impossible or out of proportion (Art. 14.5.b)"),
            ("law", "Obtaining is laid down by law (Art. 14.5.c)"),
            ("secrecy", "Professional secrecy (Art. 14.5.d)"),
        ],
        help="Out of proportion: the information is then made public.",
    )
    exemption_note = fields.Text(
        string="Why the exception applies", help="It must be shown to the CNIL."
    )
    shown_id = fields.Many2one(
        "rgpd.notice.shown",
        string="Notice given",
        readonly=True,
        ondelete="set null",
        help="The exact text, where and when.",
    )
    informed_on = fields.Datetime(related="shown_id.moment", string="Informed on")

    _subject_company_unique = models.Constraint(
        "UNIQUE(subject_id, company_id)", "A person is told once per company."
    )

    # === COMPUTE METHODS === #

    @api.depends("subject_id")
    def _compute_display_name(self):
        """Name the row by a number: tasks and mails copy it, names do not go there."""
        for row in self:
            # sudo: rgpd.subject - the random number
            number = (row.subject_id.sudo().uid or "")[:8]
            row.display_name = self.env._("Person %(uid)s", uid=number)

    @api.depends("obtained_on", "first_contact_on", "first_disclosure_on")
    def _compute_due_on(self):
        months = self.env["rgpd.contact.rule"]._get_number("inform_months", MONTHS)
        for row in self:
            row.due_on = row.obtained_on and get_due_date(
                row.obtained_on,
                row.first_contact_on,
                row.first_disclosure_on,
                months=months,
            )

    @api.depends("due_on", "state")
    def _compute_is_late(self):
        today = fields.Date.context_today(self)
        for row in self:
            row.is_late = bool(
                row.state == "waiting" and row.due_on and row.due_on < today
            )

    def _search_is_late(self, operator, value):
        if operator != "in" or set(value) >= {True, False}:
            return NotImplemented
        today = fields.Date.context_today(self)
        late = fields.Domain("state", "=", "waiting") & fields.Domain(
            "due_on", "<", today
        )
        return late if True in set(value) else ~late

    @api.constrains("obtained_on", "first_contact_on", "first_disclosure_on")
    def _check_dates(self):
        today = fields.Date.context_today(self)
        for row in self:
            if row.obtained_on and row.obtained_on > today:
                raise ValidationError(
                    self.env._("Data cannot have been obtained in the future.")
                )

    # === ENTRY POINTS === #

    @api.model
    def _add(self, records, source, purpose_code, company=None, obtained_on=None):
        """Put persons whose data came from somebody else in the queue (Art. 14).

        Whoever is in it already, or is no natural person, is left alone.

        :param records: recordset of any anchor model
        :param source: told to the person
        :param purpose_code: why the data are used
        :return: the rows added
        """
        company = company or self.env.company
        # sudo: rgpd.subject, rgpd.purpose - whoever enters the data
        subjects = self.env["rgpd.subject"].sudo()._of(records).sudo()
        known = (
            self.sudo()  # sudo: rgpd.information - as above
            .search(
                [
                    ("subject_id", "in", subjects.ids),
                    ("company_id", "=", company.id),
                ]
            )
            .subject_id
        )
        purpose = self.env["rgpd.purpose"].sudo()._get_purpose(purpose_code, company)
        if not purpose:
            raise UserError(
                self.env._("This purpose is not in the register: complete it first.")
            )
        rows = self.sudo().create(
            [
                {
                    "subject_id": subject.id,
                    "company_id": company.id,
                    "purpose_id": purpose.id,
                    "source": source,
                    "obtained_on": obtained_on or fields.Date.context_today(self),
                }
                for subject in subjects - known
                if subject.is_natural
            ]
        )
        return rows.sudo(self.env.su)

    @api.model
    def _find_waiting(self, record, company):
        """Return the row of a person who is still to be told, with all rights."""
        # sudo: rgpd.subject, rgpd.information - whoever writes to the person
        subject = self.env["rgpd.subject"].sudo()._of(record, create=False)
        return self.sudo().search(
            [
                ("subject_id", "in", subject.ids),
                ("company_id", "=", company.id),
                ("state", "=", "waiting"),
            ],
            limit=1,
        )

    @api.model
    def _note_contact(self, record, company):
        """Record that the person was contacted: they are to be told today.

        :param record: one record of any anchor model
        """
        self._find_waiting(record, company)._note_first_contact()

    def _note_first_contact(self):
        """Set the first contact, which brings the last day forward (Art. 14.3.b)."""
        # sudo: rgpd.information, ir.cron - whoever writes to the person
        rows = self.sudo().filtered(lambda row: not row.first_contact_on)
        if not rows:
            return
        rows.first_contact_on = fields.Date.context_today(self)
        rows.env.ref("rgpd_fichier_client.rgpd_information_cron_inform")._trigger()

    # === ACTIONS === #

    def action_send(self):
        """Send the notice now to whoever has an e-mail address."""
        self.check_access("write")
        waiting = self.filtered(lambda row: row.state == "waiting")
        waiting._search_failed_mails().unlink()
        sent = waiting.filtered(lambda row: row._send())
        if not sent:
            raise UserError(
                self.env._(
                    "Nobody here has an e-mail address that works and is still to be "
                    "informed: use “I told the person” once the letter has left."
                )
            )

    def action_exempt(self):
        """Record why the person need not be told (Art. 14.5)."""
        self.check_access("write")
        for row in self:
            if not row.exemption or not (row.exemption_note or "").strip():
                raise UserError(
                    self.env._("Choose the exception first and write why it applies.")
                )
        self.state = "exempt"
        self._stop_leaving()
        self.activity_unlink(["mail.mail_activity_data_todo"])

    def action_reopen(self):
        """Put the person back in the queue: the exception does not apply."""
        self.check_access("write")
        self.filtered(lambda row: row.state == "exempt").state = "waiting"

    # === BUSINESS METHODS === #

    def _get_record(self):
        """Return the record of the person, empty when it is gone."""
        self.ensure_one()
        # sudo: rgpd.subject - a merge leads to who is left
        subject = self.sudo().subject_id._get_survivor()
        return self.env["rgpd.preference.token"]._get_person(subject)

    def _get_lang(self):
        """Return the language of the person."""
        record = self._get_record()
        lang = record.lang if record and "lang" in record._fields else None
        return get_lang(self.env, lang).code

    def _get_version(self):
        """Return the exact text for this person (Art. 14.1 and 14.2)."""
        self.ensure_one()
        return self.env["rgpd.notice"]._get_version(
            self.purpose_id.sudo(),
            company=self.company_id,
            lang=self._get_lang(),
            kind="indirect",
            source=self.source,
        )

    def _close(self, version, place, moment=None, message_ref=None):
        """Record that the person was given the text, now or at a moment before.

        :param message_ref: number of the message, should it come back
        """
        self.ensure_one()
        if not version:
            raise UserError(self.env._("Write the notice of Art. 14 first."))
        shown = self.env["rgpd.notice.shown"]._note(
            self.subject_id, version, place, moment=moment, message_ref=message_ref
        )
        # sudo: rgpd.information - sent with a message of somebody without rights
        self.sudo().write({"state": "informed", "shown_id": shown.id})
        self._stop_leaving()
        self.sudo().activity_unlink(["mail.mail_activity_data_todo"])

    @api.model
    def _forget(self, subjects):
        """Remove the rows of persons who are erased; what was shown stays as proof."""
        # sudo: rgpd.information - the eraser works for whoever asks
        self.sudo().search([("subject_id", "in", subjects.ids)]).unlink()

    # === CRON === #

    @api.model
    def _cron_inform(self):
        """Send the notices that fall due, or make a task where none can leave."""
        limit = fields.Date.context_today(self) + AHEAD
        domain = [("state", "=", "waiting"), ("due_on", "<=", limit)]
        rows = self.search(domain)
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(rows))
        for start in range(0, len(rows), BATCH):
            batch = rows[start : start + BATCH]
            for row in batch:
                row._inform()
            if not cron._commit_progress(len(batch)):
                break

    def _inform(self):
        """Send the notice if the company lets it leave by itself, else make a task."""
        self.ensure_one()
        # sudo: res.company - the setting of the controller
        by_itself = self.company_id.sudo().rgpd_inform_by_mail
        if self._search_leaving() and self._is_stuck():
            self._note_stuck()
            return
        if by_itself and self._send():
            return
        if self.returned_id:
            self._schedule_telling(self._get_returned_summary)
            return
        self._schedule_once(
            lambda row: row.env._("Tell the person where their data come from"),
            self.due_on,
        )
