from datetime import timedelta

from odoo import api, fields, models

# The queue of mails is emptied every hour: what waits for a day does not leave
STUCK = timedelta(days=1)


class RgpdInformation(models.Model):
    """A notice that has to leave, and may come back: the person is told or is not."""

    _inherit = "rgpd.information"

    returned_id = fields.Many2one(
        "rgpd.notice.shown",
        string="Notice that came back",
        readonly=True,
        ondelete="set null",
        help="It was sent and not delivered: the person is still to be told.",
    )
    returned_on = fields.Datetime(related="returned_id.returned_on")
    is_leaving = fields.Boolean(
        compute="_compute_is_leaving", help="A message with the notice waits to leave."
    )

    # === COMPUTE METHODS === #

    def _compute_is_leaving(self):
        leaving = self._search_leaving()
        for row in self:
            row.is_leaving = row in leaving

    # === BUSINESS METHODS === #

    def _get_email(self):
        """Return the address to write to, or ``None``."""
        record = self._get_record()
        if not record or self.env["rgpd.contact.gate"]._get_blocked(record):
            return None
        addresses = self.env["rgpd.contact.address"]._get(record)
        # One that returns mail tells nobody
        if self.env["rgpd.contact.bounce"]._get(addresses, "email", self.company_id):
            return None
        return next(iter(addresses[record.id].emails), None)

    def _send(self):
        """Queue the notice by mail; tell whether there is one that may leave.

        The person is told when it has left, see ``mail.mail``.
        """
        self.ensure_one()
        if self._search_leaving():
            return True
        if self._search_failed_mails():
            return False
        email, version = self._get_email(), self._get_version()
        if not email or not version:
            return False
        speaker = self.with_context(lang=version.lang)
        company = self.company_id.sudo().with_context(lang=version.lang)
        body = speaker.env["ir.qweb"]._render(
            "rgpd_fichier_client.information_mail",
            {
                "company": company,
                "text": self.env["rgpd.form.notice"]._get_html(version.text),
                "url": self.env["rgpd.preference.token"]._get_url(
                    self.subject_id, self.company_id
                ),
            },
        )
        # sudo: mail.mail - a message of the company
        self.env["mail.mail"].sudo().create(
            {
                "subject": speaker.env._(
                    "%(company)s holds data about you", company=company.name
                ),
                "body_html": body,
                "email_from": company.email_formatted or company.catchall_formatted,
                "email_to": email,
                "auto_delete": True,
                "is_notification": False,
                "rgpd_information_id": self.id,
                "rgpd_version_id": version.id,
            }
        )
        # sudo: ir.cron - whoever asks
        self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()
        return True

    def _search_leaving(self):
        """Return the rows whose notice waits to leave; other ways extend."""
        return self._search_leaving_mails().rgpd_information_id.sudo(self.env.su)

    def _search_leaving_mails(self):
        # sudo: mail.mail - what waits there, whoever asks
        waiting = self.env["mail.mail"].sudo()
        return waiting.search(
            [("rgpd_information_id", "in", self.ids), ("state", "=", "outgoing")]
        )

    def _stop_leaving(self):
        """Cancel the notices that wait to leave; other ways extend.

        For persons told meanwhile, or who need not be told. What is being sent just
        now is left to whoever sends it.
        """
        self._search_leaving_mails().try_lock_for_update().state = "cancel"

    def _is_stuck(self):
        """Tell whether a notice waits for longer than it takes the mails to leave."""
        self.ensure_one()
        since = fields.Datetime.now() - STUCK
        mails = self._search_leaving_mails()
        return self.is_late or any(mail.create_date <= since for mail in mails)

    def _search_failed_mails(self):
        # sudo: mail.mail - as above
        return (
            self.env["mail.mail"]
            .sudo()
            .search(
                [("rgpd_information_id", "in", self.ids), ("state", "=", "exception")]
            )
        )

    def _note_left(self, version, place, message_ref):
        """Close a row whose notice has left, unless it was closed meanwhile."""
        if self.state == "waiting":
            self._close(version, place, message_ref=message_ref)

    def _note_failed(self):
        """Tell staff that a notice could not leave."""
        self.filtered(lambda row: row.state == "waiting")._schedule_telling(
            lambda row: row.env._("The notice could not be sent: tell the person")
        )

    def _note_stuck(self):
        """Tell staff that a notice waits and waits, once."""
        self._schedule_telling(
            lambda row: row.env._(
                "The notice has not left yet: check the queue of messages, or tell the "
                "person"
            )
        )

    def _reopen_returned(self, email=None):
        """Put persons back in the queue whose notice came back, and tell staff.

        The last day stays that of before: it may have passed (Art. 14.3).

        :param email: the address of a mail, when it does not work any more
        """
        for row in self.filtered(lambda row: row.state == "informed"):
            shown = row.shown_id
            row.write({"state": "waiting", "shown_id": False, "returned_id": shown.id})
            speaker = row.with_context(lang=row._get_task_user().lang)
            row._message_log(
                body=speaker.env._(
                    "The notice came back: the person was not told by it."
                )
            )
            if email:
                row._note_bounce(email)
            row._schedule_telling(self._get_returned_summary)

    def _note_bounce(self, email):
        """Record that the address does not work, if it is still theirs (Art. 5.1.d)."""
        record = self._get_record()
        if not record:
            return
        emails = self.env["rgpd.contact.address"]._get(record)[record.id].emails
        if emails[:1] == (email,):
            self.env["rgpd.contact.bounce"]._record(
                record, "unreachable", self.company_id
            )

    def _note_doubt(self):
        """Let staff check whether a notice arrived: the person stays informed."""
        self.filtered(lambda row: row.state == "informed")._schedule_once(
            lambda row: row.env._(
                "A report says that a message came back, but not which one: check "
                "the address"
            )
        )

    def _schedule_telling(self, get_text):
        """Make the task of telling a person otherwise, due on the last day."""
        today = fields.Date.context_today(self)
        for row in self:
            row._schedule_once(get_text, max(row.due_on or today, today))

    @api.model
    def _get_returned_summary(self, row):
        return row.env._("The notice came back: tell the person in another way")
